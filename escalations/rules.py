"""Who may open, answer, work and read cases; seeing is said by ``Case.objects.visible_to``."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_worker_of
from escalations.interests import has_interest
from escalations.models import Case, Side


@rules.predicate
def is_of_opening_side(actor: Actor, case: Case | None) -> bool:
    side = Side.COMPANY if actor.is_client else Side.WORKER
    return case is not None and case.side == side


@rules.predicate
def works_cases(actor: Actor, case: object) -> bool:
    """Staff whose groups let them work at the desk."""
    return _has(actor, "escalations.work_case")


@rules.predicate
def leads_desk(actor: Actor, case: object) -> bool:
    return _has(actor, "escalations.lead_desk")


@rules.predicate
def audits_cases(actor: Actor, case: object) -> bool:
    """Staff who read every case, and who looked at it, and change nothing."""
    return _has(actor, "escalations.audit_case")


@rules.predicate
def is_impartial(actor: Actor, case: Case | None) -> bool:
    """Neither of the two parties' people, nor of those who declared an interest in one."""
    if case is None or actor.user is None:
        return True
    key = f"interest in case {case.pk}"
    if key not in actor.asked:
        actor.asked[key] = has_interest(actor.user, case)
    return not actor.asked[key]


def _has(actor: Actor, permission: str) -> bool:
    return actor.is_staff and actor.user is not None and actor.user.has_perm(permission)


manages_cases = has_role(Role.MANAGER) & belongs_to_company
speaks_for_a_side = manages_cases | is_worker_of

rules.add_rule("escalations.open", speaks_for_a_side)
rules.add_rule("escalations.answer", speaks_for_a_side)
rules.add_rule("escalations.withdraw", speaks_for_a_side & is_of_opening_side)
rules.add_rule("escalations.read", (works_cases | audits_cases) & is_impartial)
rules.add_rule("escalations.work", works_cases & is_impartial)
rules.add_rule("escalations.lead", leads_desk & is_impartial)
rules.add_rule("escalations.audit", audits_cases | leads_desk)
