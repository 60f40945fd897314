"""What others see of workers and companies."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import companies
from accounts.models import Company, WorkerProfile
from core.files import SANDBOX
from core.permissions import demand


@login_required
def worker(request: HttpRequest, reference: str) -> HttpResponse:
    """What a client sees of a worker; the worker sees the same."""
    found = get_object_or_404(
        WorkerProfile.objects.visible_to(request.actor)
        .select_related("user")
        .prefetch_related("industries"),
        reference=reference,
    )
    demand(request, "accounts.see_worker", found)
    return render(request, "accounts/worker.html", {"worker": found})


@login_required
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody signed in sees of a company."""
    found = get_object_or_404(
        Company.objects.visible_to(request.actor).select_related("industry"), slug=slug
    )
    return render(request, "accounts/company.html", {"company": found})


@login_required
@require_safe
def company_logo(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The picture itself; a new one has a new code, so that a browser may keep it."""
    seen = Company.objects.visible_to(request.actor).exclude(logo_code="")
    found = get_object_or_404(seen, slug=slug, logo_code=code)
    response = HttpResponse(companies.logo_of(found), content_type="image/png")
    response["Cache-Control"] = "private, max-age=2592000, immutable"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
