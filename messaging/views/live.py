"""What is new in a conversation, for a page that stays open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging import queries
from messaging.forms import NewsForm
from messaging.models import Message
from messaging.panel import panel_of, words_of
from messaging.views.loading import load


@login_required
@never_cache
@require_safe
def news(request: HttpRequest, reference: str) -> HttpResponse:
    """The messages after ``since``, as rows to put below those on the page; 204 where none came.

    Asked every few seconds, so what is mostly answered, nothing, costs one statement beside
    those that say who asks.
    """
    form = NewsForm(request.GET)
    if not form.is_valid():
        raise Http404
    worker, since = form.cleaned_data["worker"], form.cleaned_data["since"] or 0
    newest = queries.newest_in(reference, worker, request.actor)
    if newest is None:
        raise Http404
    if newest <= since:
        return HttpResponse(status=204)
    return _rows(request, reference, worker, since)


def _rows(request: HttpRequest, reference: str, worker: str, since: int) -> HttpResponse:
    assignment, found, chosen = load(request, reference, worker)
    if chosen is None or chosen.thread_id is None:
        raise Http404
    came = queries.said_since(chosen.thread_id, request.actor, since)
    panel = panel_of(
        assignment, request.actor, at=timezone.now(), worker=worker, found=found,
        origin="conversation", said=queries.Said(came, False),
    )  # fmt: skip
    context = {
        "panel": panel,
        "rows": [words_of(message, assignment, request.actor) for message in came],
        "words": _spoken([m for m in came if m.author_id != request.actor.user_id]),
    }
    return render(request, "messaging/_news.html", context)


def _spoken(came: list[Message]) -> str:
    """What a screen reader says of it, in a sentence; nothing of what the person wrote."""
    if not came:
        return ""
    if len(came) == 1:
        return f"New {'note' if came[0].is_note else 'message'} from {came[0].author}."
    return f"{len(came)} new messages."
