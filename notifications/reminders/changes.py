"""A change that the other side asks for waits for an answer: after 24 and 48 hours."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from accounts.models import Role, User
from assignments.history import change_words
from assignments.models import ChangeRequest
from notifications.people import APPROVES, APPROVING, COMPANY, MANAGING, OWNS, WORKER, WORKS
from notifications.reminders.rule import (
    NOT_DISPUTED,
    UNDER_DISPUTE,
    Rule,
    Words,
    hours,
    loader,
)

SOURCE = f"""
WITH waiting AS (
    SELECT change.id, change.kind, change.side, change.asked_at,
           change.asked_at + {UNDER_DISPUTE.format(since="change.asked_at")} AS since,
           work.company_id, work.owner_id, work.worker_id
      FROM assignments_changerequest AS change
      JOIN assignments_assignment AS work ON work.id = change.assignment_id
     WHERE change.status = 'open'
       AND change.asked_at <= %(at)s - %(first_delay)s
       AND (change.expires_at IS NULL OR change.expires_at > %(at)s)
       AND {NOT_DISPUTED})
SELECT waiting.id AS object_key,
       member.user_id AS recipient_id,
       waiting.asked_at AS occasion,
       waiting.since AS since
  FROM waiting
  JOIN accounts_membership AS member
    ON member.company_id = waiting.company_id
   AND member.removed_at IS NULL
   AND (member.user_id = waiting.owner_id
        OR member.roles && CASE waiting.kind WHEN 'reschedule' THEN %(dispatching)s::varchar[]
                                             ELSE %(approving)s::varchar[] END)
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE waiting.side = 'worker'
 UNION ALL
SELECT waiting.id, worker.user_id, waiting.asked_at, waiting.since
  FROM waiting
  JOIN accounts_workerprofile AS worker ON worker.id = waiting.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
 WHERE waiting.side = 'client'
"""  # noqa: S608 - made of constants

DISPATCHING = (*MANAGING, Role.DISPATCHER)
WAITED = {1: "24 hours", 2: "48 hours"}


def write(change: ChangeRequest, recipient: User, step: int) -> Words:
    assignment, company = change.assignment, change.assignment.company
    by_worker = change.side == ChangeRequest.Side.WORKER
    owns = assignment.owner_id == recipient.pk
    what = change_words(
        {"kind": change.kind, "amount": change.amount, "currency": company.currency}
    )
    return Words(
        title=f"{assignment.worker if by_worker else company} has waited more than {WAITED[step]} "
        f"for your answer on “{assignment.title}”",
        body=f"They ask for {what}. Accept it, or say why not: without an answer nothing changes, "
        "and nobody knows what to expect.",
        url=reverse("assignments:changes", args=[assignment.reference]),
        action="Answer the request",
        acting_as=f"company:{company.slug}" if by_worker else "worker",
        reason=(OWNS if owns else APPROVES.format(company=company.name)) if by_worker else WORKS,
    )


CHANGE_UNANSWERED = Rule(
    name="change_unanswered",
    label="A change waits for an answer",
    to="the side that is asked",
    sides=(COMPANY, WORKER),
    clock="the request; the time under a dispute does not count",
    silent="once answered, withdrawn or expired, under a dispute",
    source=SOURCE,
    params={
        "approving": [str(role) for role in APPROVING],
        "dispatching": [str(role) for role in DISPATCHING],
    },
    delays=hours(24, 48),
    stale_after=timedelta(days=3),
    load=loader(ChangeRequest, "assignment__company", "assignment__worker__user"),
    write=write,
)
