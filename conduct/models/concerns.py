"""What staff should look at: reports, and what sweeps found. Nothing follows from it by itself."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from conduct.models.standing import (
    Measure,
    Party,
    PartyQuerySet,
    Side,
    Violation,
    ViolationKind,
    party_check,
)


class Source(models.TextChoices):
    REPORT = "report", "Report"
    NEW_CLIENT = "new_client", "New client"
    CONTACT_DETAILS = "contact_details", "Contact details"
    LATE_CANCELLATION = "late_cancellation", "Late cancellations"
    NO_SHOW = "no_show", "No-show"
    PAYMENT_LATE = "payment_late", "Unpaid past due"


class Reason(models.TextChoices):
    """Why somebody reports an assignment; what one side can say the other may not be able to."""

    SCAM = "scam", "It looks like fraud or a fake posting"
    OFF_PLATFORM = "off_platform", "I was asked to deal or pay outside of the site"
    UNSAFE = "unsafe", "It is unsafe or against the law"
    DISCRIMINATION = "discrimination", "Discrimination, harassment or threats"
    MISLEADING = "misleading", "What it says is not true"
    IDENTITY = "identity", "Somebody is not who they say they are"
    OTHER = "other", "Something else"


class Outcome(models.TextChoices):
    DISMISSED = "dismissed", "Nothing to record"
    CLEARED = "cleared", "Checked and in order"
    VIOLATION = "violation", "Violation recorded"


class Concern(Party):
    """One thing for staff to look at, about the company or worker it names.

    ``key`` is what makes a sweep find the same thing once. A report carries who made it; the
    other side never learns of it.
    """

    source = models.CharField(max_length=20, choices=Source)
    kind = models.ForeignKey(
        ViolationKind, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="suggested violation",
    )  # fmt: skip
    assignment_reference = models.CharField("assignment", max_length=12, blank=True)
    words = models.TextField(max_length=2_000)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reported_side = models.CharField(max_length=10, choices=Side.choices[:2], blank=True)
    is_urgent = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    key = models.CharField(max_length=80)
    stop = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="concerns"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_words = models.TextField(max_length=1_000, blank=True)
    violation = models.OneToOneField(
        Violation, models.PROTECT, null=True, blank=True, related_name="concern"
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        permissions = [("work_concern", "Can work the safety queue")]
        indexes = [
            models.Index(fields=["source", "id"], condition=Q(closed_at=None), name="concern_open"),
            models.Index(fields=["company", "-id"], name="concern_company"),
            models.Index(fields=["worker", "-id"], name="concern_worker"),
            models.Index(
                fields=["assignment_reference"],
                condition=~Q(assignment_reference=""),
                name="concern_assignment",
            ),
        ]
        constraints = [
            party_check("concern_about_one"),
            models.UniqueConstraint(fields=["source", "key"], name="concern_once"),
            models.UniqueConstraint(
                fields=["reported_by", "assignment_reference"],
                condition=Q(closed_at=None, source="report"),
                name="concern_report_open_once",
            ),
            models.CheckConstraint(
                condition=Q(source="report", reported_by__isnull=False) & ~Q(reason="")
                | ~Q(source="report") & Q(reported_by=None, reason=""),
                name="concern_report_has_reporter",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
                name="concern_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="violation", violation__isnull=False)
                | ~Q(outcome="violation") & Q(violation=None),
                name="concern_violation_fits",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="concern_kept",
                fields=[
                    "company", "worker", "source", "kind", "assignment_reference", "words",
                    "reason", "reported_by", "reported_side", "raised_at", "key",
                ],
            ),
            pgtrigger.Protect(name="concern_stays", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_source_display()}: {self.party}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_from_worker(self) -> bool:
        return self.reported_side == Side.WORKER
