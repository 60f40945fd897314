"""Giving a rating, and replying to one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments.models import Assignment
from core.forms import refusals_in
from core.permissions import demand
from scorecards import listing, rating, replying
from scorecards.forms import RatingForm, ReplyForm
from scorecards.models import Rating


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, reference: str) -> HttpResponse:
    """Rate the other side, or change what one said while it is blind."""
    assignment = _load(request, reference, "scorecards.rate")
    given = listing.ratings_of(assignment)
    side = rating.side_of(request.actor)
    if refused := rating.refusal(assignment, given, side, at=timezone.now()):
        messages.info(request, str(refused))
        return redirect(assignment)
    mine = next((one for one in given if one.by == side), None)
    form = RatingForm(request.POST or None, side=side, initial=_initial(mine))
    if form.is_valid():
        with refusals_in(form):
            by, at = request.actor, timezone.now()
            made = rating.rate(assignment=assignment, by=by, at=at, **form.values())
            listing.forget_count(by)
            messages.success(request, _thanks(made, is_change=mine is not None))
            return redirect(assignment)
    context = {
        "assignment": assignment,
        "form": form,
        "mine": mine,
        "by_worker": side == "worker",
        "they_rated": any(one.by != side for one in given),
        "closes": rating.closes(assignment, given),
    }
    return render(request, "scorecards/rate.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the other side's published rating, once."""
    assignment = _load(request, reference, "scorecards.reply")
    side = rating.side_of(request.actor)
    found = next((one for one in listing.ratings_of(assignment) if one.by != side), None)
    if refused := replying.refusal(found, getattr(found, "reply", None)):
        messages.info(request, str(refused))
        return redirect(assignment)
    form = ReplyForm(request.POST or None)
    if form.is_valid():
        words, at = form.cleaned_data["words"], timezone.now()
        with refusals_in(form):
            replying.reply(assignment=assignment, words=words, by=request.actor, at=at)
            messages.success(request, "Your reply stands below the rating.")
            return redirect(f"{assignment.get_absolute_url()}#ratings")
    said = listing.opinion(found, request.actor, may_act=False)
    context = {"assignment": assignment, "form": form, "said": said}
    return render(request, "scorecards/reply.html", context)


def _load(request: HttpRequest, reference: str, permission: str) -> Assignment:
    visible = Assignment.objects.visible_to(request.actor).select_related("company", "worker__user")
    assignment = get_object_or_404(visible, reference=reference)
    demand(request, permission, assignment)
    return assignment


def _thanks(made: Rating, *, is_change: bool) -> str:
    if made.published_at:
        return "Thank you. Both of you have rated, so both ratings are shown."
    if is_change:
        return "Your rating is changed. It stays hidden until both have rated."
    return "Thank you. Your rating is hidden until the other side rates."


def _initial(mine: Rating | None) -> dict[str, object]:
    names = ("overall", "mark_1", "mark_2", "mark_3", "comment")
    return {name: getattr(mine, name) for name in names} if mine else {}
