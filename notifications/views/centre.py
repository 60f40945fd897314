"""The notification centre, and what a company is reminded of."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting import SESSION_KEY
from core.paging import moment_key, number_key, page_of
from core.permissions import demand
from notifications import queries, reading, switching
from notifications.forms.centre import NoticesForm, SwitchesForm
from notifications.models import Notice
from notifications.reminders import catalogue

LARGEST_KEY = 2**63 - 1
NEWEST_FIRST = [number_key("pk", descending=True)]


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    form = NoticesForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show") or "all"
    page = page_of(
        queries.notices_of(request.user, unread_only=show == "unread"),
        [moment_key("made_at", descending=True), *NEWEST_FIRST],
        after=form.cleaned_data.get("after", ""),
        before=form.cleaned_data.get("before", ""),
    )
    context = {
        "notices": page.rows,
        "show": show,
        "unread": queries.unread_count(request.user),
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
    }
    return render(request, "notifications/notices.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where the notice leads, in the capacity it was told in; a POST also marks it read.

    Mails link here by GET, which changes nothing but the capacity the person acts in.
    """
    if pk > LARGEST_KEY:
        raise Http404
    notice = get_object_or_404(Notice, pk=pk, recipient=request.user)
    if request.method == "POST":
        reading.mark_read(notice, at=timezone.now())
    if notice.acting_as:
        request.session[SESSION_KEY] = notice.acting_as
    if notice.url and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect(notice.url)
    return redirect("notifications:list")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    if reading.mark_all_read(request.user, at=timezone.now()):
        messages.success(request, "Everything is marked as read.")
    return redirect("notifications:list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_reminders(request: HttpRequest) -> HttpResponse:
    company = request.actor.company
    if company is None:
        raise Http404
    demand(request, "accounts.edit_company", company)
    entries = catalogue.of_company(company.pk)
    form = SwitchesForm(request.POST if request.method == "POST" else None, entries=entries)
    if request.method == "POST" and form.is_valid():
        switching.switch(company, on=form.cleaned_data["on"], by=request.actor, at=timezone.now())
        messages.success(request, "The reminders are saved.")
        return redirect("notifications:company_reminders")
    context = {
        "form": form,
        "company": company,
        "always": [one for one in entries if not one.rule.optional],
    }
    return render(request, "notifications/company_reminders.html", context)
