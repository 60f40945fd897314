"""Puts ``request.actor`` on every request, and answers passkeys that cannot be read."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.acting import actor_of, choices_of


class ActorMiddleware:
    """Sets ``request.actor`` and ``request.actor_choices``; both read the database when used.

    Times of the page are in the person's own zone, unless it names another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        request.actor_choices = SimpleLazyObject(lambda: choices_of(request))  # type: ignore[attr-defined]
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The zone of who is signed in; None (that of the settings) for visitors, without a query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    try:
        return ZoneInfo(request.user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None


class UnreadablePasskeys:
    """What a device is said to have answered comes from outside and may be anything at all;
    allauth reads it and fails on what it does not expect. The person is asked again."""

    WHERE = frozenset(
        {
            "mfa_add_webauthn",
            "mfa_authenticate",
            "mfa_login_webauthn",
            "mfa_reauthenticate_webauthn",
        }
    )
    UNREADABLE = (AttributeError, KeyError, IndexError, TypeError, ValueError)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name not in self.WHERE or "credential" not in request.POST:
            return None
        if not isinstance(exception, self.UNREADABLE):
            return None
        messages.error(request, "That passkey could not be read. Try again.")
        login = match.url_name == "mfa_login_webauthn"
        return redirect("account_login" if login else match.url_name)
