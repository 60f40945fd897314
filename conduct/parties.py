"""The one that a violation, a measure or a concern is about: locked before anything is decided."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.models import Company, Membership, WorkerProfile
from core.errors import DomainError


class StaffDecide(DomainError):
    message = "Only a member of staff records violations and decides what follows."


class OwnParty(DomainError):
    message = "You belong to {party} yourself. Ask somebody else to look at this."


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
    """Raise ``OwnParty`` where the member of staff belongs to the company or is the worker."""
    if worker is not None and worker.user_id == by.user_id:
        raise OwnParty(party=str(worker))
    if company is None:
        return
    if Membership.objects.current().filter(company=company, user=by.user).exists():
        raise OwnParty(party=str(company))


def sides(
    party: Company | WorkerProfile,
) -> tuple[Company | None, WorkerProfile | None]:
    """The party as the two columns that name it."""
    return (party, None) if isinstance(party, Company) else (None, party)
