"""Who is told what about groups of workers; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from notifications import people
from notifications.facts import Fact
from notifications.lines import Telling


def _plain(name: str) -> Callable[[Fact], str]:
    return lambda fact: reverse(name)


def _group(fact: Fact) -> str:
    return str(fact.subject.get_absolute_url())


TO_GROUP = "Open the group"

GROUPS: dict[str, tuple[Telling, ...]] = {
    "group.invited": (
        Telling(people.named_for_group, "{company} invited you to its group “{group}”",
                "As a member you are told of work that is sent to the group.", TO_GROUP, _group),
    ),
    "group.applied": (
        Telling(people.group_keepers, "{worker} applied for “{group}”", "{reason}",
                "Decide", lambda fact: f"{_group(fact)}?view=applied"),
    ),
    "group.approved": (
        Telling(people.named_for_group, "You are now a member of “{group}”",
                "{company} approved you. Work sent to the group is in your list.", TO_GROUP,
                _group),
    ),
    "group.application_declined": (
        Telling(people.named_for_group, "Your application for “{group}” was declined",
                "{reason}", "See your groups", _plain("vetting:groups"), email=False),
    ),
    "group.removed": (
        Telling(people.named_for_group, "You are no longer in “{group}”", "{reason}",
                "See your groups", _plain("vetting:groups"), email=False),
    ),
    "group.joined": (
        Telling(people.group_keepers, "{worker} joined “{group}”", "", TO_GROUP, _group,
                email=False),
    ),
    "group.invitation_declined": (
        Telling(people.group_keepers, "{worker} declined to join “{group}”", "{reason}",
                TO_GROUP, _group, email=False),
    ),
    "group.left": (
        Telling(people.group_keepers, "{worker} left “{group}”", "{reason}", TO_GROUP, _group,
                email=False),
    ),
}  # fmt: skip
