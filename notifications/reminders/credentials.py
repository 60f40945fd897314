"""A credential expires: its worker is told 30, 7 and 1 days before its last valid day."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from accounts.models import User
from notifications.people import WORKER
from notifications.reminders.rule import AT_NINE, ZONE, Rule, Words, loader
from vetting.models import Credential

SOURCE = f"""
SELECT proof.id AS object_key,
       worker.user_id AS recipient_id,
       (proof.expires_on - %(ahead)s - 2)::timestamp AT TIME ZONE 'UTC' AS occasion,
       {AT_NINE.format(day="proof.expires_on - %(ahead)s")} AS since,
       {ZONE} AS zone
  FROM vetting_credential AS proof
  JOIN accounts_workerprofile AS worker ON worker.id = proof.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
 WHERE proof.status = 'verified'
   AND proof.expires_on <= (%(at)s + interval '2 days')::date + %(ahead)s
   AND proof.expires_on >= (%(at)s - interval '1 day')::date
   AND proof.expires_on >= (%(at)s AT TIME ZONE {ZONE})::date
   AND NOT EXISTS (
       SELECT FROM vetting_credential AS newer
        WHERE newer.worker_id = proof.worker_id
          AND newer.kind_id = proof.kind_id
          AND newer.company_id IS NOT DISTINCT FROM proof.company_id
          AND newer.region = proof.region
          AND newer.id <> proof.id
          AND newer.status IN ('pending', 'verified')
          AND (newer.renews_id = proof.id
               OR newer.expires_on IS NULL OR newer.expires_on > proof.expires_on))
"""  # noqa: S608 - made of constants
"""At nine in the morning where the worker lives. A renewal that waits or is verified silences it,
and so does any other credential that will go on covering the same."""

WHY = "this is your credential"


def write(credential: Credential, recipient: User, step: int) -> Words:
    day = credential.expires_on
    assert day is not None
    last = step == len(settings.CREDENTIAL_NOTICE_DAYS)
    body = (
        "After that day it meets no requirement, and groups that ask for it let you go. "
        "Hand in the renewed one now: it takes a day or two to be looked at."
    )
    if last:
        body = f"This is the last reminder. {body}"
    return Words(
        title=f"Your “{credential.kind}” expires on {day:%B} {day.day}",
        body=body,
        url=credential.get_absolute_url(),
        action="Renew it",
        acting_as="worker",
        reason=WHY,
    )


CREDENTIAL_EXPIRING = Rule(
    name="credential_expiring",
    label="A credential expires",
    to="its worker",
    sides=(WORKER,),
    clock="30 days before it expires, at nine where they live",
    silent="once renewed or withdrawn",
    source=SOURCE,
    params={"ahead": settings.CREDENTIAL_NOTICE_DAYS[0]},
    delays=tuple(
        timedelta(days=settings.CREDENTIAL_NOTICE_DAYS[0] - ahead)
        for ahead in settings.CREDENTIAL_NOTICE_DAYS
    ),
    stale_after=timedelta(days=3),
    load=loader(Credential, "kind"),
    write=write,
    by_calendar=True,
)
