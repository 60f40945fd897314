"""Find workers: search, why each stands there, what is done with the ticked, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import WorkerProfile
from assignments import lifecycle
from assignments.models import Assignment
from conduct.gate import policies_accepted
from core.forms import refusals_in
from core.paging import Page, page_of
from core.permissions import demand
from marketplace.finding import cards, queries
from marketplace.finding.forms import CompareForm, FinderForm, TickedForm
from vetting import groups
from vetting.models import Group, Requirement
from vetting.views.loading import left_out

PAGE = 24
AGAINST = ("assignment", "requirements")
"""What a search asks workers to meet; the comparison of those ticked goes on asking it."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workers(request: HttpRequest) -> HttpResponse:
    """At most ten statements, whatever is found; posted, an act on those ticked."""
    demand(request, "accounts.find_workers")
    return act(request) if request.method == "POST" else listed(request)


@policies_accepted
def act(request: HttpRequest) -> HttpResponse:
    company = request.actor.company
    lists = queries.lists_of(company, also=plain_reference(request.POST.get("assignment", "")))
    ticked = TickedForm(request.POST, company=company, lists=lists)
    if ticked.is_valid():
        with refusals_in(ticked):
            return done(request, ticked.cleaned_data)
    return listed(request, ticked, status=422)


def listed(
    request: HttpRequest, ticked: TickedForm | None = None, status: int = 200
) -> HttpResponse:
    company = request.actor.company
    lists = queries.lists_of(company, also=plain_reference(request.GET.get("assignment", "")))
    form = FinderForm(request.GET, lists=lists)
    is_valid = form.is_valid()
    initial = {"assignment": form.cleaned_data.get("assignment")}
    context = {
        "form": form,
        "ticked": ticked or TickedForm(company=company, lists=lists, initial=initial),
        "chosen": ticked.data.getlist("workers") if ticked else [],
        "page": None,
        "here": request.get_full_path(),
    }
    if is_valid:
        context |= page_with(request, form)
    return render(request, "finding/workers.html", context, status=status)


def plain_reference(written: str) -> str:
    """What may be a reference; anything else names nothing."""
    return written if len(written) <= 12 and written.isascii() and written.isprintable() else ""


def page_with(request: HttpRequest, form: FinderForm) -> dict[str, Any]:
    search, company = search_of(request, form), request.actor.company
    rows = queries.asked(search, company)
    page, total = page_and_total(request, search, rows)
    return {
        "page": page,
        "search": search,
        "rows": cards.found_in(page.rows, rows, search.assignment),
        "asks": bool(rows),
        "total": total_words(total) if total else "",
        "closest": f"?{with_lacking(request).urlencode()}",
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }


def page_and_total(
    request: HttpRequest, search: queries.Search, rows: Sequence[Requirement]
) -> tuple[Page[WorkerProfile], int]:
    """Keys first, in their order; only those of the page are joined to what their cards show."""
    company, wanted = request.actor.company, search.wanted
    found = queries.matching(request.actor, search, rows)

    def drawn(keys: Any) -> Any:
        those = queries.matching(request.actor, search, rows, keys)
        about = {"assignment": search.assignment, "rows": rows, "on": search.on(company)}
        return cards.pictured(those, company, **about)

    if wanted["after"] or wanted["before"]:
        place = {name: wanted[name] for name in ("after", "before")}
        return page_of(found, search.order, size=PAGE, drawn=drawn, **place), 0
    counted = bool(rows) and not wanted["lacking"]
    keys, total = queries.first_of(found, search, company, PAGE + 1, counted=counted)
    return page_of(drawn(keys), search.order, size=PAGE), total


def total_words(total: int) -> str:
    one = total == 1
    who = f"{total:,} worker{'s' * (not one)}"
    return f"{who} meet{'s' * one} what is asked and fit{'s' * one} the rest."


def with_lacking(request: HttpRequest) -> QueryDict:
    """The same search, with those who lack something."""
    query = request.GET.copy()
    query["lacking"] = "on"
    return query


def search_of(request: HttpRequest, form: FinderForm) -> queries.Search:
    wanted, assignment = form.cleaned_data, None
    if wanted["assignment"]:
        own = Assignment.objects.visible_to(request.actor).select_related("company", "industry")
        assignment = get_object_or_404(own, reference=wanted["assignment"])
    return queries.Search(wanted, form.place, assignment, timezone.now())


def done(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """What was chosen, done with the ticked workers; then back to the same list."""
    chosen, at = list(data["workers"]), timezone.now()
    if data["act"] == "compare":
        against = {name: request.GET[name] for name in AGAINST if request.GET.get(name)}
        query = urlencode({"w": [worker.reference for worker in chosen]} | against, doseq=True)
        return redirect(f"{reverse('compare_workers')}?{query}")
    if data["act"] == "group":
        own = Group.objects.visible_to(request.actor).select_related("company")
        group = get_object_or_404(own, reference=data["group"])
        demand(request, "vetting.manage_group", group)
        outcome = groups.invite(group, chosen, by=request.actor, at=at)
        if outcome.changed:
            verb = "in" if group.is_private else "invited to"
            count = len(outcome.changed)
            who = str(outcome.changed[0].worker) if count == 1 else f"{count} workers"
            messages.success(request, f"{who} {'is' if count == 1 else 'are'} {verb} “{group}”.")
        if rest := left_out(outcome):
            messages.warning(request, rest)
    else:
        own = Assignment.objects.visible_to(request.actor).select_related("company")
        assignment = get_object_or_404(own, reference=data["assignment"])
        demand(request, "assignments.invite", assignment)
        lifecycle.invite(assignment, workers=chosen, by=request.actor, at=at)
        messages.success(request, f"Invited to “{assignment.title}”; who has it keeps it.")
    return redirect(request.get_full_path())


@login_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four workers side by side, with what they meet of what is asked for an assignment or
    in a set."""
    demand(request, "accounts.find_workers")
    company = request.actor.company
    form = CompareForm(request.GET, company=company)
    context: dict[str, Any] = {"form": form, "rows": [], "asked": [], "about": ""}
    if form.is_valid() and form.cleaned_data["w"]:
        search = held_against(request, form)
        asked = queries.asked(search, company)
        those = form.cleaned_data["w"].order_by("pk")
        shown = cards.pictured(those, company, rows=asked, on=search.on(company))
        context |= {"rows": cards.found_in(shown, asked), "asked": asked}
        context["about"] = search.assignment.title if search.assignment else ""
    return render(request, "finding/compare.html", context)


def held_against(request: HttpRequest, form: CompareForm) -> queries.Search:
    """An assignment or a set that is not there is not held against anybody."""
    data, assignment = form.cleaned_data, None
    if data["assignment"]:
        own = Assignment.objects.visible_to(request.actor).select_related("company")
        assignment = own.filter(reference=data["assignment"]).first()
    return queries.Search(data, None, assignment, timezone.now())
