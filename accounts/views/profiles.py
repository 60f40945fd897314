"""What others see of workers and companies, and how clients find workers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.forms.finding import FindWorkersForm
from accounts.models import Company, WorkerProfile
from accounts.queries import order_of_workers, workers_found
from core.paging import page_of
from core.permissions import demand


@login_required
def workers(request: HttpRequest) -> HttpResponse:
    """Find workers: at most ten statements, whatever is found."""
    demand(request, "accounts.find_workers")
    form = FindWorkersForm(request.GET)
    context = {"form": form, "page": None}
    if form.is_valid():
        wanted = form.cleaned_data
        found = workers_found(
            request.actor,
            words=wanted["q"],
            skill=wanted["skill"],
            industry=wanted["industry"],
            near=form.place,
            miles=wanted["miles"],
        )
        page = page_of(
            found,
            order_of_workers(form.place),
            size=24,
            after=wanted["after"],
            before=wanted["before"],
        )
        context |= {
            "page": page,
            "newer": page.newer_url(request.GET),
            "older": page.older_url(request.GET),
        }
    return render(request, "accounts/workers.html", context)


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
