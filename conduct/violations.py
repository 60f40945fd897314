"""Recording a violation: always by a person, with what the ladder says follows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from activity.record import record as record_event
from conduct import measures
from conduct.models import Measure, Severity, Side, Violation, ViolationKind
from conduct.parties import lock_party
from conduct.queries.standing import counted, ladder, step_for
from core.errors import DomainError
from core.references import unused


class KindNotInUse(DomainError):
    message = "“{kind}” is not in use for this side. Choose another kind."
    field = "kind"


class NotYetHappened(DomainError):
    message = "Choose the day on which it happened, today or before."
    field = "happened_on"


@transaction.atomic
def record(
    *,
    company: Company | None = None,
    worker: WorkerProfile | None = None,
    kind: ViolationKind,
    words: str,
    by: Actor,
    at: datetime,
    key: str,
    note: str = "",
    happened_on: date | None = None,
    assignment_reference: str = "",
    case_label: str = "",
) -> Violation:
    """Record what a company or a worker did, and place what follows from it.

    1. A second call with the same ``key`` returns what the first recorded.
    2. Lock the party, so that two records at once take two places on the ladder.
    3. Count those of the last 12 months; the ladder's rows say what follows.
    4. The violation, its measure, ``violation.recorded``, of which the party is told.

    Raises ``StaffDecide``, ``OwnParty``, ``KindNotInUse`` or ``NotYetHappened``.
    """
    party = lock_party(company, worker, by=by)
    if standing := Violation.objects.filter(key=key).first():
        return standing
    side = Side.COMPANY if company is not None else Side.WORKER
    if kind.archived_at is not None or kind.side not in (side, Side.BOTH):
        raise KindNotInUse(kind=kind.name)
    happened_on = happened_on or at.date()
    if happened_on > at.date():
        raise NotYetHappened
    count, severe = counted(company=company, worker=worker, at=at)
    severe += kind.severity == Severity.SEVERE
    assert by.user is not None
    violation = Violation.objects.create(
        company=company, worker=worker, kind=kind, severity=kind.severity, words=words, note=note,
        happened_on=happened_on, assignment_reference=assignment_reference, case_label=case_label,
        number=count + 1, counts_until=at + timedelta(days=settings.VIOLATIONS_COUNT_DAYS),
        reference=unused(Violation, "V"), recorded_by=by.user, recorded_at=at, key=key,
    )  # fmt: skip
    step = step_for(kind.severity, count + 1, severe, ladder())
    measure = measures.place(
        party, violation=violation, effect=step.effect, days=step.days,
        stops_new_work=step.stops_new_work, words=step.words, by=by, at=at,
    )  # fmt: skip
    record_event(
        "violation.recorded", violation, by=by, at=at,
        company_key=company.pk if company else None, violation=kind.name, effect=measure.effect,
    )  # fmt: skip
    return violation


@transaction.atomic
def withdraw(violation: Violation, *, words: str, by: Actor, at: datetime) -> Violation:
    """Take back what should not have been recorded: it counts no more, and what followed from it
    ends. One that was taken back already stays so.

    The party is told where something ends by it.
    """
    lock_party(violation.company, violation.worker, by=by)
    rows = Violation.objects.select_for_update(of=("self",)).select_related("kind")
    violation = rows.get(pk=violation.pk)
    if violation.withdrawn_at is not None:
        return violation
    violation.withdrawn_at = at
    violation.save(update_fields=["withdrawn_at"])
    record_event(
        "violation.withdrawn", violation, by=by, at=at, company_key=violation.company_id,
        violation=violation.kind.name,
    )  # fmt: skip
    for measure in Measure.objects.filter(violation=violation, ended_at=None):
        if measure.holds(at):
            measures.lift(measure, words=words, by=by, at=at)
    return violation
