"""The worker's next act on assigned work: confirm, check in, hand in (product §11)."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from assignments.models import Assignment, DeliverableRequest
from core.dates import moment_words
from notifications.people import WORKER
from notifications.reminders.rule import NOT_HELD, Rule, Words, hours, loader, to_worker

OF_WORKER = """
SELECT {key} AS object_key,
       worker.user_id AS recipient_id,
       {occasion} AS occasion,
       moment.since AS since,
       work.company_id AS company_id
  FROM assignments_assignment AS work
  JOIN accounts_workerprofile AS worker ON worker.id = work.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
  {joined}
 WHERE {which}
   AND moment.since <= %(at)s - %(first_delay)s
   AND {unheld}
"""

CONFIRMING = """CROSS JOIN LATERAL (SELECT greatest(
       work.starts_at - work.confirm_hours_before * interval '1 hour',
       work.assigned_at + interval '1 hour') AS since) AS moment"""
ARRIVING = """CROSS JOIN LATERAL (SELECT greatest(work.arriving_at,
       CASE WHEN work.is_window THEN work.ends_at - %(first_delay)s
            ELSE work.starts_at END) AS since) AS moment"""
HANDING_IN = """JOIN assignments_deliverablerequest AS wanted ON wanted.assignment_id = work.id
 CROSS JOIN LATERAL (SELECT wanted.due_at - interval '24 hours' AS since) AS moment"""


def write_confirm(assignment: Assignment, recipient: User, step: int) -> Words:
    start = moment_words(assignment.starts_at, assignment.time_zone)
    return to_worker(
        assignment,
        title=f"Confirm that you will be there: “{assignment.title}”",
        body=f"It starts {start}. {assignment.company} counts on you; say so now, or say that you "
        "cannot come while somebody else can still be found.",
        page="assignments:confirmation",
        action="Confirm",
    )


CONFIRM = Rule(
    name="confirm",
    label="The worker has not confirmed",
    to="the assigned worker",
    sides=(WORKER,),
    source=OF_WORKER.format(
        key="work.id", occasion="moment.since", joined=CONFIRMING, unheld=NOT_HELD,
        which="work.status = 'assigned' AND work.wants_confirmation"
        " AND work.confirmed_at IS NULL AND work.starts_at > %(at)s"
        " AND work.starts_at <= %(at)s + interval '15 days'",
    ),
    clock="the time before the start that the client asks for (24 hours, if nothing else is said)",
    silent="once confirmed or begun, under a hold",
    delays=hours(0),
    stale_after=timedelta(days=3),
    load=loader(Assignment, "company"),
    write=write_confirm,
)  # fmt: skip


def write_check_in(assignment: Assignment, recipient: User, step: int) -> Words:
    start = moment_words(assignment.starts_at, assignment.time_zone, "time")
    return to_worker(
        assignment,
        title=f"You have not checked in: “{assignment.title}”",
        body=f"It was to start at {start}. If you are there, check in now; if you are late, say "
        "when you arrive, so that nobody has to call.",
        page="assignments:visits",
        action="Check in",
    )


CHECK_IN_MISSED = Rule(
    name="check_in_missed",
    label="A check-in is missed",
    to="the assigned worker",
    sides=(WORKER,),
    source=OF_WORKER.format(
        key="work.id", occasion="moment.since", joined=ARRIVING, unheld=NOT_HELD,
        which="work.status = 'assigned' AND work.wants_check_in AND work.starts_at <= %(at)s"
        " AND work.starts_at > %(horizon)s - interval '180 days'",
    ),
    clock="the start; the arrival that the worker announced; the end of a window",
    silent="once checked in, under a hold",
    delays=(timedelta(minutes=15),),
    stale_after=timedelta(hours=4),
    load=loader(Assignment, "company"),
    write=write_check_in,
)  # fmt: skip


def write_deliverables(wanted: DeliverableRequest, recipient: User, step: int) -> Words:
    assignment = wanted.assignment
    assert wanted.due_at is not None
    due = moment_words(wanted.due_at, assignment.time_zone)
    titles = {
        1: f"“{wanted}” is due {due}",
        2: f"“{wanted}” is late: it was due {due}",
    }
    bodies = {
        1: f"Hand it in on “{assignment.title}” in time; your scorecard shows how often you do.",
        2: f"Hand it in on “{assignment.title}” now, or tell {assignment.company} when you will.",
    }
    return to_worker(
        assignment,
        title=titles[step],
        body=bodies[step],
        page="assignments:deliverables",
        action="Hand it in",
    )


DELIVERABLES_DUE = Rule(
    name="deliverables_due",
    label="Deliverables are due",
    to="the assigned worker",
    sides=(WORKER,),
    source=OF_WORKER.format(
        key="wanted.id", occasion="moment.since", joined=HANDING_IN, unheld=NOT_HELD,
        which="work.status IN ('assigned', 'in_progress')"
        " AND wanted.due_at > %(at)s - interval '30 days'"
        " AND wanted.due_at <= %(at)s + interval '24 hours'"
        """ AND wanted.count > (SELECT count(*) FROM assignments_deliverable AS given
                                 WHERE given.request_id = wanted.id
                                   AND given.removed_at IS NULL
                                   AND given.verdict <> 'refused')""",
    ),
    clock="24 hours before they are due",
    silent="once all are handed in, under a hold",
    delays=hours(0, 24),
    stale_after=timedelta(days=3),
    load=loader(DeliverableRequest, "assignment__company"),
    write=write_deliverables,
    optional=True,
)  # fmt: skip
