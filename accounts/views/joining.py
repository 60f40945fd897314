"""Signing in, signing up, and taking on another capacity."""

from allauth.account.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import companies, people
from accounts.acting import SESSION_KEY
from accounts.forms.finding import CapacityForm
from accounts.forms.joining import ClientSignupForm, CompanyPart, WorkerPart, WorkerSignupForm
from core.forms import refusals_in


class ClientSignupView(SignupView):
    template_name = "accounts/join_client.html"
    form_class = ClientSignupForm

    def get_form_class(self) -> type:
        return self.form_class


class WorkerSignupView(SignupView):
    template_name = "accounts/join_worker.html"
    form_class = WorkerSignupForm

    def get_form_class(self) -> type:
        return self.form_class


def join(request: HttpRequest) -> HttpResponse:
    """The choice between posting work and doing work."""
    return render(request, "accounts/join.html")


def join_client(request: HttpRequest) -> HttpResponse:
    """Sign up with a company; who is signed in starts another company."""
    if not request.user.is_authenticated:
        return ClientSignupView.as_view()(request)
    form = CompanyPart(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            membership = companies.start(
                request.user, form.company_fields(), by=request.actor, at=timezone.now()
            )
            request.session[SESSION_KEY] = f"company:{membership.company.slug}"
            messages.success(request, f"{membership.company} is ready. You are its administrator.")
            return redirect("home")
    return render(request, "accounts/start_company.html", {"form": form})


def join_worker(request: HttpRequest) -> HttpResponse:
    """Sign up as a worker; who is signed in adds a worker profile to their login."""
    if not request.user.is_authenticated:
        return WorkerSignupView.as_view()(request)
    if any(choice.value == "worker" for choice in request.actor_choices):
        return redirect("accounts:worker_settings")
    form = WorkerPart(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.become_worker(
            request.user,
            form.profile_fields(),
            industries=list(form.cleaned_data["industries"]),
            by=request.actor,
            at=timezone.now(),
        )
        request.session[SESSION_KEY] = "worker"
        messages.success(request, "Your worker profile is ready. Now find your first assignment.")
        return redirect("home")
    return render(request, "accounts/become_worker.html", {"form": form})


@require_POST
@login_required
def act_as(request: HttpRequest) -> HttpResponse:
    """Switch to another of one's capacities, and go home, where that one's work waits."""
    form = CapacityForm(request.POST, values=[choice.value for choice in request.actor_choices])
    if form.is_valid():
        request.session[SESSION_KEY] = form.cleaned_data["as"]
    else:
        messages.error(request, "You can no longer act as that. Choose from the list.")
    return redirect("home")
