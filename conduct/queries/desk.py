"""What waits for staff: concerns by where they come from, appeals, reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Company, WorkerProfile
from activity.models import Event
from conduct.models import Concern, Effect, Measure, Source
from conduct.queries.standing import open_appeals

SUGGESTED = (Source.LATE_CANCELLATION, Source.NO_SHOW, Source.PAYMENT_LATE)
ABOUT = ("company", "worker__user", "kind", "reported_by", "closed_by", "stop", "violation")


def concerns(queue: str, words: str = "") -> QuerySet[Concern, Concern]:
    """The rows of one queue; ``words`` finds a name or the reference of an assignment."""
    rows = Concern.objects.select_related(*ABOUT)
    if queue == "closed":
        rows = rows.filter(closed_at__isnull=False)
    else:
        rows = rows.filter(closed_at=None)
    if queue == "suggestions":
        rows = rows.filter(source__in=SUGGESTED)
    elif queue in Source.values:
        rows = rows.filter(source=queue)
    if words:
        rows = rows.filter(
            Q(company__name__icontains=words)
            | Q(worker__user__full_name__icontains=words)
            | Q(assignment_reference__iexact=words)
        )
    return rows


def counts(*, at: datetime) -> dict[str, int]:
    """How much waits in each queue (three queries)."""
    open_rows = Concern.objects.filter(closed_at=None).order_by()
    found = dict(open_rows.values_list("source").annotate(Count("pk")))
    by_source = {source: found.get(source, 0) for source in Source.values}
    return {
        **by_source,
        "open": sum(by_source.values()),
        "suggestions": sum(by_source[source] for source in SUGGESTED),
        "appeals": open_appeals().count(),
        "reviews": reviews(at=at).count(),
    }


def waiting(*, at: datetime) -> int:
    """Everything that waits for somebody to look at it (one query)."""
    appeals, under_review = open_appeals().order_by(), reviews(at=at).order_by()
    rows = Concern.objects.filter(closed_at=None).order_by().values("pk")
    together = rows.union(appeals.values("pk"), under_review.values("pk"), all=True)
    return together.count()


def reviews(*, at: datetime) -> QuerySet[Measure, Measure]:
    """Accounts whose review nobody has decided yet."""
    rows = Measure.objects.in_force(at).filter(effect=Effect.REVIEW)
    return rows.select_related("company", "worker__user", "violation__kind", "placed_by")


def concerns_about(
    *, company: Company | None = None, worker: WorkerProfile | None = None
) -> QuerySet[Concern, Concern]:
    rows = Concern.objects.about(company=company, worker=worker).select_related(*ABOUT)
    return rows.order_by("-pk")


SAID = {
    "concern.raised": ("Reported: {reason}", "flag", "neutral"),
    "concern.stopped": ("Stopped new work", "hand", "bad"),
    "concern.acted": ("{did}", "undo-2", "warning"),
    "concern.closed": ("Closed: {outcome}", "check", "good"),
    "violation.recorded": ("Recorded: {violation}", "flag", "bad"),
    "violation.withdrawn": ("Taken back: {violation}", "undo-2", "good"),
    "measure.placed": ("Placed: {effect}", "ban", "bad"),
    "measure.ended": ("Ended: {effect}", "check", "good"),
    "appeal.made": ("Appealed", "scale", "warning"),
    "appeal.decided": ("Decided the appeal: {verdict}", "gavel", "info"),
}


def history_of(*rows: Any) -> list[dict[str, Any]]:
    """What was done about these rows and by whom, newest first (one query)."""
    wanted = Q()
    for row in rows:
        wanted |= Q(subject_kind=row._meta.label_lower, subject_key=row.pk)
    events = Event.objects.filter(wanted).select_related("user").order_by("-at", "-pk")
    return [_line(event) for event in events if event.kind in SAID]


def _line(event: Event) -> dict[str, Any]:
    title, icon, tone = SAID[event.kind]
    words = {key: str(value).replace("_", " ") for key, value in event.data.items()}
    return {
        "at": event.at,
        "title": title.format_map(words),
        "by": str(event.user) if event.user else "By itself",
        "text": event.data.get("note", ""),
        "icon": icon,
        "tone": tone,
    }
