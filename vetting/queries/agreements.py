"""Reads of agreements: lists from both sides, differences, and who has signed what."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Company, User, WorkerProfile
from vetting.models import (
    Agreement,
    AgreementSignature,
    AgreementVersion,
    CompanyMark,
    GroupKind,
    GroupMembership,
    Standing,
)

MOST = 200
Signatures = QuerySet[AgreementSignature, AgreementSignature]


def of_company(company: Company, *, archived: bool = False) -> list[Agreement]:
    """The company's agreements with how many have ``signed`` each, and how many of them ``now``:
    the version in force."""
    rows = Agreement.objects.filter(company=company, archived_at__isnull=not archived)
    now = Q(versions__number=F("current"))
    rows = rows.annotate(
        signed=Count("versions__signatures__worker", distinct=True),
        now=Count("versions__signatures__worker", distinct=True, filter=now),
    )
    return list(rows.order_by(Lower("title"), "pk")[:MOST])


@dataclass(frozen=True)
class Own:
    """An agreement as its worker's list shows it; ``signed`` is the latest version they signed."""

    agreement: Agreement
    signed: int | None
    signature: AgreementSignature | None

    @property
    def is_due(self) -> bool:
        return self.agreement.archived_at is None and self.signed != self.agreement.current


def own_agreements(worker: WorkerProfile) -> list[Own]:
    """Those the worker has signed, and those of companies that keep them in a group; to be
    signed first (two queries)."""
    groups = GroupMembership.objects.filter(
        worker=worker, group__company=OuterRef("company"),
        status__in=GroupMembership.KNOWN_TO_WORKER,
    ).exclude(group__kind=GroupKind.PRIVATE)  # fmt: skip
    blocked = CompanyMark.objects.filter(
        company=OuterRef("company"), worker=worker, standing=Standing.BLOCKED
    )
    signed = AgreementSignature.objects.filter(version__agreement=OuterRef("pk"), worker=worker)
    rows = Agreement.objects.filter(
        Exists(signed) | (Q(archived_at=None) & Exists(groups) & ~Exists(blocked))
    )
    agreements = list(rows.select_related("company").order_by("company__name", "pk")[:MOST])
    given = latest_signatures(worker, [one.pk for one in agreements])
    found = [
        Own(one, given[one.pk].version.number if one.pk in given else None, given.get(one.pk))
        for one in agreements
    ]
    return sorted(found, key=lambda one: not one.is_due)


def latest_signatures(
    worker: WorkerProfile, agreements: list[int]
) -> dict[int, AgreementSignature]:
    """The worker's signature under the newest version they have signed, by agreement."""
    rows = AgreementSignature.objects.filter(worker=worker, version__agreement__in=agreements)
    rows = rows.select_related("version").order_by("version__number")
    return {row.version.agreement_id: row for row in rows}


def signed_for(worker: WorkerProfile, company: Company) -> list[AgreementSignature]:
    """What the worker has signed for this company, the newest version of each (one query)."""
    rows = AgreementSignature.objects.filter(worker=worker, version__agreement__company=company)
    rows = rows.select_related("version__agreement").order_by("version__number")
    return list({row.version.agreement_id: row for row in rows}.values())[:MOST]


def signatures(agreement: Agreement, *, words: str = "", which: str = "") -> Signatures:
    """Who signed: every signature, or of each worker whether they signed the version in force
    (``now``), or an older one only (``older``)."""
    rows = AgreementSignature.objects.filter(version__agreement=agreement)
    if which == "now":
        rows = rows.filter(version__number=agreement.current)
    elif which == "older":
        newer = AgreementSignature.objects.filter(
            version__agreement=agreement, worker=OuterRef("worker"),
            version__number__gt=OuterRef("version__number"),
        )  # fmt: skip
        rows = rows.exclude(version__number=agreement.current).filter(~Exists(newer))
    if words:
        names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
            words=SearchQuery(words, config="simple", search_type="plain")
        )
        rows = rows.filter(worker__user__in=names.values("pk"))
    return rows.select_related("version", "worker__user")


def versions_of(agreement: Agreement) -> list[AgreementVersion]:
    """Newest first, each with how many ``signed`` it."""
    rows = agreement.versions.annotate(signed=Count("signatures")).select_related("published_by")
    return list(rows.order_by("-number")[:MOST])


def newest_signature(agreement: Agreement, worker: WorkerProfile) -> AgreementSignature | None:
    return latest_signatures(worker, [agreement.pk]).get(agreement.pk)


def signers_before(agreement: Agreement, number: int) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Workers whose newest signature is under an older version than this."""
    return (
        WorkerProfile.objects.filter(signatures__version__agreement=agreement)
        .annotate(newest=Max("signatures__version__number"))
        .filter(newest__lt=number)
        .order_by("pk")
    )
