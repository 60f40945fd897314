"""Reading the policies, which needs no login, and accepting them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.adapter import client_ip
from conduct import acceptance
from conduct.forms.accepting import AcceptanceForm, ReturnForm, VersionForm
from conduct.models import Policy
from conduct.queries import in_force
from core.markdown import render as render_markdown


def policies(request: HttpRequest) -> HttpResponse:
    return render(request, "conduct/policies.html", {"versions": in_force(at=timezone.now())})


def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """The text in force, or with ``?version=`` an earlier one; all versions are listed."""
    form = VersionForm(request.GET)
    found = get_object_or_404(Policy, slug=slug)
    now = timezone.now()
    published = list(found.versions.filter(in_force_from__lte=now).order_by("-number"))
    if not form.is_valid() or not published:
        raise Http404
    wanted = form.cleaned_data["version"] or published[0].number
    version = next((each for each in published if each.number == wanted), None)
    if version is None:
        raise Http404
    context = {
        "policy": found,
        "version": version,
        "published": published,
        "is_current": version == published[0],
        "text": render_markdown(version.text, top_heading=2),
    }
    return render(request, "conduct/policy.html", context)


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
    texts = [(version, render_markdown(version.text, top_heading=3)) for version in asked]
    return render(request, "conduct/accept.html", {"form": form, "texts": texts, "next": back})


def _way_back(request: HttpRequest) -> str:
    """The address in ``next`` if it is one of ours, else home."""
    form = ReturnForm(request.POST if request.method == "POST" else request.GET)
    wanted = form.cleaned_data["next"] if form.is_valid() else ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else "/"
