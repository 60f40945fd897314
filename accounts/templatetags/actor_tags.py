"""What a template asks about the person who looks at it, and how it words what they are."""

from collections.abc import Iterable
from typing import Any

from django import template

from accounts.acting import Choice
from accounts.models import Role

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context: template.Context, permission: str, subject: Any = None) -> bool:
    """``{% can "assignments.approve" assignment as ok %}``: whether the rule allows the actor."""
    return context["request"].actor.can(permission, subject)


@register.filter
def role_names(roles: Iterable[str]) -> str:
    return ", ".join(str(Role(role).label) for role in roles)


@register.filter
def is_worker_too(choices: Iterable[Choice]) -> bool:
    """Whether one of the person's capacities is that of a worker."""
    return any(choice.value == "worker" for choice in choices)
