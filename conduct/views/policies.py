"""Reading the policies, which needs no login, accepting them, and saying whether they helped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.adapter import client_ip
from conduct import acceptance, helpfulness
from conduct.forms.accepting import AcceptanceForm, ReturnForm, VersionForm
from conduct.forms.editing import DifferenceForm, HelpfulForm
from conduct.models import Policy, PolicyVersion
from conduct.queries import in_force
from conduct.queries.reports import last_accepted, opinion_of
from core.differences import Piece, difference
from core.markdown import render as render_markdown


def policies(request: HttpRequest) -> HttpResponse:
    return render(request, "conduct/policies.html", {"versions": in_force(at=timezone.now())})


def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The text in force, or with ``?version=`` another one; all versions are listed."""
    form = VersionForm(request.GET)
    if not form.is_valid():
        raise Http404
    found = get_object_or_404(Policy, slug=slug)
    return render(
        request, "conduct/policy.html", _about(request, found, form.cleaned_data["version"])
    )


def _about(
    request: HttpRequest, found: Policy, number: int | None, form: HelpfulForm | None = None
) -> dict[str, Any]:
    now = timezone.now()
    versions = list(found.versions.order_by("-number"))
    published = [one for one in versions if one.in_force_from <= now]
    upcoming = next((one for one in versions if one.in_force_from > now), None)
    wanted = number or (published[0].number if published else 0)
    version = next((one for one in versions if one.number == wanted), None)
    if version is None:
        raise Http404
    user = request.user
    opinion = opinion_of(version, user.pk) if user.is_authenticated else None
    words = {"words": opinion.words} if opinion else {}
    return {
        "policy": found,
        "version": version,
        "published": published,
        "upcoming": upcoming,
        "is_current": bool(published) and version == published[0],
        "is_upcoming": version == upcoming,
        "text": render_markdown(version.text, top_heading=2),
        "opinion": opinion,
        "form": form or HelpfulForm(initial=words),
    }


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Two versions laid over each other; without a choice the last two."""
    form = DifferenceForm(request.GET)
    found = get_object_or_404(Policy, slug=slug)
    versions = {one.number: one for one in found.versions.order_by("number")}
    if not form.is_valid() or not versions:
        raise Http404
    wanted = form.cleaned_data
    after = versions.get(wanted["after"] or max(versions))
    if after is None:
        raise Http404
    earlier = [number for number in versions if number < after.number]
    before = versions.get(wanted["before"] or max(earlier, default=after.number))
    if before is None:
        raise Http404
    context = {
        "policy": found,
        "before": before,
        "after": after,
        "numbers": list(versions),
        "pieces": difference(before.text, after.text),
    }
    return render(request, "conduct/difference.html", context)


@require_POST
@login_required
def helpful(request: HttpRequest, slug: str) -> HttpResponse:
    """One answer a person and version; the last one counts."""
    found = get_object_or_404(Policy, slug=slug)
    form = HelpfulForm(request.POST)
    number = form.cleaned_data.get("version") if form.is_valid() else None
    if number is None:
        return render(request, "conduct/policy.html", _about(request, found, None, form),
                      status=422)  # fmt: skip
    now = timezone.now()
    version = get_object_or_404(found.versions, number=number, in_force_from__lte=now)
    helpfulness.say(
        version, helped=form.cleaned_data["helped"], words=form.cleaned_data["words"],
        by=request.actor, at=now,
    )  # fmt: skip
    messages.success(request, "Thank you. Your answer counts once, and you can change it.")
    return redirect(f"{found.get_absolute_url()}?version={number}")


@login_required
def accept(request: HttpRequest) -> HttpResponse:
    """Ask once for all that is outstanding, then go back to where the person came from."""
    asked = acceptance.outstanding(request.actor, at=timezone.now())
    back = _way_back(request)
    if not asked:
        return redirect(back)
    form = AcceptanceForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        acceptance.accept(
            request.user,
            asked,
            by=request.actor,
            at=timezone.now(),
            ip_address=client_ip(request),
        )
        messages.success(request, "Thank you. We have noted that you accept our policies.")
        return redirect(back)
    context = {"form": form, "texts": _texts(request, asked), "next": back}
    return render(request, "conduct/accept.html", context)


def _texts(request: HttpRequest, asked: list[PolicyVersion]) -> list[dict[str, Any]]:
    """Each text, and for who accepted an earlier version what has changed since."""
    earlier = last_accepted(request.user.pk, asked)
    return [
        {
            "version": version,
            "text": render_markdown(version.text, top_heading=3),
            "earlier": earlier.get(version.policy_id),
            "pieces": _since(earlier.get(version.policy_id), version),
        }
        for version in asked
    ]


def _since(earlier: PolicyVersion | None, version: PolicyVersion) -> list[Piece]:
    return difference(earlier.text, version.text) if earlier else []


def _way_back(request: HttpRequest) -> str:
    """The address in ``next`` if it is one of ours, else home."""
    form = ReturnForm(request.POST if request.method == "POST" else request.GET)
    wanted = form.cleaned_data["next"] if form.is_valid() else ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else "/"
