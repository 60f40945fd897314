"""Open work waits for its client: applications unread, nobody found near the start."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from accounts.models import Role, User
from assignments.models import Assignment
from core.dates import moment_words
from notifications.people import COMPANY, MANAGES, MANAGING, OWNS
from notifications.reminders.rule import Rule, Words, hours, loader

TO_CHOOSERS = """
SELECT found.id AS object_key,
       member.user_id AS recipient_id,
       found.since AS occasion,
       found.since AS since,
       found.company_id AS company_id
  FROM ({found}) AS found
  JOIN accounts_membership AS member
    ON member.company_id = found.company_id
   AND member.removed_at IS NULL
   AND (member.user_id = found.owner_id OR member.roles && %(choosing)s::varchar[])
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE found.since <= %(at)s - %(first_delay)s
"""
WAITING = """SELECT work.id, work.company_id, work.owner_id, min(bid.applied_at) AS since
  FROM assignments_application AS bid
  JOIN assignments_assignment AS work ON work.id = bid.assignment_id
 WHERE bid.status = 'open' AND work.status = 'sent' AND work.ends_at > %(at)s
   AND bid.applied_at <= %(at)s - %(first_delay)s AND bid.applied_at > %(horizon)s
   AND NOT EXISTS (
       SELECT FROM assignments_application AS older
        WHERE older.assignment_id = work.id AND older.status = 'open'
          AND older.applied_at <= %(horizon)s
          AND (older.expires_at IS NULL OR older.expires_at > %(at)s))
   AND (bid.expires_at IS NULL OR bid.expires_at > %(at)s)
 GROUP BY work.id"""
NEAR = """SELECT work.id, work.company_id, work.owner_id,
       greatest(work.starts_at - interval '48 hours',
                work.sent_at + interval '1 hour') AS since
  FROM assignments_assignment AS work
 WHERE work.status = 'sent' AND work.starts_at > %(at)s
   AND work.starts_at <= %(at)s + interval '48 hours'"""
CHOOSING = [str(role) for role in (*MANAGING, Role.DISPATCHER)]


def _words(assignment: Assignment, recipient: User, title: str, body: str) -> Words:
    company = assignment.company
    owns = assignment.owner_id == recipient.pk
    return Words(
        title=title,
        body=body,
        url=reverse("assignments:applications", args=[assignment.reference]),
        action="See the applicants",
        acting_as=f"company:{company.slug}",
        reason=OWNS if owns else MANAGES.format(company=company.name),
    )


def write_waiting(assignment: Assignment, recipient: User, step: int) -> Words:
    return _words(
        assignment,
        recipient,
        f"Applications for “{assignment.title}” have waited more than 24 hours",
        "Good workers take other work meanwhile. Assign one, or decline with a reason.",
    )


def write_near(assignment: Assignment, recipient: User, step: int) -> Words:
    start = moment_words(assignment.starts_at, assignment.time_zone)
    return _words(
        assignment,
        recipient,
        f"Nobody is assigned to “{assignment.title}” yet",
        f"It starts {start}. Choose an applicant, send it to more workers, or raise the pay.",
    )


APPLICATIONS_WAITING = Rule(
    name="applications_waiting",
    label="Applications wait",
    to="the owner, administrators, managers and dispatchers",
    sides=(COMPANY,),
    source=TO_CHOOSERS.format(found=WAITING),
    clock="the oldest application that is still open",
    silent="once each is assigned, declined, withdrawn or expired",
    params={"choosing": CHOOSING},
    delays=hours(24),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company"),
    write=write_waiting,
    optional=True,
)
UNFILLED = Rule(
    name="unfilled",
    label="Nobody is assigned and the start is near",
    to="the owner, administrators, managers and dispatchers",
    sides=(COMPANY,),
    source=TO_CHOOSERS.format(found=NEAR),
    clock="48 hours before the start, or an hour after it was sent later than that",
    silent="once somebody is assigned, or the start is past",
    params={"choosing": CHOOSING},
    delays=hours(0, 24),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company"),
    write=write_near,
    optional=True,
)
