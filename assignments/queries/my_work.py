"""A worker's own work: what they are asked, what they asked for, and what is to be done."""

from __future__ import annotations

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import WorkerProfile
from assignments.models import (
    Application,
    Assignment,
    ChangeRequest,
    Decline,
    DeliverableRequest,
    Hold,
    Invitation,
    Missing,
    Visit,
)
from assignments.queries.find_work import SHOWN
from assignments.states import Status
from core.paging import Key, moment_key, number_key
from vetting.models import CompanyMark, Standing

TO_DO = (Status.IN_PROGRESS, Status.ASSIGNED)
WAITING = (Status.PENDING_APPROVAL, Status.INVOICED)
DONE = (Status.PAID, Status.CANCELLED)

NEWEST: list[Key] = [number_key("pk", descending=True)]
SOONEST: list[Key] = [moment_key("starts_at"), number_key("pk")]
ROW_OF = tuple(f"assignment__{name}" for name in SHOWN)


def invitations(worker: WorkerProfile) -> QuerySet[Invitation, Invitation]:
    """Invitations that still wait for an answer, newest first."""
    mine = {"assignment": OuterRef("assignment"), "worker": worker}
    blocking = CompanyMark.objects.filter(worker=worker, standing=Standing.BLOCKED)
    return (
        Invitation.objects.filter(worker=worker, assignment__status=Status.SENT)
        .exclude(Exists(Decline.objects.filter(**mine)))
        .exclude(Exists(Application.objects.filter(**mine, status=Application.Status.OPEN)))
        .exclude(assignment__company__in=blocking.values("company"))
        .select_related("assignment__company")
        .only("worker", "invited_at", *ROW_OF)
    )


def applied(worker: WorkerProfile) -> QuerySet[Application, Application]:
    """Every application that did not lead to the work, open ones included, newest first."""
    return (
        Application.objects.filter(worker=worker)
        .exclude(status=Application.Status.ACCEPTED)
        .select_related("assignment__company")
        .defer("assignment__description", "assignment__search")
    )


def to_do(worker: WorkerProfile) -> QuerySet[Assignment, Assignment]:
    """Assigned and in progress, the next start first, with what the next act depends on."""
    visits = Visit.objects.current().filter(assignment=OuterRef("pk"))
    wanting = (
        DeliverableRequest.objects.filter(assignment=OuterRef("pk"))
        .annotate(
            there=Count(
                "deliverables",
                filter=Q(deliverables__removed_at=None) & ~Q(deliverables__verdict="refused"),
            )
        )
        .filter(there__lt=F("count"))
    )
    asked = ChangeRequest.objects.filter(
        assignment=OuterRef("pk"),
        status=ChangeRequest.Status.OPEN,
        side=ChangeRequest.Side.CLIENT,
    )
    undone = Missing.objects.filter(
        send_back__assignment=OuterRef("pk"),
        send_back__sent_back_at__gte=OuterRef("assigned_at"),
        ticked_at=None,
    )
    return _own(worker, TO_DO).annotate(
        is_asked=Exists(asked),
        undone=Exists(undone),
        on_visit=Exists(visits.filter(checked_out_at=None)),
        visited=Exists(visits),
        wanting=Exists(wanting),
        held=Exists(
            Hold.objects.filter(
                assignment=OuterRef("pk"), kind=Hold.Kind.SCHEDULE, released_at=None
            )
        ),
    )


def waiting(worker: WorkerProfile) -> QuerySet[Assignment, Assignment]:
    """Submitted or approved, and not paid yet, newest first."""
    return _own(worker, WAITING).select_related("company", "invoice")


def done(worker: WorkerProfile) -> QuerySet[Assignment, Assignment]:
    """Paid or cancelled, newest first."""
    return _own(worker, DONE).select_related("company", "invoice", "cancellation")


def counts(worker: WorkerProfile) -> dict[str, int]:
    """How many wait in each tab; what is done is not counted (two queries)."""
    own = Assignment.objects.filter(worker=worker, status__in=(*TO_DO, *WAITING)).aggregate(
        todo=Count("pk", filter=Q(status__in=TO_DO)),
        waiting=Count("pk", filter=Q(status__in=WAITING)),
    )
    asked = invitations(worker).order_by().values("worker").annotate(n=Count("pk")).values("n")
    bids = (
        Application.objects.filter(worker=worker, status=Application.Status.OPEN)
        .order_by()
        .values("worker")
        .annotate(n=Count("pk"))
        .values("n")
    )
    both = WorkerProfile.objects.filter(pk=worker.pk).values_list(
        Coalesce(asked, 0), Coalesce(bids, 0)
    )
    invited, applied_for = both.get()
    return {"invitations": invited, "applied": applied_for, **own}


def _own(worker: WorkerProfile, statuses: tuple[Status, ...]) -> QuerySet[Assignment, Assignment]:
    return (
        Assignment.objects.filter(worker=worker, status__in=statuses)
        .select_related("company")
        .defer("description", "special_instructions", "search", "resolution")
    )
