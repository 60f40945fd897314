"""Which credentials there are: what each asks for, and who looks at it. Edited by staff."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Family(models.TextChoices):
    LICENSE = "license", "License"
    CERTIFICATION = "certification", "Certification"
    INSURANCE = "insurance", "Insurance"
    BACKGROUND = "background", "Background check"
    DRUG_TEST = "drug_test", "Drug test"
    IDENTITY = "identity", "Identity"


CHECKS = (Family.BACKGROUND, Family.DRUG_TEST)
"""Of these a client reads “clear” and nothing else, and that only where the worker shows it."""

CONFIDENTIAL = (*CHECKS, Family.IDENTITY)
"""Nobody but the worker and staff opens a document of these."""


class Reviewer(models.TextChoices):
    STAFF = "staff", "Our staff, once for all clients"
    COMPANY = "company", "Each client for itself"


class CredentialKindQuerySet(models.QuerySet["CredentialKind"]):
    def in_use(self) -> CredentialKindQuerySet:
        return self.filter(archived_at=None)


class CredentialKind(models.Model):
    """One kind of credential, such as “Low voltage license”, and what a worker must give for it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    family = models.CharField(max_length=20, choices=Family)
    help = models.CharField(
        "what to hand in", max_length=300, blank=True, help_text="Workers read it above the form."
    )
    needs_document = models.BooleanField("needs a document", default=True)
    has_expiry = models.BooleanField("expires", default=True)
    needs_issuer = models.BooleanField("needs an issuer", default=False)
    needs_number = models.BooleanField("needs a number", default=False)
    needs_state = models.BooleanField("needs a state", default=False)
    needs_amount = models.BooleanField("needs an insured amount", default=False)
    reviewed_by = models.CharField(
        "who reviews it", max_length=10, choices=Reviewer, default=Reviewer.STAFF
    )
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(
        "not used any more since", null=True, blank=True,
        help_text="Nobody can add one then, and requirements that ask for it let nobody pass.",
    )  # fmt: skip

    objects = CredentialKindQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(family__in=("background", "drug_test", "identity"))
                | Q(reviewed_by="staff"),
                name="credential_kind_confidential_by_staff",
                violation_error_message="Checks and identity are reviewed by our staff only: "
                "a client may never see why one failed.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_check(self) -> bool:
        return self.family in CHECKS

    @property
    def is_confidential(self) -> bool:
        return self.family in CONFIDENTIAL

    @property
    def by_company(self) -> bool:
        return self.reviewed_by == Reviewer.COMPANY

    @property
    def icon(self) -> str:
        return {
            Family.LICENSE: "badge-check",
            Family.CERTIFICATION: "graduation-cap",
            Family.INSURANCE: "shield",
            Family.IDENTITY: "user-check",
        }.get(Family(self.family), "shield-check")
