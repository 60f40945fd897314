"""Drawing the figures of scorecards from the rows, many owners at a time.

Each kind of fact costs one statement, however many owners and windows. The rolled-up rows
are locked before the facts are read, so that of two refreshes at once the later one sees
everything the earlier one saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Company, WorkerProfile
from scorecards.formulas import COMPANY, VERSION, WORKER, Formula, limits
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from scorecards.periods import months_before, since
from scorecards.queries import scorecard_of
from scorecards.rows import COMPANY_SOURCES, WORKER_SOURCES, Source

TREND_MONTHS = 6

Found = dict[tuple[int, str], float | None]


def refresh_company(company: Company, *, at: datetime) -> None:
    """Draw every figure of one company anew."""
    refresh_companies([company.pk], at=at)


def refresh_worker(worker: WorkerProfile, *, at: datetime) -> None:
    """Draw every figure of one worker anew."""
    refresh_workers([worker.pk], at=at)


@transaction.atomic
def refresh_companies(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """Draw the figures of these companies anew, all of them or those of some sources.

    With ``sources`` only the figures that could have changed are drawn; ``computed_at`` then
    stays, so that the nightly sweep still comes round for the windows that slide.
    """
    names = set(COMPANY_SOURCES if sources is None else sources)
    cards = _locked(CompanyScorecard, "company", keys, at)
    at = _latest(cards, at)
    formulas = [formula for formula in COMPANY if formula.source in names]
    for name in sorted(names):
        drawn = [formula for formula in formulas if formula.source == name]
        _draw(cards, "company_id", COMPANY_SOURCES[name], drawn, keys, at)
    rated = {c.company_id: c.ratings for c in cards if c.window == Window.ALL_TIME}
    for card in cards:
        card.is_new = rated[card.company_id] < settings.NEW_CLIENT_RATINGS
        card.is_red = bool(crossed(card))
    written = [formula.name for formula in formulas] + ["is_new", "is_red", "trend"]
    _save(CompanyScorecard, cards, written, complete=sources is None, at=at)


@transaction.atomic
def refresh_workers(
    keys: Sequence[int], *, at: datetime, sources: Iterable[str] | None = None
) -> None:
    """Draw the figures of these workers anew, all of them or those of some sources."""
    names = set(WORKER_SOURCES if sources is None else sources)
    cards = _locked(WorkerScorecard, "worker", keys, at)
    at = _latest(cards, at)
    formulas = [formula for formula in WORKER if formula.source in names]
    for name in sorted(names):
        drawn = [formula for formula in formulas if formula.source == name]
        _draw(cards, "worker_id", WORKER_SOURCES[name], drawn, keys, at)
    written = [formula.name for formula in formulas]
    _save(WorkerScorecard, cards, written, complete=sources is None, at=at)


def crossed(card: CompanyScorecard) -> list[str]:
    """The names of the figures that make this scorecard red.

    Satisfaction counts once there are enough ratings in the window to say anything.
    """
    enough = card.ratings >= settings.NEW_CLIENT_RATINGS
    return [
        limit.formula
        for limit in limits()
        if limit.is_crossed(getattr(card, limit.formula))
        and (enough or limit.formula != "satisfaction")
    ]


def is_red(company: Company) -> bool:
    """Whether the company's scorecard of the last 90 days is red, as rolled up."""
    card = scorecard_of(company)
    return bool(card and card.is_red)


def monthly(
    source: Source, formulas: Sequence[Formula], owner: int, *, months: int, at: datetime
) -> dict[str, list[float | None]]:
    """The figures of each calendar month up to now, oldest first (one query)."""
    starts = months_before(at, months)
    spans = [(f"m{number}", start) for number, start in enumerate(starts)]
    found = _aggregates(source, formulas, [owner], spans, at)
    return {
        formula.name: [found.get((owner, f"{formula.name}:{name}")) for name, _ in spans]
        for formula in formulas
    }


