"""Puts ``request.actor`` on every request: the person, and as whom they act."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.acting import actor_of, choices_of


class ActorMiddleware:
    """Sets ``request.actor`` and ``request.actor_choices``; both read the database when used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        request.actor_choices = SimpleLazyObject(lambda: choices_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)
