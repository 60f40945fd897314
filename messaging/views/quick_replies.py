"""Settings: a company's quick replies."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.forms import refusals_in
from core.permissions import demand
from messaging import quick_replies
from messaging.forms import QuickReplyForm
from messaging.models import QuickReply


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    if not request.actor.is_client:
        raise Http404
    rows = QuickReply.objects.visible_to(request.actor).order_by("position", "pk")
    context = {
        "rows": [one for one in rows[:200] if one.archived_at is None],
        "archived": rows.exclude(archived_at=None)[:50],
        "may_manage": request.actor.can("messaging.manage_quick_replies"),
    }
    return render(request, "messaging/quick_replies.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if not request.actor.is_client:
        raise Http404
    demand(request, "messaging.manage_quick_replies")
    return _writing(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Change it, archive it or take it back into use, move it up."""
    rows = QuickReply.objects.visible_to(request.actor)
    found = get_object_or_404(rows, reference=reference)
    demand(request, "messaging.manage_quick_replies")
    acts = {"shelve": quick_replies.shelve, "up": quick_replies.move_up}
    for name, act in acts.items():
        if name in request.POST:
            try:
                act(found, by=request.actor, at=timezone.now())
            except DomainError as refused:
                messages.error(request, str(refused))
            return redirect("messaging:quick_replies")
    return _writing(request, found)


def _writing(request: HttpRequest, found: QuickReply | None) -> HttpResponse:
    initial = {"title": found.title, "body": found.body} if found else None
    form = QuickReplyForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        words = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
        with refusals_in(form):
            kept = quick_replies.change(found, **words) if found else quick_replies.add(**words)
            messages.success(request, f"“{kept.title}” is saved.")
            return redirect("messaging:quick_replies")
    context = {"form": form, "entry": found, "places": quick_replies.PLACES.items()}
    status = 422 if form.errors else 200
    return render(request, "messaging/quick_reply.html", context, status=status)
