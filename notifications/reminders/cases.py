"""Staff owe a case its first answer or its next update: when it falls due, and a day later."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from core.dates import moment_words
from escalations.models import Case, Proposal
from escalations.team import GROUPS
from notifications.people import DESK, STAFF, TAKES_CARE
from notifications.reminders.rule import Rule, Words, hours, loader

SOURCE = """
SELECT dispute.id AS object_key,
       person.id AS recipient_id,
       dispute.{due} AS occasion,
       dispute.{due} AS since
  FROM escalations_case AS dispute
 CROSS JOIN LATERAL (
       SELECT dispute.assignee_id AS user_id
        WHERE dispute.assignee_id IS NOT NULL
        UNION
       SELECT place.user_id
         FROM accounts_user_groups AS place
         JOIN auth_group AS team ON team.id = place.group_id
        WHERE dispute.assignee_id IS NULL AND team.name = ANY(%(team)s)) AS carer
  JOIN accounts_user AS person
    ON person.id = carer.user_id AND person.is_active AND person.is_staff
 WHERE dispute.status NOT IN ('resolved', 'withdrawn')
   AND dispute.{due} <= %(at)s
   AND {which}
"""


def _words(case: Case, recipient: User, title: str, body: str) -> Words:
    return Words(
        title=title,
        body=f"It is about “{case.assignment.title}”: {case.get_kind_display().lower()}. {body}",
        url=reverse("admin:escalations_case_change", args=[case.pk]),
        action="Open the case",
        acting_as="staff",
        reason=TAKES_CARE if case.assignee_id == recipient.pk else DESK,
    )


def _moment(case: Case, moment: datetime) -> str:
    return moment_words(moment, case.assignment.time_zone)


def write_first_answer(case: Case, recipient: User, step: int) -> Words:
    late = "is due" if step == 1 else "is more than a day late"
    return _words(
        case,
        recipient,
        f"The first answer in case {case.label} {late}",
        f"Whoever opened it was promised an answer by {_moment(case, case.first_answer_due_at)}.",
    )


def write_update(case: Case, recipient: User, step: int) -> Words:
    late = "is due" if step == 1 else "is more than a day late"
    return _words(
        case,
        recipient,
        f"An update in case {case.label} {late}",
        f"Both sides were to hear from us by {_moment(case, case.update_due_at)}; say where it "
        "stands.",
    )


_case = loader(Case, "assignment")
_shared = {
    "to": "whoever has the case, or the whole team",
    "sides": (STAFF,),
    "delays": hours(0, 24),
    "stale_after": timedelta(days=3),
    "params": {"team": list(GROUPS)},
    "load": _case,
}

CASE_FIRST_ANSWER = Rule(
    name="case_first_answer",
    label="A case waits for its first answer",
    clock="when the office hours for a first answer are over; 24 unless staff set others",
    silent="once answered or closed",
    source=SOURCE.format(due="first_answer_due_at", which="dispute.first_answered_at IS NULL"),
    write=write_first_answer,
    **_shared,  # type: ignore[arg-type]
)
CASE_UPDATE = Rule(
    name="case_update",
    label="A case waits for an update",
    clock="when the office hours to the next update are over; 48 unless staff set others",
    silent="once both sides hear from staff, or it is closed",
    source=SOURCE.format(due="update_due_at", which="dispute.first_answered_at IS NOT NULL"),
    write=write_update,
    **_shared,  # type: ignore[arg-type]
)


EXPIRED = """
SELECT offer.id AS object_key,
       owed.recipient_id,
       offer.answer_due_at AS occasion,
       offer.answer_due_at AS since
  FROM escalations_proposal AS offer
  JOIN ({owed}) AS owed ON owed.object_key = offer.case_id
 WHERE offer.ended_at IS NULL
   AND offer.answer_due_at <= %(at)s
""".format(owed=SOURCE.format(due="opened_at", which="true"))


def write_expired(offer: Proposal, recipient: User, step: int) -> Words:
    return _words(
        offer.case,
        recipient,
        f"The time to answer the proposal in case {offer.case.label} is over",
        "Decide it, or propose something else: both sides wait for the outcome.",
    )


CASE_PROPOSAL = Rule(
    name="case_proposal_expired",
    label="The time to answer a proposal is over",
    clock="the end of that time",
    silent="once decided, withdrawn or proposed anew",
    source=EXPIRED,
    write=write_expired,
    **_shared | {"load": loader(Proposal, "case__assignment")},  # type: ignore[arg-type]
)
