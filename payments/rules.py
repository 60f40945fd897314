"""Who may see and move money (product §12)."""

import rules

from accounts.actors import Actor
from accounts.models import Role

WATCHERS = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.CONTROLLER, Role.VIEWER})
PAYERS = frozenset({Role.ADMINISTRATOR, Role.CONTROLLER})


@rules.predicate
def watches_money(actor: Actor, subject: object = None) -> bool:
    """A member of a company in any role but dispatcher."""
    return actor.is_client and bool(actor.roles & WATCHERS)


@rules.predicate
def handles_money(actor: Actor, subject: object = None) -> bool:
    """An administrator or a controller of a company."""
    return actor.is_client and bool(actor.roles & PAYERS)


@rules.predicate
def is_worker(actor: Actor, subject: object = None) -> bool:
    return actor.is_worker


@rules.predicate
def is_own(actor: Actor, subject: object = None) -> bool:
    """The row, when one is asked about, belongs to the actor's company."""
    if subject is None:
        return True
    owner = getattr(subject, "company_id", None)
    return actor.company is not None and owner == actor.company.pk


@rules.predicate
def works_for_it(actor: Actor, subject: object = None) -> bool:
    """The invoice pays this worker."""
    worker = getattr(subject, "worker_id", None)
    return actor.worker is not None and worker == actor.worker.pk


@rules.predicate
def is_staff(actor: Actor, subject: object = None) -> bool:
    return actor.is_staff


rules.add_rule("payments.view", watches_money & is_own)
rules.add_rule("payments.fund", handles_money & is_own)
rules.add_rule("payments.pay", handles_money & is_own)
rules.add_rule("payments.view_invoice", (watches_money & is_own) | works_for_it | is_staff)
rules.add_rule("payments.view_sheet", (watches_money & is_own) | is_staff)
rules.add_rule("payments.earnings", is_worker)
