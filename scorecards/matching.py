"""What the scorecard adds when the site looks for the workers who fit an assignment best."""

from __future__ import annotations

from typing import Any

from django.db.models import F, FilteredRelation, FloatField, Q
from django.db.models.functions import Coalesce

from assignments.models import Assignment
from assignments.queries.matches import Trait
from scorecards.formulas import value_words
from scorecards.models import Window

WEIGHT = 20
NOT_RATED = 0.7
"""What a worker without a figure is taken for, so that new workers are not left behind."""


def trait(assignment: Assignment) -> Trait:
    """Satisfaction and punctuality of the last 90 days, in equal parts."""
    recent = FilteredRelation("scorecards", condition=Q(scorecards__window=Window.RECENT))
    satisfied = Coalesce(F("card_satisfaction"), NOT_RATED, output_field=FloatField())
    on_time = Coalesce(F("card_on_time"), NOT_RATED, output_field=FloatField())
    return Trait(
        name="scorecard",
        weight=WEIGHT,
        columns={
            "recent": recent,
            "card_satisfaction": F("recent__satisfaction"),
            "card_on_time": F("recent__on_time"),
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
