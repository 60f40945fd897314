"""What the scorecard adds when the site looks for the workers who fit an assignment best."""

from __future__ import annotations

from typing import Any

from django.db.models import F, FloatField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assignments.models import Assignment
from assignments.queries.matches import Trait
from scorecards.formulas import value_words
from scorecards.models import Window, WorkerScorecard

WEIGHT = 20
NOT_RATED = 0.7
"""What a worker without a figure is taken for, so that new workers are not left behind."""


def trait(assignment: Assignment) -> Trait:
    """Satisfaction and punctuality of the last 90 days, in equal parts."""
    card = WorkerScorecard.objects.filter(worker=OuterRef("pk"), window=Window.RECENT)
    satisfied = Coalesce(F("card_satisfaction"), NOT_RATED, output_field=FloatField())
    on_time = Coalesce(F("card_on_time"), NOT_RATED, output_field=FloatField())
    return Trait(
        name="scorecard",
        weight=WEIGHT,
        columns={
            "card_satisfaction": Subquery(card.values("satisfaction")[:1]),
            "card_on_time": Subquery(card.values("on_time")[:1]),
        },
        share=(satisfied + on_time) / 2.0,
        words=_words,
    )


def _words(row: Any) -> str:
    parts = []
    if row.card_satisfaction is not None:
        parts.append(f"{value_words(row.card_satisfaction, 'share')} satisfied")
    if row.card_on_time is not None:
        parts.append(f"{value_words(row.card_on_time, 'share')} on time")
    return ", ".join(parts)
