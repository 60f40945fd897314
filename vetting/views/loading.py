"""Loading groups, tests and attempts: 404 where they cannot be seen, 403 where the rule says no."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.permissions import demand
from vetting.groups import Outcome
from vetting.models import Attempt, Group, Question, Test

MOST_NAMED = 5


def load(request: HttpRequest, reference: str, permission: str) -> Group:
    rows = Group.objects.visible_to(request.actor).select_related(
        "company", "created_by", "requirement_set"
    )
    group = get_object_or_404(rows, reference=reference)
    demand(request, permission, group)
    return group


def left_out(outcome: Outcome) -> str:
    """Who was not moved, and why, in one sentence; empty where everybody was."""
    if not outcome.refused:
        return ""
    named = [f"{worker} {why}" for worker, why in outcome.refused[:MOST_NAMED]]
    more = len(outcome.refused) - len(named)
    if more:
        named.append(f"and {more} more")
    return "Left as they are: " + "; ".join(named) + "."


def load_test(request: HttpRequest, reference: str, permission: str) -> Test:
    rows = Test.objects.visible_to(request.actor).select_related("company", "created_by", "current")
    test = get_object_or_404(rows, reference=reference)
    demand(request, permission, test)
    return test


def load_question(
    request: HttpRequest, reference: str, key: str, permission: str = "vetting.manage_test"
) -> Question:
    """A question of any version of the test."""
    test = load_test(request, reference, permission)
    rows = Question.objects.filter(version__test=test).select_related("version", "pool")
    question = get_object_or_404(rows, reference=key)
    question.version.test = test
    return question


def load_attempt(request: HttpRequest, reference: str, permission: str) -> Attempt:
    rows = Attempt.objects.visible_to(request.actor).select_related(
        "test__company", "test__current", "version", "worker__user", "marked_by"
    )
    attempt = get_object_or_404(rows, reference=reference)
    demand(request, permission, attempt.test)
    return attempt
