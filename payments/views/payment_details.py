"""How a worker is paid: bank account, tax details, automatic payout."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import refusals_in
from core.money import ZERO
from core.permissions import demand
from payments import enrolling, payout_settings, queries
from payments.forms import BankAccountForm, EnrolForm, PayoutPlanForm, TaxDetailsForm
from payments.views.worker_tabs import worker_tabs

SUGGESTED_MINIMUM = 100


@login_required
@require_safe
def payment_details(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.earnings")
    arrangements = queries.arrangements_of(request.actor.worker)
    tax = arrangements.tax_details
    context = {
        "tabs": worker_tabs("payment_details"),
        "arrangements": arrangements,
        "legal_name": payout_settings.legal_name(tax) if tax else "",
        "now": timezone.now(),
    }
    return render(request, "payments/payment_details.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bank_account(request: HttpRequest) -> HttpResponse:
    """The numbers go to the provider and are kept nowhere here."""
    demand(request, "payments.earnings")
    if enrolling.asks_itself():
        return _enrol(request)
    form = BankAccountForm(request.POST or None)

    def save() -> None:
        payout_settings.replace_bank_account(
            request.actor.worker, form.details, key=form.cleaned_data["key"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip

    return _handled(request, form, save, "bank_account", "Your bank account is saved.")


def _enrol(request: HttpRequest) -> HttpResponse:
    """The provider asks for the bank account itself: there by a link, and back to be checked."""
    form, worker, page = EnrolForm(request.POST or None), request.actor.worker, ""
    if request.method == "POST" and form.is_valid():
        by, at = request.actor, timezone.now()
        with refusals_in(form):
            if form.cleaned_data["act"] == "begin":
                page = enrolling.begin(worker, by=by, at=at)
            elif enrolling.check(worker, by=by, at=at):
                messages.success(request, "Your bank account is saved.")
                return redirect("payments:payment_details")
            else:
                form.add_error(
                    None, "Our payment partner still needs something. Go on to its page."
                )
    context = {"form": form, "page": page, "arrangements": queries.arrangements_of(worker)}
    return render(request, "payments/bank_elsewhere.html", context)


@require_POST
@login_required
def remove_bank_account(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.earnings")
    payout_settings.remove_bank_account(request.actor.worker, by=request.actor, at=timezone.now())
    messages.success(request, "The bank account is removed. Your earnings stay until you add one.")
    return redirect("payments:payment_details")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tax_details(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.earnings")
    worker = request.actor.worker
    known = queries.arrangements_of(worker).tax_details
    initial = {"name": str(worker), "kind": "ssn"}
    if known:
        initial = {"name": payout_settings.legal_name(known), "kind": known.kind}
    form = TaxDetailsForm(request.POST or None, initial=initial)

    def save() -> None:
        payout_settings.save_tax_details(
            worker, **form.cleaned_data, by=request.actor, at=timezone.now()
        )

    return _handled(request, form, save, "tax_details", "Your tax details are saved.", known=known)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payout_plan(request: HttpRequest) -> HttpResponse:
    demand(request, "payments.earnings")
    worker = request.actor.worker
    plan = queries.arrangements_of(worker).plan
    initial = {"is_on": plan.is_on if plan else True}
    initial["minimum"] = plan.minimum if plan else ZERO + SUGGESTED_MINIMUM
    form = PayoutPlanForm(request.POST or None, initial=initial)

    def save() -> None:
        payout_settings.plan_payouts(
            worker, **form.cleaned_data, by=request.actor, at=timezone.now()
        )

    return _handled(request, form, save, "payout_plan", "Your automatic payout is saved.")


def _handled(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[], None],
    template: str,
    done: str,
    **more: object,
) -> HttpResponse:
    """Save a good form and go back to the details; else show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            save()
            messages.success(request, done)
            return redirect("payments:payment_details")
    return render(request, f"payments/{template}.html", {"form": form, **more})
