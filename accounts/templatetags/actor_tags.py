"""What a template asks about the person who looks at it."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context: template.Context, permission: str, subject: Any = None) -> bool:
    """``{% can "assignments.approve" assignment as ok %}``: whether the rule allows the actor."""
    return context["request"].actor.can(permission, subject)
