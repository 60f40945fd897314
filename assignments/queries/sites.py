"""Where open work is: the sites around a worker, each town's ZIP code once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Count, Max, QuerySet

from assignments.models import Assignment

MOST_SITES = 300


class Site(TypedDict):
    """One place with its open work; ``miles`` from where distances are measured."""

    postal_code: str
    city: str
    region: str
    latitude: float
    longitude: float
    miles: float
    count: int
    best_pay: Decimal


def around(rows: QuerySet[Assignment, Assignment]) -> list[Site]:
    """The nearest sites of rows that carry ``miles``, nearest first; one grouped query."""
    unordered: Any = rows.order_by()
    places = (
        unordered.values("postal_code", "city", "region", "latitude", "longitude", "miles")
        .annotate(count=Count("pk"), best_pay=Max("budget"))
        .order_by("miles", "postal_code")
    )
    return list(places[:MOST_SITES])
