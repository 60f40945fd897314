"""Where a series sends each of its dates: kept as JSON by public references, read when it is due.

A group that was archived meanwhile, or a worker who can no longer be invited, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import Company, WorkerProfile
from assignments.reaching import Audience, MatchesWanted
from assignments.waterfall import StepWanted
from vetting.models import Group
from vetting.queries.groups import of_company
from vetting.queries.marks import open_to_invite

Routing = dict[str, Any]


def take(
    *,
    on_marketplace: bool,
    first_to_accept: bool,
    groups: Sequence[Group] = (),
    workers: Sequence[WorkerProfile] = (),
    matches: MatchesWanted | None = None,
    steps: Sequence[StepWanted] = (),
) -> Routing:
    """What ``routing.send`` takes, as JSON."""
    return {
        "on_marketplace": on_marketplace,
        "first_to_accept": first_to_accept,
        "groups": [group.reference for group in groups],
        "workers": [worker.reference for worker in workers],
        "matches": _matches(matches),
        "steps": [
            {
                "delay_minutes": step.delay_minutes,
                "group": step.group.reference if step.group else None,
                "matches": _matches(step.matches),
            }
            for step in steps
        ],
    }


def read(routing: Mapping[str, Any], company: Company) -> dict[str, Any]:
    """What ``routing.send`` takes now; two queries where groups or workers are named."""
    steps = routing.get("steps", [])
    named = {*routing.get("groups", []), *(step["group"] for step in steps if step["group"])}
    groups = {one.reference: one for one in of_company(company).filter(reference__in=named)}
    workers = routing.get("workers", [])
    return {
        "on_marketplace": bool(routing.get("on_marketplace")),
        "first_to_accept": bool(routing.get("first_to_accept")),
        "groups": [groups[ref] for ref in routing.get("groups", []) if ref in groups],
        "workers": list(open_to_invite(company).filter(reference__in=workers)) if workers else [],
        "matches": _wanted(routing.get("matches")),
        "steps": [
            StepWanted(step["delay_minutes"], groups.get(step["group"]), _wanted(step["matches"]))
            for step in steps
            if not step["group"] or step["group"] in groups
        ],
    }


def words(routing: Mapping[str, Any], company: Company) -> str:
    """``Sent to group “A”, then 2 more steps; first to accept``."""
    now = read(routing, company)
    names = ("on_marketplace", "groups", "workers", "matches")
    audience = Audience(**{name: now[name] for name in names})
    said = f"Sent to {audience.words or 'nobody: choose again to whom'}"
    if count := len(now["steps"]):
        said += f", then {count} more step{'s' * (count != 1)}"
    return said + ("; first to accept" if now["first_to_accept"] else "; workers apply")


def _matches(matches: MatchesWanted | None) -> dict[str, int] | None:
    return {"most": matches.most, "miles": matches.miles} if matches else None


def _wanted(matches: Mapping[str, int] | None) -> MatchesWanted | None:
    return MatchesWanted(matches["most"], matches["miles"]) if matches else None
