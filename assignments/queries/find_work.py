"""What a worker finds on the marketplace: the one recipe behind ``/work/``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Model,
    Q,
    QuerySet,
    Value,
)

from accounts.models import Company, WorkerProfile
from assignments import pricing, screening
from assignments.models import Application, Assignment, Decline, Invitation
from assignments.models.assignment import OF_COMPANY
from assignments.states import Status
from conduct import standing
from core.paging import Key, measure_key, moment_key, number_key
from core.places import Place
from core.references import ALPHABET
from vetting.models import CompanyMark, Standing, WorkerMark
from vetting.queries.groups import keys_of_groups

NOBODY_SAID_NO = f"""
    {{company}} NOT IN (
        SELECT company_id FROM "{CompanyMark._meta.db_table}"
        WHERE worker_id = %s AND standing = '{Standing.BLOCKED}')
    AND {{company}} NOT IN (
        SELECT company_id FROM "{WorkerMark._meta.db_table}"
        WHERE worker_id = %s AND standing = '{Standing.BLOCKED}')
    AND {{key}} NOT IN (
        SELECT assignment_id FROM "{Decline._meta.db_table}" WHERE worker_id = %s)"""  # noqa: S608
THEIRS = (
    'EXISTS (SELECT FROM "{table}" AS mine'
    " WHERE mine.assignment_id = {{key}} AND mine.worker_id = %s {more})"
)
"""Written out, since no page is asked for more often than this one, and the ORM takes longer to
put these conditions together than PostgreSQL to answer them."""

MILES_PER_DEGREE = 69.0
FURTHEST_NEAREST = 100
"""Miles that “nearest” looks around where no distance is chosen."""

COUNTED = 200
MOST_WORDS = 8
WORD = re.compile(r"[^\W_]+", re.UNICODE)
REFERENCE = re.compile(rf"A-[{ALPHABET}]{{6}}", re.IGNORECASE)

ORDERS: dict[str, list[Key]] = {
    "newest": [moment_key("sent_at", descending=True), number_key("pk", descending=True)],
    "soonest": [moment_key("starts_at"), number_key("pk")],
    "nearest": [measure_key("miles"), number_key("pk")],
}

SHOWN = (
    "reference", "title", "status", "revision", "on_site", "city", "region", "time_zone",
    "starts_at", "ends_at", "day_count", "is_window", *pricing.FIELDS, "budget",
    "price_is_fixed", "terms_days", "first_to_accept", "sent_at", "on_marketplace",
    "latitude", "longitude", "requirement_sets",
    "company__name", "company__slug", "company__currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """From where distances are measured, and what to call it."""

    latitude: float
    longitude: float
    name: str

    @classmethod
    def of_worker(cls, worker: WorkerProfile) -> Origin | None:
        if worker.latitude is None or worker.longitude is None:
            return None
        return cls(worker.latitude, worker.longitude, worker.place or "your place")

    @classmethod
    def of_place(cls, place: Place) -> Origin:
        return cls(place.latitude, place.longitude, f"{place.city}, {place.region}")


class WrittenOut(Func):
    """A condition written out in SQL: ``{key}`` and ``{company}`` are columns of the row,
    whatever its table is called in the statement around."""

    output_field = BooleanField()

    def __init__(self, sql: str, params: list[Any]) -> None:
        super().__init__(F("pk"), F("company_id"))
        self.sql, self.params = sql, params

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (key, _), (company, _) = (compiler.compile(part) for part in self.source_expressions)
        return f"({self.sql.format(key=key, company=company)})", self.params


class Miles(Func):
    """Great-circle distance from an origin by the haversine formula, in miles."""

    function = ""
    output_field = FloatField()

    def __init__(self, origin: Origin) -> None:
        super().__init__(F("latitude"), F("longitude"))
        self.origin = origin

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        (lat, lat_params), (lon, lon_params) = (
            compiler.compile(part) for part in self.source_expressions
        )
        sql = (
            f"(7917.6 * asin(sqrt(least(1, power(sind(({lat} - %s) / 2), 2)"
            f" + %s * cosd({lat}) * power(sind(({lon} - %s) / 2), 2)))))"
        )
        cosine = math.cos(math.radians(self.origin.latitude))
        params = [
            *lat_params, self.origin.latitude, cosine, *lat_params, *lon_params,
            self.origin.longitude,
        ]  # fmt: skip
        return sql, params


def open_work(worker: WorkerProfile, *, at: datetime) -> QuerySet[Assignment, Assignment]:
    """Sent to the marketplace or to a group of this worker, not over yet, and nobody has said
    no: not this worker to the assignment or the company, not the company to the worker; and the
    company may take on new work.

    The subqueries of who said no do not depend on the row, so that PostgreSQL runs each once and
    keeps walking the partial index in order.
    """
    in_reach = Q(on_marketplace=True) | Q(routed_groups__overlap=keys_of_groups(worker))
    return Assignment.objects.filter(
        in_reach,
        WrittenOut(NOBODY_SAID_NO, [worker.pk] * 3),
        ~standing.stopped("company", at=at),
        status=Status.SENT,
        is_listed=True,
        ends_at__gt=at,
    )


def found(
    worker: WorkerProfile,
    wanted: Mapping[str, Any],
    *,
    origin: Origin | None,
    at: datetime,
) -> QuerySet[Assignment, Assignment]:
    """Open work that fits what the worker asked for; ``wanted`` is a form's cleaned data."""
    rows = matching(open_work(worker, at=at), wanted.get("q") or "")
    simple = {
        "industry": wanted.get("industry"),
        "on_site": {"site": True, "remote": False}.get(wanted.get("where") or ""),
        "pricing": wanted.get("pricing") or None,
        "budget__gte": wanted.get("pay"),
        "starts_at__gte": wanted.get("starts_at_from"),
        "starts_at__lt": wanted.get("starts_at_before"),
        "terms_days__lte": wanted.get("terms"),
    }
    rows = rows.filter(**{name: value for name, value in simple.items() if value is not None})
    if wanted.get("qualified"):
        rows = rows.filter(screening.qualifies(worker, at))
    if origin:
        rows = with_miles(rows, origin)
        if within := wanted.get("miles") or (
            FURTHEST_NEAREST if wanted.get("sort") == "nearest" else None
        ):
            rows = _within(rows, origin, within)
    return rows


