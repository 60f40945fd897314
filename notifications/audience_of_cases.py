"""Who is told what about cases; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from django.urls import reverse

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling


def _case(fact: Fact) -> str:
    return fact.case.get_absolute_url()


def _desk(fact: Fact) -> str:
    return reverse("admin:escalations_case_change", args=[fact.case.pk])


def _goes_on(fact: Fact) -> str:
    return reverse("escalations:case", args=[fact.event.data["into"]])


TO_CASE = "Open the case"

CASES: dict[str, tuple[Telling, ...]] = {
    "case.opened": (
        Telling(people.other_side, "Case {case} was opened about “{title}”",
                "It is about: {about}. Tell your side on the case’s page by {story_due}; the "
                "Escalations Team answers by {answer_due}.", "Tell your side", _case),
        Telling(people.opening_side, "Your case {case} was opened",
                "The Escalations Team answers by {answer_due}.", TO_CASE, _case, email=False),
        Telling(people.desk, "New case {case}: {about}", "It is about “{title}”.", TO_CASE, _desk),
    ),
    "case.joined": (
        Telling(people.other_side, "More was reported in case {case}", "", TO_CASE, _case,
                email=False),
        Telling(people.desk, "More was reported in case {case}: {about}", "", TO_CASE, _desk),
    ),
    "case.evidence_added": (
        Telling(people.desk, "New evidence in case {case}", "{what}.", TO_CASE, _desk,
                email=False),
    ),
    "case.talk_changed": (
        Telling(people.both_sides, "Who reads your messages in case {case} has changed",
                "The case’s page says how it is now.", TO_CASE, _case, email=False),
    ),
    "case.taken": (
        Telling(people.new_assignee, "Case {case} is yours: {about}", "", TO_CASE, _desk,
                email=False),
    ),
    "case.replied": (
        Telling(people.readers_of_reply, "New message in case {case}", "{excerpt}", TO_CASE, _case),
    ),
    "case.asked": (
        Telling(people.asked_side, "The Escalations Team needs your answer in case {case}",
                "{excerpt}\n\nPlease answer by {due}.", "Answer now", _case),
        Telling(people.both_sides, "The other side was asked for an answer in case {case}",
                "", TO_CASE, _case, email=False),
    ),
    "case.proposed": (
        Telling(people.both_sides, "A decision is proposed in case {case}",
                "Read it and say by {due} whether you accept it.", "Read the proposal",
                _case),
    ),
    "case.decided": (
        Telling(people.both_sides, "Case {case} is decided",
                "The decision and what it moved are on the case’s page.", "Read the decision",
                _case),
    ),
    "case.reminded": (
        Telling(people.reminded_sides, "The Escalations Team still waits for your answer in case "
                "{case}", "{excerpt}", "Answer now", _case),
    ),
    "case.kind_changed": (
        Telling(people.both_sides, "Case {case} is filed as “{about}” now", "", TO_CASE, _case,
                email=False),
    ),
    "case.held": (
        Telling(people.both_sides, "Approval and payment wait for the decision in case {case}",
                "It is about “{title}”. The reason is on the case’s page.", TO_CASE, _case),
    ),
    "case.hold_lifted": (
        Telling(people.both_sides, "Approval and payment go on while case {case} is open",
                "It is about “{title}”. The reason is on the case’s page.", TO_CASE, _case),
    ),
    "case.merged": (
        Telling(people.both_sides, "Case {case} goes on in case {into}",
                "The Escalations Team merged the two, which are about “{title}”.",
                "Open the other case", _goes_on),
    ),
    "case.withdrawn_for": (
        Telling(people.both_sides, "Case {case} was withdrawn by the Escalations Team",
                "The side that opened it asked for that.", TO_CASE, _case),
    ),
    "case.reversed": (
        Telling(people.both_sides, "The decision of case {case} was taken back",
                "Why, and what it moved, is on the case’s page.", "Read it", _case),
    ),
    "case.stuck": (
        Telling(people.desk, "Case {case}: both accepted, but it was not carried out", "{why}",
                TO_CASE, _desk),
    ),
    "case.withdrawn": (
        Telling(people.other_side, "Case {case} was withdrawn", "", TO_CASE, _case, email=False),
        Telling(people.desk, "Case {case} was withdrawn", "", TO_CASE, _desk, email=False),
    ),
    "case.reopened": (
        Telling(people.both_sides, "Case {case} was reopened", "", TO_CASE, _case),
    ),
}  # fmt: skip
