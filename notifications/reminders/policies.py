"""A new version of a policy: whoever accepted an earlier one hears when it comes, and that it has.

Two rules over one source. Everybody who is bound is found by one statement, however many they are;
the sweep writes to them batch by batch.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from accounts.models import User
from conduct.models import PolicyVersion
from core.dates import date_words
from notifications.people import COMPANY, WORKER
from notifications.reminders.rule import Rule, Words, hours, loader

STALE_AFTER = timedelta(days=3)
BOUND = "you accepted an earlier version"

SOURCE = """
SELECT version.id AS object_key,
       bound.user_id AS recipient_id,
       {since} AS occasion,
       {since} AS since
  FROM conduct_policyversion AS version
  JOIN conduct_policy AS policy ON policy.id = version.policy_id AND policy.asks_acceptance
 CROSS JOIN LATERAL (
       SELECT given.user_id
         FROM conduct_policyversion AS accepted
         JOIN conduct_acceptance AS given ON given.version_id = accepted.id
        WHERE accepted.policy_id = version.policy_id
        GROUP BY given.user_id
       HAVING max(accepted.number) < version.number) AS bound
  JOIN accounts_user AS person ON person.id = bound.user_id AND person.is_active
 WHERE {since} <= %(at)s
   AND {since} >= %(at)s - %(looked_back)s
   AND {stage}
   AND NOT EXISTS (
       SELECT FROM conduct_policyversion AS next
        WHERE next.policy_id = version.policy_id
          AND next.number > version.number
          AND next.in_force_from <= %(at)s)
"""
"""Who accepted is gathered for each version that is news, so that nobody is read while none is."""
PARAMS = {"looked_back": STALE_AFTER + timedelta(days=1)}


def _words(version: PolicyVersion, title: str, ask: str) -> Words:
    difference = reverse("conduct:difference", args=[version.policy.slug])
    return Words(
        title=title,
        body=f"{version.note + ' ' if version.note else ''}{ask}",
        url=f"{difference}?after={version.number}",
        action="See what changes",
        acting_as="",
        reason=BOUND,
    )


def write_scheduled(version: PolicyVersion, recipient: User, step: int) -> Words:
    day = date_words(version.in_force_from)
    return _words(
        version,
        f"{version.policy} will change on {day}",
        "Until then the text you accepted stays in force. From that day we ask you to accept the "
        "new one before your next step.",
    )


def write_in_force(version: PolicyVersion, recipient: User, step: int) -> Words:
    day = date_words(version.in_force_from)
    return _words(
        version,
        f"{version.policy}: a new version has been in force since {day}",
        "We ask you to accept it before your next step. What is under way goes on.",
    )


POLICY_SCHEDULED = Rule(
    name="policy_scheduled",
    label="A new version of a policy is scheduled",
    to="everybody who accepted an earlier version",
    sides=(COMPANY, WORKER),
    clock="its publication",
    silent="once it is in force or was taken back",
    source=SOURCE.format(since="version.published_at", stage="version.in_force_from > %(at)s"),
    params=PARAMS,
    delays=hours(0),
    stale_after=STALE_AFTER,
    load=loader(PolicyVersion, "policy"),
    write=write_scheduled,
)
POLICY_IN_FORCE = Rule(
    name="policy_in_force",
    label="A new version of a policy is in force",
    to="everybody who accepted an earlier version, and not this one",
    sides=(COMPANY, WORKER),
    clock="the moment from which it is in force",
    silent="once accepted, or replaced by a newer one",
    source=SOURCE.format(since="version.in_force_from", stage="TRUE"),
    params=PARAMS,
    delays=hours(0),
    stale_after=STALE_AFTER,
    load=loader(PolicyVersion, "policy"),
    write=write_in_force,
)
