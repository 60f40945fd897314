"""Who may open, answer and work cases; seeing is said by ``Case.objects.visible_to``."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_worker_of
from escalations.models import Case, Side


@rules.predicate
def is_of_opening_side(actor: Actor, case: Case | None) -> bool:
    side = Side.COMPANY if actor.is_client else Side.WORKER
    return case is not None and case.side == side


@rules.predicate
def works_cases(actor: Actor, case: object) -> bool:
    """Staff whose groups let them work at the desk."""
    return (
        actor.is_staff and actor.user is not None and actor.user.has_perm("escalations.work_case")
    )


@rules.predicate
def leads_desk(actor: Actor, case: object) -> bool:
    return (
        actor.is_staff and actor.user is not None and actor.user.has_perm("escalations.lead_desk")
    )


manages_cases = has_role(Role.MANAGER) & belongs_to_company
speaks_for_a_side = manages_cases | is_worker_of

rules.add_rule("escalations.open", speaks_for_a_side)
rules.add_rule("escalations.answer", speaks_for_a_side)
rules.add_rule("escalations.withdraw", speaks_for_a_side & is_of_opening_side)
rules.add_rule("escalations.work", works_cases)
rules.add_rule("escalations.lead", leads_desk)
