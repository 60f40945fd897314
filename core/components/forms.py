"""Parts of forms and of lists that are filtered by forms."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context

from core.error_lists import listed_errors
from core.set_filters import chips_of

register = template.Library()


@register.inclusion_tag("components/field.html")
def field(
    field: Any,
    prefix: str = "",
    suffix: str = "",
    width: str = "",
    label: str = "",
    help: str = "",
    optional: bool = True,
) -> dict[str, Any]:
    return {
        "field": field,
        "prefix": prefix,
        "suffix": suffix,
        "width": width,
        "label": label or field.label,
        "help": help or field.help_text,
        "hide_optional": not optional,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    return {"errors": [error for form in forms if form for error in listed_errors(form)]}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: Any, action: str = "") -> dict[str, Any]:
    request = context["request"]
    return {
        "form": form,
        "action": action or request.path,
        "set": len(chips_of(form, request.GET)),
    }


@register.inclusion_tag("components/chips.html", takes_context=True)
def filter_chips(context: Context, form: Any, clear_url: str = "") -> dict[str, Any]:
    request = context["request"]
    return {
        "items": chips_of(form, request.GET),
        "clear_url": clear_url or request.path,
    }


@register.inclusion_tag("components/chips.html")
def chips(items: Iterable[Any], clear_url: str = "") -> dict[str, Any]:
    return {"items": list(items), "clear_url": clear_url}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, key: str, num: bool = False) -> dict[str, Any]:
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    query["sort"] = f"-{key}" if current == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    return {
        "label": label,
        "url": f"?{query.urlencode()}",
        "direction": direction,
        "num": num,
    }
