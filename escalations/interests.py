"""Who has an interest in a case, and therefore never works or reads it as staff."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from escalations.models import Case, Interest


def with_interest(people: QuerySet[User], case: Case) -> QuerySet[User]:
    """Who of them belongs to the client, now or once, is the worker, opened the case, or has
    declared an interest in one of the two."""
    belongs = Membership.objects.filter(user=OuterRef("pk"), company=case.company_id)
    declared = Interest.objects.filter(
        Q(company=case.company_id) | Q(worker=case.worker_id), agent__user=OuterRef("pk")
    )
    return people.filter(
        Q(pk__in=[case.worker.user_id, case.opened_by_id]) | Exists(belongs) | Exists(declared)
    )


def without_interest(people: QuerySet[User], case: Case) -> QuerySet[User]:
    return people.exclude(pk__in=with_interest(User.objects.all(), case).values("pk"))


def has_interest(user: User, case: Case) -> bool:
    return with_interest(User.objects.filter(pk=user.pk), case).exists()
