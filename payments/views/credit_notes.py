"""A credit note: its page, and the sheet as PDF."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.permissions import demand
from payments.company_papers import credit_note_pdf
from payments.models import CreditNote


def _load(request: HttpRequest, company: str, number: int) -> CreditNote:
    own = CreditNote.objects.visible_to(request.actor).filter(company__slug=company)
    rows = own.select_related("company", "invoice__company", "invoice__worker__user")
    found = rows.filter(number=min(number, 2**31 - 1)).first()
    if found is None:
        raise Http404
    demand(request, "payments.view_invoice", found.invoice)
    return found


@login_required
@require_safe
def credit_note(request: HttpRequest, company: str, number: int) -> HttpResponse:
    """What went back; a worker reads what their own earnings gave."""
    context = {
        "note": _load(request, company, number),
        "for_worker": request.actor.is_worker,
        "now": timezone.now(),
    }
    return render(request, "payments/credit_note.html", context)


@login_required
@require_safe
def credit_note_sheet(request: HttpRequest, company: str, number: int) -> HttpResponse:
    """For the company and staff: it shows the fee, as the invoice's sheet does."""
    found = _load(request, company, number)
    demand(request, "payments.view_sheet", found.invoice)
    response = HttpResponse(credit_note_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.pdf"'
    return response
