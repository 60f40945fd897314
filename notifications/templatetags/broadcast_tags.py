"""Whom the broadcasts on a page reached: notices made and read, mails sent and given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from notifications import queries

register = template.Library()
NOTHING = dict.fromkeys(("told", "read", "answered", *queries.MAILED), 0)


@register.simple_tag
def delivery_of(broadcasts: Sequence[Any]) -> dict[int, dict[str, int]]:
    """The figures of every broadcast to members on the page (two queries)."""
    return queries.reached_by_broadcasts(broadcasts)


@register.simple_tag
def mails_of(broadcasts: Sequence[Any]) -> dict[int, dict[str, int]]:
    """What became of the mails of every broadcast to applicants on the page (three queries)."""
    return queries.mailed_to_applicants(broadcasts) if broadcasts else {}


@register.filter
def of_broadcast(figures: dict[int, dict[str, int]], broadcast: Any) -> dict[str, int]:
    return figures.get(broadcast.pk, NOTHING)
