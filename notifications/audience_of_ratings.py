"""Who is told what about ratings; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling


def _page(name: str) -> Callable[[Fact], str]:
    return lambda fact: reverse(name, args=[fact.assignment.reference])


def _by_worker(fact: Fact) -> bool:
    return fact.event.acting_as == "worker"


def _not_by_worker(fact: Fact) -> bool:
    return not _by_worker(fact)


def _rated_first(who: Callable[[Fact], bool]) -> Callable[[Fact], bool]:
    return lambda fact: who(fact) and not fact.event.data.get("both")


def _rated_second(who: Callable[[Fact], bool]) -> Callable[[Fact], bool]:
    return lambda fact: who(fact) and bool(fact.event.data.get("both"))


def _shown_alone(by: str) -> Callable[[Fact], bool]:
    """A rating by that side, shown because its 14 days are over."""
    return lambda fact: fact.event.data.get("side") == by and bool(fact.event.data.get("alone"))


def _of_side(rated: str) -> Callable[[Fact], bool]:
    """Done by the side that was rated: its author is the other one."""
    replied = "company" if rated == "worker" else "worker"
    return lambda fact: fact.event.data.get("side") == replied


def _by_staff(fact: Fact) -> bool:
    return fact.event.acting_as == "staff" and fact.event.data.get("part") is not None


def _both(
    title: str, body: str, when: Callable[[Fact], bool] = lambda fact: True
) -> tuple[Telling, ...]:
    """The same words to both sides of an assignment."""
    return tuple(
        Telling(who, title, body, "Read the ratings", _ratings, email=False, when=when)
        for who in (people.assigned_worker, people.owner)
    )


def _ratings(fact: Fact) -> str:
    return fact.assignment.get_absolute_url() + "#ratings"


RATINGS: dict[str, tuple[Telling, ...]] = {
    "rating.given": (
        Telling(people.assigned_worker, "{company} rated your work on “{title}”",
                "You see it when you have rated too, or after 14 days.", "Rate the client",
                _page("scorecards:rate"), email=False,
                when=_rated_first(_not_by_worker)),
        Telling(people.assigned_worker, "{company} rated your work on “{title}”",
                "Both of you have rated, so both ratings are shown.", "Read the ratings",
                _ratings, email=False, when=_rated_second(_not_by_worker)),
        Telling(people.owner, "{worker} rated the work on “{title}”",
                "You see it when you have rated too, or after 14 days.", "Rate the worker",
                _page("scorecards:rate"), email=False, when=_rated_first(_by_worker)),
        Telling(people.owner, "{worker} rated the work on “{title}”",
                "Both of you have rated, so both ratings are shown.", "Read the ratings",
                _ratings, email=False, when=_rated_second(_by_worker)),
    ),
    "rating.published": (
        Telling(people.assigned_worker, "The rating of your work on “{title}” is shown",
                "14 days are over. You can reply once, and contest what is unfair.",
                "Read the rating", _ratings, email=False, when=_shown_alone("company")),
        Telling(people.owner, "The worker’s rating of “{title}” is shown",
                "14 days are over. You can reply once, and contest what is unfair.",
                "Read the rating", _ratings, email=False, when=_shown_alone("worker")),
    ),
    "rating.replied": (
        Telling(people.assigned_worker, "{company} replied to your rating of “{title}”", "",
                "Read the reply", _ratings, email=False, when=_of_side("worker")),
        Telling(people.owner, "{worker} replied to your rating of “{title}”", "",
                "Read the reply", _ratings, email=False, when=_of_side("company")),
    ),
    "rating.hidden": _both("The Escalations Team hid something about “{title}”",
                           "A rating, its comment or a reply is out of sight; the page says why."),
    "rating.restored": _both("The Escalations Team shows again what was hidden of “{title}”",
                             "A rating, its comment or a reply is read again; the page says why.",
                             when=_by_staff),
}  # fmt: skip
