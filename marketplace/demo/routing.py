"""Assignments of the demonstration that go to groups first, and further step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from assignments import lifecycle
from assignments.reaching import MatchesWanted
from assignments.waterfall import StepWanted
from marketplace.demo.groups import POOLS
from marketplace.demo.stories import Plan, Story
from vetting.models import Group


def stories(plans: list[Plan], *, now: datetime) -> list[Story]:
    """Two drafts of Harbor's are sent to a group and planned further; one went there by hand."""
    ours = [plan for plan in plans if plan.client is plans[0].client]
    drafts = [plan for plan in ours if plan.stage == "draft" and plan.starts_at > now]
    sent = [plan for plan in ours if plan.stage == "sent"]
    return [
        *(
            _planned(plan, now - timedelta(minutes=20 + 45 * n))
            for n, plan in enumerate(drafts[:2])
        ),
        *(_widened(plan, now - timedelta(hours=3)) for plan in sent[:1]),
    ]


def _planned(plan: Plan, at: datetime) -> Iterator[datetime]:
    """To the group by invitation, then to the best matches, then to the marketplace."""
    yield at
    assert plan.assignment is not None
    first, second = (Group.objects.get(name=POOLS[number].name) for number in (0, 1))
    lifecycle.send(
        plan.assignment, on_marketplace=False, groups=[first],
        steps=[
            StepWanted(60, group=second),
            StepWanted(120, matches=MatchesWanted(10, 100)),
            StepWanted(240),
        ],
        by=plan.client.actor, at=at,
    )  # fmt: skip


def _widened(plan: Plan, at: datetime) -> Iterator[datetime]:
    """On the marketplace for days; now a group and the best matches are asked too."""
    yield at
    assert plan.assignment is not None
    group = Group.objects.get(name=POOLS[1].name)
    lifecycle.invite(
        plan.assignment, groups=[group], matches=MatchesWanted(5, 150), by=plan.client.manager,
        at=at,
    )  # fmt: skip
