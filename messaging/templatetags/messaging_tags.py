"""The conversation of an assignment, for its page."""

from typing import Any

from django import template
from django.template.context import Context

from assignments.models import Assignment
from core.components.reading import now_of
from messaging.forms import PlaceForm
from messaging.panel import panel_of
from messaging.views.asking import panel_of as panel_of_questions

register = template.Library()


@register.inclusion_tag("messaging/_panel.html", takes_context=True)
def thread_panel(context: Context, assignment: Assignment) -> dict[str, Any]:
    """``{% thread_panel assignment %}``: messages and composer (three queries at most).

    Whose conversation is shown first can be chosen with ``?worker=W-…`` in the address.
    """
    request = context["request"]
    form = PlaceForm(request.GET)
    form.is_valid()
    panel = panel_of(
        assignment,
        request.actor,
        at=now_of(context),
        worker="" if request.actor.is_worker else form.cleaned_data.get("worker", ""),
    )
    return {"panel": panel, "request": request, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("messaging/_questions.html", takes_context=True)
def questions_panel(context: Context, assignment: Assignment) -> dict[str, Any]:
    """Public questions and answers until work has begun; the thread serves after that."""
    request = context["request"]
    if assignment.sent_at is None or assignment.started_at is not None:
        return {"panel": None}
    return {
        "panel": panel_of_questions(assignment, request),
        "assignment": assignment,
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
