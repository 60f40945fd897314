"""What every page needs around its content: where one can go, and what waits there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.core.cache import cache as kept
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from conduct.queries import desk as conduct
from messaging import queries as messages
from notifications import queries as notices
from scorecards import listing
from vetting.queries import credentials

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
FOLDED = frozenset({"Settings"})
"""Sections that are seldom needed, so that the rest is seen at one look."""
ON_THE_BOTTOM = 4
"""Entries of the bottom navigation on a phone; the rest opens under "More"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the navigation; ``short`` is its word where there is little room, ``needs`` the
    permission without which it is not there. ``group`` begins a part of that name."""

    label: str
    name: str
    icon: str
    short: str = ""
    group: str = ""
    counts: str = ""
    needs: str = ""
    url: str = ""
    count: int = 0
    active: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Places under one heading; closed ones are opened by hand, or by standing in one of them."""

    heading: str
    entries: tuple[Entry, ...]

    @property
    def opened(self) -> bool:
        return self.heading not in FOLDED or any(entry.active for entry in self.entries)


HOME = Entry("Home", "home", "house")
INBOX = Entry("Inbox", "messaging:inbox", "messages-square", counts="messages")
CASES = Entry("Cases", "escalations:cases", "scale")
STANDING = Entry("Standing", "conduct:standing", "shield-check")

PLACES: dict[str, tuple[Entry, ...]] = {
    "client": (
        HOME,
        Entry("Assignments", "assignments:list", "clipboard-list", short="Work"),
        INBOX,
        Entry("Payments", "payments:overview", "wallet"),
        Entry("Recurring work", "assignments:series_list", "repeat"),
        Entry("Scorecard", "scorecards:own", "gauge"),
        Entry("Ratings", "scorecards:ratings", "star", counts="ratings"),
        CASES,
        STANDING,
        Entry("Find workers", "find_workers", "users", group="Workers"),
        Entry("Groups", "vetting:groups", "layers"),
        Entry("Requirements", "vetting:requirement_sets", "shield-check"),
        Entry("Credentials", "vetting:credentials", "badge-check"),
        Entry("Agreements", "vetting:agreements", "file-check"),
        Entry("Tests", "vetting:tests", "graduation-cap"),
        Entry("Company", "accounts:company_settings", "building-2", group="Settings"),
        Entry("Team", "accounts:team", "user-plus"),
        Entry("Reminders", "notifications:company_reminders", "bell"),
        Entry("Templates", "assignments:templates", "bookmark"),
        Entry("Customers", "assignments:customers", "handshake"),
        Entry("Projects", "assignments:projects", "folder"),
        Entry("Locations", "assignments:locations", "map-pin"),
        Entry("Labels", "assignments:labels", "tag"),
        Entry("Quick replies", "messaging:quick_replies", "zap"),
        Entry("Fields and surveys", "assignments:field_sets", "list-checks"),
    ),
    "worker": (
        HOME,
        Entry("Find work", "assignments:find_work", "search"),
        Entry("My work", "assignments:my_work", "briefcase"),
        INBOX,
        Entry("Earnings", "payments:earnings", "wallet"),
        Entry("Scorecard", "scorecards:own", "gauge"),
        Entry("Ratings", "scorecards:ratings", "star", counts="ratings"),
        CASES,
        STANDING,
        Entry("Qualifications", "assignments:qualifications", "badge-check", group="What you show"),
        Entry("Credentials", "vetting:credentials", "shield-check"),
        Entry("Agreements", "vetting:agreements", "file-check"),
        Entry("Tests", "vetting:tests", "graduation-cap"),
        Entry("Groups", "vetting:groups", "users"),
        Entry("Worker profile", "accounts:worker_settings", "hard-hat", group="Settings"),
    ),
    "staff": (
        HOME,
        Entry("Escalation desk", "admin:escalations_case_changelist", "scale", short="Desk"),
        Entry(
            "Review credentials",
            "admin:vetting_credential_changelist",
            "badge-check",
            short="Credentials",
            counts="reviews",
            needs="vetting.review_credentials",
        ),
        Entry(
            "Conduct desk",
            "admin:conduct_concern_changelist",
            "flag",
            short="Conduct",
            counts="concerns",
            needs="conduct.work_queue",
        ),
        Entry("Operations", "admin:index", "settings"),
    ),
    "person": (HOME, Entry("Get started", "accounts:join", "sparkles")),
}
PERSON = (
    Entry("Your profile", "accounts:person", "user"),
    Entry("Notifications", "notifications:preferences", "bell"),
    Entry("Password", "account_change_password", "key-round"),
    Entry("E-mail addresses", "account_email", "mail"),
    Entry("Two-step sign-in", "mfa_index", "shield-check"),
    Entry("Where you are signed in", "usersessions_list", "monitor"),
)
FOOTER = (
    Entry("Policies", "conduct:policies", "file-text"),
    Entry("How figures are made", "scorecards:formulas", "gauge"),
)
SEARCH = {
    "client": ("assignments:list", "Search assignments"),
    "worker": ("assignments:find_work", "Search open work"),
}


