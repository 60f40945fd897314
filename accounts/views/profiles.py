"""What others see of workers and companies."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import companies
from accounts.models import Company, WorkerProfile
from core.files import SANDBOX


@require_safe
def worker(request: HttpRequest, reference: str) -> HttpResponse:
    """What a client sees of a worker; the worker sees the same. One that chose to be public is
    read by everybody else too, without the last name and the credentials."""
    rows = WorkerProfile.objects.readable_by(request.actor).select_related("user")
    found = rows.prefetch_related("industries").filter(reference=reference).first()
    if found is None:
        return not_to_read(request)
    sees_all = request.actor.can("accounts.see_worker", found)
    name = "worker" if sees_all and not as_visitor(request) else "public_worker"
    return render(request, f"accounts/{name}.html", {"worker": found})


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody signed in sees of a company; visitors, where it chose to be public."""
    rows = Company.objects.readable_by(request.actor).select_related("industry")
    found = rows.filter(slug=slug).first()
    if found is None:
        return not_to_read(request)
    name = "public_company" if as_visitor(request) else "company"
    return render(request, f"accounts/{name}.html", {"company": found})


def as_visitor(request: HttpRequest) -> bool:
    """Whether to show what visitors see: to them, and to whoever wants to look as they do."""
    return not request.user.is_authenticated or request.GET.get("as") == "visitor"


def not_to_read(request: HttpRequest) -> HttpResponse:
    """Visitors may sign in, whether there is such a profile or not; others find nothing."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.get_full_path())


@require_safe
def company_logo(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The picture itself; a new one has a new code, so that a browser may keep it."""
    seen = Company.objects.readable_by(request.actor).exclude(logo_code="")
    found = seen.filter(slug=slug, logo_code=code).first()
    if found is None:
        return not_to_read(request)
    response = HttpResponse(companies.logo_of(found), content_type="image/png")
    response["Cache-Control"] = "private, max-age=2592000, immutable"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
