"""The buttons by which one side prefers or shuts out the other."""

from typing import Any

from django import template
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.queries.marks import standing_of_company, standing_of_worker

register = template.Library()


@register.inclusion_tag("vetting/_mark_buttons.html", takes_context=True)
def worker_marks(context: template.Context, worker: WorkerProfile) -> dict[str, Any]:
    """Favorite and block buttons for a worker; nothing for who may not (one query)."""
    actor = context["request"].actor
    if not actor.can("vetting.mark_worker", worker):
        return {"shown": False}
    return {
        "shown": True,
        "standing": standing_of_worker(worker, actor),
        "url": reverse("vetting:worker_mark", args=[worker.reference]),
        "name": str(worker),
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("vetting/_mark_buttons.html", takes_context=True)
def company_marks(context: template.Context, company: Company) -> dict[str, Any]:
    """The same for a company, asked by a worker."""
    actor = context["request"].actor
    if not actor.can("vetting.mark_company", company):
        return {"shown": False}
    return {
        "shown": True,
        "standing": standing_of_company(company, actor),
        "url": reverse("vetting:company_mark", args=[company.slug]),
        "name": str(company),
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }
