"""One rating before staff, inside the admin site: what was said, by whom, and hiding it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.acting import act_as_staff
from core.forms import refusals_in
from core.permissions import demand
from scorecards import listing, moderating
from scorecards.forms import ModerationForm
from scorecards.models import Rating

LARGEST_KEY = 2**63 - 1


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The rating with its reply and everything that was ever hidden; posting hides or restores."""
    act_as_staff(request)
    demand(request, "scorecards.moderate")
    rows = Rating.objects.select_related(*listing.PARTIES, "assignment", "rated_by")
    found = get_object_or_404(rows, pk=min(pk, LARGEST_KEY))
    form = ModerationForm(request.POST or None)
    if form.is_valid():
        with refusals_in(form):
            messages.success(request, _moderate(request, found, form))
            return redirect("admin:scorecards_rating_change", found.pk)
    context = {
        **admin.site.each_context(request),
        "title": f"Rating of {found.assignment.reference}",
        "is_nav_sidebar_enabled": False,
        "rating": found,
        "said": listing.opinion(found, request.actor),
        "parts": _parts(found, form),
        "form": form,
        "hidings": found.hidings.select_related("hidden_by", "restored_by").order_by("-pk"),
    }
    return TemplateResponse(request, "admin/scorecards/rating.html", context)


def _moderate(request: HttpRequest, found: Rating, form: ModerationForm) -> str:
    """Hide what is shown, or show what is hidden; returns what to say of it."""
    part, reason, at = form.cleaned_data["part"], form.cleaned_data["reason"], timezone.now()
    label = dict(form.fields["part"].choices)[part]
    verb, done = (
        (moderating.restore, "shown again")
        if request.POST.get("act") == "restore"
        else (moderating.hide, "hidden")
    )
    verb(found, part=part, reason=reason, by=request.actor, at=at)
    return f"{label} {done}. Both sides are told why."


def _parts(found: Rating, bound: ModerationForm) -> list[dict[str, Any]]:
    """Each part that can be hidden, or shown again, with its form."""
    reply = getattr(found, "reply", None)
    parts = [
        ("rating", "The whole rating", found.hidden_at, found.published_at is not None),
        ("comment", "The comment alone", found.comment_hidden_at, bool(found.comment)),
        ("reply", "The reply", reply.hidden_at if reply else None, reply is not None),
    ]
    chosen = bound.data.get("part") if bound.is_bound else None
    return [
        {
            "name": name,
            "label": label,
            "is_hidden": hidden_at is not None,
            "form": bound
            if name == chosen
            else ModerationForm(initial={"part": name}, auto_id=f"id_{name}_%s"),
            "is_open": name == chosen,
        }
        for name, label, hidden_at, is_there in parts
        if is_there and (found.published_at or hidden_at)
    ]
