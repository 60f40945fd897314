"""Whom the broadcasts on a page reached: notices made and read, mails sent and given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from notifications import queries

register = template.Library()
NAMES = ("told", "read", "answered", "mailed", "returned", "waiting", "failed")
NOTHING = dict.fromkeys(NAMES, 0)


@register.simple_tag
def delivery_of(broadcasts: Sequence[Any]) -> dict[int, dict[str, int]]:
    """The figures of every broadcast on the page (two queries)."""
    return queries.reached_by_broadcasts(broadcasts)


@register.filter
def of_broadcast(figures: dict[int, dict[str, int]], broadcast: Any) -> dict[str, int]:
    return figures.get(broadcast.pk, NOTHING)
