"""Who may do what to an assignment: a table of permissions over small predicates.

When a move is possible is said by the table of moves; seeing is said by ``visible_to``.
"""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from assignments.models import Assignment


def has_role(*roles: str) -> rules.Predicate:
    """A member whose roles include one of these."""

    @rules.predicate(name=f"has_role:{'|'.join(roles)}")
    def predicate(actor: Actor, assignment: object = None) -> bool:
        return actor.is_client and bool(actor.roles & set(roles))

    return predicate


@rules.predicate
def is_of_company(actor: Actor, assignment: Assignment | None) -> bool:
    """The assignment belongs to the company the actor acts for."""
    return bool(
        assignment and actor.membership and actor.membership.company_id == assignment.company_id
    )


@rules.predicate
def is_client(actor: Actor, subject: object = None) -> bool:
    return actor.is_client


@rules.predicate
def is_worker(actor: Actor, assignment: Assignment | None) -> bool:
    return actor.is_worker


@rules.predicate
def is_assigned_worker(actor: Actor, assignment: Assignment | None) -> bool:
    return bool(actor.worker and assignment and assignment.worker_id == actor.worker.pk)


@rules.predicate
def is_staff(actor: Actor, assignment: Assignment | None) -> bool:
    return actor.is_staff or actor.is_system


dispatches = has_role(Role.ADMINISTRATOR, Role.MANAGER, Role.DISPATCHER)
manages = has_role(Role.ADMINISTRATOR, Role.MANAGER)
approves = has_role(Role.ADMINISTRATOR, Role.MANAGER, Role.CONTROLLER)
pays = has_role(Role.ADMINISTRATOR, Role.CONTROLLER)

PERMISSIONS = {
    "assignments.see_board": is_client,
    "assignments.see_applications": is_of_company,
    "assignments.create": dispatches,
    "assignments.edit": dispatches & is_of_company,
    "assignments.delete": dispatches & is_of_company,
    "assignments.send": dispatches & is_of_company,
    "assignments.invite": dispatches & is_of_company,
    "assignments.assign": dispatches & is_of_company,
    "assignments.void": dispatches & is_of_company,
    "assignments.cancel": manages & is_of_company,
    "assignments.approve": approves & is_of_company,
    "assignments.send_back": approves & is_of_company,
    "assignments.pay": pays & is_of_company,
    "assignments.find_work": is_worker,
    "assignments.apply": is_worker,
    "assignments.withdraw": is_worker,
    "assignments.decline": is_worker,
    "assignments.accept": is_worker,
    "assignments.confirm": is_assigned_worker,
    "assignments.start": is_assigned_worker,
    "assignments.check_in": is_assigned_worker,
    "assignments.check_out": is_assigned_worker,
    "assignments.hand_in": is_assigned_worker,
    "assignments.submit": is_assigned_worker,
    "assignments.see_contact": is_of_company | is_assigned_worker | is_staff,
    "assignments.hold": is_staff,
    "assignments.settle": is_staff,
}

for name, rule in PERMISSIONS.items():
    rules.add_rule(name, rule)
