"""A worker's message waits for the client's answer: after 24 and 48 hours."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from messaging.models import Thread
from notifications.people import COMPANY, MANAGES, MANAGING, OWNS
from notifications.reminders.rule import (
    NOT_DISPUTED,
    UNDER_DISPUTE,
    Rule,
    Words,
    hours,
    loader,
)

SOURCE = f"""
SELECT thread.id AS object_key,
       member.user_id AS recipient_id,
       thread.waiting_since AS occasion,
       thread.waiting_since + {UNDER_DISPUTE.format(since="thread.waiting_since")} AS since
  FROM messaging_thread AS thread
  JOIN assignments_assignment AS work ON work.id = thread.assignment_id
  JOIN accounts_membership AS member
    ON member.company_id = thread.company_id
   AND member.removed_at IS NULL
   AND (member.user_id = work.owner_id OR member.roles && %(managing)s::varchar[])
  JOIN accounts_user AS person ON person.id = member.user_id AND person.is_active
 WHERE thread.waiting_for = 'company'
   AND thread.waiting_since <= %(at)s - %(first_delay)s
   AND thread.waiting_since > %(at)s - interval '60 days'
   AND {NOT_DISPUTED}
"""  # noqa: S608 - made of constants

WAITED = {1: "24 hours", 2: "48 hours"}


def write(thread: Thread, recipient: User, step: int) -> Words:
    assignment, company = thread.assignment, thread.company
    owns = assignment.owner_id == recipient.pk
    return Words(
        title=f"{thread.worker} has waited more than {WAITED[step]} for your answer",
        body=f"The message is about “{assignment.title}”. Answer it, if only to say when you will. "
        "How long answers take stands on your scorecard.",
        url=assignment.get_absolute_url() + "#messages",
        action="Read and answer",
        acting_as=f"company:{company.slug}",
        reason=OWNS if owns else MANAGES.format(company=company.name),
    )


MESSAGE_UNANSWERED = Rule(
    name="message_unanswered",
    label="A message waits for an answer",
    to="the owner, administrators and managers",
    sides=(COMPANY,),
    clock="the message; the time under a dispute does not count",
    silent="once answered or marked as needing none, after the end of the work, under a dispute",
    source=SOURCE,
    params={"managing": [str(role) for role in MANAGING]},
    delays=hours(24, 48),
    stale_after=timedelta(days=3),
    load=loader(Thread, "company", "worker__user", "assignment"),
    write=write,
)
