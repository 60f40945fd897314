"""What pages of people and companies say about assignments, which they do not know themselves."""

from dataclasses import dataclass
from datetime import datetime

from django import template

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from assignments.states import Status
from core.components.reading import now_of
from scorecards import repeating

register = template.Library()

MOST_COUNTED = 50
MOST_LISTED = 5


@dataclass(frozen=True)
class WorkBetween:
    """How many assignments a worker has completed for a company, and the last approval."""

    completed: int
    last_at: datetime | None


@dataclass(frozen=True)
class OpenWork:
    count: int
    words: str
    rows: list[Assignment]


@register.simple_tag(takes_context=True)
def work_with_us(context: template.Context, worker: WorkerProfile) -> WorkBetween | None:
    """Approved work of this worker for the looking client's company; else None."""
    company = context["request"].actor.company
    if company is None:
        return None
    done, last = repeating.between(worker, company, at=now_of(context))
    return WorkBetween(done, last)


@register.simple_tag(takes_context=True)
def open_assignments(context: template.Context, company: Company) -> OpenWork:
    """A company's assignments that are open on the marketplace (one query).

    A worker's leave out what is not open to them. The rows are for those who may open them:
    workers, staff and the company's own members.
    """
    actor = context["request"].actor
    every = Assignment.objects.all()
    rows = every.open_to(actor.worker.pk) if actor.worker else every.filter(status=Status.SENT)
    found = list(
        rows.filter(company=company, on_marketplace=True)
        .only("reference", "title", "on_site", "city", "region")
        .order_by("-pk")[: MOST_COUNTED + 1]
    )
    words = f"{MOST_COUNTED}+" if len(found) > MOST_COUNTED else str(len(found))
    may_open = actor.is_worker or actor.is_staff or actor.company == company
    return OpenWork(len(found), words, found[:MOST_LISTED] if may_open else [])
