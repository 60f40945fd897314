"""What a worker has proved and signed, on their profile; what waits for staff, in the admin."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import WorkerProfile
from vetting.queries.agreements import signed_for
from vetting.queries.credentials import proofs, waiting_for_staff

register = template.Library()


@register.inclusion_tag("vetting/_proofs.html", takes_context=True)
def worker_proofs(context: template.Context, worker: WorkerProfile) -> dict[str, Any]:
    """Valid credentials that the worker shows, and what they signed for this client (at most
    three queries)."""
    actor = context["request"].actor
    return {
        "proofs": proofs(worker, actor, day=timezone.localdate()),
        "for_client": actor.company is not None,
        "signatures": signed_for(worker, actor.company) if actor.company else [],
        "request": context["request"],
    }


@register.inclusion_tag("vetting/_review_queue.html", takes_context=True)
def review_queue(context: template.Context) -> dict[str, Any]:
    """How many credentials wait, for those of the staff who review them (one query)."""
    reviews = Actor.as_staff(context["request"].user).can("vetting.review_credentials")
    return {"waiting": waiting_for_staff() if reviews else None}
