"""Taking unused cash back, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.forms import refusals_in, refused_in
from core.money import ZERO, format_money
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import queries
from payments import refunds as verbs
from payments.forms import TakeBackForm
from payments.models import Refund

PAGE = 30
DRIVEN = 5
"""So many parts are ordered at once; the sweep orders what is left."""
SHOWN = 5
"""So many sources are named before the form is sent."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refunds(request: HttpRequest) -> HttpResponse:
    """What went back, and for an administrator the form that takes back more."""
    demand(request, "payments.view")
    at, company = timezone.now(), request.actor.company
    unused = queries.refundable(company, at=at)
    if request.method != "POST":
        return _page(request, TakeBackForm(company=company, most=unused.most), unused)
    demand(request, "payments.refund")
    form = TakeBackForm(request.POST, company=company, most=unused.most)
    if form.is_valid() or _is_repeat(request, form):
        asked = {name: form.cleaned_data[name] for name in ("amount", "key")}
        with refusals_in(form):
            made = verbs.request(company, **asked, by=request.actor, at=at)
        if refused_in(form) is None:
            return _asked(request, made)
    return _page(request, form, unused)


def _is_repeat(request: HttpRequest, form: TakeBackForm) -> bool:
    """The form came once before: its own refunds have taken the money that seems to be missing."""
    key = form.cleaned_data.get("key")
    own = Refund.objects.visible_to(request.actor).filter(request_key=key) if key else ()
    parts = [refund.amount for refund in own]
    form.cleaned_data["amount"] = sum(parts, ZERO)
    return bool(parts)


def _asked(request: HttpRequest, made: list[Refund]) -> HttpResponse:
    at = timezone.now()
    ended = [verbs.drive(refund, at=at) for refund in made[:DRIVEN]] + made[DRIVEN:]
    currency = request.actor.company.currency
    going = sum((one.amount for one in ended if not one.came_back), ZERO)
    back = sum((one.amount for one in ended if one.came_back), ZERO)
    if going:
        amount = format_money(going, currency)
        messages.success(request, f"{amount} is going back to where it came from.")
    if back:
        amount = format_money(back, currency)
        messages.error(request, f"{amount} was not taken and is in your cash again.")
    return redirect("payments:refunds")


def _page(request: HttpRequest, form: TakeBackForm, unused: queries.Refundable) -> HttpResponse:
    own = queries.for_refund_list(Refund.objects.visible_to(request.actor))
    page = page_of(own, queries.NEWEST_REFUNDS, size=PAGE, **cursors_of(request.GET))
    context = {
        "form": form,
        "company": request.actor.company,
        "unused": unused,
        "sources": unused.sources[:SHOWN],
        "more_sources": max(len(unused.sources) - SHOWN, 0),
        "may_refund": request.actor.can("payments.refund"),
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": timezone.now(),
    }
    return render(request, "payments/refunds.html", context)
