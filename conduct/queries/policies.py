"""Which policy versions are in force, and which of them a person has yet to accept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from conduct.models import Acceptance, Policy, PolicyVersion


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
    return in_force(at=at).filter(~Exists(accepted), policy__asks_acceptance=True)


ANY_NOT_ACCEPTED = f"""
SELECT EXISTS (
  SELECT FROM {PolicyVersion._meta.db_table} AS version
  JOIN {Policy._meta.db_table} AS policy ON policy.id = version.policy_id
  WHERE policy.asks_acceptance AND policy.audience = ANY(%(audiences)s)
    AND version.in_force_from <= %(at)s
    AND NOT EXISTS (
      SELECT FROM {PolicyVersion._meta.db_table} AS newer
      WHERE newer.policy_id = version.policy_id AND newer.number > version.number
        AND newer.in_force_from <= %(at)s)
    AND NOT EXISTS (
      SELECT FROM {Acceptance._meta.db_table} AS accepted
      WHERE accepted.version_id = version.id AND accepted.user_id = %(user)s))
"""  # noqa: S608 - of constants


def is_any_not_accepted(user_id: int, audiences: Sequence[str], *, at: datetime) -> bool:
    """Whether ``not_accepted_by`` finds anything for these audiences.

    Written out, since every page that changes something asks it first.
    """
    asked: dict[str, Any] = {
        "audiences": [str(one) for one in audiences],
        "at": at,
        "user": user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(ANY_NOT_ACCEPTED, asked)
        return bool(cursor.fetchone()[0])
