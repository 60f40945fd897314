"""Who is let in at the desk, and how a case is found there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.actors import Actor
from core.permissions import demand
from escalations import queries
from escalations.models import Case

LARGEST_KEY = 2**63 - 1


def frame(title: str) -> dict[str, Any]:
    """What the admin's frame asks for; its list of all apps, which asks every one, is not shown."""
    return {"title": title, "has_permission": True, "is_nav_sidebar_enabled": False}


def load(
    request: HttpRequest,
    pk: int,
    permission: str = "escalations.read",
    find: Callable[[int], Case | None] | None = None,
) -> Case:
    """The case for somebody who may read it, or may do what ``permission`` says.

    ``find`` reads less of it than its page needs.
    """
    demand(request, "escalations.read")
    key = min(pk, LARGEST_KEY)
    case = find(key) if find else _for_page(request.actor, key)
    if case is None:
        raise Http404
    if not request.actor.can("escalations.read", case):
        raise PermissionDenied(
            f"You have an interest in {case.label}: you belong to one of its parties, or declared "
            "it. Somebody else works this case."
        )
    demand(request, permission, case)
    return case


def _for_page(actor: Actor, key: int) -> Case | None:
    return queries.with_due(queries.for_page(actor)).filter(pk=key).first()
