"""What a company has its workers sign: agreements, their versions, and the signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.models.marks import CompanyMark, Standing

if TYPE_CHECKING:
    from accounts.actors import Actor

LONGEST_TEXT = 10_000
"""Characters; what ``core.markdown`` shows of a text."""


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """A company's own; a worker those they have signed, and every one in use of a company
        that has not blocked them: who is asked to sign follows the link of the requirement."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            signed = AgreementSignature.objects.filter(
                version__agreement=OuterRef("pk"), worker=actor.worker
            )
            blocked = CompanyMark.objects.filter(
                company=OuterRef("company"), worker=actor.worker, standing=Standing.BLOCKED
            )
            return self.filter(Exists(signed) | (Q(archived_at=None) & ~Exists(blocked)))
        return self.none()

    def in_use(self) -> AgreementQuerySet:
        return self.filter(archived_at=None)


class Agreement(models.Model):
    """A company's document that workers sign; the text stands in versions.

    ``current`` is the number of the version in force; it is signed anew when that rises.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="agreements")
    reference = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=120)
    current = models.PositiveSmallIntegerField("version in force", default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                Lower("title"),
                condition=Q(archived_at=None),
                name="agreement_title_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("vetting:agreement", args=[self.reference])


class AgreementVersion(models.Model):
    """One wording, in Markdown. The database keeps it as it was published."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=LONGEST_TEXT)
    note = models.CharField("what has changed", max_length=300, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once")
        ]
        triggers = [
            pgtrigger.Protect(
                name="agreement_version_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement}, version {self.number}"


class AgreementSignature(models.Model):
    """A worker's signature under one version: the name they typed, when, and from where.

    The database keeps it as it was given.
    """

    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="signatures")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="signatures")
    reference = models.CharField(max_length=12, unique=True)
    typed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    ip_address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "worker"], name="agreement_signed_once")
        ]
        indexes = [models.Index(fields=["worker", "-id"], name="agreement_signed_by")]
        triggers = [
            pgtrigger.Protect(
                name="agreement_signature_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.typed_name} under {self.version}"
