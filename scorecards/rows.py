"""The facts behind the figures: one recipe of rows per kind of fact.

Every recipe yields rows with ``whose`` (the company or worker they count for), ``value`` and
``dated_at`` (by which the window is chosen). Figures are drawn from these rows and the pages
that explain a figure list the same rows, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from django.db.models.lookups import Exact

from activity.models import Event
from assignments.models import (
    Assignment,
    Cancellation,
    ChangeRequest,
    Deliverable,
    DeliverableRequest,
    Hold,
    Mark,
    Unassignment,
    Visit,
)
from assignments.states import Status
from scorecards.expressions import Days, EndOfDay, HeldTime
from scorecards.models import Overall, Rating

NO_TIME = Value(timedelta(0), output_field=DurationField())
GOOD = (Overall.EXCELLENT, Overall.SATISFIED)
HOUR = 3_600_000_000
DAY = 24 * HOUR
READ_OF_ASSIGNMENTS = (
    "id", "company_id", "worker_id", "invoice_id", "status", "is_window", "assigned_at",
    "submitted_at", "approved_at",
)  # fmt: skip
"""The columns that recipes read of an assignment: where figures of everybody are drawn, the wide
table is read once, and the recipes read these columns of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of fact: whose it is, by which column, and the recipe of its rows.

    ``slides`` is False where the facts are those of the present moment, whatever the window.
    ``grains`` says how many of its smallest steps make one of ``value``: microseconds a day, or
    an hour. Figures are added up in whole grains, exactly and in any order.
    """

    name: str
    owner: str
    recipe: Callable[[datetime], QuerySet[Any, Any]]
    slides: bool = True
    grains: int = 1

    def rows(self, owners: Sequence[int] | None, *, at: datetime) -> QuerySet[Any, Any]:
        """The rows of these owners, or of everybody, as they stand at ``at``; in no order yet."""
        whose = {"isnull": False} if owners is None else {"any_of": owners}
        return (
            self.recipe(at)
            .filter(**{f"{self.owner}__{lookup}": value for lookup, value in whose.items()})
            .annotate(whose=F(self.owner))
        )


def _span(start: Any, end: Any) -> ExpressionWrapper:
    return ExpressionWrapper(end - start, output_field=DurationField())


def _moment(at: datetime) -> Value:
    return Value(at, output_field=DateTimeField())


def _yes(condition: Any) -> Case:
    return Case(When(condition, then=Value(1.0)), default=Value(0.0), output_field=FloatField())


def _undisputed(
    start: Any, end: Any, *, kind: str | None = Hold.Kind.DISPUTE, of: Any = None
) -> Days:
    """The days between two moments less the time under a hold, never below nothing; ``of``
    names the assignment where the rows are something else, no ``kind`` means holds of any."""
    held = HeldTime(of or F("pk"), start, end, kind=kind)
    open_time = ExpressionWrapper(_span(start, end) - held, output_field=DurationField())
    return Days(Greatest(open_time, NO_TIME))


def _not_held() -> Any:
    return ~Exists(
        Hold.objects.filter(assignment=OuterRef("pk"), kind=Hold.Kind.DISPUTE, released_at=None)
    )


def _ratings(by: str) -> Callable[[datetime], QuerySet[Any, Any]]:
    def recipe(at: datetime) -> QuerySet[Any, Any]:
        return (
            Rating.objects.published()
            .filter(by=by)
            .annotate(value=_yes(Q(overall__in=GOOD)), dated_at=F("published_at"))
        )

    return recipe


def _approvals(at: datetime) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(
        approved_at__isnull=False, submitted_at__isnull=False
    ).annotate(value=_undisputed(F("submitted_at"), F("approved_at")), dated_at=F("approved_at"))


def _pending(at: datetime) -> QuerySet[Any, Any]:
    return (
        Assignment.objects.filter(_not_held(), status=Status.PENDING_APPROVAL)
        .annotate(days=_undisputed(F("submitted_at"), _moment(at)), dated_at=_moment(at))
        .annotate(value=_yes(Q(days__gt=settings.PENDING_TOO_LONG_DAYS)))
    )


def _invoices(at: datetime) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(invoice__isnull=False, invoice__withdrawn_at=None).annotate(
        due_end=EndOfDay(F("invoice__due_on")),
        ended=Coalesce(F("invoice__paid_at"), _moment(at)),
    )


def _payments(at: datetime) -> QuerySet[Any, Any]:
    return (
        _invoices(at)
        .filter(Q(invoice__paid_at__isnull=False) | Q(due_end__lt=at))
        .annotate(
            value=Case(
                When(ended__lte=F("due_end"), then=Value(0.0)),
                default=_undisputed(F("due_end"), F("ended")),
                output_field=FloatField(),
            ),
            dated_at=F("ended"),
        )
    )


def _owed(at: datetime) -> QuerySet[Any, Any]:
    return (
        _invoices(at)
        .filter(_not_held(), invoice__paid_at=None)
        .annotate(
            days=Case(
                When(due_end__gte=at, then=Value(0.0)),
                default=_undisputed(F("due_end"), F("ended")),
                output_field=FloatField(),
            ),
            dated_at=_moment(at),
        )
        .annotate(value=_yes(Q(days__gt=0)))
    )


def _answers(at: datetime) -> QuerySet[Any, Any]:
    waited = Cast(KeyTextTransform("waited", "data"), FloatField())
    return Event.objects.filter(
        kind="message.posted", data__side="company", data__has_key="waited"
    ).annotate(value=waited / 3600.0, dated_at=F("at"))


def _late_cancellations(at: datetime) -> QuerySet[Any, Any]:
    return Cancellation.objects.filter(mark=Mark.CANCELLED_LATE).annotate(
        value=_yes(Q(fee__gt=0)), dated_at=F("cancelled_at")
    )


def _left(*marks: Mark) -> Callable[[datetime], QuerySet[Any, Any]]:
    def recipe(at: datetime) -> QuerySet[Any, Any]:
        return Unassignment.objects.filter(mark__in=marks).annotate(
            value=_yes(Q(mark=Mark.CANCELLED_LATE)), dated_at=F("unassigned_at")
        )

    return recipe


def _arrivals(at: datetime) -> QuerySet[Any, Any]:
    earlier = Visit.objects.filter(
        assignment=OuterRef("assignment"), worker=OuterRef("worker"), pk__lt=OuterRef("pk"),
        arrived_at__isnull=False,
    )  # fmt: skip
    grace = timedelta(minutes=settings.ON_TIME_GRACE_MINUTES) / timedelta(days=1)
    allowed = Case(
        When(assignment__is_window=True, then=Value(0.0)),
        default=Value(grace),
        output_field=FloatField(),
    )
    cancelled = Q(assignment__status=Status.CANCELLED, unassignment=None)
    return (
        Visit.objects.filter(~Exists(earlier), arrived_at__isnull=False)
        .annotate(
            wanted_at=Case(
                When(Exists(_asked_later()), then=Greatest("expected_at", Subquery(_put_off()))),
                default=F("expected_at"),
            )
        )
        .annotate(
            late_days=_undisputed(F("wanted_at"), F("arrived_at"), kind=None, of=F("assignment")),
            dated_at=F("arrived_at"),
        )
        .annotate(value=_yes(Q(late_days__lte=allowed)))
        .exclude(cancelled & Q(value=0))
    )


def _asked_later() -> QuerySet[Any, Any]:
    """Of all work few is moved by the client; the rest need not be asked for when."""
    return ChangeRequest.objects.filter(
        assignment=OuterRef("assignment"),
        kind=ChangeRequest.Kind.RESCHEDULE,
        side=ChangeRequest.Side.CLIENT,
    )


def _put_off() -> QuerySet[Any, Any]:
    """The later start that the client had asked for when the worker came, answered or not."""
    proposed = Case(
        When(Exact(OuterRef("assignment__is_window"), True), then=F("ends_at")),
        default=F("starts_at"),
        output_field=DateTimeField(),
    )
    return (
        _asked_later()
        .filter(
            Q(answered_at=None) | Q(answered_at__gte=OuterRef("arrived_at")),
            Q(expires_at=None) | Q(expires_at__gt=OuterRef("arrived_at")),
            asked_at__lte=OuterRef("arrived_at"),
        )
        .order_by("-pk")
        .values(proposed=proposed)[:1]
    )


def _deliverables(at: datetime) -> QuerySet[Any, Any]:
    late = _undisputed(F("request__due_at"), F("handed_in_at"), kind=None, of=F("assignment"))
    in_time = (
        Deliverable.objects.counted()
        .filter(request=OuterRef("pk"))
        .annotate(late=late)
        .filter(Q(handed_in_at__lte=F("request__due_at")) | Q(late=0))
        .order_by()
        .values("request")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        DeliverableRequest.objects.filter(
            due_at__lt=at, due_at__gt=F("assignment__assigned_at"), assignment__worker__isnull=False
        )
        .exclude(assignment__status=Status.CANCELLED)
        .annotate(over=_undisputed(F("due_at"), _moment(at), kind=None, of=F("assignment")))
        .filter(over__gt=0)
        .annotate(
            in_time=Coalesce(Subquery(in_time, output_field=IntegerField()), 0),
            dated_at=F("due_at"),
        )
        .annotate(value=_yes(Q(in_time__gte=F("count"))))
    )


def _completed(at: datetime) -> QuerySet[Any, Any]:
    return Assignment.objects.filter(
        status__in=[Status.INVOICED, Status.PAID], approved_at__isnull=False
    ).annotate(value=Value(1.0), dated_at=F("approved_at"))


COMPANY_SOURCES = {
    source.name: source
    for source in (
        Source("ratings", "company", _ratings(Rating.By.WORKER)),
        Source("approvals", "company", _approvals, grains=DAY),
        Source("pending", "company", _pending, slides=False),
        Source("payments", "company", _payments, grains=DAY),
        Source("owed", "company", _owed, slides=False),
        Source("answers", "company_key", _answers, grains=HOUR),
        Source("late_cancellations", "assignment__company", _late_cancellations),
    )
}
WORKER_SOURCES = {
    source.name: source
    for source in (
        Source("ratings", "worker", _ratings(Rating.By.COMPANY)),
        Source("arrivals", "worker", _arrivals),
        Source("deliverables", "assignment__worker", _deliverables),
        Source("completed", "worker", _completed),
        Source("cancellations", "worker", _left(Mark.CANCELLED, Mark.CANCELLED_LATE)),
        Source("abandoned", "worker", _left(Mark.ABANDONED)),
    )
}
