"""Reads of credentials: a worker's own, what a client reads of them, and the reviewers' queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Company, User, WorkerProfile
from activity.models import Event
from core.badges import Badge, badge_for
from vetting.credential_states import Stage
from vetting.models import (
    Credential,
    CredentialDocument,
    CredentialKind,
    GroupKind,
    GroupMembership,
    Requirement,
)

SOON = timedelta(days=30)
MOST_OWN = 200
Rows = QuerySet[Credential, Credential]


def badge_of(credential: Credential, day: date) -> Badge:
    """How it stands on that day: its review, or whether its dates still hold."""
    if credential.is_verified:
        if credential.is_over_on(day):
            return Badge("Expired", "warning", "clock")
        if not credential.is_valid_on(day):
            return Badge("Not valid yet", "info", "calendar")
        if credential.is_over_on(day + SOON):
            return Badge("Expires soon", "warning", "clock")
    return badge_for(credential.status, credential.get_status_display())


@dataclass(frozen=True)
class Line:
    """A credential as a list shows it."""

    credential: Credential
    badge: Badge
    may_renew: bool = False


def with_documents(rows: Rows) -> Rows:
    kept = CredentialDocument.objects.filter(removed_at=None).order_by("pk")
    return rows.prefetch_related(Prefetch("documents", queryset=kept, to_attr="kept"))


def own_lines(worker: WorkerProfile, day: date) -> tuple[list[Line], list[Line]]:
    """The worker's credentials that matter now, and earlier ones: over and renewed, refused."""
    rows = Credential.objects.filter(worker=worker).exclude(status=Stage.WITHDRAWN)
    found = list(rows.select_related("kind", "company").order_by("-pk")[:MOST_OWN])
    renewed = {row.renews_id for row in found if row.status in (Stage.PENDING, Stage.VERIFIED)}
    now: list[Line] = []
    earlier: list[Line] = []
    for row in found:
        replaced = row.pk in renewed
        line = Line(row, badge_of(row, day), may_renew=row.is_verified and not replaced)
        past = row.was_refused or (replaced and row.is_over_on(day))
        (earlier if past else now).append(line)
    urgent = {"warning": 0, "info": 1}
    return sorted(now, key=lambda line: urgent.get(line.badge.tone, 2)), earlier


def is_renewed(credential: Credential) -> bool:
    over = (Stage.REFUSED, Stage.WITHDRAWN)
    return credential.renewals.exclude(status__in=over).exists()


def loose(worker: WorkerProfile, references: Sequence[str]) -> list[CredentialDocument]:
    """Of these, the files that the worker chose in an earlier try of the form."""
    wanted = [one for one in references if len(one) <= 20 and "\x00" not in one]
    if not wanted:
        return []
    rows = CredentialDocument.objects.filter(
        worker=worker, credential=None, removed_at=None, reference__in=wanted
    )
    return list(rows.order_by("pk"))


def companies_asking(
    kind: CredentialKind, worker: WorkerProfile, asking: Company | None
) -> QuerySet[Company, Company]:
    """Companies a worker may hand this kind in to: that ask for it, or keep them in a group."""
    asked = Requirement.objects.filter(
        kind="credential", values__kind=kind.slug, requirement_set__company=OuterRef("pk"),
        requirement_set__archived_at=None,
    )  # fmt: skip
    groups = GroupMembership.objects.filter(
        worker=worker, group__company=OuterRef("pk"), status__in=GroupMembership.KNOWN_TO_WORKER
    ).exclude(group__kind=GroupKind.PRIVATE)
    wanted = Q(Exists(asked)) | Q(Exists(groups))
    if asking:
        wanted |= Q(pk=asking.pk)
    return Company.objects.filter(wanted).order_by("name", "pk")


def files_of(credential: Credential) -> list[dict[str, Any]]:
    """What the file list shows; ``with_documents`` brings them."""
    return [
        {
            "name": row.name,
            "url": reverse("vetting:credential_document", args=[row.reference]),
            "size": row.size,
            "at": row.added_at,
        }
        for row in credential.kept  # type: ignore[attr-defined]
    ]


@dataclass(frozen=True)
class Proof:
    """What a client reads of a credential; of a check no more than its name and “Clear”."""

    name: str
    icon: str
    says: str
    facts: str = ""
    expires_on: date | None = None
    documents: tuple[tuple[str, str], ...] = ()


