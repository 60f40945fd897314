"""The words in which a kind speaks of a requirement and a piece of work that stand beside each
other as rows: ``WORK`` for the work and who asks, ``said`` for what the requirement says."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    DateTimeField,
    Exists,
    Field,
    FloatField,
    OuterRef,
    Q,
    TextField,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import WorkerProfile

COLUMNS: dict[str, Field[Any, Any]] = {
    "worker": BigIntegerField(),
    "at": DateTimeField(),
    "key": BigIntegerField(),
    "company": BigIntegerField(),
    "day": DateField(),
    "latitude": FloatField(),
    "longitude": FloatField(),
    "country": TextField(),
    "region": TextField(),
}
"""What ``On`` says of the work, by the same names, and the worker's key."""


class Column(Expression):
    """A column of the row of work; it is written the same however deep it is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(output_field=COLUMNS[name])

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f'"work"."{self.name}"', ()


class Work:
    worker, at, key, company = map(Column, ("worker", "at", "key", "company"))
    day, latitude, longitude = map(Column, ("day", "latitude", "longitude"))
    country, region = map(Column, ("country", "region"))


WORK = Work()


def said(name: str, field: Field[Any, Any] | None = None) -> Any:
    """A value of the requirement, as text or of this field's type; for use in a subquery."""
    text = KeyTextTransform(name, OuterRef("values"))
    return Cast(text, field) if field else text


def worker_is(*wanted: Q | Combinable | Expression, **fields: Any) -> Q:
    """That the worker's profile fits, as a condition on the requirement."""
    return Q(Exists(WorkerProfile.objects.filter(*wanted, pk=WORK.worker, **fields)))  # type: ignore[arg-type]
