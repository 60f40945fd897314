"""Paying the invoice of approved work."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assignments import lifecycle
from assignments.models import Assignment
from assignments.queries import funds
from assignments.views.loading import answers_late_moves, load, other_acts, refusals_in, refused_now
from conduct.gate import policies_accepted
from core.money import format_money


@login_required
@answers_late_moves
@policies_accepted
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = load(request, reference, "assignments.pay")
    at = timezone.now()
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            _pay(request, assignment, at)
            return redirect(assignment)
    refused_now("pay", assignment)
    invoice = assignment.invoice
    available = funds.of_company(assignment.company, terms_days=0)
    context = {
        "assignment": assignment,
        "invoice": invoice,
        "lines": list(invoice.lines.order_by("pk")),
        "form": form,
        "funds": available,
        "left": available.after(invoice.total),
        "missing": available.missing_for(invoice.total),
        "currency": invoice.currency,
        "gear": other_acts(request, assignment, at=at),
    }
    return render(request, "assignments/payment.html", context)


def _pay(request: HttpRequest, assignment: Assignment, at: datetime) -> None:
    """Pay it, or find it paid: paying twice pays once."""
    done = lifecycle.pay(assignment, by=request.actor, at=at)
    amount = format_money(done.invoice.total, done.invoice.currency)
    messages.success(request, f"{done.invoice.label} over {amount} is paid.")
