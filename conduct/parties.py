"""The one that a violation, a measure or a concern is about: locked before anything is decided."""

from __future__ import annotations

from collections.abc import Callable

from accounts.actors import Actor
from accounts.models import Company, Membership, User, WorkerProfile
from core.errors import DomainError

Interest = Callable[[User, Company | None, WorkerProfile | None], bool]
_interests: list[Interest] = []


def register_interest(check: Interest) -> Interest:
    """Add what a higher app knows of staff and parties; called from ``AppConfig.ready``."""
    if check not in _interests:
        _interests.append(check)
    return check


class StaffDecide(DomainError):
    message = "Only a member of staff records violations and decides what follows."


class OwnParty(DomainError):
    message = "You belong to {party} yourself. Ask somebody else to look at this."


class HasInterest(DomainError):
    message = "You have declared an interest in {party}. Ask somebody else to look at this."


def lock_party(
    company: Company | None, worker: WorkerProfile | None, *, by: Actor
) -> Company | WorkerProfile:
    """The party under lock, for a member of staff who does not belong to it."""
    require_staff(by)
    if company is not None:
        Company.objects.select_for_update().get(pk=company.pk)
    elif worker is not None:
        WorkerProfile.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    require_apart(company, worker, by=by)
    party = company or worker
    assert party is not None
    return party


def require_staff(by: Actor) -> None:
    if not by.is_staff or by.user is None:
        raise StaffDecide


def require_apart(company: Company | None, worker: WorkerProfile | None, *, by: Actor) -> None:
    """Raise ``OwnParty`` where the member of staff belongs to the company, now or once, or is the
    worker, and ``HasInterest`` where they have declared one."""
    if worker is not None and worker.user_id == by.user_id:
        raise OwnParty(party=str(worker))
    if company and Membership.objects.filter(company=company, user=by.user).exists():
        raise OwnParty(party=str(company))
    if by.user and any(check(by.user, company, worker) for check in _interests):
        raise HasInterest(party=" or ".join(str(one) for one in (company, worker) if one))


def sides(
    party: Company | WorkerProfile,
) -> tuple[Company | None, WorkerProfile | None]:
    """The party as the two columns that name it."""
    return (party, None) if isinstance(party, Company) else (None, party)
