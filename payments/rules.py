"""Who may see and move money (product §12)."""

import rules

from accounts.actors import Actor
from accounts.models import Role
from accounts.rules import has_role, is_staff, is_worker, is_worker_of

watches_money = has_role(Role.MANAGER, Role.CONTROLLER, Role.VIEWER)
handles_money = has_role(Role.CONTROLLER)


@rules.predicate
def is_own(actor: Actor, subject: object = None) -> bool:
    """The row, when one is asked about, belongs to the actor's company."""
    if subject is None:
        return True
    owner = getattr(subject, "company_id", None)
    return actor.company is not None and owner == actor.company.pk


rules.add_rule("payments.view", watches_money & is_own)
rules.add_rule("payments.fund", handles_money & is_own)
rules.add_rule("payments.refund", has_role() & is_own)
rules.add_rule("payments.pay", handles_money & is_own)
rules.add_rule("payments.view_invoice", (watches_money & is_own) | is_worker_of | is_staff)
rules.add_rule("payments.view_sheet", (watches_money & is_own) | is_staff)
rules.add_rule("payments.earnings", is_worker)
