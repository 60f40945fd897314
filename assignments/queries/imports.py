"""Imports as their pages show them: the list, and the rows of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from assignments.models import Import, ImportRow
from core.paging import Key, number_key

NEWEST: list[Key] = [number_key("pk", descending=True)]
IN_ORDER: list[Key] = [number_key("number")]


def for_list(actor: Actor) -> QuerySet[Import, Import]:
    """Every import of the actor's company, without what only its own page needs."""
    rows = Import.objects.visible_to(actor).select_related("member__user", "company")
    return rows.defer("shape", "choices", "defaults")


def rows_of(imported: Import, *, bad_only: bool) -> QuerySet[ImportRow, ImportRow]:
    rows = imported.rows.all()
    return rows.filter(is_bad=True) if bad_only else rows


def bad_rows(imported: Import) -> Iterator[list[Any]]:
    """Each row with errors as it was, after its number and what is to be changed; streams."""
    rows = imported.rows.filter(is_bad=True).order_by("number")
    width = len(imported.shape.get("headings", ()))
    for row in rows.iterator(chunk_size=500):
        said = " · ".join(f"{error['label']}: {error['message']}" for error in row.errors)
        yield [row.number, said, *(row.cells + [""] * width)[:width]]
