"""A worker's payouts: the list, starting one, and what became of each."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import refusals_in, refused_in
from core.money import format_money
from core.paging import cursors_of, page_of
from core.permissions import demand
from payments import payouts as verbs
from payments import queries
from payments.days import utc_day
from payments.forms import PayoutForm
from payments.models import Payout
from payments.views.worker_tabs import worker_tabs

PAGE = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """What went to the bank, and the form that starts the next."""
    demand(request, "payments.earnings")
    at, worker = timezone.now(), request.actor.worker
    earned = queries.earned_by(worker, today=utc_day(at))
    if request.method != "POST":
        form = PayoutForm(available=earned.available, initial={"amount": earned.available})
        return _page(request, form, earned)
    form = PayoutForm(request.POST, available=earned.available)
    if form.is_valid() or _is_repeat(form, worker):
        with refusals_in(form):
            made = verbs.request(
                worker, form.cleaned_data["amount"], key=form.cleaned_data["key"],
                by=request.actor, at=at,
            )  # fmt: skip
        if refused_in(form) is None:
            return _started(request, verbs.drive(made, at=at), again=made.requested_at < at)
    return _page(request, form, earned)


def _is_repeat(form: PayoutForm, worker: object) -> bool:
    """The form came once before: its own payout has taken the money that seems to be missing."""
    key = form.cleaned_data.get("key")
    found = Payout.objects.filter(worker=worker, key=key).first() if key else None
    if found:
        form.cleaned_data["amount"] = found.amount
    return found is not None


def _started(request: HttpRequest, made: Payout, *, again: bool) -> HttpResponse:
    amount = format_money(made.amount, made.currency)
    if again:
        messages.info(request, f"This form came twice. {amount} was asked for once.")
    elif made.came_back:
        messages.error(request, f"The bank did not take {amount}. It is back in your earnings.")
    else:
        messages.success(request, f"{amount} is on its way to {made.bank_account}.")
    return redirect(made)


def _page(request: HttpRequest, form: PayoutForm, earned: queries.Earned) -> HttpResponse:
    own = queries.for_payout_list(Payout.objects.visible_to(request.actor))
    page = page_of(own, queries.NEWEST_PAYOUTS, size=PAGE, **cursors_of(request.GET))
    context = {
        "tabs": worker_tabs("payouts"),
        "form": form,
        "earned": earned,
        "arrangements": queries.arrangements_of(request.actor.worker),
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "now": timezone.now(),
    }
    return render(request, "payments/payouts.html", context)


@login_required
@require_safe
def payout(request: HttpRequest, reference: str) -> HttpResponse:
    demand(request, "payments.earnings")
    own = queries.for_payout_list(Payout.objects.visible_to(request.actor))
    found = own.filter(reference=reference.upper()).first()
    if found is None:
        raise Http404
    context = {
        "payout": found,
        "history": _history(found),
        "now": timezone.now(),
    }
    return render(request, "payments/payout.html", context)


def _history(found: Payout) -> list[dict[str, object]]:
    """For ``{% timeline %}``: how it was asked for, and what the provider said each time."""
    asked = "Taken out of your earnings" + (" as planned" if found.is_automatic else "")
    begin = {"at": found.requested_at, "title": asked, "icon": "send"}
    told = found.attempts.order_by("pk")
    return [begin, *({"at": one.at, "title": one.answer, "icon": "landmark"} for one in told)]
