"""What the page of an assignment shows about its cases."""

from typing import Any

from django import template
from django.template.context import Context

from assignments.models import Assignment
from escalations.queries import expectations, shown_on
from escalations.showing import side_word_of
from escalations.states import CLOSED

register = template.Library()


@register.inclusion_tag("escalations/_banner.html", takes_context=True)
def case_banner(context: Context, assignment: Assignment) -> dict[str, Any]:
    """``{% case_banner assignment %}``: a line for each case the reader may see (one query)."""
    actor = context["request"].actor
    side = side_word_of(actor) or "staff"
    cases = list(shown_on(assignment, actor)[:5])
    return {
        "cases": [
            {
                "case": case,
                "open": case.status not in CLOSED,
                "asked": next((e for e in expectations(case) if e.side == side), None),
            }
            for case in cases
        ],
        "is_staff": actor.is_staff,
    }
