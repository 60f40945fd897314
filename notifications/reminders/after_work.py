"""What a worker still does when the work is approved: rate the client, say where to be paid."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User, WorkerProfile
from assignments.models import Assignment
from assignments.states import Status
from notifications.people import PAID, WORKER
from notifications.reminders.assigned import OF_WORKER
from notifications.reminders.rule import (
    ENDED,
    ENDED_LATELY,
    NOT_DISPUTED,
    UNDER_DISPUTE,
    Rule,
    Words,
    days,
    loader,
    to_worker,
)

UNRATED = OF_WORKER.format(
    key="work.id",
    occasion="ended.at",
    joined=f"""{ENDED}
 CROSS JOIN LATERAL (
       SELECT ended.at + {UNDER_DISPUTE.format(since="ended.at")} AS since)
          AS moment""",
    unheld=NOT_DISPUTED,
    which=f"""{ENDED_LATELY}
   AND NOT EXISTS (
       SELECT FROM scorecards_rating AS given
        WHERE given.assignment_id = work.id
          AND (given.by = 'worker'
               OR given.published_at IS NOT NULL
               OR given.rated_at <= %(at)s - %(blind)s))""",
)
UNPAYABLE = """
SELECT worker.id AS object_key,
       worker.user_id AS recipient_id,
       earned.since AS occasion,
       earned.since AS since
  FROM (SELECT bill.worker_id, min(bill.paid_at) AS since
          FROM payments_invoice AS bill
         WHERE bill.paid_at > %(horizon)s AND bill.paid_at <= %(at)s - %(first_delay)s
         GROUP BY bill.worker_id) AS earned
  JOIN payments_ledgeraccount AS account
    ON account.worker_id = earned.worker_id
   AND account.kind = 'worker_earnings'
   AND account.balance > 0
  JOIN accounts_workerprofile AS worker ON worker.id = earned.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
 WHERE NOT EXISTS (SELECT FROM payments_invoice AS earlier
                    WHERE earlier.worker_id = worker.id AND earlier.paid_at <= %(horizon)s)
   AND (NOT EXISTS (SELECT FROM payments_bankaccount AS bank
                     WHERE bank.worker_id = worker.id AND bank.removed_at IS NULL)
        OR NOT EXISTS (SELECT FROM payments_taxdetails AS tax WHERE tax.worker_id = worker.id))
"""
"""Read from what was paid lately, so that whoever has earned for years costs nothing."""


def write_unrated(assignment: Assignment, recipient: User, step: int) -> Words:
    cancelled = assignment.status == Status.CANCELLED
    asked = f"How was {assignment.company} about the cancellation?"
    return to_worker(
        assignment,
        title=asked if cancelled else f"How was working for {assignment.company}?",
        body=f"Rate “{assignment.title}”: three marks and a sentence. They see yours only when "
        "they have rated too, and it helps everybody who thinks about working for them.",
        page="scorecards:rate",
        action="Rate the client",
    )


RATE_CLIENT = Rule(
    name="rate_client",
    label="The client is not rated",
    to="the worker who did the work, or was assigned when it was cancelled",
    sides=(WORKER,),
    source=UNRATED,
    clock="the approval or the cancellation; the time under a dispute does not count",
    silent="once rated, once it is too late to rate blind, under a dispute",
    params={"blind": timedelta(days=settings.RATING_BLIND_DAYS)},
    delays=days(2, 7),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company"),
    write=write_unrated,
    optional=True,
)


def write_unpayable(worker: WorkerProfile, recipient: User, step: int) -> Words:
    return Words(
        title="You have earned money: say where to send it",
        body="Your earnings stay safe here, but no payout can start until we know your bank "
        "account and tax details. It takes three minutes.",
        url=reverse("payments:payment_details"),
        action="Add payment details",
        acting_as="worker",
        reason=PAID,
    )


PAYOUT_DETAILS_MISSING = Rule(
    name="payout_details_missing",
    label="Payout details are missing",
    to="the worker who has earned something",
    sides=(WORKER,),
    source=UNPAYABLE,
    clock="the first payment that they earned",
    silent="once bank account and tax details are known, or nothing is left to pay out",
    delays=days(0, 3, 14),
    stale_after=timedelta(days=3),
    load=loader(WorkerProfile),
    write=write_unpayable,
)
