"""What others see of workers and companies."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Company, WorkerProfile
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
