"""Looking for what was said."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.paging import number_key, page_of
from core.permissions import demand
from messaging import searching
from messaging.forms import SearchForm
from messaging.models import Message

NEWEST = [number_key("pk", descending=True)]


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Messages with the words, newest first; on the first page also fitting conversations."""
    demand(request, "messaging.inbox")
    form = SearchForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("q", "")
    context: dict[str, Any] = {"words": words or form.data.get("q", "").replace("\x00", "")}
    if form.errors.get("q"):
        context["problem"] = form.errors["q"][0]
    elif words:
        context |= _found(request, form, words)
    return render(request, "messaging/search.html", context)


def _found(request: HttpRequest, form: SearchForm, words: str) -> dict[str, Any]:
    after, before = form.cleaned_data.get("after", ""), form.cleaned_data.get("before", "")
    page = page_of(
        searching.messages(words, request.actor), NEWEST, after=after, before=before,
        drawn=lambda rows: searching.drawn(rows, words),
    )  # fmt: skip
    rows = [
        {"message": message, "url": _place(message, request), "excerpt": _excerpt(message)}
        for message in page.rows
    ]
    return {
        "rows": rows,
        "threads": [] if after or before else searching.threads(words, request.actor),
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
    }


def _excerpt(message: Any) -> str:
    return searching.marked(message.excerpt) if message.body else ""


def _place(message: Message, request: HttpRequest) -> str:
    """The conversation, open at this message."""
    query: dict[str, Any] = {"around": message.pk}
    if not request.actor.is_worker:
        query["worker"] = message.thread.worker.reference
    address = reverse("messaging:post", args=[message.thread.assignment.reference])
    return f"{address}?{urlencode(query)}#message-{message.pk}"
