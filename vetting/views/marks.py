"""Marking workers and companies, and the page that lists one's marks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Company, WorkerProfile
from core.permissions import demand
from vetting import marks
from vetting.forms.marks import MarkForm
from vetting.models import Standing
from vetting.queries.marks import marks_of_company, marks_of_worker

WORKER_SENTENCES = {
    Standing.FAVORITE: "{} is now a favorite: first in your search.",
    Standing.BLOCKED: "{} is blocked: they see none of your new assignments.",
    marks.NEITHER: "{} is neither a favorite nor blocked any more.",
}
COMPANY_SENTENCES = {
    Standing.FAVORITE: "{} is now a favorite.",
    Standing.BLOCKED: "{} is blocked: its work is left out of your search.",
    marks.NEITHER: "{} is neither a favorite nor blocked any more.",
}


@require_POST
@login_required
def worker_mark(request: HttpRequest, reference: str) -> HttpResponse:
    worker = get_object_or_404(
        WorkerProfile.objects.visible_to(request.actor).select_related("user"),
        reference=reference,
    )
    demand(request, "vetting.mark_worker", worker)
    form = MarkForm(request.POST)
    if form.is_valid():
        standing = form.cleaned_data["standing"]
        marks.mark_worker(worker, standing, by=request.actor, at=timezone.now())
        messages.success(request, WORKER_SENTENCES[standing].format(worker))
        if form.cleaned_data["back"]:
            return redirect(form.cleaned_data["back"])
    else:
        messages.error(request, "Choose favorite, blocked or neither.")
    return redirect(worker)


@require_POST
@login_required
def company_mark(request: HttpRequest, slug: str) -> HttpResponse:
    company = get_object_or_404(Company.objects.visible_to(request.actor), slug=slug)
    demand(request, "vetting.mark_company", company)
    form = MarkForm(request.POST)
    if form.is_valid():
        standing = form.cleaned_data["standing"]
        marks.mark_company(company, standing, by=request.actor, at=timezone.now())
        messages.success(request, COMPANY_SENTENCES[standing].format(company))
    else:
        messages.error(request, "Choose favorite, blocked or neither.")
    return redirect(company)


@login_required
def own_marks(request: HttpRequest) -> HttpResponse:
    """Favorites and blocks of the company, or of the worker."""
    demand(request, "vetting.see_marks")
    if request.actor.is_client:
        listed = marks_of_company(request.actor.company)
    else:
        listed = marks_of_worker(request.actor.worker)
    return render(request, "vetting/marks.html", {"marks": list(listed[:200])})
