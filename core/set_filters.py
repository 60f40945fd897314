"""The filters that are set on a list, each with the address of the list without it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from core.dates import date_words

CURSORS = ("after", "before", "page")
NOT_FILTERS = {"sort", "view", *CURSORS}


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str


def _without(query: QueryDict, name: str, value: str = "") -> str:
    """The query string less one parameter (or one of its values) and less all cursors."""
    rest = query.copy()
    for cursor in CURSORS:
        rest.pop(cursor, None)
    kept = [other for other in rest.getlist(name) if value and other != value]
    for key in [key for key in rest if key == name or key.startswith(f"{name}_")]:
        rest.pop(key)
    if kept:
        rest.setlist(name, kept)
    return f"?{rest.urlencode()}"


def _words(field: Any, value: Any) -> str:
    for key, label in getattr(field, "choices", ()):
        if str(key) == str(value):
            return str(label)
    return date_words(value) if isinstance(value, date) else str(value)


def chips_of(form: Any, query: QueryDict) -> list[Chip]:
    """One chip for each set value of a bound, validated filter form; none for what is invalid."""
    if not getattr(form, "is_bound", False):
        return []
    form.is_valid()
    chips = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        empty = value is None or value == "" or value is False or value in ([], ())
        if empty or bound.name in NOT_FILTERS or bound.html_name not in query:
            continue
        label = str(bound.label)
        if value is True:
            chips.append(Chip(label, _without(query, bound.html_name)))
        elif isinstance(value, list | tuple | set):
            chips += [
                Chip(
                    f"{label}: {_words(bound.field, one)}",
                    _without(query, bound.html_name, one),
                )
                for one in map(str, value)
            ]
        else:
            words = _words(bound.field, value)
            chips.append(Chip(f"{label}: {words}", _without(query, bound.html_name)))
    return chips
