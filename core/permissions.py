"""Refusing what a rule does not allow."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def demand(request: HttpRequest, permission: str, subject: object = None) -> None:
    """Raise ``PermissionDenied`` (403) unless the rule allows the request's actor."""
    if not request.actor.can(permission, subject):  # type: ignore[attr-defined]
        raise PermissionDenied(permission)
