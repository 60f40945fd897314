"""A pass of a test is about to run out: its worker hears of it 30, 7 and 1 days ahead."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from accounts.models import User
from core.dates import date_words
from notifications.people import TESTED, WORKER
from notifications.reminders.rule import AT_NINE, ZONE, Rule, Words, loader
from vetting.models import Attempt

SOURCE = f"""
SELECT sitting.id AS object_key,
       worker.user_id AS recipient_id,
       (sitting.expires_on - %(ahead)s - 2)::timestamp AT TIME ZONE 'UTC' AS occasion,
       {AT_NINE.format(day="sitting.expires_on - %(ahead)s")} AS since,
       {ZONE} AS zone
  FROM vetting_attempt AS sitting
  JOIN vetting_testversion AS version ON version.id = sitting.version_id
  JOIN vetting_test AS test ON test.id = sitting.test_id
  JOIN accounts_workerprofile AS worker ON worker.id = sitting.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
 WHERE sitting.status = 'passed'
   AND sitting.expires_on >= %(at)s::date
   AND sitting.expires_on <= (%(at)s + interval '2 days')::date + %(ahead)s
   AND version.number >= test.counts_from
   AND test.archived_at IS NULL
   AND NOT EXISTS (
       SELECT FROM vetting_attempt AS later
        WHERE later.test_id = sitting.test_id
          AND later.worker_id = sitting.worker_id
          AND later.status IN ('passed', 'marking')
          AND later.number > sitting.number)
"""  # noqa: S608 - made of constants

AHEAD = settings.PASS_RENEWAL_DAYS


def write(attempt: Attempt, recipient: User, step: int) -> Words:
    assert attempt.expires_on is not None
    return Words(
        title=f"Your pass of “{attempt.test}” is good until {date_words(attempt.expires_on)}",
        body=f"Take the test again before then, so that work of {attempt.test.company} that asks "
        "for it stays open to you.",
        url=attempt.test.get_absolute_url(),
        action="Take the test again",
        acting_as="worker",
        reason=TESTED,
    )


PASS_EXPIRING = Rule(
    name="pass_expiring",
    label="A passed test expires",
    to="its worker",
    sides=(WORKER,),
    clock="30 days before it expires, at nine where they live",
    silent="once passed again",
    source=SOURCE,
    params={"ahead": AHEAD},
    delays=tuple(timedelta(days=AHEAD - ahead) for ahead in (AHEAD, 7, 1)),
    stale_after=timedelta(days=3),
    load=loader(Attempt, "test__company"),
    write=write,
    by_calendar=True,
)
