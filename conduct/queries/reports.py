"""Whom a policy concerns and who of them has accepted; whom a text has helped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership, User, WorkerProfile
from conduct.models import Acceptance, Audience, Helpfulness, Policy, PolicyVersion

WHICH = (("", "Everybody"), ("accepted", "Accepted"), ("outstanding", "Not yet"))


def concerned(policy: Policy) -> QuerySet[User, User]:
    """The people whom a policy concerns now, by what they are."""
    client = Exists(Membership.objects.current().filter(user=OuterRef("pk")))
    worker = Exists(WorkerProfile.objects.filter(user=OuterRef("pk")))
    wanted = {Audience.CLIENTS: Q(client), Audience.WORKERS: Q(worker)}
    people = User.objects.filter(is_active=True)
    return people.filter(wanted.get(Audience(policy.audience), Q(client) | Q(worker)))


def acceptance_of(
    version: PolicyVersion, *, which: str = "", words: str = ""
) -> QuerySet[User, Any]:
    """Everybody concerned, with the moment and address of their yes (one query)."""
    own = Acceptance.objects.filter(user=OuterRef("pk"), version=version)
    rows = concerned(version.policy).annotate(
        accepted_at=Subquery(own.values("accepted_at")[:1]),
        accepted_from=Subquery(own.values("ip_address")[:1]),
    )
    if which:
        rows = rows.filter(accepted_at__isnull=which == "outstanding")
    if words:
        rows = rows.filter(Q(full_name__icontains=words) | Q(email__icontains=words))
    return rows


def acceptance_counts(version: PolicyVersion) -> dict[str, int]:
    """How many are concerned, and how many of them have accepted (one query)."""
    own = Acceptance.objects.filter(user=OuterRef("pk"), version=version)
    return concerned(version.policy).aggregate(
        concerned=Count("pk"), accepted=Count("pk", filter=Exists(own))
    )


def overview(*, at: datetime) -> QuerySet[Policy, Any]:
    """Every policy with its version in force, what waits, and opinions of it (one query)."""
    versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    current = versions.filter(in_force_from__lte=at).order_by("-number")
    waiting = versions.filter(in_force_from__gt=at).order_by("number")
    opinions = Helpfulness.objects.filter(version__policy=OuterRef("pk")).order_by()
    by_policy = opinions.values("version__policy")
    return (
        Policy.objects.select_related("draft__edited_by")
        .annotate(
            number=Subquery(current.values("number")[:1]),
            since=Subquery(current.values("in_force_from")[:1]),
            next_number=Subquery(waiting.values("number")[:1]),
            next_from=Subquery(waiting.values("in_force_from")[:1]),
            answers=Subquery(by_policy.annotate(n=Count("pk")).values("n")),
            helped=Subquery(by_policy.annotate(n=Count("pk", filter=Q(helped=True))).values("n")),
        )
        .order_by("pk")
    )


def versions_of(policy: Policy) -> QuerySet[PolicyVersion, Any]:
    """All versions, newest first, with how many accepted them and whom they helped (one query)."""
    opinions = Helpfulness.objects.filter(version=OuterRef("pk")).order_by().values("version")
    accepted = Acceptance.objects.filter(version=OuterRef("pk")).order_by().values("version")
    return (
        policy.versions.select_related("published_by")
        .annotate(
            accepted=Subquery(accepted.annotate(n=Count("pk")).values("n")),
            answers=Subquery(opinions.annotate(n=Count("pk")).values("n")),
            helped=Subquery(opinions.annotate(n=Count("pk", filter=Q(helped=True))).values("n")),
        )
        .order_by("-number")
    )  # fmt: skip


def opinions_of(policy: Policy) -> QuerySet[Helpfulness, Helpfulness]:
    """What people wrote beside their yes or no, newest first."""
    rows = Helpfulness.objects.filter(version__policy=policy).exclude(words="")
    return rows.select_related("version", "user").order_by("-given_at", "-pk")


def last_accepted(user_id: int, versions: list[PolicyVersion]) -> dict[int, PolicyVersion]:
    """By policy, the newest version this person accepted before these (one query)."""
    rows = PolicyVersion.objects.filter(
        policy__in=[version.policy_id for version in versions], acceptances__user=user_id
    )
    return {row.policy_id: row for row in rows.order_by("policy_id", F("number").asc())}


def opinion_of(version: PolicyVersion, user_id: int) -> Helpfulness | None:
    """What this person said of a text."""
    return Helpfulness.objects.filter(version=version, user=user_id).first()
