"""Who may record, decide, edit and appeal; seeing is said by ``visible_to``."""

from __future__ import annotations

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import belongs_to_company, has_role, is_client, is_worker, is_worker_of


def staff_with(permission: str) -> rules.Predicate:
    """Staff whose groups give them this permission of Django's."""

    @rules.predicate(name=f"staff_with:{permission}")
    def predicate(actor: Actor, subject: object) -> bool:
        return actor.is_staff and actor.user is not None and actor.user.has_perm(permission)

    return predicate


PERMISSIONS = {
    "conduct.see_standing": is_client | is_worker,
    "conduct.appeal": has_role(Role.MANAGER) & belongs_to_company | is_worker_of,
    "conduct.record": staff_with("conduct.record_violation"),
    "conduct.decide_appeals": staff_with("conduct.decide_appeal"),
    "conduct.work_queue": staff_with("conduct.work_concern"),
    "conduct.edit_policies": staff_with("conduct.edit_policy"),
}

for name, rule in PERMISSIONS.items():
    rules.add_rule(name, rule)
