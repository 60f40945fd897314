"""Adding funds, and going back to where they were missing."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.forms import refusals_in
from core.money import format_money
from core.permissions import demand
from payments import funding as verbs
from payments import queries
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
        with refusals_in(form):
            found = verbs.add(company=company, by=request.actor, at=at, **wanted)
            if found.status != Funding.Status.FAILED:
                _say(request, found, at=at)
                if found.waits_for_payer:
                    return redirect(found)
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
    if found.requested_at < at and not found.pay_url:
        messages.info(request, f"This form came twice. {amount} was asked for once.")
    elif found.waits_for_payer:
        return
    elif found.has_arrived:
        messages.success(request, f"{amount} was added to your cash.")
    else:
        messages.info(request, f"{amount} is on its way. We tell you when it has arrived.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def funding(request: HttpRequest, key: str) -> HttpResponse:
    """One request to add funds: where it is paid, and how far it has got; a POST asks again.

    The provider's own page is reached by a link and not by a redirect of the form, so that the
    content security policy need name no other site.
    """
    demand(request, "payments.view")
    found = Funding.objects.visible_to(request.actor).filter(key=key).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        demand(request, "payments.fund")
        verbs.ask_again(found, at=timezone.now())
        return redirect(found)
    context = {
        "funding": found,
        "company": request.actor.company,
        "may_fund": request.actor.can("payments.fund"),
        "now": timezone.now(),
    }
    return render(request, "payments/funding.html", context)
