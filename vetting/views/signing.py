"""A worker reads and signs an agreement; both sides take a copy on paper."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.adapter import client_ip
from core.forms import refusals_in, refused_in
from core.markdown import render as markdown
from core.permissions import demand
from vetting import agreements as verbs
from vetting.agreement_paper import signature_pdf
from vetting.forms.agreements import SignForm
from vetting.models import Agreement, AgreementSignature, AgreementVersion
from vetting.queries import agreements as queries


def page(
    request: HttpRequest, agreement: Agreement, version: AgreementVersion,
    form: SignForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """What a worker reads, and where they sign unless they have."""
    signature = queries.newest_signature(agreement, request.actor.worker)
    signed = signature.version.number if signature else None
    if agreement.archived_at and signed is None:
        raise Http404
    may_sign = agreement.archived_at is None and signed != agreement.current
    context = {
        "agreement": agreement,
        "version": version,
        "text": markdown(version.text, top_heading=2),
        "signature": signature,
        "signed": signed,
        "is_current": version.number == agreement.current,
        "may_sign": may_sign and version.number == agreement.current,
        "is_due": may_sign,
        "form": form or SignForm(initial={"number": version.number}),
    }
    return render(request, "vetting/agreement_to_sign.html", context, status=status)


@require_POST
@login_required
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    rows = Agreement.objects.visible_to(request.actor).select_related("company")
    agreement = get_object_or_404(rows, reference=reference)
    demand(request, "vetting.sign_agreement", agreement)
    form = SignForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_in(form):
            verbs.sign(
                agreement, number=data["number"], typed_name=data["typed_name"],
                by=request.actor, at=timezone.now(), ip_address=client_ip(request),
            )  # fmt: skip
            messages.success(request, f"Signed. {agreement.company} sees it at once.")
            return redirect(agreement)
        if isinstance(refused_in(form), verbs.NotTheLatest):
            form = renumbered(form, agreement)
    agreement = get_object_or_404(rows, pk=agreement.pk)
    version = get_object_or_404(agreement.versions.all(), number=agreement.current)
    return page(request, agreement, version, form, status=422)


def renumbered(form: SignForm, agreement: Agreement) -> SignForm:
    """The same answers under the version that now stands on the page, to be ticked anew."""
    agreement.refresh_from_db(fields=["current"])
    data = form.data.copy()
    data["number"] = str(agreement.current)
    data.pop("agree", None)
    fresh = SignForm(data)
    fresh.is_valid()
    fresh.errors.pop("agree", None)
    for error in form.non_field_errors():
        fresh.add_error(None, error)
    return fresh


@login_required
@require_safe
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed text as PDF, for the worker who signed and the company it was signed for."""
    demand(request, "vetting.see_agreements")
    visible = Agreement.objects.visible_to(request.actor)
    rows = AgreementSignature.objects.filter(version__agreement__in=visible.values("pk"))
    if request.actor.is_worker:
        rows = rows.filter(worker=request.actor.worker)
    rows = rows.select_related("version__agreement__company", "worker__user")
    signature = get_object_or_404(rows, reference=reference)
    response = HttpResponse(signature_pdf(signature), content_type="application/pdf")
    name = f"agreement-{signature.version.agreement.reference}-{signature.reference}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
