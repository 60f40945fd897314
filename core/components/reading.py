"""Reading what a page hands to a component: dicts and objects alike."""

from datetime import datetime
from typing import Any

from django.template.context import Context
from django.utils import timezone

from core.badges import Badge, badge_for


def now_of(context: Context) -> datetime:
    """The page's own moment when its view gives one as ``now``, else the clock."""
    return context.get("now") or timezone.now()


def read(thing: Any, name: str, default: Any = None) -> Any:
    """A key of a dict, or an attribute of an object, called when it is a method."""
    value = thing.get(name, default) if isinstance(thing, dict) else getattr(thing, name, default)
    return value() if callable(value) else value


def name_of(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    for name in ("display_name", "get_full_name", "name"):
        if found := read(thing, name):
            return str(found)
    return str(thing)


def badge_of(thing: Any, field: str = "status", label: str = "") -> Badge:
    if isinstance(thing, Badge):
        return thing
    if isinstance(thing, str):
        return badge_for(thing, label or str(getattr(thing, "label", "")))
    value = str(read(thing, field) or "")
    return badge_for(value, str(label or read(thing, f"get_{field}_display") or ""))