def url_of(name: str) -> str:
    """The address behind a name, or nothing where the site does without that page."""
    return _found_at(name, get_urlconf(), get_script_prefix())


@cache
def _found_at(name: str, urlconf: str | None, prefix: str) -> str:
    """Kept for each configuration; every page asks for dozens."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _unread_messages(request: HttpRequest) -> int:
    return messages.unread_count(request.actor)  # type: ignore[attr-defined]


def _waiting_credentials(request: HttpRequest) -> int:
    return credentials.waiting_for_staff()


def _to_rate(request: HttpRequest) -> int:
    return listing.count_to_rate(request.actor, at=timezone.now())  # type: ignore[attr-defined]


def _waiting_concerns(request: HttpRequest) -> int:
    return conduct.waiting(at=timezone.now())


COUNTS: dict[str, Callable[[HttpRequest], int]] = {
    "messages": _unread_messages,
    "reviews": _waiting_credentials,
    "ratings": _to_rate,
    "concerns": _waiting_concerns,
}


def _may(request: HttpRequest, permission: str) -> bool:
    """Whether to show a way; asked once a minute, so that a page does not read permissions for it.
    The page behind it asks anew."""
    actor = request.actor  # type: ignore[attr-defined]
    found: bool = kept.get_or_set(
        f"way:{actor.user_id}:{permission}", lambda: actor.can(permission), 60
    )
    return found


def places(request: HttpRequest) -> tuple[Entry, ...]:
    """The entries for the capacity the person acts in, the current one marked."""
    kind = request.actor.kind  # type: ignore[attr-defined]
    found = []
    for entry in PLACES.get(kind, ()):
        url = url_of(entry.name)
        if url and (not entry.needs or _may(request, entry.needs)):
            count = COUNTS[entry.counts](request) if entry.counts else 0
            found.append(replace(entry, url=url, count=count))
    matching = [e.url for e in found if e.url != "/" and request.path.startswith(e.url)]
    here = max(matching, key=len, default=request.path)
    return tuple(replace(entry, active=entry.url == here) for entry in found)


def sections(entries: tuple[Entry, ...]) -> tuple[Section, ...]:
    """The entries under their headings, in their order; those before the first have none."""
    found: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        if entry.group or not found:
            found.append((entry.group, []))
        found[-1][1].append(entry)
    return tuple(Section(heading, tuple(within)) for heading, within in found)


def _resolved(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(replace(e, url=url) for e in entries if (url := url_of(e.name)))


def _frame(request: HttpRequest) -> dict[str, Any]:
    everywhere = places(request)
    split = ON_THE_BOTTOM if len(everywhere) > ON_THE_BOTTOM + 1 else len(everywhere)
    bell_count, mail_returns = notices.bell(request.user)
    search, search_label = SEARCH.get(request.actor.kind, ("", ""))  # type: ignore[attr-defined]
    return {
        "sections": sections(everywhere),
        "bottom": everywhere[:split],
        "more": everywhere[split:],
        "more_active": any(entry.active for entry in everywhere[split:]),
        "person": _resolved(PERSON),
        "search_url": url_of(search) if search else "",
        "search_label": search_label,
        "bell_url": url_of("notifications:list"),
        "bell_count": bell_count,
        "mail_returns_url": url_of("notifications:address") if mail_returns else "",
        "act_as_url": url_of("accounts:act_as"),
    }


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is read before a layout asks for ``frame``.

    Parts that htmx fetches draw no frame and so cost no query here.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "theme": theme if theme in THEMES else "",
        "frame": SimpleLazyObject(lambda: _frame(request)),
        "footer_places": SimpleLazyObject(lambda: _resolved(FOOTER)),
    }
