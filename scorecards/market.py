"""What a scorecard is compared with: the middle of each figure over the whole marketplace.

Drawn from the rolled-up rows by one statement a side, and kept as rolled-up rows themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from scorecards.formulas import COMPANY, WORKER, Formula
from scorecards.models import CompanyScorecard, MarketFigure, WorkerScorecard

SIDES = (
    (MarketFigure.Side.COMPANY, CompanyScorecard, COMPANY),
    (MarketFigure.Side.WORKER, WorkerScorecard, WORKER),
)


@transaction.atomic
def draw(*, at: datetime) -> None:
    """Every median anew. Figures that fewer than ``MARKET_OWNERS`` have are not kept: the
    middle of three tells more about the three than about the marketplace."""
    MarketFigure.objects.all().delete()
    for side, model, formulas in SIDES:
        _draw(side, model, formulas, at)


Medians = dict[tuple[str, str], MarketFigure]


def compared_with(side: str) -> Medians:
    """The medians of a side by window and figure (one query)."""
    rows = MarketFigure.objects.filter(side=side)
    return {(row.window, row.figure): row for row in rows}


def _draw(side: str, model: type[Any], formulas: Sequence[Formula], at: datetime) -> None:
    """Shares and times over everybody who has one; counts over everybody with work in the
    window, so that those who have left do not pull every count to zero.

    Each column is sorted by itself: to sort all values by figure takes seven times as long."""
    busy = " OR ".join(f'card."{f.name}" > 0' for f in formulas if f.is_count)
    columns, rows = [], []
    for number, formula in enumerate(formulas):
        value = _value(formula, busy)
        columns.append(
            f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {value}) AS median_{number}, "
            f"count({value}) AS owners_{number}"
        )
        rows.append(f"('{formula.name}', median_{number}, owners_{number})")
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{MarketFigure._meta.db_table}" '  # noqa: S608
            '(side, "window", figure, median, owners, drawn_at) '
            'SELECT %s, "window", one.figure, one.median, one.owners, %s '
            f'FROM (SELECT card."window", {", ".join(columns)} '
            f'FROM "{model._meta.db_table}" AS card GROUP BY 1) AS drawn '
            f"CROSS JOIN LATERAL (VALUES {', '.join(rows)}) AS one (figure, median, owners) "
            "WHERE one.owners >= %s",
            [side, at, settings.MARKET_OWNERS],
        )


def _value(formula: Formula, busy: str) -> str:
    column = f'card."{formula.name}"'
    return f"CASE WHEN {busy} THEN {column}::float8 END" if formula.is_count else column
