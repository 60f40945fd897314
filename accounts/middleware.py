"""Puts ``request.actor`` on every request: the person, and as whom they act."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
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
