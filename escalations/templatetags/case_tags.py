"""What the page of an assignment shows about its cases."""

from typing import Any

from django import template
from django.template.context import Context

from assignments.models import Assignment
from escalations import contests
from escalations.forms import TranscriptForm
from escalations.models import Case
from escalations.queries import expectations, shown_on
from escalations.showing import side_word_of
from escalations.states import CLOSED
from scorecards.listing import Opinion

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


@register.simple_tag(takes_context=True)
def contested_rating(context: Context, case: Case) -> Opinion | None:
    """The rating that a case is about, as the reader sees it; none for other kinds of case."""
    return contests.contested_rating(case, context["request"].actor)


@register.inclusion_tag("escalations/_transcript_to_case.html", takes_context=True)
def transcript_to_case(context: Context, assignment: Assignment) -> dict[str, Any]:
    """``{% transcript_to_case assignment %}``: puts the messages into an open case (one query)."""
    actor = context["request"].actor
    cases = shown_on(assignment, actor).exclude(status__in=CLOSED).select_related("assignment")[:5]
    return {
        "cases": [
            {
                "label": case.label,
                "form": TranscriptForm(prefix="transcript"),
                "words": f"Add to case {case.label}",
            }
            for case in cases
            if actor.can("escalations.answer", case)
        ],
        "csrf_token": context.get("csrf_token"),
    }
