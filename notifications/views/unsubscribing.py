"""Stopping mails from a link in them, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import kinds, unsubscribing
from notifications.topics import is_necessary

LONGEST = 400


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows a button and changes nothing, since scanners of mail follow links.

    A POST stops at once: the one of a mail program (RFC 8058, ``List-Unsubscribe=One-Click``) has
    neither a session nor a token of ours, so the signed address is the only proof and the check
    against forgery is left out on purpose. It can do no more than stop or start these mails.
    """
    way = unsubscribing.way_of(token) if len(token) <= LONGEST else None
    if way is None:
        return render(request, "notifications/unsubscribe_unknown.html", status=404)
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click":
            unsubscribing.stop(way, at=timezone.now())
            return HttpResponse("Stopped.", content_type="text/plain")
        if request.POST.get("do") in ("stop", "start"):
            return _done(way, request.POST["do"])
    context = {
        "way": way,
        "stopped": unsubscribing.is_stopped(way),
        "label": kinds.label_of(way.kind),
        "necessary": bool(way.kind) and is_necessary(way.kind),
        "all_url": unsubscribing.address(way.person, "") if way.kind else "",
    }
    return render(request, "notifications/unsubscribe.html", context)


def _done(way: unsubscribing.Way, act: str) -> HttpResponse:
    """Do it, and show what stands now."""
    change = unsubscribing.start if act == "start" else unsubscribing.stop
    change(way, at=timezone.now())
    return redirect(unsubscribing.path(way))
