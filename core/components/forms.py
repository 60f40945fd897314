"""Parts of forms and of lists that are filtered by forms."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.error_lists import listed_errors
from core.set_filters import chips_of

register = template.Library()

MOST_PANELS = 500
_panels: dict[tuple[Hashable, ...], SafeString] = {}


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


@register.simple_tag(takes_context=True)
def filters(context: Context, form: Any, action: str = "") -> SafeString:
    """The panel of a list. Most people look at the same few states of it, so those are kept."""
    request = context["request"]
    action = action or request.path
    values = {"form": form, "action": action, "set": len(chips_of(form, request.GET))}
    if settings.DEBUG or form.errors:
        return render_to_string("components/filters.html", values)
    state = (action, values["set"], *_state_of(form))
    if state not in _panels:
        if len(_panels) >= MOST_PANELS:
            _panels.clear()
        _panels[state] = render_to_string("components/filters.html", values)
    return _panels[state]


def _state_of(form: Any) -> Iterator[Hashable]:
    """Everything that the drawing of a form without errors follows from."""
    yield type(form)
    yield form.use_required_attribute
    for bound in form:
        widget = bound.field.widget
        if hasattr(widget, "choices"):
            widget.choices = list(iter(widget.choices))  # a queryset's: read once, not counted
            yield tuple((str(value), str(label)) for value, label in widget.choices)
        yield type(widget), tuple((key, str(value)) for key, value in widget.attrs.items())
        yield bound.html_name, str(bound.value()), str(bound.label), str(bound.help_text)


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
