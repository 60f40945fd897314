"""What a person is told, by which way and when; their telephone, browsers and address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.devices import device_words
from activity.tasks import nudge
from core.errors import DomainError
from core.forms import refusals_in
from notifications import choosing, confirming, queries
from notifications.channels import is_offered
from notifications.channels.providers import push_provider
from notifications.forms.reach import (
    BrowserForm,
    CodeForm,
    HoursForm,
    PhoneForm,
    PreferencesForm,
)
from notifications.kinds import rows_for
from notifications.models import Channel, Confirmation, PushSubscription
from notifications.tasks import TASKS
from notifications.views.centre import LARGEST_KEY


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Two forms on one page, each saved by itself."""
    reach = queries.reach_of(request.user)
    which = request.POST.get("which", "") if request.method == "POST" else ""
    hours = HoursForm(request.POST if which == "hours" else None, reach=reach)
    events = _events_form(request, reach, request.POST if which == "events" else None)
    if hours.is_bound and hours.is_valid():
        choosing.set_hours(request.user, **hours.cleaned_data, by=request.actor, at=timezone.now())
        return _saved(request, "Your hours are saved.")
    if events.is_bound and events.is_valid():
        choosing.choose(
            request.user, events.choices(), defaults=events.defaults,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return _saved(request, "What you are told is saved.")
    context = {
        "hours": hours,
        "events": events,
        "reach": reach,
        "browsers": queries.browsers_of(request.user),
        "dead": queries.dead_address(request.user.email),
        "offers_sms": is_offered(Channel.SMS),
        "offers_push": is_offered(Channel.PUSH),
        "push_key": push_provider().public_key if is_offered(Channel.PUSH) else "",
    }
    return render(request, "notifications/preferences.html", context)


def _events_form(request: HttpRequest, reach: Any, data: Any) -> PreferencesForm:
    ways = ["in_app", "email"]
    if is_offered(Channel.SMS) and reach and reach.phone_confirmed_at:
        ways.append("sms")
    if is_offered(Channel.PUSH) and queries.browsers_of(request.user):
        ways.append("push")
    is_member = any(one.actor.is_client for one in request.actor_choices)
    topics = rows_for(request.user, is_member=is_member)
    chosen = queries.choices_of(request.user)
    return PreferencesForm(data, topics=topics, chosen=chosen, ways=tuple(ways))


def _saved(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("notifications:preferences")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Give a number; the code that it is sent is asked for on the next page."""
    if not is_offered(Channel.SMS):
        raise Http404
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        with refusals_in(form):
            return _code_sent(request, Channel.SMS, number)
    context = {"form": form, "reach": queries.reach_of(request.user)}
    return render(request, "notifications/phone.html", context)


@login_required
@require_POST
def forget_phone(request: HttpRequest) -> HttpResponse:
    confirming.forget_phone(request.user, by=request.actor, at=timezone.now())
    return _saved(request, "No text messages are sent to you any more.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """The person's address gets no mail: why, and how to put it right."""
    dead = queries.dead_address(request.user.email)
    if dead is None:
        return redirect("notifications:preferences")
    if request.method == "POST":
        try:
            return _code_sent(request, Channel.EMAIL, request.user.email)
        except DomainError as refused:
            messages.error(request, str(refused))
    return render(request, "notifications/address.html", {"dead": dead})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, channel: str) -> HttpResponse:
    """The code that was sent to a telephone or an address."""
    asked = get_object_or_404(Confirmation, person=request.user, channel=channel)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            confirming.confirm(
                request.user, asked.channel, form.cleaned_data["code"],
                by=request.actor, at=timezone.now(),
            )  # fmt: skip
            return _saved(request, f"{asked.address} is confirmed.")
    return render(request, "notifications/code.html", {"form": form, "asked": asked})


def _code_sent(request: HttpRequest, channel: Channel, to: str) -> HttpResponse:
    """Send a code, and lead to where it is typed."""
    confirming.ask(request.user, channel, to, by=request.actor, at=timezone.now())
    nudge(TASKS[channel])
    return redirect("notifications:code", channel)


@login_required
@require_POST
def add_browser(request: HttpRequest) -> HttpResponse:
    """What the page's script tells of this browser's subscription."""
    if not is_offered(Channel.PUSH):
        raise Http404
    form = BrowserForm(request.POST)
    if not form.is_valid():
        return HttpResponse("This browser cannot be used.", status=400, content_type="text/plain")
    label = device_words(request.headers.get("User-Agent", ""))
    try:
        choosing.allow_browser(
            request.user, **form.cleaned_data, label=label,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except DomainError as error:
        return HttpResponse(str(error), status=409, content_type="text/plain")
    messages.success(request, "This browser shows notifications now.")
    return HttpResponse("Kept.", content_type="text/plain")


@login_required
@require_POST
def remove_browser(request: HttpRequest, pk: int) -> HttpResponse:
    if pk > LARGEST_KEY:
        raise Http404
    browser = get_object_or_404(PushSubscription, pk=pk, person=request.user)
    choosing.forget_browser(browser, by=request.actor, at=timezone.now())
    return _saved(request, "That browser shows no notifications any more.")


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it serves the whole site; a static file as such."""
    script = (settings.BASE_DIR / "static" / "js" / "push-worker.js").read_text()
    response = HttpResponse(script, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
