"""Favorites and blocks, from either side."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from activity.record import record
from vetting.models import CompanyMark, Standing, WorkerMark

NEITHER = ""
"""The standing that takes a mark away."""


@transaction.atomic
def mark_worker(
    worker: WorkerProfile, standing: str, *, note: str = "", by: Actor, at: datetime
) -> CompanyMark | None:
    """Make a worker the company's favorite, block them, or (with ``NEITHER``) do neither.

    A block is about new work only: what is assigned goes on. The worker is not told.
    """
    company = by.company
    if company is None:
        raise ValueError("only a member marks a worker")
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    existing = CompanyMark.objects.filter(company=company, worker=worker).first()
    if (existing.standing if existing else NEITHER) == standing:
        return existing
    record(
        "worker.marked", worker, by=by, at=at, company_key=company.pk,
        standing=standing, company=company.pk,
    )  # fmt: skip
    if standing == NEITHER:
        CompanyMark.objects.filter(company=company, worker=worker).delete()
        return None
    values = {
        "standing": Standing(standing), "note": note, "marked_by": by.user, "marked_at": at,
    }  # fmt: skip
    mark, _ = CompanyMark.objects.update_or_create(company=company, worker=worker, defaults=values)
    return mark


@transaction.atomic
def mark_company(company: Company, standing: str, *, by: Actor, at: datetime) -> WorkerMark | None:
    """The same from the worker's side; a blocked company's work is left out of their search."""
    worker = by.worker
    if worker is None:
        raise ValueError("only a worker marks a company")
    WorkerProfile.objects.select_for_update(no_key=True).get(pk=worker.pk)
    existing = WorkerMark.objects.filter(company=company, worker=worker).first()
    if (existing.standing if existing else NEITHER) == standing:
        return existing
    record(
        "company.marked", company, by=by, at=at, company_key=company.pk,
        standing=standing, worker=worker.pk,
    )  # fmt: skip
    if standing == NEITHER:
        WorkerMark.objects.filter(company=company, worker=worker).delete()
        return None
    mark, _ = WorkerMark.objects.update_or_create(
        company=company,
        worker=worker,
        defaults={"standing": Standing(standing), "marked_at": at},
    )
    return mark
