"""Writing and publishing policies: a draft, then a version that stays as it was published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.actors import Actor
from activity.record import record
from conduct.models import Policy, PolicyDraft, PolicyVersion
from conduct.parties import require_staff
from core.errors import DomainError


class DraftChanged(DomainError):
    message = "{name} has changed this draft meanwhile. Copy what you wrote, reload, and compare."


class NoDraft(DomainError):
    message = "There is no draft to publish. Write one first."


class NothingChanged(DomainError):
    message = "This is word for word the text that was published last. Change something first."
    field = "text"


class InThePast(DomainError):
    message = "Choose a moment from now on, or leave it empty to publish at once."
    field = "in_force_from"


class OneIsScheduled(DomainError):
    message = "Version {number} comes into force later. Take it back first, or wait until it does."


class InForceAlready(DomainError):
    message = "Version {number} is in force, and people have accepted it. Publish another one."


class AddressTaken(DomainError):
    message = "There is a policy at this address already. Choose another one."
    field = "slug"


@transaction.atomic
def add_policy(
    *, title: str, slug: str, summary: str, audience: str, asks_acceptance: bool, by: Actor,
    at: datetime,
) -> Policy:  # fmt: skip
    """A new policy, which nobody sees before its first version is published."""
    require_staff(by)
    policy, is_new = Policy.objects.get_or_create(
        slug=slug,
        defaults={
            "title": title, "summary": summary, "audience": audience,
            "asks_acceptance": asks_acceptance,
        },
    )  # fmt: skip
    if not is_new:
        raise AddressTaken
    record("policy.added", policy, by=by, at=at, title=title)
    return policy


@transaction.atomic
def save_draft(
    policy: Policy, *, text: str, note: str, revision: int, by: Actor, at: datetime
) -> PolicyDraft:
    """Keep the next wording; ``revision`` is the one that was on the page, 0 for none."""
    policy = _locked(policy, by)
    draft = _draft_of(policy)
    if (draft.revision if draft else 0) != revision:
        raise DraftChanged(name=str(draft.edited_by) if draft else "Somebody")
    assert by.user is not None
    if draft is None:
        draft = PolicyDraft(policy=policy, revision=0, edited_by=by.user, edited_at=at)
    draft.text, draft.note, draft.revision = text, note, draft.revision + 1
    draft.edited_by, draft.edited_at = by.user, at
    draft.save()
    return draft


@transaction.atomic
def discard(policy: Policy, *, by: Actor, at: datetime) -> None:
    """Throw the draft away; what is published stays."""
    draft = _draft_of(_locked(policy, by))
    if draft is not None:
        draft.delete()
        record("policy.draft_discarded", policy, by=by, at=at)


@transaction.atomic
def publish(
    policy: Policy, *, revision: int, by: Actor, at: datetime,
    in_force_from: datetime | None = None,
) -> PolicyVersion:  # fmt: skip
    """Make the draft the next version, in force at once or from a later moment.

    From then on everybody it concerns is asked to accept it before their next step. One version
    may wait at a time; until it is in force it can be taken back.
    """
    policy = _locked(policy, by)
    draft = _draft_of(policy)
    if draft is None:
        raise NoDraft
    if draft.revision != revision:
        raise DraftChanged(name=str(draft.edited_by))
    if in_force_from is not None and in_force_from < at:
        raise InThePast
    if waiting := policy.versions.filter(in_force_from__gt=at).first():
        raise OneIsScheduled(number=waiting.number)
    last = policy.versions.order_by("-number").first()
    if last is not None and last.text == draft.text:
        raise NothingChanged
    number = policy.versions.aggregate(last=Max("number"))["last"] or 0
    version = PolicyVersion.objects.create(
        policy=policy, number=number + 1, text=draft.text, note=draft.note,
        in_force_from=in_force_from or at, published_by=by.user, published_at=at,
    )  # fmt: skip
    draft.delete()
    record(
        "policy.published", version, by=by, at=at, policy=policy.slug, number=version.number,
        in_force_from=version.in_force_from.isoformat(),
    )  # fmt: skip
    return version


@transaction.atomic
def take_back(version: PolicyVersion, *, by: Actor, at: datetime) -> None:
    """Let a version that is not in force yet become a draft again, unless there is one."""
    policy = _locked(version.policy, by)
    version = policy.versions.get(pk=version.pk)
    if version.in_force_from <= at:
        raise InForceAlready(number=version.number)
    if _draft_of(policy) is None:
        assert by.user is not None
        PolicyDraft.objects.create(
            policy=policy, text=version.text, note=version.note, edited_by=by.user, edited_at=at
        )
    record("policy.taken_back", policy, by=by, at=at, number=version.number)
    version.delete()


def _locked(policy: Policy, by: Actor) -> Policy:
    require_staff(by)
    return Policy.objects.select_for_update().get(pk=policy.pk)


def _draft_of(policy: Policy) -> PolicyDraft | None:
    return PolicyDraft.objects.select_related("edited_by").filter(policy=policy).first()
