"""Who may rate, and whose figures somebody may look behind."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import (
    belongs_to_company,
    has_role,
    is_client,
    is_signed_in,
    is_worker,
    is_worker_of,
)


@rules.predicate
def moderates(actor: Actor, subject: object) -> bool:
    """Staff whose groups let them take ratings out of sight."""
    user = actor.user if actor.is_staff else None
    return user is not None and user.has_perm("scorecards.change_rating")


rates_for_company = has_role(Role.MANAGER) & belongs_to_company

rules.add_rule("scorecards.rate", rates_for_company | (is_worker & is_worker_of))
rules.add_rule("scorecards.reply", rates_for_company | (is_worker & is_worker_of))
rules.add_rule("scorecards.see_ratings", is_client | is_worker)
rules.add_rule("scorecards.moderate", moderates)
rules.add_rule("scorecards.see_own", is_client | is_worker)
rules.add_rule("scorecards.see_company", is_signed_in)
