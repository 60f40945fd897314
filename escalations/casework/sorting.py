"""Putting cases in order: another kind or priority, linked, merged, withdrawn for a side."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from core.errors import DomainError
from escalations import office_hours
from escalations.casework import contested
from escalations.casework.steps import (
    Visibility,
    answered,
    claim,
    entry,
    event,
    lock,
    lock_assignment,
    move,
    release_hold,
    require_open,
)
from escalations.models import Case, CaseEntry, CaseLink
from escalations.states import CONTEST, KINDS, CaseStatus, Priority


class NotAKindForItsSide(DomainError):
    message = "The {side} cannot open a case of this kind. Choose another one."
    field = "kind"


class ContestStays(DomainError):
    message = (
        "A case about a rating keeps the rating out of sight until it is decided itself. "
        "Decide it, or withdraw it for the side that opened it."
    )


class SameIsOpen(DomainError):
    message = "{label} is open about the same thing already. Merge this case into it instead."
    field = "kind"


class NoSuchCase(DomainError):
    message = "There is no such case. Enter a number such as C-1042."
    field = "other"


class TheSameCase(DomainError):
    message = "That is this case itself. Enter the number of the other one."
    field = "other"


class NotOfOneAssignment(DomainError):
    message = (
        "{label} is about another assignment, whose money a decision here would not move. "
        "Link the two instead."
    )
    field = "other"


class OtherHasEnded(DomainError):
    message = "{label} has ended, so nothing can be merged into it. Reopen it first, or link it."
    field = "other"


def other_case(case: Case, label: str) -> Case:
    """The case that somebody names as ``C-1042`` or ``1042``."""
    number = label.strip().upper().removeprefix("C-")
    found = None
    if number.isdigit() and number.isascii() and len(number) < 10:
        found = Case.objects.filter(number=int(number)).first()
    if found is None:
        raise NoSuchCase
    if found.pk == case.pk:
        raise TheSameCase
    return found


@transaction.atomic
def refile(
    case: Case, *, kind: str, priority: int, by: Actor, at: datetime, words: str = ""
) -> Case:
    """Set what the case is about and how urgent it is; its hold stays as it is."""
    case = lock(case)
    require_open(case)
    before = {"kind": case.kind, "priority": case.priority}
    said = [*_new_kind(case, kind), *_new_priority(case, priority)]
    changed = {name for name, value in before.items() if getattr(case, name) != value}
    if not changed:
        return case
    case.save(update_fields=sorted(changed | claim(case, by=by)))
    for line, visibility in said:
        entry(case, line, by=by, at=at, visibility=visibility)
    if words:
        entry(case, words, by=by, at=at, kind=CaseEntry.Kind.NOTE, visibility=Visibility.STAFF)
    for name in sorted(changed):
        event(f"{name}_changed", case, by=by, at=at, to=str(getattr(case, name)))
    return case


def _new_kind(case: Case, kind: str) -> list[tuple[str, str]]:
    if kind == case.kind:
        return []
    if CONTEST in (kind, case.kind):
        raise ContestStays
    if kind not in KINDS or case.side not in KINDS[kind].sides:
        raise NotAKindForItsSide(side=case.get_side_display().lower())
    same = Case.objects.active().filter(assignment=case.assignment_id, side=case.side, kind=kind)
    if other := same.exclude(pk=case.pk).first():
        raise SameIsOpen(label=other.label)
    before, case.kind = case.get_kind_display().lower(), kind
    return [
        (f"Changed the kind from {before} to {case.get_kind_display().lower()}.",
         Visibility.PARTIES)
    ]  # fmt: skip


def _new_priority(case: Case, priority: int) -> list[tuple[str, str]]:
    if priority == case.priority:
        return []
    before, case.priority = case.get_priority_display().lower(), Priority(priority)
    after = case.get_priority_display().lower()
    return [(f"Changed the priority from {before} to {after}.", Visibility.STAFF)]


@transaction.atomic
def link(case: Case, *, other: Case, by: Actor, at: datetime, words: str = "") -> CaseLink:
    """Note that two cases belong together, for staff alone; a second time finds the first."""
    assert by.user is not None
    first, second = (lock(one) for one in sorted((case, other), key=lambda one: one.pk))
    made, is_new = CaseLink.objects.get_or_create(
        first=first, second=second, defaults={"words": words, "made_by": by.user, "made_at": at}
    )
    if is_new:
        why = f": {words}" if words else "."
        for one, beside in ((first, second), (second, first)):
            entry(one, f"Linked to {beside.label}{why}", by=by, at=at, visibility=Visibility.STAFF)
        event("linked", case, by=by, at=at, other=other.label)
    return made


@transaction.atomic
def unlink(case: Case, *, other: Case, by: Actor, at: datetime) -> None:
    first, second = (lock(one) for one in sorted((case, other), key=lambda one: one.pk))
    gone, _ = CaseLink.objects.filter(first=first, second=second).delete()
    if gone:
        for one, beside in ((first, second), (second, first)):
            line = f"Linked to {beside.label} no more."
            entry(one, line, by=by, at=at, visibility=Visibility.STAFF)
        event("unlinked", case, by=by, at=at, other=other.label)


@transaction.atomic
def merge(case: Case, *, into: Case, words: str, by: Actor, at: datetime) -> Case:
    """End a case in favor of another one about the same assignment, with words to both sides.

    1. Lock the assignment, then both cases, the older first.
    2. The hold goes over where the other case has none; what was said and put forward is read
       in the other case from then on.
    3. ``merged_into``, withdrawn, entries in both, ``case.merged``.
    """
    lock_assignment(case)
    pair = {one.pk: lock(one) for one in sorted((case, into), key=lambda one: one.pk)}
    case, into = pair[case.pk], pair[into.pk]
    if case.merged_into_id == into.pk:
        return into
    require_open(case)
    if case.kind == CONTEST:
        raise ContestStays
    if case.assignment_id != into.assignment_id:
        raise NotOfOneAssignment(label=into.label)
    if into.closed_at is not None:
        raise OtherHasEnded(label=into.label)
    _pass_hold_on(case, into, by=by, at=at)
    move(case, CaseStatus.WITHDRAWN)
    case.closed_at, case.party_answer_due_at, case.merged_into = at, None, into
    hours = office_hours.current()
    first = answered(case, at=at, to="parties", hours=hours)
    case.save(
        update_fields=sorted(
            first | {"status", "closed_at", "party_answer_due_at", "merged_into", "hold"}
        )
    )
    case.proposals.filter(ended_at=None).update(ended_at=at)
    changed = claim(into, by=by) | answered(into, at=at, to="parties", hours=hours)
    into.save(update_fields=sorted(changed | {"hold"}))
    entry(case, f"Merged this case into {into.label}. {words}", by=by, at=at)
    kind, side = case.get_kind_display().lower(), case.get_side_display().lower()
    entry(into, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE)
    entry(into, f"Merged {case.label} into this case: {kind}, opened by the {side}.", by=by, at=at)
    event("merged", case, by=by, at=at, into=into.label)
    return into


def _pass_hold_on(case: Case, into: Case, *, by: Actor, at: datetime) -> None:
    if case.hold is None or case.hold.released_at:
        return
    if into.hold is None or into.hold.released_at:
        into.hold = case.hold


@transaction.atomic
def withdraw_for(case: Case, *, words: str, by: Actor, at: datetime) -> Case:
    """Withdraw the case for the side that opened it, which asked staff to; its hold is released."""
    lock_assignment(case)
    case = lock(case)
    if case.status == CaseStatus.WITHDRAWN:
        return case
    require_open(case)
    hours = office_hours.current()
    changed = claim(case, by=by) | answered(case, at=at, to="parties", hours=hours)
    move(case, CaseStatus.WITHDRAWN)
    case.closed_at, case.party_answer_due_at = at, None
    case.save(update_fields=sorted(changed | {"status", "closed_at", "party_answer_due_at"}))
    case.proposals.filter(ended_at=None).update(ended_at=at)
    release_hold(case, by=by, at=at)
    contested.end(case, by=by, at=at)
    entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE)
    entry(case, f"Withdrew the case for {case.opener}.", by=by, at=at)
    event("withdrawn_for", case, by=by, at=at, side=case.side)
    return case
