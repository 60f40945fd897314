"""Lists paged by key: no OFFSET, no COUNT, and a stable place while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from core.money import LARGEST

LONGEST_CURSOR = 1200
"""Room for a name of 120 signs in any script, and a key."""
LARGEST_KEY = 2**63 - 1

Row = TypeVar("Row", bound=Model)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError(written)
    return moment


def _number(written: str) -> int:
    number = int(written)
    if abs(number) > LARGEST_KEY:
        raise ValueError(written)
    return number


def _measure(written: str) -> float:
    measure = float(written)
    if not abs(measure) < 1e12:  # also refuses what is not a number
        raise ValueError(written)
    return measure


def _amount(written: str) -> Decimal:
    amount = Decimal(written)
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(written)
    return amount


def _text(written: str) -> str:
    written.encode()  # half of a surrogate pair is a ValueError here, not in the database
    if "\x00" in written:
        raise ValueError(written)
    return written


@dataclass(frozen=True, slots=True)
class Key:
    """One column of a list's order: it is never null, and the last one is unique."""

    name: str
    descending: bool = False
    read: Callable[[str], Any] = _number

    @property
    def order(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def turned(self) -> Key:
        return replace(self, descending=not self.descending)


def moment_key(name: str, *, descending: bool = False) -> Key:
    return Key(name, descending, _moment)


def number_key(name: str = "pk", *, descending: bool = False) -> Key:
    return Key(name, descending, _number)


def measure_key(name: str, *, descending: bool = False) -> Key:
    return Key(name, descending, _measure)


def amount_key(name: str, *, descending: bool = False) -> Key:
    return Key(name, descending, _amount)


def text_key(name: str, *, descending: bool = False) -> Key:
    return Key(name, descending, _text)


class CursorField(forms.CharField):
    """The place in a list that a link carries; ``page_of`` takes a made-up one for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=LONGEST_CURSOR, widget=forms.HiddenInput, **kwargs
        )


class CursorForm(forms.Form):
    after = CursorField()
    before = CursorField()


def cursors_of(query: QueryDict) -> dict[str, str]:
    """``after`` and ``before`` of an address, as ``page_of`` takes them."""
    form = CursorForm(query)
    form.is_valid()
    return {name: form.cleaned_data.get(name, "") for name in form.fields}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of its neighbors (empty where there is none)."""

    rows: list[Row]
    before: str = ""
    after: str = ""

    def newer_url(self, query: QueryDict) -> str:
        """The query string of the page before this one; empty on the first."""
        return _address(query, "before", self.before)

    def older_url(self, query: QueryDict) -> str:
        """The query string of the page after this one; empty on the last."""
        return _address(query, "after", self.after)


def page_of(
    queryset: QuerySet[Row, Row],
    keys: Sequence[Key],
    *,
    size: int = 25,
    after: str = "",
    before: str = "",
    drawn: Callable[[QuerySet[Row, Row]], QuerySet[Row, Row]] | None = None,
) -> Page[Row]:
    """One page in the order of ``keys``, in one query that reads one row more than it shows.

    ``after`` and ``before`` are cursors made here; what cannot be read counts as none.
    ``drawn`` adds what only the rows of the page need, the columns of the order included: where
    no index has the order, all that is found would be joined before it is sorted.
    """
    backwards = bool(before) and not after
    place = _place(before if backwards else after, keys)
    direction = [key.turned() for key in keys] if backwards else list(keys)
    if place is None:
        backwards, direction = False, list(keys)
    else:
        queryset = queryset.filter(_beyond(direction, place))
    order = [key.order for key in direction]
    found = queryset.order_by(*order)[: size + 1]
    if drawn:
        page = queryset.model._default_manager.filter(pk__in=found.values("pk"))
        found = drawn(page).order_by(*order)
    rows = list(found)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_before = more if backwards else place is not None
    has_after = bool(backwards) or more
    return Page(
        rows,
        before=_cursor(rows[0], keys) if rows and has_before else "",
        after=_cursor(rows[-1], keys) if rows and has_after else "",
    )


def walk(queryset: QuerySet[Row, Row], keys: Sequence[Key], *, chunk: int = 500) -> Iterator[Row]:
    """Every row in the order of ``keys``, a chunk a query, so that memory stays small.

    Needs no cursor on the server, and so works behind a pooler of transactions. Rows that
    appear behind the place already read are left out.
    """
    ordered = queryset.order_by(*(key.order for key in keys))
    rows = list(ordered[:chunk])
    while rows:
        yield from rows
        if len(rows) < chunk:
            return
        place = [getattr(rows[-1], key.name) for key in keys]
        rows.clear()  # before the next chunk is read, so that no two are in memory
        rows = list(ordered.filter(_beyond(keys, place))[:chunk])


def _beyond(keys: Sequence[Key], place: Sequence[Any]) -> Q:
    """Rows past a place; the first column stands alone as well, for the index to start at."""
    wanted = Q()
    for depth, (key, value) in enumerate(zip(keys, place, strict=True)):
        same = Q(**{k.name: v for k, v in zip(keys[:depth], place[:depth], strict=True)})
        past = Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
        wanted |= same & past if depth else past
    if len(keys) == 1:
        return wanted
    start = Q(**{f"{keys[0].name}__{'lte' if keys[0].descending else 'gte'}": place[0]})
    return start & wanted


def _cursor(row: Model, keys: Sequence[Key]) -> str:
    values = [getattr(row, key.name) for key in keys]
    written = [v.isoformat() if isinstance(v, datetime) else str(v) for v in values]
    packed = json.dumps(written, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _place(cursor: str, keys: Sequence[Key]) -> list[Any] | None:
    if not cursor:
        return None
    try:
        written = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [key.read(str(value)) for key, value in zip(keys, written, strict=True)]
    except (binascii.Error, ValueError, TypeError, InvalidOperation, RecursionError):
        return None


def _address(query: QueryDict, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    kept = query.copy()
    for other in ("after", "before"):
        kept.pop(other, None)
    kept[name] = cursor
    return f"?{kept.urlencode()}"
