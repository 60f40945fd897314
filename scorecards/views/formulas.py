"""How the figures are made, from the definitions that make them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scorecards import editions
from scorecards.examples import examples
from scorecards.formulas import COMPANY_FORMULAS, PUBLISHED, VERSION, explained, limits
from scorecards.models import FormulaEdition


@require_safe
def formulas(request: HttpRequest) -> HttpResponse:
    """Every formula with a worked example, and what changed from version to version."""
    worked = examples()
    began = {edition.version: edition for edition in FormulaEdition.objects.all()}
    groups = [
        (
            side,
            f"{side.title()} scorecard",
            [(f, explained(f), worked[side, f.name]) for f in known],
        )
        for side, known in PUBLISHED.items()
    ]
    context = {
        "groups": groups,
        "version_words": str(VERSION),
        "limits": [(COMPANY_FORMULAS[one.formula].label, one.words) for one in limits()],
        "fewest": settings.NEW_CLIENT_RATINGS,
        "days": settings.SCORECARD_WINDOW_DAYS,
        "changes": [(change, began.get(change.version)) for change in editions.CHANGES[::-1]],
    }
    return render(request, "scorecards/formulas.html", context)
