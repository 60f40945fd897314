"""Who may rate, and whose figures somebody may look behind."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_client, is_signed_in, is_worker
from assignments.models import Assignment


@rules.predicate
def is_assigned_worker(actor: Actor, assignment: object) -> bool:
    return (
        isinstance(assignment, Assignment)
        and actor.worker is not None
        and assignment.worker_id == actor.worker.pk
    )


rates_for_company = has_role(Role.MANAGER) & belongs_to_company

rules.add_rule("scorecards.rate", rates_for_company | (is_worker & is_assigned_worker))
rules.add_rule("scorecards.see_own", is_client | is_worker)
rules.add_rule("scorecards.see_company", is_signed_in)
