"""Reads of marks, whom they leave open to a company, and how they rank the workers it finds."""

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from accounts.actors import Actor
from accounts.models import Company, Membership, WorkerProfile
from accounts.queries import open_to_work, rank_workers
from vetting.models import CompanyMark, Standing, WorkerMark


@rank_workers
def favorites_first(workers: QuerySet[WorkerProfile], actor: Actor) -> QuerySet[WorkerProfile]:
    """The company's favorites get rank 1; those it has blocked are left out, as are workers who
    have blocked the company."""
    if actor.company is None:
        return workers
    marks = CompanyMark.objects.filter(company=actor.company, worker=OuterRef("pk"))
    shut_out = WorkerMark.objects.filter(
        company=actor.company, worker=OuterRef("pk"), standing=Standing.BLOCKED
    )
    return workers.filter(
        ~Exists(marks.filter(standing=Standing.BLOCKED)), ~Exists(shut_out)
    ).annotate(
        rank=Case(
            When(Exists(marks.filter(standing=Standing.FAVORITE)), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    )


def open_to_invite(company: Company) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Workers who take on new work, whom the company has not blocked and who are not its own."""
    blocked = CompanyMark.objects.filter(
        company=company, worker=OuterRef("pk"), standing=Standing.BLOCKED
    )
    members = Membership.objects.current().filter(company=company, user=OuterRef("user"))
    able = open_to_work(WorkerProfile.objects.all())
    return able.filter(~Exists(blocked), ~Exists(members)).select_related("user")


def favorites_of(company: Company) -> QuerySet[WorkerProfile, WorkerProfile]:
    """The company's favorites who can be invited."""
    marked = CompanyMark.objects.filter(company=company, standing=Standing.FAVORITE)
    return open_to_invite(company).filter(pk__in=marked.values("worker"))


def standing_of_worker(worker: WorkerProfile, actor: Actor) -> str:
    """What the actor's company has marked this worker as; empty for neither."""
    marks = CompanyMark.objects.filter(company=actor.company, worker=worker)
    return marks.values_list("standing", flat=True).first() or ""


def standing_of_company(company: Company, actor: Actor) -> str:
    marks = WorkerMark.objects.filter(worker=actor.worker, company=company)
    return marks.values_list("standing", flat=True).first() or ""


def marks_of_company(company: Company) -> QuerySet[CompanyMark]:
    """Favorites first, each newest first."""
    return (
        CompanyMark.objects.filter(company=company)
        .select_related("worker__user", "marked_by")
        .order_by("-standing", "-marked_at", "-pk")
    )


def marks_of_worker(worker: WorkerProfile) -> QuerySet[WorkerMark]:
    return (
        WorkerMark.objects.filter(worker=worker)
        .select_related("company")
        .order_by("-standing", "-marked_at", "-pk")
    )
