"""Proposing, deciding and taking back at the desk: first what it would do, then the act itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.acting import act_as_staff
from core.forms import refusals_in
from escalations import casework
from escalations.casework.deciding import ChangedMeanwhile
from escalations.foreseeing import Foreseen
from escalations.forms.settling import ReverseForm, SettleForm
from escalations.models import Case, Decision
from escalations.states import Effect
from escalations.views import desk
from escalations.views.entering import load


@require_POST
def settle(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """``name`` is ``decide`` or ``propose``; without a confirmed preview nothing is done."""
    actor = act_as_staff(request)
    case = load(request, pk, "escalations.work")
    form = SettleForm(request.POST, prefix=name, case=case)
    if not form.is_valid():
        return desk.show(request, load(request, pk), name, form)
    at, given = timezone.now(), _given(form)
    with refusals_in(form):
        if form.cleaned_data["expects"] and not request.POST.get("again"):
            try:
                return _carry_out(request, case, name, form, given)
            except ChangedMeanwhile as changed:
                messages.warning(request, str(changed))
        seen = casework.preview(case, **given, by=actor, at=at)
        return _preview(request, case, name, form, seen)
    return desk.show(request, load(request, pk), name, form)


def _carry_out(
    request: HttpRequest, case: Case, name: str, form: SettleForm, given: dict[str, Any]
) -> HttpResponse:
    at = timezone.now()
    with transaction.atomic():
        desk.require_seen(request, case, name)
        if name == "propose":
            if (
                casework.preview(case, **given, by=request.actor, at=at).digest
                != (form.cleaned_data["expects"])
            ):
                raise ChangedMeanwhile
            casework.propose(case, **given, by=request.actor, at=at)
            said = "The proposal is out. Both sides are asked to answer."
        else:
            decision = casework.decide(
                case, **given, expects=form.cleaned_data["expects"], by=request.actor, at=at
            )
            said = f"{case.label} is decided. {' '.join(decision.applied)}"
    messages.success(request, said)
    return redirect("admin:escalations_case_change", case.pk)


def _given(form: SettleForm) -> dict[str, Any]:
    data = form.cleaned_data
    amount = data["amount"] if Effect(data["effect"]).needs_amount else None
    return {"effect": data["effect"], "amount": amount, "words": data["words"],
            "marks": form.chosen}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last decision back, by a lead: the words, then the preview, then the act."""
    actor = act_as_staff(request)
    case = load(request, pk, "escalations.lead")
    decision = get_object_or_404(Decision, case=case, round=case.round)
    form = ReverseForm(request.POST or None, prefix="reverse")
    seen, at = None, timezone.now()
    if form.is_valid():
        words, expects = form.cleaned_data["words"], form.cleaned_data["expects"]
        with refusals_in(form):
            if expects:
                casework.reverse(decision, words=words, expects=expects, by=actor, at=at)
                messages.success(request, f"The decision of {case.label} is taken back.")
                return redirect("admin:escalations_case_change", case.pk)
            seen = casework.preview_reversal(decision, words=words, by=actor, at=at)
    return _preview(request, case, "reverse", form, seen)


def _preview(
    request: HttpRequest, case: Case, name: str, form: Any, seen: Foreseen | None
) -> HttpResponse:
    titles = {"decide": "Decide and carry out", "propose": "Propose to both sides",
              "reverse": "Take the decision back"}  # fmt: skip
    context = {
        **admin.site.each_context(request),
        "title": f"{titles[name]}: {case.label}",
        "is_nav_sidebar_enabled": False,
        "case": case,
        "name": name,
        "form": form,
        "foreseen": seen,
        "button": titles[name],
        "seen": request.POST.get("seen", "")[:20],
    }
    return TemplateResponse(request, "admin/escalations/preview.html", context)
