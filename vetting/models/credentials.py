"""What workers prove about themselves: credentials, with their dates, documents and review."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.fields import MoneyField
from vetting.credential_states import Stage
from vetting.models.credential_kinds import CONFIDENTIAL, CredentialKind

if TYPE_CHECKING:
    from accounts.actors import Actor


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, actor: Actor) -> CredentialQuerySet:
        """A worker sees their own, staff all of them; of a company the ones handed in to it.

        What clients read on a worker's profile is ``valid_on`` and ``shown_to``, never a row.
        """
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_worker:
            return self.filter(worker=actor.worker)
        if actor.is_client:
            return self.filter(company=actor.company).exclude(status=Stage.WITHDRAWN)
        return self.none()

    def valid_on(self, day: date | Combinable) -> CredentialQuerySet:
        """Verified, begun by that day and not over before its end."""
        return self.filter(
            Q(issued_on=None) | Q(issued_on__lte=day),
            Q(expires_on=None) | Q(expires_on__gte=day),
            status=Stage.VERIFIED,
        )

    def shown_to(self, company: Company | None) -> CredentialQuerySet:
        """What the worker lets this company know of."""
        mine = Q(company=None) | Q(company=company) if company else Q(company=None)
        return self.filter(mine, is_shown=True)


class Credential(models.Model):
    """One credential of a worker: what it says, and how its review stands.

    A renewal is a row of its own that ``renews`` the old one, which counts until it expires.
    ``company`` is set where the kind is reviewed by each client for itself. ``revision`` counts
    the worker's changes, so that nobody decides on what they have not seen. Whether it has
    expired follows from ``expires_on``, its last valid day, and is nowhere stored.
    """

    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="credentials")
    kind = models.ForeignKey(CredentialKind, models.PROTECT, related_name="credentials")
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    reference = models.CharField(max_length=12, unique=True)
    key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=Stage, default=Stage.PENDING)
    issuer = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=60, blank=True)
    region = models.CharField("state", max_length=40, blank=True)
    amount = MoneyField("insured amount", null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    is_shown = models.BooleanField("clients may know of it")
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    revision = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        permissions = [("review_credential", "Can review workers’ credentials")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=("verified", "refused", "returned"))
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="credential_decided",
            ),
            models.CheckConstraint(
                condition=Q(issued_on=None)
                | Q(expires_on=None)
                | Q(issued_on__lte=models.F("expires_on")),
                name="credential_dates",
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=Q(status__in=("pending", "returned", "verified")),
                name="credential_renewed_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["worker", "kind", "expires_on"],
                condition=Q(status="verified"),
                name="credential_valid",
            ),
            models.Index(fields=["worker", "-id"], name="credential_of_worker"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status="pending"),
                name="credential_queue",
            ),
            models.Index(
                fields=["expires_on"], condition=Q(status="verified"), name="credential_expiring"
            ),
            models.Index(
                fields=["company", "status", "-id"],
                condition=Q(company__isnull=False),
                name="credential_of_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.worker}"

    def get_absolute_url(self) -> str:
        return reverse("vetting:credential", args=[self.reference])

    def is_valid_on(self, day: date) -> bool:
        begun = self.issued_on is None or self.issued_on <= day
        return self.status == Stage.VERIFIED and begun and not self.is_over_on(day)

    def is_over_on(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day

    @property
    def is_waiting(self) -> bool:
        return self.status == Stage.PENDING

    @property
    def was_returned(self) -> bool:
        return self.status == Stage.RETURNED

    @property
    def was_refused(self) -> bool:
        return self.status == Stage.REFUSED

    @property
    def is_verified(self) -> bool:
        return self.status == Stage.VERIFIED


class CredentialDocumentQuerySet(models.QuerySet["CredentialDocument"]):
    def visible_to(self, actor: Actor, *, on: date) -> CredentialDocumentQuerySet:
        """The worker's own; staff's, by the rule of the page; of a client those handed in to it,
        and those of valid credentials that the worker shows, but never of a confidential one."""
        kept = self.filter(removed_at=None)
        if actor.is_staff or actor.is_system:
            return kept.filter(credential__isnull=False)
        if actor.is_worker:
            return kept.filter(worker=actor.worker)
        if not actor.is_client:
            return self.none()
        shown = Credential.objects.valid_on(on).shown_to(actor.company)
        handed_in = Credential.objects.visible_to(actor)
        readable = shown | handed_in
        return kept.filter(credential__in=readable.values("pk")).exclude(
            credential__kind__family__in=CONFIDENTIAL
        )


class CredentialDocument(models.Model):
    """A file of a credential. Without one it is kept for a day while its form is put right."""

    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    reference = models.CharField(max_length=20, unique=True)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CredentialDocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["credential", "id"], name="credential_documents"),
            models.Index(
                fields=["added_at"], condition=Q(credential=None), name="credential_document_loose"
            ),
        ]

    def __str__(self) -> str:
        return self.name
