"""Telling the members of a group something, and whom it reached."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.forms import refusals_in
from core.paging import cursors_of, page_of
from vetting import broadcasting
from vetting.forms.groups import BroadcastForm
from vetting.queries import groups as queries
from vetting.states import Membership
from vetting.views.loading import load


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def broadcasts(request: HttpRequest, reference: str) -> HttpResponse:
    group = load(request, reference, "vetting.manage_group")
    form = BroadcastForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            sent = broadcasting.send(
                group, **form.cleaned_data, by=request.actor, at=timezone.now()
            )
            who = "One member is" if sent.told == 1 else f"{sent.told:,} members are"
            messages.success(request, f"{who} told.")
            return redirect("vetting:group_broadcasts", group.reference)
    page = page_of(queries.broadcasts_of(group), queries.NEWEST, size=10, **cursors_of(request.GET))
    context = {
        "group": group,
        "form": form,
        "rows": page.rows,
        "members": queries.counts_of([group])[group.pk][Membership.MEMBER],
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
    }
    return render(request, "vetting/group_broadcasts.html", context)