def proofs(worker: WorkerProfile, actor: Actor, *, day: date) -> list[Proof]:
    """The valid credentials of a worker that they let this client know of (two queries)."""
    valid = Credential.objects.filter(worker=worker).valid_on(day).shown_to(actor.company)
    rows = with_documents(valid.select_related("kind"))
    found: dict[int, Proof] = {}
    for row in rows.order_by("kind__position", "kind__name", "-pk")[:MOST_OWN]:
        if row.kind.is_confidential:
            says = "Clear" if row.kind.is_check else "Verified"
            found.setdefault(-row.kind_id, Proof(row.kind.name, row.kind.icon, says))
        else:
            found[row.pk] = _proof(row)
    return list(found.values())


def _proof(row: Credential) -> Proof:
    facts = [row.issuer, row.region, f"No. {row.number}" if row.number else ""]
    if row.amount:
        facts.append(f"${row.amount:,.0f} insured")
    return Proof(
        row.kind.name,
        row.kind.icon,
        "Verified for you" if row.company_id else "Verified",
        ", ".join(filter(None, facts)),
        row.expires_on,
        tuple((one["name"], one["url"]) for one in files_of(row)),
    )


def of_company(company: Company, *, status: str, words: str) -> Rows:
    """What was handed in to this company."""
    rows = Credential.objects.filter(company=company).exclude(status=Stage.WITHDRAWN)
    if status:
        rows = rows.filter(status=status)
    return _named(rows, words).select_related("kind", "worker__user")


def for_staff(queue: str, *, family: str, words: str, at: datetime) -> Rows:
    """One queue of the staff's; what companies review themselves is none of it."""
    rows = Credential.objects.filter(company=None)
    day = at.date()
    rows = {
        "returned": rows.filter(status=Stage.RETURNED),
        "decided": rows.filter(status__in=(Stage.VERIFIED, Stage.REFUSED)),
        "expiring": rows.filter(
            status=Stage.VERIFIED, expires_on__gte=day, expires_on__lte=day + SOON
        ),
    }.get(queue, rows.filter(status=Stage.PENDING))
    if family:
        rows = rows.filter(kind__family=family)
    return _named(rows, words).select_related("kind", "worker__user", "decided_by")


def staff_counts(*, at: datetime) -> dict[str, int]:
    day = at.date()
    soon = Q(status=Stage.VERIFIED, expires_on__gte=day, expires_on__lte=day + SOON)
    return Credential.objects.filter(company=None).aggregate(
        waiting=Count("pk", filter=Q(status=Stage.PENDING)),
        returned=Count("pk", filter=Q(status=Stage.RETURNED)),
        expiring=Count("pk", filter=soon),
    )


def waiting_for_staff() -> int:
    """How many wait for a decision of ours."""
    return Credential.objects.filter(company=None, status=Stage.PENDING).count()


def _named(rows: Rows, words: str) -> Rows:
    if not words:
        return rows
    names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
        words=SearchQuery(words, config="simple", search_type="plain")
    )
    return rows.filter(
        Q(worker__user__in=names.values("pk"))
        | Q(reference__iexact=words)
        | Q(worker__reference__iexact=words)
    )


def earlier_of(credential: Credential) -> list[Credential]:
    """What the worker handed in of this kind before, for who reviews; withdrawn ones too."""
    rows = Credential.objects.filter(
        worker_id=credential.worker_id, kind_id=credential.kind_id, company=credential.company_id
    ).exclude(pk=credential.pk)
    return list(rows.select_related("decided_by", "kind").order_by("-pk")[:20])


SENTENCES = {
    "credential.added": ("Handed in for review", "upload", "info"),
    "credential.changed": ("Changed and handed in again", "pencil", "info"),
    "credential.verified": ("Verified", "shield-check", "good"),
    "credential.refused": ("Not accepted", "x", "bad"),
    "credential.returned": ("Something more was asked for", "undo-2", "warning"),
    "credential.shown": ("Shown to clients", "eye", "neutral"),
    "credential.hidden": ("Hidden from clients", "eye-off", "neutral"),
    "credential.withdrawn": ("Withdrawn", "undo-2", "neutral"),
}


def history_of(credential: Credential, *, names: bool = False) -> list[dict[str, Any]]:
    """What happened to it, newest first; who reviewed it is named to reviewers only."""
    events = Event.objects.about(credential).select_related("user").reverse()[:50]
    lines = []
    for event in events:
        title, icon, tone = SENTENCES.get(event.kind, (event.kind, "circle", "neutral"))
        lines.append(
            {
                "at": event.at, "title": title, "icon": icon, "tone": tone,
                "text": event.data.get("reason", ""), "by": event.user if names else "",
            }
        )  # fmt: skip
    return lines
