"""Locking rolled-up rows before their figures are drawn.

Of two refreshes at once the later one then sees everything the earlier one saw. Companies are
locked before workers, rows of one kind in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import WorkerProfile
from assignments.models import Assignment
from scorecards.drawing import owner_column, people_table
from scorecards.formulas import VERSION
from scorecards.models import CompanyScorecard, Window, WorkerScorecard

LONG_AGO = timedelta(days=365 * 10)
LATEST = "greatest(computed_at, (SELECT max(value::timestamptz) FROM jsonb_each_text(drawn_at)))"


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose figures an event changes, their rows locked, and the latest moment either was
    drawn at."""

    company: int | None
    worker: int | None
    latest: datetime | None

    def moment(self, at: datetime) -> datetime:
        """Events may be answered late and out of order, and a window never slides back."""
        return max(at, self.latest) if self.latest else at


def claim(model: type[Any], owners: Sequence[int], *, at: datetime) -> datetime:
    """Lock the rows of these owners, making those that are missing; returns ``at``, or the
    latest moment one of them was drawn at, whichever is later."""
    if not owners:
        return at
    found, latest = _locked(model, owners)
    if found < len(set(owners)) * len(Window.values):
        _make(model, "unnest(%s::bigint[]) AS owners (key)", [list(owners)], at=at)
        _, latest = _locked(model, owners)
    return max(at, latest) if latest else at


def claim_everybody(model: type[Any], *, at: datetime) -> datetime:
    """The same for the rows of everybody: the table is closed to other refreshes until the
    transaction ends, which costs nothing a row; it may be read."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE')
        people = people_table(model)
        cursor.execute(
            f'SELECT (SELECT count(*) FROM "{people}"), sum(rows), max({LATEST}) FROM '  # noqa: S608
            f'(SELECT computed_at, drawn_at, count(*) AS rows FROM "{table}" GROUP BY 1, 2) AS c'
        )
        owners, found, latest = cursor.fetchone()
    if (found or 0) < owners * len(Window.values):
        _make(model, f'(SELECT id FROM "{people}") AS owners (key)', [], at=at)  # noqa: S608
    return max(at, latest) if latest else at


def claim_touched(
    company: int | None, *, worker: str | None, assignment: int | None, at: datetime
) -> Touched:
    """Find and lock both sides of an event in one statement: the company by its key, the worker
    by their reference, else as who is assigned."""
    whom, known = _worker(worker, assignment)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH c AS ({_lock(CompanyScorecard, '%s')}), "  # noqa: S608
            f"whom AS ({whom}), "
            f"w AS ({_lock(WorkerScorecard, '(SELECT key FROM whom)')}) "
            "SELECT (SELECT count(*) FROM c), (SELECT max(latest) FROM c), "
            "(SELECT key FROM whom), (SELECT count(*) FROM w), (SELECT max(latest) FROM w)",
            [company, *known],
        )
        of_company, latest, found, of_worker, later = cursor.fetchone()
    moments = [moment for moment in (latest, later) if moment]
    if company is not None and of_company < len(Window.values):
        moments.append(claim(CompanyScorecard, [company], at=at - LONG_AGO))
    if found is not None and of_worker < len(Window.values):
        moments.append(claim(WorkerScorecard, [found], at=at - LONG_AGO))
    return Touched(company, found, max(moments, default=None))


def _worker(reference: str | None, assignment: int | None) -> tuple[str, list[Any]]:
    if reference:
        table = WorkerProfile._meta.db_table
        return f'SELECT id AS key FROM "{table}" WHERE reference = %s', [reference]  # noqa: S608
    table = Assignment._meta.db_table
    return f'SELECT worker_id AS key FROM "{table}" WHERE id = %s', [assignment]  # noqa: S608


def _lock(model: type[Any], owner: str) -> str:
    return (
        f'SELECT {LATEST} AS latest FROM "{model._meta.db_table}" '  # noqa: S608
        f"WHERE {owner_column(model)} = {owner} ORDER BY id FOR UPDATE"
    )


def _locked(model: type[Any], owners: Sequence[int]) -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), max(latest) FROM ({_lock(model, 'ANY(%s::bigint[])')}) AS rows",  # noqa: S608
            [list(owners)],
        )
        found, latest = cursor.fetchone()
    return found, latest


def _make(model: type[Any], owners: str, keys: list[Any], *, at: datetime) -> None:
    """Rows without figures, dated long ago, so that whatever is drawn counts as later."""
    table, owner = model._meta.db_table, owner_column(model)
    blank = model(window=Window.RECENT, formula_version=VERSION, computed_at=at - LONG_AGO)
    given = {
        field.column: field.get_db_prep_save(getattr(blank, field.attname), connection)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.column not in (owner, "window")
    }
    names = ", ".join(f'"{column}"' for column in given)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({owner}, "window", {names}) '  # noqa: S608
            f"SELECT key, span, {', '.join(['%s'] * len(given))} "
            f"FROM {owners} CROSS JOIN unnest(%s::text[]) AS span "
            f'WHERE NOT EXISTS (SELECT FROM "{table}" c '
            f'WHERE c.{owner} = key AND c."window" = span) ON CONFLICT DO NOTHING',
            [*given.values(), *keys, list(Window.values)],
        )
