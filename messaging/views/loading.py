"""Loading a conversation: what is not the actor's to see is not found."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from assignments.models import Assignment
from messaging import queries
from messaging.models import Thread
from messaging.panel import choose
from messaging.queries import Conversation


def load(
    request: HttpRequest, reference: str, worker: str
) -> tuple[Assignment, list[Conversation], Conversation | None]:
    """The assignment, or what a worker keeps of it: the thread they wrote in."""
    rows = Assignment.objects.select_related("company", "worker__user")
    visible = rows.visible_to(request.actor).filter(reference=reference).first()
    if visible is None:
        threads = Thread.objects.visible_to(request.actor).filter(assignment__reference=reference)
        visible = get_object_or_404(rows, pk__in=threads.values("assignment"))
    found = queries.conversations(visible, request.actor)
    chosen = choose(found, visible, "" if request.actor.is_worker else worker)
    if worker and chosen is None:
        raise Http404
    return visible, found, chosen
