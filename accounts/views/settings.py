"""What people set about themselves, their worker profile and their company."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import companies, people
from accounts.forms.profiles import CompanyForm, LogoForm, PersonForm, PublicForm, WorkerProfileForm
from core.forms import refusals_in
from core.permissions import demand
from core.upload_limits import limits_upload


@login_required
def person(request: HttpRequest) -> HttpResponse:
    """Name and time zone, and the ways to the pages about signing in."""
    form = PersonForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        people.change_person(request.user, **form.cleaned_data, by=request.actor, at=timezone.now())
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:person")
    return render(request, "accounts/person.html", {"form": form})


@login_required
def worker_settings(request: HttpRequest) -> HttpResponse:
    worker = request.actor.worker
    if worker is None:
        raise Http404
    demand(request, "accounts.edit_worker", worker)
    form = WorkerProfileForm(request.POST or None, worker=worker)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            people.change_worker(
                worker,
                form.values(),
                industries=list(form.cleaned_data["industries"]),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, "Your profile is saved. This is what clients see.")
            return redirect("accounts:worker", worker.reference)
    return render(request, "accounts/worker_settings.html", {"form": form, "worker": worker})


@login_required
def company_settings(request: HttpRequest) -> HttpResponse:
    company = request.actor.company
    if company is None:
        raise Http404
    demand(request, "accounts.edit_company", company)
    form = CompanyForm(request.POST or None, company=company)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            companies.change(company, form.values(), by=request.actor, at=timezone.now())
            messages.success(request, "The company's settings are saved.")
            return redirect("accounts:company_settings")
    return render(request, "accounts/company_settings.html", {"form": form, "company": company})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def public_profile(request: HttpRequest) -> HttpResponse:
    """Whether the profile of the company, or of the worker, is open to everybody."""
    owner = request.actor.company or request.actor.worker
    if owner is None:
        raise Http404
    verbs = companies if request.actor.company else people
    demand(request, "accounts.edit_company" if request.actor.company else "accounts.edit_worker",
           owner)  # fmt: skip
    form = PublicForm(
        request.POST if request.method == "POST" else None, initial={"is_public": owner.is_public}
    )
    if form.is_valid():
        public = form.cleaned_data["is_public"]
        verbs.publish_profile(owner, public=public, by=request.actor, at=timezone.now())
        said = "Everybody can read your profile now." if public else "Your profile is private."
        messages.success(request, said)
        return redirect("accounts:public_profile")
    context = {
        "form": form,
        "owner": owner,
        "is_company": request.actor.company is not None,
        "address": request.build_absolute_uri(owner.get_absolute_url()),
    }
    return render(request, "accounts/public_profile.html", context)


@login_required
@limits_upload(lambda: companies.LOGO_MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def company_picture(request: HttpRequest) -> HttpResponse:
    """A new logo in place of the old; ``remove`` takes it off."""
    company = request.actor.company
    if company is None:
        raise Http404
    demand(request, "accounts.edit_company", company)
    if request.method == "POST" and "remove" in request.POST:
        companies.remove_logo(company, by=request.actor, at=timezone.now())
        messages.success(request, "The logo is removed.")
        return redirect("accounts:company_settings")
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = LogoForm(*given, too_large=request.upload_too_large)
    if form.is_valid():
        picture = form.cleaned_data["logo"]
        companies.set_logo(company, picture, by=request.actor, at=timezone.now())
        messages.success(request, "The logo is saved. New copies of your papers carry it.")
        return redirect("accounts:company_settings")
    return render(request, "accounts/company_logo.html", {"form": form, "company": company})
