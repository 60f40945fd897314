"""``docs/formulas.md``, written from the definitions that compute the figures."""

from __future__ import annotations

from django.conf import settings

from scorecards.formulas import PUBLISHED, VERSION, Formula, explained, limits

HEAD = """# How the figures of a scorecard are made

Written from `scorecards/formulas.py` by `manage.py write_formulas`; a test keeps this page in
step. Version {version} of the formulas. The same page stands on the site at `/help/formulas/`,
and every figure there opens the rows it was drawn from (`scorecards/rows.py`).

Figures are drawn over the last {days} days and over all time, from rows in the database, by one
statement for all kinds of rows. Events refresh the figures they can change, a sweep those that
change with time alone, and `manage.py rebuild_scorecards` draws everything anew with the same
result.

A client with fewer than {fewest} ratings is called new. A company scorecard of the last {days}
days turns red by any one of these:

{limits}

Satisfaction counts for that from {fewest} ratings in the window on. Each number is a setting.
"""


def page() -> str:
    """``docs/formulas.md`` as it must stand."""
    head = HEAD.format(
        version=VERSION,
        days=settings.SCORECARD_WINDOW_DAYS,
        fewest=settings.NEW_CLIENT_RATINGS,
        limits="\n".join(f"- {limit.formula}: {limit.words}" for limit in limits()),
    )
    return "\n".join(
        [head, *(_section(f"The {side} scorecard", known) for side, known in PUBLISHED.items())]
    )


def _section(title: str, formulas: tuple[Formula, ...]) -> str:
    return "\n".join([f"## {title}\n", *(_entry(formula) for formula in formulas)])


def _entry(formula: Formula) -> str:
    return (
        f"### {formula.label}\n\n{explained(formula)}\n\n"
        f"- what counts: {formula.counts}\n"
        f"- what is left out: {formula.leaves_out}\n"
        f"- its day: {formula.dated_by}\n"
        f"- window: {formula.window_words}\n"
        f"- unit: {formula.unit_words}\n"
        f"- computed as `{formula.sql}` over the rows `{formula.source}`\n"
    )
