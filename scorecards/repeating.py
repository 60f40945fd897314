"""Who comes back: the share of a company's workers, and of a worker's clients, who worked
together more than once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from assignments.states import Status
from scorecards.formulas import CAME_BACK, FEWEST_TO_SHARE, Formula, value_words


@dataclass(frozen=True, slots=True)
class Repeat:
    """Of ``of`` who completed work in the last year, ``back`` did so at least twice."""

    formula: Formula
    back: int
    of: int
    who: str

    @property
    def share(self) -> str:
        """In percent, or nothing where there are too few."""
        enough = self.of >= FEWEST_TO_SHARE
        return value_words(self.back / self.of, self.formula.unit) if enough else ""

    @property
    def days(self) -> int:
        return int(settings.REPEAT_WINDOW_DAYS)

    @property
    def words(self) -> str:
        return f"{self.back} of {self.of} {self.who}{'s' * (self.of != 1)}"


def share_of(
    owner: Company | WorkerProfile, *, at: datetime, company: Company | None = None
) -> Repeat:
    """How many came back (one query); with ``company`` that one answers ``between`` too."""
    found = _figures(owner, at, company)
    side, who = ("company", "worker") if isinstance(owner, Company) else ("worker", "client")
    return Repeat(CAME_BACK[side], found["back"], found["of"], who)


def between(
    worker: WorkerProfile, company: Company, *, at: datetime
) -> tuple[int, datetime | None]:
    """How much this worker ever completed for this company, and when the last was approved;
    free after ``share_of`` with the same company, else one query."""
    found = _figures(worker, at, company)
    return found["ours"] or 0, found["our_last"]


def _figures(
    owner: Company | WorkerProfile, at: datetime, company: Company | None
) -> dict[str, Any]:
    at_hand: dict[Any, dict[str, Any]] = owner.__dict__.setdefault("repeat_at_hand", {})
    key = company.pk if company else None
    if key not in at_hand:
        by = "worker" if isinstance(owner, Company) else "company"
        lately = Q(approved_at__gte=_since(at))
        each = _done(owner).order_by().values(by).annotate(
            jobs=Count("pk", filter=lately), ever=Count("pk"), last=Max("approved_at")
        )  # fmt: skip
        wanted: dict[str, Any] = {
            "of": Count(by, filter=Q(jobs__gte=1)), "back": Count(by, filter=Q(jobs__gte=2))
        }  # fmt: skip
        if by == "company":
            ours = Q(company=key)
            wanted |= {"ours": Sum("ever", filter=ours), "our_last": Max("last", filter=ours)}
        at_hand[key] = each.aggregate(**wanted)
    return at_hand[key]


def _done(owner: Company | WorkerProfile) -> QuerySet[Assignment, Assignment]:
    whose = {"company": owner} if isinstance(owner, Company) else {"worker": owner}
    return Assignment.objects.filter(status__in=(Status.INVOICED, Status.PAID), **whose)


def _since(at: datetime) -> datetime:
    return at - timedelta(days=settings.REPEAT_WINDOW_DAYS)


def those_who_worked(owner: Company | WorkerProfile, *, at: datetime) -> QuerySet[Any, Any]:
    """The rows behind the share: each worker or client with ``jobs`` and ``last_at``."""
    work = _done(owner).filter(approved_at__gte=_since(at)).order_by()
    model: type[Company] | type[WorkerProfile]
    model, name = (WorkerProfile, "worker") if isinstance(owner, Company) else (Company, "company")
    mine = work.filter(**{name: OuterRef("pk")}).values(name)
    rows: QuerySet[Any, Any] = model.objects.filter(pk__in=work.values(name)).annotate(
        jobs=Subquery(mine.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        last_at=Subquery(mine.annotate(last=Max("approved_at")).values("last")),
    )
    return rows.select_related("user") if model is WorkerProfile else rows
