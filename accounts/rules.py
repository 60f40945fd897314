"""Who may do what with people and companies, and the predicates the rules above build on."""

import rules

from accounts.actors import Actor
from accounts.models import Company, Membership, Role, WorkerProfile


@rules.predicate
def is_client(actor: Actor, subject: object) -> bool:
    return actor.is_client


@rules.predicate
def is_worker(actor: Actor, subject: object) -> bool:
    return actor.is_worker


@rules.predicate
def is_staff(actor: Actor, subject: object) -> bool:
    return actor.is_staff


@rules.predicate
def is_system(actor: Actor, subject: object) -> bool:
    return actor.is_system


@rules.predicate
def is_signed_in(actor: Actor, subject: object) -> bool:
    return actor.user is not None


def has_role(*roles: str) -> rules.Predicate:
    """A client whose membership has one of these roles; an administrator has them all."""
    wanted = {*roles, Role.ADMINISTRATOR.value}

    @rules.predicate(name="has_role:" + ",".join(sorted(wanted)))
    def predicate(actor: Actor, subject: object) -> bool:
        return actor.is_client and bool(wanted & actor.roles)

    return predicate


@rules.predicate
def belongs_to_company(actor: Actor, subject: object) -> bool:
    """The subject is the actor's company, or has it as its ``company``."""
    if actor.membership is None:
        return False
    company_id = (
        subject.pk if isinstance(subject, Company) else getattr(subject, "company_id", None)
    )
    return actor.membership.company_id == company_id


@rules.predicate
def is_worker_of(actor: Actor, subject: object) -> bool:
    """The subject (an assignment, a case, an invoice) has the actor as its ``worker``."""
    return actor.worker is not None and getattr(subject, "worker_id", None) == actor.worker.pk


@rules.predicate
def is_own_profile(actor: Actor, subject: object) -> bool:
    return actor.worker is not None and actor.worker == subject


@rules.predicate
def is_own_membership(actor: Actor, subject: object) -> bool:
    return isinstance(subject, Membership) and actor.membership == subject


@rules.predicate
def is_listed_worker(actor: Actor, subject: object) -> bool:
    return isinstance(subject, WorkerProfile) and subject.user.is_active


administrator = has_role()
"""Only the administrator's role."""

rules.add_rule("accounts.see_company", is_signed_in)
rules.add_rule("accounts.edit_company", administrator & belongs_to_company)
rules.add_rule("accounts.see_team", is_client & belongs_to_company)
rules.add_rule("accounts.manage_team", administrator & belongs_to_company)
rules.add_rule("accounts.leave_company", is_own_membership)
rules.add_rule("accounts.find_workers", is_client)
rules.add_rule("accounts.see_worker", is_own_profile | ((is_client | is_staff) & is_listed_worker))
rules.add_rule("accounts.edit_worker", is_own_profile)
