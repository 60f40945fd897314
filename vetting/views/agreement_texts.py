"""Writing agreements: a new one, a new version, what changed, and putting one away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.differences import difference as laid_over
from core.errors import DomainError
from core.forms import refusals_in, refused_in
from core.permissions import demand
from vetting import agreements as verbs
from vetting.forms.agreements import AgreementForm, PlaceForm, PublishForm
from vetting.views.agreements import load, version_of

METHODS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(METHODS)
def new(request: HttpRequest) -> HttpResponse:
    demand(request, "vetting.create_agreement")
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            made = verbs.create(**form.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, f"“{made}” is published. Ask for it in a requirement set.")
            return redirect(made)
    context = {"form": form, "agreement": None}
    return render(request, "vetting/agreement_form.html", context, status=answer_to(form))


@login_required
@require_http_methods(METHODS)
def publish(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the text in force and publish it as the next version."""
    agreement = load(request, reference, "vetting.manage_agreement")
    latest = version_of(agreement, None)
    initial = {"text": latest.text, "based_on": latest.number}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
        with refusals_in(form):
            made = verbs.publish(agreement, **given)
            said = f"Version {made.number} is in force. Whoever signed before is asked again."
            messages.success(request, said)
            return redirect(agreement)
        build_on_latest(form)
    context = {"form": form, "agreement": agreement, "latest": latest}
    return render(request, "vetting/agreement_form.html", context, status=answer_to(form))


def build_on_latest(form: PublishForm) -> None:
    """After another was published meanwhile: the next try builds on that one."""
    refused = refused_in(form)
    if isinstance(refused, verbs.PublishedMeanwhile):
        data = form.data.copy()
        data["based_on"] = str(refused.values["number"])
        form.data = data


def answer_to(form: AgreementForm | PublishForm) -> int:
    return 422 if form.is_bound else 200


@require_POST
@login_required
def archive(request: HttpRequest, reference: str) -> HttpResponse:
    """Put it away; posted with ``back`` it is in use again."""
    agreement = load(request, reference, "vetting.manage_agreement")
    at = timezone.now()
    try:
        if "back" in request.POST:
            verbs.restore(agreement, by=request.actor, at=at)
            messages.success(request, f"“{agreement}” is in use again.")
        else:
            verbs.archive(agreement, by=request.actor, at=at)
            messages.success(request, f"“{agreement}” is archived: nobody signs it any more.")
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect(agreement)


@login_required
@require_safe
def difference(request: HttpRequest, reference: str) -> HttpResponse:
    """Two versions laid over each other; without a choice the last two. Both sides may look."""
    agreement = load(request, reference, "vetting.see_agreement")
    wanted = PlaceForm(request.GET).read()
    after = version_of(agreement, wanted.get("after"))
    before = version_of(agreement, wanted.get("before") or max(after.number - 1, 1))
    context = {
        "agreement": agreement,
        "before": before,
        "after": after,
        "numbers": range(1, agreement.current + 1),
        "pieces": laid_over(before.text, after.text),
    }
    return render(request, "vetting/agreement_difference.html", context)
