"""What staff should look at: reports by either side, and what sweeps find.

A machine only brings things forward; whatever follows is a verb that a person calls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from activity.record import record
from conduct import measures, violations
from conduct.models import Concern, Measure, Outcome, Reason, Source, Violation, ViolationKind
from conduct.parties import require_apart, require_staff
from core.errors import DomainError


class ConcernClosed(DomainError):
    message = "{name} has closed this already: {outcome}."


class NotPossibleHere(DomainError):
    message = "There is nothing left to take down. Reload the page."


log = logging.getLogger(__name__)
URGENT = frozenset({Reason.SCAM, Reason.UNSAFE, Reason.DISCRIMINATION})


@dataclass(frozen=True)
class Found:
    """One thing a sweep found; ``key`` is the same whenever it finds the same thing."""

    key: str
    words: str
    company: int | None = None
    worker: int | None = None
    reference: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Finder:
    """One rule of what is brought before staff: one query over all that is new, no loop."""

    source: str
    find: Callable[[datetime], Iterable[Found]]


@dataclass(frozen=True)
class Act:
    """Something a higher app lets staff do about the assignment of a concern."""

    name: str
    label: str
    done: str
    possible: Callable[[str], bool]
    run: Callable[..., None]


_finders: list[Finder] = []
_acts: dict[str, Act] = {}


def register(finder: Finder) -> None:
    """Add a rule; called from ``AppConfig.ready``."""
    if finder not in _finders:
        _finders.append(finder)


def register_act(act: Act) -> None:
    _acts[act.name] = act


def acts_on(concern: Concern) -> list[Act]:
    """What can be done about its assignment now."""
    if not concern.assignment_reference:
        return []
    return [act for act in _acts.values() if act.possible(concern.assignment_reference)]


def sweep(*, at: datetime) -> int:
    """Ask every rule and bring forward what is new; returns how much. Two at once find it once.

    A rule that fails is noted in the log and does not stop the others.
    """
    done = 0
    for finder in _finders:
        try:
            with transaction.atomic():
                done += _bring_forward(finder, at=at)
        except Exception:
            log.exception("the rule for %s failed", finder.source)
    return done


def _bring_forward(finder: Finder, *, at: datetime) -> int:
    found = list(finder.find(at))
    if not found:
        return 0
    kinds = dict(ViolationKind.objects.filter(archived_at=None).values_list("slug", "pk"))
    made = Concern.objects.bulk_create(
        [
            Concern(
                source=finder.source, key=one.key, words=one.words, company_id=one.company,
                worker_id=one.worker, assignment_reference=one.reference,
                kind_id=kinds.get(one.kind), raised_at=at,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(made)


@transaction.atomic
def report(
    *,
    reason: str,
    words: str,
    reference: str,
    key: str,
    by: Actor,
    at: datetime,
    company: Company | None = None,
    worker: WorkerProfile | None = None,
) -> Concern:
    """Bring an assignment before staff; the other side does not learn of it.

    One that the same person has reported and that is still looked at is not reported twice.
    """
    assert by.user is not None
    own = Concern.objects.select_for_update().filter(
        source=Source.REPORT, reported_by=by.user, assignment_reference=reference
    )
    standing = own.filter(key=key).first() or own.filter(closed_at=None).first()
    if standing is not None:
        return standing
    made = Concern.objects.create(
        source=Source.REPORT, key=key, company=company, worker=worker, words=words,
        reason=reason, assignment_reference=reference, reported_by=by.user,
        reported_side="company" if by.is_client else "worker", is_urgent=reason in URGENT,
        raised_at=at,
    )  # fmt: skip
    record("concern.raised", made, by=by, at=at, reason=str(Reason(reason).label),
           assignment=reference)  # fmt: skip
    return made


@transaction.atomic
def dismiss(
    concern: Concern, *, words: str, by: Actor, at: datetime, outcome: str = Outcome.DISMISSED
) -> Concern:
    """Close it without a violation; a stop that was placed while looking is lifted."""
    concern = _open(concern, by=by)
    if concern.stop is not None and concern.stop.holds(at):
        measures.lift(concern.stop, words=words[:500], by=by, at=at)
    return _close(concern, outcome, words=words, by=by, at=at)


@transaction.atomic
def confirm(
    concern: Concern, *, kind: ViolationKind, words: str, by: Actor, at: datetime, note: str = ""
) -> Violation:
    """Record a violation of it; a stop placed while looking gives way to what the ladder says."""
    concern = _open(concern, by=by)
    violation = violations.record(
        company=concern.company, worker=concern.worker, kind=kind, words=words, note=note,
        assignment_reference=concern.assignment_reference, key=f"concern:{concern.pk}", by=by,
        at=at,
    )  # fmt: skip
    if concern.stop is not None and concern.stop.holds(at):
        measures.lift(concern.stop, words="A violation was recorded.", by=by, at=at,
                      ending="decided")  # fmt: skip
    concern.violation = violation
    _close(concern, Outcome.VIOLATION, words=note or words, by=by, at=at)
    return violation


@transaction.atomic
def stop(concern: Concern, *, words: str, by: Actor, at: datetime) -> Measure:
    """Stop new work of the party at once; the concern stays open to be looked into."""
    concern = _open(concern, by=by)
    placed = measures.stop(concern.party, words=words, by=by, at=at)
    concern.stop = placed
    concern.save(update_fields=["stop"])
    _tell("concern.stopped", concern, by=by, at=at, note=words)
    return placed


@transaction.atomic
def act(concern: Concern, name: str, *, words: str, by: Actor, at: datetime) -> Concern:
    """Do what a higher app offers about the assignment, such as taking it down."""
    concern = _open(concern, by=by)
    doing = _acts.get(name)
    if doing is None or not doing.possible(concern.assignment_reference):
        raise NotPossibleHere
    doing.run(concern.assignment_reference, words=words, by=by, at=at)
    _tell("concern.acted", concern, by=by, at=at, did=doing.done, note=words)
    return concern


def _open(concern: Concern, *, by: Actor) -> Concern:
    require_staff(by)
    rows = Concern.objects.select_for_update(of=("self",))
    related = rows.select_related("company", "worker__user", "kind", "stop", "closed_by")
    concern = related.get(pk=concern.pk)
    if concern.closed_at is not None:
        said = concern.get_outcome_display().lower()
        raise ConcernClosed(name=str(concern.closed_by), outcome=said)
    require_apart(concern.company, concern.worker, by=by)
    return concern


def _close(concern: Concern, outcome: str, *, words: str, by: Actor, at: datetime) -> Concern:
    concern.outcome, concern.closed_words = outcome, words[:1_000]
    concern.closed_at, concern.closed_by = at, by.user
    concern.save(update_fields=["outcome", "closed_words", "closed_at", "closed_by", "violation"])
    _tell("concern.closed", concern, by=by, at=at, outcome=outcome)
    return concern


def _tell(kind: str, concern: Concern, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, concern, by=by, at=at, **data)
