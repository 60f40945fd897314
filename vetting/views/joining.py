"""A worker's side of groups: their own, those open to them, and their answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.forms import refusals_in
from core.paging import page_of
from vetting import groups as verbs
from vetting import inviting, moving
from vetting.forms.groups import AnswerForm, OpenGroupsForm
from vetting.models import Group, GroupKind
from vetting.queries import groups as queries
from vetting.states import MOVES
from vetting.views.loading import load

SAID = {
    "apply": "Applied. {company} decides and you are told.",
    "request": "Sent. {company} reads your words and decides; you are told.",
    "accept": "You are a member now. Work sent to this group is in your list.",
    "refuse": "Declined. {company} is told.",
    "leave": "You are no longer in “{group}”.",
}


def own_groups(request: HttpRequest) -> HttpResponse:
    form = OpenGroupsForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    page = page_of(
        queries.open_to_join(request.actor, words=wanted.get("q") or ""),
        queries.NEWEST, after=wanted.get("after", ""), before=wanted.get("before", ""),
    )  # fmt: skip
    context = {
        "form": form,
        "own": queries.own_memberships(request.actor.worker),
        "waiting": queries.invitations_to(request.actor.worker),
        "open": page.rows,
        "searched": bool(wanted.get("q")),
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "vetting/my_groups.html", context)


def group_page(
    request: HttpRequest, group: Group, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    """What a worker reads of a group, and what they may do now."""
    worker = request.actor.worker
    standing = queries.standing_in(group, worker)
    now = standing.status if standing else None
    asked = moving.screened(group, worker, timezone.now())
    invitee = queries.invitation_of(group, worker)
    may = {f"may_{name}": now in MOVES[name].sources for name in ("refuse", "leave")}
    invited = now in MOVES["accept"].sources or (invitee is not None and not may["may_leave"])
    taken_out = bool(standing and standing.was_taken_out)
    lapsed = bool(standing and standing.has_lapsed)
    open_to_all = group.kind == GroupKind.PUBLIC and not taken_out
    context = {
        "group": group,
        "standing": standing,
        "form": form or AnswerForm(),
        "taken_out": taken_out and not invited,
        "lapsed": lapsed,
        "asked": asked,
        "told": queries.broadcasts_to(standing) if standing and standing.is_member else [],
        **may,
        "may_accept": invited and asked.met,
        "may_apply": open_to_all and not invited and now in MOVES["apply"].sources and asked.met,
        "may_request": not asked.met
        and now in MOVES["request"].sources
        and (invited or lapsed or open_to_all),
        "invited": invited,
        "since": invitee.invited_at if invitee else standing and standing.changed_at,
    }
    return render(request, "vetting/group_for_worker.html", context, status=status)


@require_POST
@login_required
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    group = load(request, reference, "vetting.join_group")
    form = AnswerForm(request.POST)
    if form.is_valid():
        act = form.cleaned_data["act"]
        with refusals_in(form):
            give(group, act, form.cleaned_data["words"], request)
            messages.success(request, SAID[act].format(group=group, company=group.company))
            return where_visible(request, group)
    return group_page(request, group, form, status=422)


def give(group: Group, act: str, words: str, request: HttpRequest) -> None:
    acting = {"by": request.actor, "at": timezone.now()}
    invitee = queries.invitation_of(group, request.actor.worker)
    exception = act == "request"
    if invitee and act in ("accept", "request", "apply"):
        inviting.accept(invitee, words=words, asks_exception=exception, **acting)
    elif act in ("apply", "request"):
        verbs.apply(group, note=words, asks_exception=exception, **acting)
    elif act == "accept":
        verbs.accept(group, **acting)
    else:
        verb = verbs.refuse if act == "refuse" else verbs.leave
        verb(group, reason=words, **acting)


def where_visible(request: HttpRequest, group: Group) -> HttpResponse:
    """Back to the group, or to the list where this worker no longer sees it."""
    if Group.objects.visible_to(request.actor).filter(pk=group.pk).exists():
        return redirect(group)
    return redirect("vetting:groups")
