"""Who is told what about conduct; part of the table in ``notifications.audience``. The other side
of what was recorded is told nothing here."""

from __future__ import annotations

from django.urls import reverse

from notifications import people_of_conduct as people
from notifications.facts import Fact
from notifications.lines import Telling, own_page


def _queue(fact: Fact) -> str:
    return reverse("admin:conduct_concern_change", args=[fact.subject.pk])


def _measure(fact: Fact) -> str:
    return reverse("admin:conduct_measure_change", args=[fact.subject.measure_id])


def _stop(fact: Fact) -> bool:
    return fact.event.data.get("effect") == "stop"


def _told_otherwise(fact: Fact) -> bool:
    """What an appeal ended, and a stop that a recorded violation replaces."""
    why = fact.event.data.get("why")
    return why == "appeal" or (why == "decided" and _stop(fact))


SEE = "See what happened"

CONDUCT: dict[str, tuple[Telling, ...]] = {
    "violation.recorded": (
        Telling(people.its_party, "A violation was recorded: {violation}",
                "What follows: {follows} The page says which words of the guidelines it is about, "
                "and how to appeal within 14 days.", SEE, own_page),
    ),
    "violation.withdrawn": (
        Telling(people.its_party, "A violation was taken back: {violation}",
                "It counts no more on the ladder.", "See your standing", own_page),
    ),
    "measure.placed": (
        Telling(people.its_party, "New work is stopped while we look", "{follows}", SEE, own_page,
                when=_stop),
        Telling(people.its_party, "Your account takes on no new work any more", "{follows} What "
                "is under way is finished and paid. You can appeal within 14 days.", SEE, own_page,
                when=lambda fact: not _stop(fact)),
    ),
    "measure.ended": (
        Telling(people.its_party, "You can take on new work again", "The {effect} is over.",
                "See your standing", own_page, when=lambda fact: not _told_otherwise(fact)),
    ),
    "appeal.made": (
        Telling(people.appeal_deciders, "An appeal waits: {party}",
                "Somebody who had no part in the first decision answers it.", "Read the appeal",
                _measure),
    ),
    "appeal.decided": (
        Telling(people.its_party, "Your appeal is decided: {outcome}", "{reasons}",
                "Read the answer", own_page),
    ),
    "concern.raised": (
        Telling(people.concern_desk, "{reporter} reported {party}: {reason}", "It is about "
                "assignment {assignment}.", "Look at it", _queue),
    ),
    "concern.closed": (
        Telling(people.reporter, "We looked at your report about {assignment}",
                "Thank you. We have done what was needed; what that was stays between us and the "
                "other side.", "Open the assignment",
                lambda fact: reverse("assignments:detail",
                                     args=[fact.subject.assignment_reference])),
    ),
}  # fmt: skip
