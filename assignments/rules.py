"""Who may do what to an assignment: a table of permissions over small predicates.

When a move is possible is said by the table of moves; seeing is said by ``visible_to``.
"""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import (
    belongs_to_company,
    has_role,
    is_client,
    is_staff,
    is_system,
    is_worker,
    is_worker_of,
)


@rules.predicate
def is_own_view(actor: Actor, view: object) -> bool:
    return actor.user is not None and getattr(view, "owner_id", None) == actor.user.pk


dispatches = has_role(Role.MANAGER, Role.DISPATCHER)
manages = has_role(Role.MANAGER)
approves = has_role(Role.MANAGER, Role.CONTROLLER)
pays = has_role(Role.CONTROLLER)
works_for_us = is_staff | is_system

PERMISSIONS = {
    "assignments.see_board": is_client,
    "assignments.subscribe": is_client | is_worker,
    "assignments.change_view": is_client & is_own_view,
    "assignments.see_applications": belongs_to_company,
    "assignments.create": dispatches,
    "assignments.see_catalog": is_client,
    "assignments.add_to_catalog": dispatches,
    "assignments.change_catalog": dispatches & belongs_to_company,
    "assignments.see_templates": is_client,
    "assignments.change_template": dispatches & belongs_to_company,
    "assignments.save_template": dispatches & belongs_to_company,
    "assignments.change_series": dispatches & belongs_to_company,
    "assignments.import": dispatches & belongs_to_company,
    "assignments.edit": dispatches & belongs_to_company,
    "assignments.duplicate": dispatches & belongs_to_company,
    "assignments.delete": dispatches & belongs_to_company,
    "assignments.send": dispatches & belongs_to_company,
    "assignments.invite": dispatches & belongs_to_company,
    "assignments.assign": dispatches & belongs_to_company,
    "assignments.void": dispatches & belongs_to_company,
    "assignments.cancel": manages & belongs_to_company,
    "assignments.put_on_hold": dispatches & belongs_to_company,
    "assignments.amend": (dispatches | approves) & belongs_to_company,
    "assignments.judge": (dispatches | approves) & belongs_to_company,
    "assignments.complete_for": manages & belongs_to_company,
    "assignments.unassign": manages & belongs_to_company,
    "assignments.back_out": is_worker_of,
    "assignments.approve": approves & belongs_to_company,
    "assignments.send_back": approves & belongs_to_company,
    "assignments.pay": pays & belongs_to_company,
    "assignments.find_work": is_worker,
    "assignments.apply": is_worker,
    "assignments.see_needs": is_worker,
    "assignments.withdraw": is_worker,
    "assignments.decline": is_worker,
    "assignments.accept": is_worker,
    "assignments.confirm": is_worker_of,
    "assignments.start": is_worker_of,
    "assignments.check_in": is_worker_of,
    "assignments.check_out": is_worker_of,
    "assignments.hand_in": is_worker_of,
    "assignments.change_parts": dispatches & belongs_to_company,
    "assignments.ship_part": dispatches & belongs_to_company,
    "assignments.receive_part": is_worker_of,
    "assignments.return_part": is_worker_of,
    "assignments.take_back_part": dispatches & belongs_to_company,
    "assignments.relabel": dispatches & belongs_to_company,
    "assignments.fill_in": is_worker_of,
    "assignments.submit": is_worker_of,
    "assignments.reschedule": dispatches & belongs_to_company | is_worker_of,
    "assignments.raise_budget": approves & belongs_to_company | is_worker_of,
    "assignments.add_expense": approves & belongs_to_company | is_worker_of,
    "assignments.add_bonus": approves & belongs_to_company | is_worker_of,
    "assignments.see_changes": belongs_to_company | is_worker_of | works_for_us,
    "assignments.see_contact": belongs_to_company | is_worker_of | works_for_us,
    "assignments.see_customer": belongs_to_company | works_for_us,
    "assignments.report": is_worker | (dispatches | approves) & belongs_to_company,
    "assignments.hold": works_for_us,
    "assignments.settle": works_for_us,
}

for name, rule in PERMISSIONS.items():
    rules.add_rule(name, rule)
