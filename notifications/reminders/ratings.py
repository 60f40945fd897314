"""Ratings that are still to be given: by the client, and by either side in the last days."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from assignments.models import Assignment
from core.dates import date_words
from notifications.people import COMPANY, MANAGES, MANAGING, OWNS, WORKER, WORKS
from notifications.reminders.rule import (
    ENDED,
    ENDED_LATELY,
    NOT_DISPUTED,
    UNDER_DISPUTE,
    Rule,
    Words,
    days,
    hours,
    loader,
)

LAST_DAYS = timedelta(days=3)
BLIND = timedelta(days=settings.RATING_BLIND_DAYS)
RATING = [str(role) for role in MANAGING]
WHO_RATES = """JOIN accounts_membership AS member
    ON member.company_id = work.company_id
   AND member.removed_at IS NULL
   AND member.roles && %(rating)s::varchar[]
   AND (member.user_id = work.owner_id
        OR NOT EXISTS (
            SELECT FROM accounts_membership AS owning
             WHERE owning.company_id = work.company_id AND owning.user_id = work.owner_id
               AND owning.removed_at IS NULL AND owning.roles && %(rating)s::varchar[]))"""
"""The owner where they may rate, else everybody of the company who may."""

UNRATED = """
SELECT work.id AS object_key,
       member.user_id AS recipient_id,
       ended.at AS occasion,
       moment.since AS since,
       work.company_id AS company_id
  FROM assignments_assignment AS work
  {ended}
  {who_rates}
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 CROSS JOIN LATERAL (
       SELECT ended.at + {under_dispute} AS since)
          AS moment
 WHERE {ended_lately}
   AND work.worker_id IS NOT NULL
   AND NOT EXISTS (
       SELECT FROM scorecards_rating AS given
        WHERE given.assignment_id = work.id
          AND (given.by = 'company'
               OR given.published_at IS NOT NULL
               OR given.rated_at <= %(at)s - %(blind)s))
   AND moment.since <= %(at)s - %(first_delay)s
   AND {undisputed}
"""
CLOSING = """
SELECT work.id AS object_key,
       person.id AS recipient_id,
       given.rated_at AS occasion,
       given.rated_at + %(blind)s - %(last)s AS since,
       work.company_id AS company_id
  FROM scorecards_rating AS given
  JOIN assignments_assignment AS work ON work.id = given.assignment_id
 CROSS JOIN LATERAL (
       SELECT worker.user_id
         FROM accounts_workerprofile AS worker
        WHERE given.by = 'company' AND worker.id = given.worker_id
        UNION
       SELECT member.user_id
         FROM (SELECT 1) AS one {who_rates}
        WHERE given.by = 'worker') AS rater
  JOIN accounts_user AS person ON person.id = rater.user_id AND person.is_active
 WHERE given.published_at IS NULL
   AND given.rated_at > %(at)s - %(blind)s
   AND given.rated_at <= %(at)s - %(first_delay)s - %(blind)s + %(last)s
   AND NOT EXISTS (SELECT FROM scorecards_rating AS other
                    WHERE other.assignment_id = work.id AND other.by <> given.by)
"""


def _words(assignment: Assignment, recipient: User, title: str, body: str) -> Words:
    company = assignment.company
    is_worker = assignment.worker is not None and assignment.worker.user_id == recipient.pk
    owns = assignment.owner_id == recipient.pk
    managing = OWNS if owns else MANAGES.format(company=company.name)
    return Words(
        title=title,
        body=body,
        url=reverse("scorecards:rate", args=[assignment.reference]),
        action="Rate the client" if is_worker else "Rate the worker",
        acting_as="worker" if is_worker else f"company:{company.slug}",
        reason=WORKS if is_worker else managing,
    )


def write_unrated(assignment: Assignment, recipient: User, step: int) -> Words:
    return _words(
        assignment,
        recipient,
        f"How was {assignment.worker}?",
        f"Rate the work on “{assignment.title}”: three marks and a sentence. They see yours only "
        "when they have rated too, and it helps the next client choose.",
    )


def write_closing(assignment: Assignment, recipient: User, step: int) -> Words:
    given = assignment.ratings.order_by("pk").first()
    last = date_words((given.rated_at + BLIND).date()) if given else "then"
    return _words(
        assignment,
        recipient,
        f"Last days to rate “{assignment.title}”",
        f"The other side has rated. On {last} their rating is shown alone, and yours can no "
        "longer be given.",
    )


RATE_WORKER = Rule(
    name="rate_worker",
    label="The worker is not rated",
    to="the owner of the work, or who manages where the owner may not rate",
    sides=(COMPANY,),
    source=UNRATED.format(
        who_rates=WHO_RATES,
        ended=ENDED,
        ended_lately=ENDED_LATELY,
        under_dispute=UNDER_DISPUTE.format(since="ended.at"),
        undisputed=NOT_DISPUTED,
    ),
    clock="the approval or the cancellation; the time under a dispute does not count",
    silent="once rated, once it is too late to rate blind, under a dispute",
    params={"blind": BLIND, "rating": RATING},
    delays=days(3, 10),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company", "worker__user"),
    write=write_unrated,
    optional=True,
)
RATE_LAST_DAYS = Rule(
    name="rate_last_days",
    label="The other side’s rating is about to be shown alone",
    to="the side that has not rated",
    sides=(COMPANY, WORKER),
    source=CLOSING.format(who_rates=WHO_RATES),
    clock="three days before the other side’s rating is shown",
    silent="once rated or shown",
    params={"blind": BLIND, "last": LAST_DAYS, "rating": RATING},
    delays=hours(0),
    stale_after=LAST_DAYS,
    load=loader(Assignment, "company", "worker__user"),
    write=write_closing,
    optional=True,
)
