"""Who is told what about groups of workers; part of the one table in ``notifications.audience``."""

from __future__ import annotations

from notifications import people
from notifications.lines import Telling, own_page, place

TO_GROUP = "Open the group"

GROUPS: dict[str, tuple[Telling, ...]] = {
    "group.invited": (
        Telling(people.named_for_group, "{company} invited you to its group “{group}”",
                "As a member you are told of work that is sent to the group.", TO_GROUP, own_page),
    ),
    "group.applied": (
        Telling(people.group_keepers, "{worker} applied for “{group}”", "{reason}",
                "Decide", lambda fact: f"{own_page(fact)}?view=applied"),
    ),
    "group.approved": (
        Telling(people.named_for_group, "You are now a member of “{group}”",
                "{company} approved you. Work sent to the group is in your list.", TO_GROUP,
                own_page),
    ),
    "group.application_declined": (
        Telling(people.named_for_group, "Your application for “{group}” was declined",
                "{reason}", "See your groups", place("vetting:groups"), email=False),
    ),
    "group.removed": (
        Telling(people.named_for_group, "You are no longer in “{group}”", "{reason}",
                "See your groups", place("vetting:groups"), email=False),
    ),
    "group.exception_requested": (
        Telling(people.group_keepers, "{worker} asks for an exception to join “{group}”",
                "{reason}", "Decide", lambda fact: f"{own_page(fact)}?view=applied"),
    ),
    "group.lapsed": (
        Telling(people.named_for_group, "Your membership in “{group}” has lapsed",
                "You no longer meet what the group asks. Its page shows what is missing and where "
                "to mend it; then you are back by yourself.", "See what is missing", own_page),
        Telling(people.group_keepers, "{lapsed} of “{group}” lapsed",
                "They no longer meet what the group asks, and are back once they do.",
                "See who", lambda fact: f"{own_page(fact)}?view=lapsed", email=False),
    ),
    "group.returned": (
        Telling(people.named_for_group, "You are a member of “{group}” again",
                "You meet everything the group asks. Work sent to it is in your list.", TO_GROUP,
                own_page),
    ),
    "group.invitation_found": (
        Telling(people.named_for_group, "{company} invited you to its group “{group}”",
                "The invitation came by e-mail to an address of yours.", TO_GROUP, own_page,
                email=False),
    ),
    "group.broadcast": (
        Telling(people.members_of_group, "{company} to “{group}”: {subject}", "{said}", TO_GROUP,
                own_page, when=lambda fact: not fact.subject.is_private),
        Telling(people.members_of_group, "{company}: {subject}", "{said}", "See the client",
                lambda fact: fact.subject.company.get_absolute_url(),
                when=lambda fact: fact.subject.is_private),
    ),
    "group.joined": (
        Telling(people.group_keepers, "{worker} joined “{group}”", "", TO_GROUP, own_page,
                email=False),
    ),
    "group.invitation_declined": (
        Telling(people.group_keepers, "{worker} declined to join “{group}”", "{reason}",
                TO_GROUP, own_page, email=False),
    ),
    "group.left": (
        Telling(people.group_keepers, "{worker} left “{group}”", "{reason}", TO_GROUP, own_page,
                email=False),
    ),
}  # fmt: skip
