"""Adding funds, and going back to where they were missing."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.forms import refuse
from core.money import format_money
from core.permissions import demand
from payments import funding, queries
from payments.days import utc_day
from payments.forms import AddFundsForm, WantedFunds
from payments.models import Funding


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_funds(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.fund")
    company = request.actor.company
    if request.method != "POST":
        return _page(request, AddFundsForm(initial=_wanted(request), company=company))
    form = AddFundsForm(request.POST, company=company)
    if form.is_valid():
        at = timezone.now()
        wanted = {name: form.cleaned_data[name] for name in ("amount", "method", "key")}
        try:
            found = funding.add(company=company, by=request.actor, at=at, **wanted)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            if found.status != Funding.Status.FAILED:
                _say(request, found, at=at)
                return redirect(form.cleaned_data["next"] or "payments:overview")
            form.add_error(None, found.failure)
        form.renew_key()
    return _page(request, form)


def _wanted(request: HttpRequest) -> dict[str, object]:
    asked = WantedFunds(request.GET)
    asked.is_valid()
    return {name: value for name, value in asked.cleaned_data.items() if value}


def _page(request: HttpRequest, form: AddFundsForm) -> HttpResponse:
    company = request.actor.company
    standing = queries.standing_of(company, today=utc_day(timezone.now()))
    context = {"form": form, "company": company, "standing": standing}
    return render(request, "payments/add_funds.html", context)


def _say(request: HttpRequest, found: Funding, *, at: datetime) -> None:
    amount = format_money(found.amount, found.currency)
    if found.requested_at < at:
        messages.info(request, f"This form came twice. {amount} was asked for once.")
    elif found.status == Funding.Status.SETTLED:
        messages.success(request, f"{amount} was added to your cash.")
    else:
        messages.info(request, f"{amount} is on its way. We tell you when it has arrived.")
