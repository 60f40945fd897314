"""The acceptance of policies: what is still to accept, the gate of the verbs, and the yes."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from activity.record import record
from conduct.models import Acceptance, Audience, PolicyVersion
from conduct.queries import is_any_not_accepted, not_accepted_by
from core.errors import DomainError

AUDIENCE_OF_KIND = {
    "client": (Audience.EVERYBODY, Audience.CLIENTS),
    "worker": (Audience.EVERYBODY, Audience.WORKERS),
}


class PoliciesNotAccepted(DomainError):
    """``versions`` are what the person has yet to accept, at ``conduct:accept``."""

    message = "Please read and accept our policies first ({titles}): see Policies, Accept."

    def __init__(self, versions: Iterable[PolicyVersion]) -> None:
        self.versions = list(versions)
        super().__init__(titles=", ".join(version.policy.title for version in self.versions))


def outstanding(actor: Actor, *, at: datetime) -> list[PolicyVersion]:
    """The versions in force that the actor's capacity asks for and the person has not accepted.

    One query. Empty for staff, the system, visitors, and a person without a capacity.
    """
    audiences = AUDIENCE_OF_KIND.get(actor.kind)
    if audiences is None or actor.user_id is None:
        return []
    return list(not_accepted_by(actor.user_id, at=at).filter(policy__audience__in=audiences))


def passed(actor: Actor, *, at: datetime) -> bool:
    """Whether nothing is outstanding; what was accepted stays so, and ``require`` relies on it."""
    audiences = AUDIENCE_OF_KIND.get(actor.kind)
    if audiences is None or actor.user_id is None:
        return True
    if not is_any_not_accepted(actor.user_id, audiences, at=at):
        actor.asked["policies accepted"] = True
    return "policies accepted" in actor.asked


def require(actor: Actor, *, at: datetime) -> None:
    """Raise ``PoliciesNotAccepted`` unless the actor has accepted all that concerns them.

    Free where the page's gate or an earlier verb has asked already.
    """
    if "policies accepted" in actor.asked or passed(actor, at=at):
        return
    raise PoliciesNotAccepted(outstanding(actor, at=at))


@transaction.atomic
def accept(
    user: User,
    versions: Iterable[PolicyVersion],
    *,
    by: Actor,
    at: datetime,
    ip_address: str | None = None,
) -> list[Acceptance]:
    """Note the person's yes to each version, with an event each; a second yes changes nothing."""
    accepted = []
    for version in versions:
        acceptance, is_new = Acceptance.objects.get_or_create(
            user=user,
            version=version,
            defaults={"accepted_at": at, "ip_address": ip_address},
        )
        accepted.append(acceptance)
        if is_new:
            record(
                "policy.accepted",
                acceptance,
                by=by,
                at=at,
                company_key=by.company.pk if by.company else None,
                policy=version.policy.slug,
                number=version.number,
            )
    return accepted
