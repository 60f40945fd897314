"""A side is asked for something in a case: a day before its time is over, and when it is."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from escalations.models import Case, Side
from escalations.queries import expectations
from notifications.people import COMPANY, MANAGING, PARTY, WORKER
from notifications.reminders.rule import Rule, Words, hours, loader

SOURCE = """
WITH asked AS (
    SELECT dispute.id, dispute.company_id, dispute.worker_id, dispute.opened_by_id,
           dispute.assignment_id, dispute.party_answer_due_at AS due,
           CASE dispute.status WHEN 'waiting_client' THEN 'company' ELSE 'worker' END AS side
      FROM escalations_case AS dispute
     WHERE dispute.status IN ('waiting_client', 'waiting_worker')
     UNION ALL
    SELECT dispute.id, dispute.company_id, dispute.worker_id, dispute.opened_by_id,
           dispute.assignment_id, offer.answer_due_at, answer.side
      FROM escalations_proposal AS offer
      JOIN escalations_case AS dispute ON dispute.id = offer.case_id
     CROSS JOIN LATERAL (VALUES ('company', offer.company_answer),
                                ('worker', offer.worker_answer)) AS answer (side, given)
     WHERE offer.ended_at IS NULL
       AND answer.given = ''
     UNION ALL
    SELECT dispute.id, dispute.company_id, dispute.worker_id, dispute.opened_by_id,
           dispute.assignment_id, dispute.other_side_due_at,
           CASE dispute.side WHEN 'company' THEN 'worker' ELSE 'company' END
      FROM escalations_case AS dispute
     WHERE dispute.status IN ('open', 'in_review')
       AND dispute.other_side_answered_at IS NULL
       AND dispute.other_side_due_at IS NOT NULL)
SELECT asked.id AS object_key,
       person.id AS recipient_id,
       asked.due AS occasion,
       asked.due - interval '24 hours' AS since
  FROM asked
  JOIN assignments_assignment AS work ON work.id = asked.assignment_id
 CROSS JOIN LATERAL (
       SELECT worker.user_id
         FROM accounts_workerprofile AS worker
        WHERE asked.side = 'worker' AND worker.id = asked.worker_id
        UNION
       SELECT member.user_id
         FROM accounts_membership AS member
        WHERE asked.side = 'company' AND member.company_id = asked.company_id
          AND member.removed_at IS NULL
          AND (member.user_id IN (work.owner_id, asked.opened_by_id)
               OR member.roles && %(managing)s::varchar[])) AS reader
  JOIN accounts_user AS person ON person.id = reader.user_id AND person.is_active
 WHERE asked.due <= %(at)s + interval '24 hours'
   AND asked.due > %(horizon)s
"""


def write(case: Case, recipient: User, step: int) -> Words:
    is_worker = case.worker.user_id == recipient.pk
    side = Side.WORKER if is_worker else Side.COMPANY
    asked = next((owed.words for owed in expectations(case) if owed.side == side), "answer")
    when = "within a day" if step == 1 else "now: the time is over"
    return Words(
        title=f"Case {case.label}: {asked}, {when}",
        body=f"It is about “{case.assignment.title}”: {case.get_kind_display().lower()}. Without "
        "your answer the Escalations Team decides by what it knows.",
        url=case.get_absolute_url(),
        action="Open the case",
        acting_as="worker" if is_worker else f"company:{case.company.slug}",
        reason=PARTY,
    )


CASE_PARTY = Rule(
    name="case_party",
    label="A side’s answer in a case is due",
    to="the side that is asked",
    sides=(COMPANY, WORKER),
    clock="24 hours before its time is over",
    silent="once it answered, or the case moved on",
    source=SOURCE,
    params={"managing": [str(role) for role in MANAGING]},
    delays=hours(0, 24),
    stale_after=timedelta(days=2),
    load=loader(Case, "assignment", "company", "worker__user"),
    write=write,
)
