"""Two at one case: seeing each other, writing on what both have seen, and who looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from accounts.actors import Actor
from core.compiled import Compiled
from core.errors import DomainError
from escalations.casework.steps import lock_assignment
from escalations.models import Case, CaseEntry, CaseLook, Presence

PRESENT = timedelta(seconds=60)
"""How long somebody counts as there after their page was last heard of."""
MOST_NEWS = 3


class ChangedMeanwhile(DomainError):
    message = (
        "Since you opened the page: {news} What you wrote is still here, and nothing was done. "
        "Look at what is new, then send it again."
    )


def newest(case: Case) -> int:
    """The key of the last line of the timeline: what a page shows is as new as this."""
    return CaseEntry.objects.filter(case=case).aggregate(last=Max("pk"))["last"] or 0


def require_unchanged(case: Case, *, seen: int, by: Actor, moves_money: bool) -> None:
    """Refuse an act on what somebody has not seen; call it within the act's transaction.

    The case is locked here, after its assignment where the act will lock that too.
    """
    if moves_money:
        lock_assignment(case)
    LOCKED.first(key=case.pk)
    if news := LATER.all(case=case.pk, seen=seen, author=by.user_id or 0):
        raise ChangedMeanwhile(news=" ".join(_line(entry) for entry in reversed(news)))


LOCKED = Compiled(
    lambda key: Case.objects.select_for_update().filter(pk=key).values_list("pk", flat=True),
    key=int,
)
LATER = Compiled(
    lambda case, seen, author: (
        CaseEntry.objects.filter(case=case, pk__gt=seen).exclude(author=author)
        .select_related("author").order_by("-pk")[:MOST_NEWS]
    ),
    case=int, seen=int, author=int,
)  # fmt: skip


def _line(entry: CaseEntry) -> str:
    who = entry.author or "Routing"
    if entry.kind == CaseEntry.Kind.ACT:
        words = entry.body.rstrip(".")
        return f"{who}: {words[0].lower()}{words[1:]}."
    did = "kept a note" if entry.kind == CaseEntry.Kind.NOTE else "wrote a message"
    return f"{who} {did}."


def look(case: Case, what: str, *, by: Actor, at: datetime, detail: str = "") -> CaseLook:
    """Record that a member of staff looked at personal data of a case."""
    assert by.user is not None
    return CaseLook.objects.create(case=case, user=by.user, what=what, detail=detail[:200], at=at)


ARRIVING = """
WITH looked AS (
    INSERT INTO escalations_caselook (case_id, user_id, what, detail, at)
    VALUES (%(case)s, %(user)s, %(what)s, '', %(at)s)
), here AS (
    INSERT INTO escalations_presence (case_id, user_id, seen_at, is_writing)
    VALUES (%(case)s, %(user)s, %(at)s, false)
    ON CONFLICT (case_id, user_id) DO UPDATE SET seen_at = excluded.seen_at, is_writing = false
)
SELECT id FROM escalations_presence
 WHERE case_id = %(case)s AND user_id <> %(user)s AND seen_at > %(since)s
"""


def arrive(case: Case, what: str, *, by: Actor, at: datetime) -> Sequence[Presence]:
    """Open the page of a case: record the look, be seen, and see who else is there.

    One statement, with which every page of a case begins; a second where somebody is there.
    """
    values = {"case": case.pk, "user": by.user_id, "what": what, "at": at, "since": at - PRESENT}
    with connection.cursor() as cursor:
        cursor.execute(ARRIVING, values)
        there = [key for (key,) in cursor.fetchall()]
    return others_at(case, by=by, at=at) if there else []


def be_present(case: Case, *, by: Actor, at: datetime, is_writing: bool = False) -> None:
    """Say that the page is open, so that others who open it see it; one statement."""
    Presence.objects.bulk_create(
        [Presence(case=case, user=by.user, seen_at=at, is_writing=is_writing)],
        update_conflicts=True,
        unique_fields=["case", "user"],
        update_fields=["seen_at", "is_writing"],
    )


def leave(case: Case, *, by: Actor) -> None:
    Presence.objects.filter(case=case, user=by.user).delete()


def others_at(case: Case, *, by: Actor, at: datetime) -> Sequence[Presence]:
    """Who else has the page open now."""
    return list(
        Presence.objects.filter(case=case, seen_at__gt=at - PRESENT)
        .exclude(user=by.user)
        .select_related("user")
        .order_by("user__full_name", "pk")
    )