def _locked(model: type[Any], owner: str, keys: Sequence[int], at: datetime) -> list[Any]:
    """The rolled-up rows of these owners, made where they are missing, under lock."""
    long_ago = at - timedelta(days=365 * 10)
    model.objects.bulk_create(
        [
            model(
                **{f"{owner}_id": key}, window=window, formula_version=VERSION,
                computed_at=long_ago,
            )
            for key in keys
            for window in Window.values
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    rows = model.objects.filter(**{f"{owner}__in": keys})
    return list(rows.select_for_update().order_by("pk"))


def _latest(cards: Sequence[Any], at: datetime) -> datetime:
    """Events may be answered late and out of order; a window never slides back."""
    return max([at, *(card.computed_at for card in cards)])


def _draw(
    cards: Sequence[Any],
    owner: str,
    source: Source,
    formulas: Sequence[Formula],
    keys: Sequence[int],
    at: datetime,
) -> None:
    spans: list[tuple[str, datetime | None]] = [
        (Window.ALL_TIME.value, None),
        (Window.RECENT.value, since(Window.RECENT, at)),
    ]
    trending = [formula for formula in formulas if formula.trend]
    months = months_before(at, TREND_MONTHS) if trending and owner == "company_id" else []
    spans += [(f"m{number}", start) for number, start in enumerate(months)]
    found = _aggregates(source, formulas, keys, spans, at)
    for card in cards:
        key = getattr(card, owner)
        for formula in formulas:
            value = found.get((key, f"{formula.name}:{card.window}"))
            setattr(card, formula.name, int(value or 0) if formula.is_count else value)
        if months and card.window == Window.RECENT:
            card.trend = {**card.trend, **_trends(found, key, trending, len(months))}


def _trends(
    found: Found, key: int, formulas: Sequence[Formula], months: int
) -> dict[str, list[float]]:
    runs = {}
    for formula in formulas:
        values = [found.get((key, f"{formula.name}:m{number}")) for number in range(months)]
        runs[formula.name] = [round(value, 4) for value in values if value is not None]
    return runs


def _aggregates(
    source: Source,
    formulas: Sequence[Formula],
    keys: Sequence[int],
    spans: Sequence[tuple[str, datetime | None]],
    at: datetime,
) -> Found:
    """Every formula over every span, for every owner, in one statement.

    The rows are fenced off (``OFFSET 0``), so that their values are worked out once and not
    once per aggregate. A span named ``m…`` is a calendar month; any other is open to now.
    """
    marks = ["mark_1", "mark_2", "mark_3"] if source.name == "ratings" else []
    rows = source.rows(keys, at=at).order_by().values("whose", "value", "dated_at", *marks)
    inner, inner_params = rows.query.sql_with_params()
    columns, params = [], []
    for formula in formulas:
        for number, (name, start) in enumerate(spans):
            end = spans[number + 1][1] if name[0] == "m" and number + 1 < len(spans) else None
            condition, moments = _within(start, end)
            columns.append(f"{formula.sql}{condition}")
            params += moments
    names = [f"{formula.name}:{name}" for formula in formulas for name, _ in spans]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT whose, {', '.join(columns)} FROM ({inner} OFFSET 0) AS facts GROUP BY whose",  # noqa: S608
            [*params, *inner_params],
        )
        return {
            (row[0], name): None if value is None else float(value)
            for row in cursor.fetchall()
            for name, value in zip(names, row[1:], strict=True)
        }


def _within(start: datetime | None, end: datetime | None) -> tuple[str, list[datetime]]:
    if start is None:
        return "", []
    if end is None:
        return " FILTER (WHERE dated_at >= %s)", [start]
    return " FILTER (WHERE dated_at >= %s AND dated_at < %s)", [start, end]


def _save(
    model: type[Any], cards: Sequence[Any], written: Sequence[str], *, complete: bool, at: datetime
) -> None:
    fields = [name for name in written if hasattr(model, name)]
    if complete:
        for card in cards:
            card.computed_at, card.formula_version = at, VERSION
        fields += ["computed_at", "formula_version"]
    model.objects.bulk_update(cards, fields, batch_size=200)


def figures_of(card: CompanyScorecard | WorkerScorecard) -> Mapping[str, float | None]:
    """Every figure of a rolled-up row by name."""
    formulas = COMPANY if isinstance(card, CompanyScorecard) else WORKER
    return {formula.name: getattr(card, formula.name) for formula in formulas}
