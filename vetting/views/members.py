"""Letting workers into a group and out of it, several at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.finding import FindWorkersForm
from accounts.queries import order_of_workers, workers_found
from core import spreadsheets
from core.forms import refusals_in
from core.paging import page_of
from vetting import groups as verbs
from vetting.filters import MembersFilter
from vetting.forms.groups import AddForm, BulkForm
from vetting.groups import Outcome
from vetting.models import Group
from vetting.queries import groups as queries
from vetting.views.groups import members_page
from vetting.views.loading import left_out, load

DONE = {
    "approve": ("is a member now and is told.", "are members now and are told."),
    "admit": ("is a member now, by an exception.", "are members now, by an exception."),
    "decline": ("is declined and reads why.", "are declined and read why."),
    "remove": ("is taken out.", "are taken out."),
    "invite": ("is invited.", "are invited."),
    "add": ("is in the group now.", "are in the group now."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, reference: str) -> HttpResponse:
    """Search for workers, tick them, invite them; the search stays for the next ones."""
    group = load(request, reference, "vetting.manage_group")
    form = AddForm(request.POST if request.method == "POST" else None, group=group)
    if form.is_valid():
        chosen = form.cleaned_data["workers"]
        with refusals_in(form):
            outcome = verbs.invite(group, chosen, by=request.actor, at=timezone.now())
            say(request, outcome, "add" if group.is_private else "invite")
            return redirect(request.get_full_path())
    return render(request, "vetting/group_add.html", search_of(request, group, form))


def search_of(request: HttpRequest, group: Group, form: AddForm) -> dict[str, Any]:
    search = FindWorkersForm(request.GET)
    context = {
        "group": group,
        "form": form,
        "search": search,
        "page": None,
        "ticked": form.data.getlist("workers") if form.is_bound else [],
    }
    if not search.is_valid():
        return context
    wanted = search.cleaned_data
    found = workers_found(
        request.actor, words=wanted["q"], skill=wanted["skill"], industry=wanted["industry"],
        near=search.place, miles=wanted["miles"],
    )  # fmt: skip
    found = queries.with_standing(queries.may_be_added(found, group.company), group)
    page = page_of(
        found, order_of_workers(search.place), size=24, after=wanted["after"],
        before=wanted["before"],
    )  # fmt: skip
    return context | {
        "page": page,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }


@require_POST
@login_required
def members(request: HttpRequest, reference: str) -> HttpResponse:
    """One act on the ticked rows of the members table."""
    group = load(request, reference, "vetting.manage_group")
    form = BulkForm(request.POST, group=group)
    if form.is_valid():
        with refusals_in(form):
            outcome = act_on(group, form, request)
            say(request, outcome, form.cleaned_data["act"])
            query = request.GET.urlencode()
            return redirect(f"{group.get_absolute_url()}{'?' + query if query else ''}")
    return members_page(request, group, form, status=422)


@login_required
@require_safe
def members_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Every row that the same address would list, sent while it is read."""
    group = load(request, reference, "vetting.export_group")
    at = timezone.now()
    filters = MembersFilter(request.GET, group=group, at=at)
    name = f"{group.reference}-{filters.shown}-{at:%Y-%m-%d}.csv"
    return spreadsheets.download(name, list(queries.MEMBER_COLUMNS), queries.lines_of(filters.rows))


def act_on(group: Group, form: BulkForm, request: HttpRequest) -> Outcome:
    data = form.cleaned_data
    acting = {"by": request.actor, "at": timezone.now()}
    if data["act"] == "approve":
        return verbs.approve(group, data["workers"], **acting)
    if data["act"] == "admit":
        return verbs.admit(group, data["workers"], note=data["reason"], **acting)
    verb = verbs.decline if data["act"] == "decline" else verbs.remove
    return verb(group, data["workers"], reason=data["reason"], **acting)


def say(request: HttpRequest, outcome: Outcome, act: str) -> None:
    """What was done, and who was left as they are."""
    count = len(outcome.changed)
    if count:
        who = str(outcome.changed[0].worker) if count == 1 else f"{count} workers"
        messages.success(request, f"{who} {DONE[act][count > 1]}")
    if rest := left_out(outcome):
        messages.warning(request, rest)