def with_miles(rows: QuerySet[Assignment, Any], origin: Origin | None) -> QuerySet[Assignment, Any]:
    return rows.annotate(miles=Miles(origin)) if origin else rows


def for_list(
    rows: QuerySet[Assignment, Assignment], worker: WorkerProfile, origin: Origin | None = None
) -> QuerySet[Assignment, Assignment]:
    """Only what a row shows, with the marks of invitation, group and application."""
    return (
        with_miles(rows, origin)
        .select_related("company")
        .only(*SHOWN)
        .annotate(
            is_invited=_theirs(Invitation, worker),
            is_for_group=ExpressionWrapper(
                Q(routed_groups__overlap=keys_of_groups(worker)), BooleanField()
            ),
            has_applied=_theirs(Application, worker, f"AND status = '{Application.Status.OPEN}'"),
        )
    )


def _theirs(model: type[Model], worker: WorkerProfile, more: str = "") -> WrittenOut:
    """Whether the worker has a row of this model about the assignment."""
    return WrittenOut(THEIRS.format(table=model._meta.db_table, more=more), [worker.pk])


def count_up_to(rows: QuerySet[Assignment, Assignment], most: int = COUNTED) -> int:
    """How many there are, counted no further than one past ``most``."""
    return rows.order_by()[: most + 1].count()


def first_keys(
    rows: QuerySet[Assignment, Assignment], order: Sequence[Key], most: int = COUNTED
) -> list[int]:
    """The keys of the first rows in this order, no more than one past ``most``: the first page
    and the count in one statement, where planning what is wanted takes longer than asking it."""
    return list(
        rows.order_by(*(key.order for key in order)).values_list("pk", flat=True)[: most + 1]
    )


def matching(
    rows: QuerySet[Assignment, Assignment], text: str, *, of: Company | None = None
) -> QuerySet[Assignment, Assignment]:
    """Rows that hold every typed word, or a word beginning with it; or the row of a number.

    ``of`` is the company whose rows they are: the index then reads no others.
    """
    if REFERENCE.fullmatch(text.strip()):
        return rows.filter(reference=text.strip().upper())
    words = WORD.findall(text.lower())[:MOST_WORDS]
    if not words:
        return rows
    wanted = [f"{word}:*" for word in words] + ([f"{OF_COMPANY}{of.pk}"] if of else [])
    query = SearchQuery(" & ".join(wanted), config="english", search_type="raw")
    return rows.filter(search=query)


def _within(rows: Any, origin: Origin, miles: int) -> Any:
    """A box that an index serves, then the circle inside it."""
    tall = miles / MILES_PER_DEGREE
    cosine = max(math.cos(math.radians(origin.latitude)), 0.01)
    wide = min(tall / cosine, 180.0)
    return rows.filter(
        on_site=True,
        latitude__range=(origin.latitude - tall, origin.latitude + tall),
        longitude__range=(origin.longitude - wide, origin.longitude + wide),
        miles__lte=Value(float(miles)),
    )
