"""What the demonstration's client keeps to post again: templates, and a series made of one."""

from __future__ import annotations

from datetime import datetime, timedelta

from assignments import recurring, snapshots, standing_routing, templating
from assignments.models import Assignment
from assignments.recurrence import WEEKLY, Pattern
from assignments.waterfall import StepWanted
from marketplace.demo.groups import POOLS
from marketplace.demo.people import Client
from vetting.models import Group

MOST = 3


def build(client: Client, *, now: datetime) -> None:
    """A template of each of the newest kinds of paid work, and one of them every second week."""
    at = now - timedelta(days=3)
    kept = []
    titles: set[str] = set()
    for assignment in Assignment.objects.filter(company=client.actor.company, status="paid"):
        if assignment.title not in titles and len(kept) < MOST:
            titles.add(assignment.title)
            content = snapshots.of_assignment(assignment)
            kept.append(templating.keep(assignment.title, content, by=client.actor, at=at))
    content = kept[0].content
    first = (now + timedelta(days=12)).date()
    pool, second = (Group.objects.get(name=POOLS[number].name) for number in (0, 1))
    routing = standing_routing.take(
        on_marketplace=False, first_to_accept=True, groups=[pool],
        steps=[StepWanted(60, group=second), StepWanted(240)],
    )  # fmt: skip
    series = recurring.begin(
        content, Pattern(WEEKLY, first, every=2), days_ahead=5, routing=routing, by=client.actor,
        at=at,
    )  # fmt: skip
    recurring.skip(series, first + timedelta(days=28), by=client.actor, at=at)
