"""Which policy versions are in force, and which of them a person has yet to accept."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from conduct.models import Acceptance, PolicyVersion


def in_force(*, at: datetime) -> QuerySet[PolicyVersion]:
    """The version of each policy that counts at that moment, in the order of publication."""
    newer = PolicyVersion.objects.filter(
        policy=OuterRef("policy"), number__gt=OuterRef("number"), in_force_from__lte=at
    )
    return (
        PolicyVersion.objects.filter(~Exists(newer), in_force_from__lte=at)
        .select_related("policy")
        .order_by("policy_id")
    )


def not_accepted_by(user_id: int, *, at: datetime) -> QuerySet[PolicyVersion]:
    """Of the versions in force, those without this person's yes."""
    accepted = Acceptance.objects.filter(version=OuterRef("pk"), user_id=user_id)
    return in_force(at=at).filter(~Exists(accepted))
