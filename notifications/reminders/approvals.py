"""Submitted work waits for the client's approval: after 24, 48 and 72 hours."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from assignments.models import Assignment
from notifications.people import APPROVES, APPROVING, COMPANY, OWNS
from notifications.reminders.rule import (
    NOT_DISPUTED,
    UNDER_DISPUTE,
    Rule,
    Words,
    hours,
    loader,
)

SOURCE = f"""
SELECT work.id AS object_key,
       member.user_id AS recipient_id,
       work.submitted_at AS occasion,
       work.submitted_at + {UNDER_DISPUTE.format(since="work.submitted_at")} AS since
  FROM assignments_assignment AS work
  JOIN accounts_membership AS member
    ON member.company_id = work.company_id
   AND member.removed_at IS NULL
   AND (member.user_id = work.owner_id
        OR member.roles && %(approving)s::varchar[]
           AND (member.approve_limit IS NULL OR member.approve_limit >= work.amount_claimed))
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE work.status = 'pending_approval'
   AND work.submitted_at <= %(at)s - %(first_delay)s
   AND work.submitted_at > %(horizon)s - interval '150 days'
   AND {NOT_DISPUTED}
"""  # noqa: S608 - made of constants

WAITED = {1: "24 hours", 2: "48 hours", 3: "3 days"}
WARNINGS = {
    1: "Approve the work, or send it back with what is missing.",
    2: "Workers see how long approvals take. Approve the work, or send it back.",
    3: "From now on this approval counts toward a red scorecard: 3 days and more on average "
    "turn it red. Approve the work today, or send it back with what is missing.",
}


def write(assignment: Assignment, recipient: User, step: int) -> Words:
    company = assignment.company
    owns = assignment.owner_id == recipient.pk
    return Words(
        title=f"“{assignment.title}” has waited more than {WAITED[step]} for approval",
        body=f"{assignment.worker} submitted the work. {WARNINGS[step]}",
        url=reverse("assignments:approval", args=[assignment.reference]),
        action="Review and approve",
        acting_as=f"company:{company.slug}",
        reason=OWNS if owns else APPROVES.format(company=company.name),
    )


APPROVAL_WAITING = Rule(
    name="approval_waiting",
    label="Work waits for approval",
    to="the owner and those who may approve it",
    sides=(COMPANY,),
    clock="the submission; the time under a dispute does not count",
    silent="once approved or sent back, under a dispute",
    source=SOURCE,
    params={"approving": [str(role) for role in APPROVING]},
    delays=hours(24, 48, int(settings.RED_APPROVAL_DAYS * 24)),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company", "worker__user"),
    write=write,
)
