"""What follows: placed by staff, over by itself, lifted, or decided after a review."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import Company, WorkerProfile
from activity.record import record
from conduct.models import Effect, Ending, Measure, Violation
from conduct.parties import lock_party, sides
from core.errors import DomainError
from core.references import unused

MOST_ENDED = 500


class Ended(DomainError):
    message = "This is over already. Reload the page to see where things stand."


class NotUnderReview(DomainError):
    message = "There is no review to decide here."


def place(
    party: Company | WorkerProfile,
    *,
    effect: str,
    words: str,
    by: Actor,
    at: datetime,
    violation: Violation | None = None,
    days: int | None = None,
    stops_new_work: bool = False,
) -> Measure:
    """Make the measure of a locked party; what lasts for no time is over as it is given."""
    assert by.user is not None
    lasts = bool(days) or stops_new_work
    return Measure.objects.create(
        company=party if isinstance(party, Company) else None,
        worker=party if isinstance(party, WorkerProfile) else None,
        reference=unused(Measure, "S"), violation=violation, effect=effect,
        stops_new_work=stops_new_work, words=words,
        begins_at=at, ends_at=at + timedelta(days=days) if days else None, placed_by=by.user,
        ended_at=None if lasts else at, ending="" if lasts else Ending.OVER,
    )  # fmt: skip


@transaction.atomic
def stop(party: Company | WorkerProfile, *, words: str, by: Actor, at: datetime) -> Measure:
    """Stop new work at once, before anything is decided, for some days at most.

    The party is told, with the reason. One that is stopped already stays so.
    """
    company, worker = sides(party)
    lock_party(company, worker, by=by)
    standing = Measure.objects.filter(
        company=company, worker=worker, effect=Effect.STOP, ended_at=None
    ).first()
    if standing is not None:
        if standing.holds(at):
            return standing
        _end(standing, Ending.OVER, at=standing.ends_at or at)
    made = place(
        party, effect=Effect.STOP, days=settings.STOP_DAYS, stops_new_work=True, words=words,
        by=by, at=at,
    )  # fmt: skip
    _tell("measure.placed", made, by=by, at=at)
    return made


@transaction.atomic
def lift(
    measure: Measure, *, words: str, by: Actor, at: datetime, ending: str = Ending.LIFTED
) -> Measure:
    """End what holds before its time; raises ``Ended`` where it is over."""
    lock_party(measure.company, measure.worker, by=by)
    measure = _locked(measure)
    if not measure.holds(at):
        raise Ended
    _end(measure, ending, by=by, at=at, words=words)
    _tell("measure.ended", measure, by=by, at=at, why=ending)
    return measure


@transaction.atomic
def decide_review(measure: Measure, *, close: bool, words: str, by: Actor, at: datetime) -> Measure:
    """End a review: the account goes on, or takes on no new work any more."""
    party = lock_party(measure.company, measure.worker, by=by)
    measure = _locked(measure)
    if measure.effect != Effect.REVIEW or not measure.holds(at):
        raise NotUnderReview
    _end(measure, Ending.DECIDED, by=by, at=at, words=words)
    if not close:
        _tell("measure.ended", measure, by=by, at=at, why=Ending.DECIDED)
        return measure
    closed = place(party, effect=Effect.CLOSED, stops_new_work=True, words=words, by=by, at=at)
    _tell("measure.placed", closed, by=by, at=at)
    return closed


def sweep(*, at: datetime) -> int:
    """Note what is over by its time, and tell the party; returns how many.

    The verbs go by the clock, so that nothing waits for this. A row that somebody else has
    locked is left for the next sweep.
    """
    done = 0
    due = Measure.objects.filter(ended_at=None, ends_at__lte=at).order_by("ends_at", "pk")
    for key in list(due.values_list("pk", flat=True)[:MOST_ENDED]):
        with transaction.atomic():
            rows = Measure.objects.select_for_update(skip_locked=True, of=("self",))
            measure = rows.filter(pk=key, ended_at=None, ends_at__lte=at).first()
            if measure is None:
                continue
            assert measure.ends_at is not None
            _end(measure, Ending.OVER, at=measure.ends_at)
            if measure.stops_new_work:
                _tell("measure.ended", measure, by=SYSTEM, at=at, why=Ending.OVER)
            done += 1
    return done


def _locked(measure: Measure) -> Measure:
    rows = Measure.objects.select_for_update(of=("self",))
    return rows.select_related("company", "worker__user").get(pk=measure.pk)


def _end(
    measure: Measure, ending: str, *, at: datetime, by: Actor | None = None, words: str = ""
) -> None:
    measure.ended_at, measure.ending, measure.ended_words = at, ending, words
    measure.ended_by = by.user if by else None
    measure.save(update_fields=["ended_at", "ending", "ended_words", "ended_by"])


def _tell(kind: str, measure: Measure, *, by: Actor, at: datetime, why: str = "") -> None:
    record(
        kind, measure, by=by, at=at, company_key=measure.company_id, effect=measure.effect,
        why=why,
    )  # fmt: skip
