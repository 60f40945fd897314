"""Who has an interest in a case, and therefore never works or reads it as staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Company, Membership, User, WorkerProfile
from conduct.parties import register_interest
from core.compiled import Compiled
from escalations.models import Case, Interest


def with_interest(people: QuerySet[User], case: Case) -> QuerySet[User]:
    """Who of them belongs to the client, now or once, is the worker, opened the case, or has
    declared an interest in one of the two."""
    return people.filter(_is_theirs(**_sides_of(case)))


def _sides_of(case: Case) -> dict[str, int]:
    return {
        "company": case.company_id,
        "worker": case.worker_id,
        "works_as": case.worker.user_id,
        "opened_by": case.opened_by_id,
    }


def _is_theirs(company: int, worker: int, works_as: int, opened_by: int) -> Q:
    belongs = Membership.objects.filter(user=OuterRef("pk"), company=company)
    declared = Interest.objects.filter(
        Q(company=company) | Q(worker=worker), agent__user=OuterRef("pk")
    )
    return Q(pk=works_as) | Q(pk=opened_by) | Exists(belongs) | Exists(declared)


@register_interest
def declared(user: User, company: Company | None, worker: WorkerProfile | None) -> bool:
    """Whether this member of staff has declared an interest in one of them (one query)."""
    about = Q(company=company) if company else Q(worker=worker)
    if company and worker:
        about |= Q(worker=worker)
    return Interest.objects.filter(about, agent__user=user).exists()


def without_interest(people: QuerySet[User], case: Case) -> QuerySet[User]:
    return people.exclude(pk__in=with_interest(User.objects.all(), case).values("pk"))


def has_interest(user: User, case: Case) -> bool:
    return INTERESTED.first(user=user.pk, **_sides_of(case)) is not None


def _interested(user: int, **sides: int) -> QuerySet[User, Any]:
    return User.objects.filter(_is_theirs(**sides), pk=user).values_list("pk", flat=True)


INTERESTED = Compiled(_interested, user=int, company=int, worker=int, works_as=int, opened_by=int)
