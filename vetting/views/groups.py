"""A company's groups: the list, one group with its members, making and changing them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.forms import refusals_in
from core.paging import cursors_of, page_of
from core.permissions import demand
from vetting import groups as verbs
from vetting.filters import MembersFilter
from vetting.forms.groups import BulkForm, GroupForm, ListForm
from vetting.models import Group
from vetting.queries import groups as queries
from vetting.states import MOVES, Membership
from vetting.views import joining
from vetting.views.loading import load

PAGE = 50
ASKED = (Membership.MEMBER, Membership.APPLIED, Membership.INVITED, Membership.LAPSED)
"""Where a row says whether the worker meets what the group asks."""


@login_required
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """The company's groups; for a worker their own, and those that are open to them."""
    demand(request, "vetting.see_groups")
    if request.actor.is_worker:
        return joining.own_groups(request)
    form = ListForm(request.GET)
    form.is_valid()
    wanted, company = form.cleaned_data, request.actor.company
    rows = queries.of_company(
        company, archived=bool(wanted.get("archived")), words=wanted.get("q") or ""
    )
    page = page_of(
        rows, queries.NEWEST, after=wanted.get("after", ""), before=wanted.get("before", "")
    )
    counts = queries.counts_of(page.rows)
    context = {
        "form": form,
        "rows": [(group, counts[group.pk]) for group in page.rows],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "filtered": bool(wanted.get("q") or wanted.get("archived")),
    }
    return render(request, "vetting/groups.html", context)


@login_required
@require_safe
def group(request: HttpRequest, reference: str) -> HttpResponse:
    found = load(request, reference, "vetting.see_group")
    if request.actor.is_worker:
        return joining.group_page(request, found)
    return members_page(request, found)


def members_page(
    request: HttpRequest, group: Group, bulk: BulkForm | None = None, status: int = 200
) -> HttpResponse:
    """The group with one tab a standing; ``bulk`` is an act that was refused."""
    at = timezone.now()
    filters = MembersFilter(request.GET, group=group, at=at)
    page = page_of(filters.rows, queries.NEWEST, size=PAGE, **cursors_of(request.GET))
    shown = filters.shown
    context = {
        "group": group,
        "form": filters.form,
        "bulk": bulk,
        "ticked": bulk.data.getlist("workers") if bulk else [],
        "rows": page.rows,
        "tabs": tabs_of(request, queries.counts_of([group])[group.pk], shown),
        "acts": acts_in(shown),
        "showing_members": shown == Membership.MEMBER,
        "showing_standing": bool(group.requirement_set_id) and shown in ASKED,
        "showing_applicants": shown == Membership.APPLIED,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "meeting": queries.keys_meeting(page.rows, group, at),
        "query": request.GET.urlencode(),
        "filtered": filters.is_set,
    }
    return render(request, "vetting/group.html", context, status=status)


def tabs_of(request: HttpRequest, counts: Any, shown: str) -> list[dict[str, Any]]:
    """One tab a standing, but for those nobody ever had."""
    labels = {Membership.MEMBER: "Members", Membership.APPLIED: "Applicants"}
    order = [Membership.MEMBER, Membership.APPLIED, *Membership]
    return [
        {
            "label": labels.get(status, status.label),
            "url": f"?view={status}",
            "active": status == shown,
            "count": counts[status],
        }
        for status in dict.fromkeys(order)
        if counts[status] or status in labels or status == shown
    ]


def acts_in(status: str) -> list[str]:
    """The acts on several workers that the table allows from this standing."""
    return [
        act
        for act, moves in verbs.BY_ACT.items()
        if any(status in MOVES[name].sources for name in moves)
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "vetting.create_group")
    form = GroupForm(
        request.POST if request.method == "POST" else None, company=request.actor.company
    )
    if form.is_valid():
        with refusals_in(form):
            made = verbs.create(**form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, f"“{made}” is there. Now choose who is in it.")
            return redirect("vetting:add_to_group", made.reference)
    return render(request, "vetting/group_form.html", {"form": form, "group": None})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    group = load(request, reference, "vetting.manage_group")
    initial = {name: getattr(group, name) for name in verbs.FIELDS}
    form = GroupForm(
        request.POST if request.method == "POST" else None,
        initial=initial, company=group.company,
    )  # fmt: skip
    if form.is_valid():
        with refusals_in(form):
            verbs.edit(group, form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, "Saved.")
            return redirect(group)
    return render(request, "vetting/group_form.html", {"form": form, "group": group})


@require_POST
@login_required
def archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the group away; posted with ``back`` it comes back."""
    group = load(request, reference, "vetting.manage_group")
    at = timezone.now()
    try:
        if "back" in request.POST:
            verbs.restore(group, by=request.actor, at=at)
            messages.success(request, f"“{group}” is in use again.")
        else:
            verbs.archive(group, by=request.actor, at=at)
            messages.success(request, f"“{group}” is archived: nothing new is sent to it.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(group)
