"""Pages that ask for acceptance once, and then go on with what the person was doing."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from conduct.acceptance import passed

KEPT = "conduct_kept_post"
MOST_KEPT_BYTES = 64_000

View = Callable[..., HttpResponse]


def policies_accepted(view: View) -> View:
    """Let only those in who have accepted the policies of their capacity.

    Others are led to the acceptance page and come back. What they had posted is kept in their
    session meanwhile and handed to the view when they return, as the POST it was: its CSRF token
    was checked when it came in. Files cannot be kept, which a message says. Put it outside of
    ``require_POST``, since the return is a GET.
    """

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not passed(request.actor, at=timezone.now()):  # type: ignore[attr-defined]
            return _ask(request)
        if request.method == "GET":
            _replay(request)
        return view(request, *args, **kwargs)

    return gated


def _ask(request: HttpRequest) -> HttpResponse:
    request.session.pop(KEPT, None)
    if request.method == "POST":
        body = request.POST.copy()
        body.pop("csrfmiddlewaretoken", None)
        written = body.urlencode()
        if len(written) <= MOST_KEPT_BYTES:
            request.session[KEPT] = {
                "path": request.get_full_path(),
                "body": written,
                "files": bool(request.FILES),
                "user": request.user.pk,
            }
    query = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse('conduct:accept')}?{query}")


def _replay(request: HttpRequest) -> None:
    """Turn the return into the POST that was kept, once, for the same person and page."""
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.get_full_path() or kept["user"] != request.user.pk:
        return
    del request.session[KEPT]
    request.method = "POST"
    request.POST = QueryDict(kept["body"])  # type: ignore[misc,assignment]
    request._files = MultiValueDict()  # type: ignore[attr-defined]
    if kept["files"]:
        messages.warning(request, "The files you had chosen were not kept. Please add them again.")
