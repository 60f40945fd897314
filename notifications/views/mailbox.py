"""The demo's mailbox: mails, text messages and web pushes that were kept instead of sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.paging import page_of
from notifications import bouncing, queries
from notifications.forms.centre import MailboxForm
from notifications.models import DemoMail, MailReport
from notifications.views.centre import LARGEST_KEY, NEWEST_FIRST

MAIL_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-top-navigation-by-user-activation"],
}
"""What a mail may do in its frame: be styled, and lead somewhere when clicked."""


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail of the demonstration, so that codes and links can be followed."""
    return _kept(request, "mails", queries.mails, "notifications/mailbox.html")


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Text messages and web pushes of the demonstration."""
    template = "notifications/mailbox_messages.html"
    return _kept(request, "texts", queries.demo_messages, template)


def _kept(
    request: HttpRequest, name: str, kept: Callable[[str], Any], template: str
) -> HttpResponse:
    _require_demo()
    form = MailboxForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data.get("to", "")
    page = page_of(
        kept(wanted),
        NEWEST_FIRST,
        after=form.cleaned_data.get("after", ""),
        before=form.cleaned_data.get("before", ""),
    )
    context = {
        name: page.rows,
        "form": form,
        "to": wanted,
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
    }
    return render(request, template, context)


@require_safe
@csp_update({"frame-src": [SELF]})
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "notifications/mail.html", {"mail": _mail(pk)})


@require_safe
@csp_replace(MAIL_POLICY)
@xframe_options_sameorigin
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as its reader's program shows it, in a sandbox; its links open in the whole tab."""
    html = _mail(pk).html
    return HttpResponse(re.sub(r"(?i)<head[^>]*>", r'\g<0><base target="_top">', html, count=1))


def _mail(pk: int) -> DemoMail:
    _require_demo()
    if pk > LARGEST_KEY:
        raise Http404
    return get_object_or_404(DemoMail, pk=pk)


def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404


@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a mail of the demonstration come back, as a mail server would report it."""
    kept = _mail(pk)
    complained = request.POST.get("as") == "complained"
    kind = MailReport.Kind.COMPLAINED if complained else MailReport.Kind.BOUNCED
    said = "Marked as unwanted." if complained else "550 5.1.1 No such mailbox."
    report = bouncing.Report(f"demo-{pk}-{kind}", kind, kept.recipient, said)
    bouncing.hear("sandbox", report, at=timezone.now())
    messages.success(request, f"Mail to {kept.recipient} is switched off.")
    return redirect("notifications:mail", pk)
