"""Agreements: the lists of both sides, one agreement, and who has signed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.markdown import render as markdown
from core.paging import number_key, page_of
from core.permissions import demand
from core.spreadsheets import download
from vetting.forms.agreements import AgreementsForm, PlaceForm, SignaturesForm
from vetting.models import Agreement, AgreementSignature, AgreementVersion
from vetting.queries import agreements as queries
from vetting.views import signing

NEWEST = [number_key("pk", descending=True)]
HEADER = ("Worker", "Reference", "Version", "Signed as", "Signed at (UTC)", "Address", "Signature")


@login_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The company's; for a worker those they have signed or are to sign."""
    demand(request, "vetting.see_agreements")
    if request.actor.is_worker:
        own = queries.own_agreements(request.actor.worker)
        return render(request, "vetting/my_agreements.html", {"own": own})
    form = AgreementsForm(request.GET)
    form.is_valid()
    archived = bool(form.cleaned_data.get("archived"))
    rows = queries.of_company(request.actor.company, archived=archived)
    return render(request, "vetting/agreements.html", {"rows": rows, "archived": archived})


@login_required
@require_safe
def agreement(request: HttpRequest, reference: str) -> HttpResponse:
    """The text with its versions; for the company also who has signed it."""
    found = load(request, reference, "vetting.see_agreement")
    version = version_of(found, PlaceForm(request.GET).read().get("version"))
    if request.actor.is_worker:
        return signing.page(request, found, version)
    form = SignaturesForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    which, words = wanted.get("which") or "", wanted.get("q") or ""
    page = page_of(
        queries.signatures(found, words=words, which=which), NEWEST, size=50,
        after=wanted.get("after", ""), before=wanted.get("before", ""),
    )  # fmt: skip
    context = {
        "agreement": found,
        "version": version,
        "is_current": version.number == found.current,
        "text": markdown(version.text),
        "versions": queries.versions_of(found),
        "form": form,
        "rows": page.rows,
        "newer": page.newer_url(request.GET),
        "older": page.older_url(request.GET),
        "filtered": bool(which or words),
        "query": request.GET.urlencode(),
    }
    return render(request, "vetting/agreement.html", context)


@login_required
@require_safe
def signatures_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The signatures that the page's filters leave, as a spreadsheet."""
    found = load(request, reference, "vetting.see_signatures")
    form = SignaturesForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    rows = queries.signatures(found, words=wanted.get("q") or "", which=wanted.get("which") or "")
    return download(f"signatures-{found.reference}.csv", HEADER, _cells(rows.order_by("-pk")))


def _cells(rows: queries.Signatures) -> Iterator[Sequence[object]]:
    row: AgreementSignature
    for row in rows.iterator(chunk_size=500):
        yield (
            str(row.worker), row.worker.reference, row.version.number, row.typed_name,
            f"{row.signed_at.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M:%S}",
            row.ip_address or "", row.reference,
        )  # fmt: skip


def load(request: HttpRequest, reference: str, permission: str) -> Agreement:
    rows = Agreement.objects.visible_to(request.actor).select_related("company", "created_by")
    found = get_object_or_404(rows, reference=reference)
    demand(request, permission, found)
    return found


def version_of(agreement: Agreement, number: int | None) -> AgreementVersion:
    """The version of this number, or the one in force."""
    rows = agreement.versions.select_related("published_by")
    found = rows.filter(number=number or agreement.current).first()
    if found is None:
        raise Http404
    found.agreement = agreement
    return found
