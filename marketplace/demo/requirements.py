"""What the demonstration's companies ask of workers, and on which of their open work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from assignments import lifecycle
from assignments.contents import Contents
from assignments.models import Assignment
from marketplace.demo.people import Cast, Client
from vetting import requirement_sets
from vetting.models import RequirementSet

Wanted = Sequence[tuple[str, dict[str, Any]]]

HOUSE: Wanted = (
    ("profile", {}),
    ("no_late_cancellation", {"days": 90}),
)
STORES: Wanted = (
    ("satisfaction", {"percent": 80, "window": "all_time", "newcomers": True}),
    ("completed", {"count": 2}),
    ("distance", {"miles": 150}),
)
SPANISH: Wanted = (("language", {"language": "Spanish"}),)
REGULARS: Wanted = (
    ("completed_with_us", {"count": 20}),
    ("on_time", {"percent": 90, "window": "all_time", "newcomers": False}),
)
SCHOOLS: Wanted = (
    ("region", {"where": "named", "country": "US", "states": ["IL", "IN", "WI"]}),
    ("deliverables_on_time", {"percent": 85, "window": "all_time", "newcomers": True}),
)


def build(cast: Cast, *, now: datetime) -> None:
    """Made once all work is under way, and asked of what is still open."""
    harbor, lakeshore = cast.clients["harbor"], cast.clients["lakeshore"]
    at = now - timedelta(hours=20)
    house = _set(harbor, "House rules", HOUSE, at, note="For everybody who works in our stores.")
    requirement_sets.edit(
        house, name=house.name, note=house.note, on_all=True, by=harbor.actor, at=at
    )
    stores = _set(harbor, "Store network, experienced", STORES, at)
    spanish = _set(harbor, "Spanish-speaking stores", SPANISH, at)
    regulars = _set(harbor, "Our regulars", REGULARS, at, note="For stores with difficult hours.")
    _ask(harbor, [[stores], [stores, spanish], [], [regulars], [stores], [regulars, spanish]], now)
    schools = _set(lakeshore, "School-cleared, near Chicago", SCHOOLS, at)
    _ask(lakeshore, [[schools], [], [schools], [schools], []], now)
    passing = cast.workers[3].worker
    assert passing is not None
    requirement_sets.override(
        stores, passing, note="Built two of our stores before this site was ours.",
        by=harbor.manager, at=now - timedelta(hours=8),
    )  # fmt: skip


def _set(
    client: Client, name: str, wanted: Wanted, at: datetime, *, note: str = ""
) -> RequirementSet:
    made = requirement_sets.create(name=name, note=note, by=client.actor, at=at)
    for kind, values in wanted:
        requirement_sets.add(made, kind, values, by=client.actor, at=at)
    return made


def _ask(client: Client, each: Sequence[Sequence[RequirementSet]], now: datetime) -> None:
    """Ask these sets of the company's open assignments, one list after the other."""
    open_ones = Assignment.objects.filter(
        company=client.actor.company, status="sent", starts_at__gt=now + timedelta(hours=1)
    ).select_related("company")
    for assignment, sets in zip(open_ones.order_by("pk"), cycle(each), strict=False):
        if sets:
            lifecycle.edit(
                assignment, Contents({"requirement_sets": [one.pk for one in sets]}),
                revision=assignment.revision, by=client.actor, at=now - timedelta(minutes=30),
            )  # fmt: skip
