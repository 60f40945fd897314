"""The assignment itself: what is asked for, where, when, for how much, and how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from accounts.models import Company, Industry, WorkerProfile
from assignments.models.catalog import Customer, Location, Project
from assignments.models.priced import Priced
from assignments.models.visibility import AssignmentQuerySet
from assignments.states import TONES, Status
from core.fields import MoneyField
from payments.models import Invoice, Reservation

OF_COMPANY = "ofcompany"
"""With a company's key behind it, the word in ``search`` that stands for the company."""


@cache
def _around_reference() -> tuple[str, str]:
    """The address of an assignment before and behind its reference: lists write hundreds, and
    looking each up takes as long as drawing its row."""
    before, _, after = reverse("assignments:detail", args=["A-0"]).partition("A-0")
    return before, after


class Assignment(Priced):
    """One piece of work a company posts, from draft to paid.

    ``status`` is assigned by the verbs of ``assignments.lifecycle`` alone. Each status is
    tied to its facts by CHECK constraints, so that neither can be had without the other.
    ``budget`` is the most the worker may earn under the current price; ``posted_terms`` the
    price before anybody was assigned, from the first assigning on. Work of several days has a
    row for each; start and end are those of the first and the last of them. ``expenses`` and
    ``bonus`` were agreed on top of the price. ``amount_claimed`` is all that is asked for at
    submission, ``expenses_claimed`` the part of it that refunds expenses.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="assignments")
    reference = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)

    title = models.CharField(max_length=120)
    industry = models.ForeignKey(Industry, models.PROTECT, related_name="+")
    description = models.TextField(max_length=10_000)
    special_instructions = models.TextField(max_length=5_000, blank=True)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    support_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    support_name = models.CharField(max_length=120, blank=True)
    support_phone = models.CharField(max_length=30, blank=True)
    support_email = models.EmailField(max_length=254, blank=True)

    on_site = models.BooleanField(default=True)
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    site_name = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField("state", max_length=40, blank=True)
    postal_code = models.CharField("ZIP code", max_length=12, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    dress_code = models.CharField(max_length=200, blank=True)
    access_instructions = models.TextField(max_length=2_000, blank=True)
    time_zone = models.CharField(max_length=60, default="America/New_York")

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    day_count = models.PositiveSmallIntegerField(default=1, db_default=1)
    is_window = models.BooleanField("may start any time in this window", default=False)

    budget = MoneyField()
    posted_terms = models.JSONField(null=True, blank=True)
    expenses = MoneyField(default=0, db_default=0)
    bonus = MoneyField(default=0, db_default=0)
    price_is_fixed = models.BooleanField(default=False)
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4)
    terms_days = models.PositiveSmallIntegerField(default=0)

    wants_confirmation = models.BooleanField(default=False)
    confirm_hours_before = models.PositiveSmallIntegerField(default=24)
    wants_check_in = models.BooleanField(default=True)
    on_marketplace = models.BooleanField(default=False)
    first_to_accept = models.BooleanField(default=False)
    routed_groups = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Keys of the groups it was sent to; kept here so that find work tests them in the row."""
    requirement_sets = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Keys of the company's requirement sets that were chosen for it; kept here like the groups.
    Sets are archived and never deleted."""

    is_listed = models.GeneratedField(
        expression=Case(
            When(on_marketplace=True, then=Value(True)),
            When(routed_groups__len__gt=0, then=Value(True)),
            default=Value(False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    """Whether some worker may find it without having been invited by name."""

    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    reservation = models.OneToOneField(
        Reservation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, blank=True, related_name="+")

    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    arriving_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    paid_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_note = models.CharField(max_length=500, blank=True)

    hours_claimed = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    units_claimed = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    expenses_claimed = MoneyField(default=0, db_default=0)
    amount_claimed = MoneyField(null=True, blank=True)
    resolution = models.TextField(max_length=5_000, blank=True)

    revision = models.PositiveIntegerField(default=0)
    search = models.GeneratedField(
        expression=(
            SearchVector("title", weight="A", config="english")
            + SearchVector("description", weight="C", config="english")
            + SearchVector("city", weight="B", config="english")
            + SearchVector(
                Concat(
                    Value(OF_COMPANY, models.TextField()),
                    Cast(F("company"), models.TextField()),
                ),
                weight="D",
                config="simple",
            )
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    """The words of the posting, and one that stands for its company: an index over words alone
    would read every company's assignments to find those of one."""

    is_asked_for_change = True
    """Whether a change may be waiting for an answer; a verb that has looked knows better."""

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            *Priced.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="assignment_ends"),
            models.CheckConstraint(
                condition=Q(budget__gt=0, expenses__gte=0, bonus__gte=0), name="assignment_budget"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["pending_approval", "invoiced", "paid"])
                | Q(amount_claimed__lte=F("budget") + F("expenses") + F("bonus")),
                name="assignment_claim",
            ),
            models.CheckConstraint(
                condition=Q(expenses_claimed__gte=0)
                & (Q(amount_claimed=None) | Q(amount_claimed__gt=0)),
                name="assignment_claim_positive",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "sent", "voided"], worker=None)
                | ~Q(status__in=["draft", "sent", "voided"])
                & Q(worker__isnull=False, assigned_at__isnull=False),
                name="assignment_worker",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(sent_at__isnull=False), name="assignment_sent"
            ),
            models.CheckConstraint(
                condition=~Q(status="in_progress") | Q(started_at__isnull=False),
                name="assignment_started",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["pending_approval", "invoiced", "paid"])
                | Q(submitted_at__isnull=False, amount_claimed__isnull=False),
                name="assignment_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["invoiced", "paid"])
                | Q(approved_at__isnull=False, invoice__isnull=False),
                name="assignment_approved",
            ),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False)
                | ~Q(status="paid") & Q(paid_at=None),
                name="assignment_paid",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at=None),
                name="assignment_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(status="voided", voided_at__isnull=False)
                | ~Q(status="voided") & Q(voided_at=None),
                name="assignment_voided",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "-id"], name="assignment_board"),
            models.Index(fields=["company", "-id"], name="assignment_company"),
            models.Index(fields=["company", "starts_at", "id"], name="assignment_by_start"),
            models.Index(fields=["worker", "status", "-id"], name="assignment_worker_list"),
            models.Index(
                fields=["-sent_at", "-id"],
                condition=Q(status="sent", is_listed=True),
                name="assignment_find_work",
            ),
            models.Index(
                fields=["industry", "-sent_at", "-id"],
                condition=Q(status="sent", is_listed=True),
                name="assignment_find_industry",
            ),
            models.Index(
                fields=["starts_at", "id"],
                condition=Q(status="sent", is_listed=True),
                name="assignment_find_soonest",
            ),
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(status="sent", is_listed=True),
                name="assignment_find_near",
            ),
            models.Index(
                fields=["submitted_at"],
                condition=Q(status="pending_approval"),
                name="assignment_to_approve",
            ),
            models.Index(
                fields=["starts_at"], condition=Q(status="assigned"), name="assignment_starting"
            ),
            models.Index(
                fields=["starts_at"], condition=Q(status="sent"), name="assignment_unfilled"
            ),
            models.Index(
                fields=["approved_at"],
                condition=Q(status__in=["invoiced", "paid"]),
                name="assignment_approved_on",
            ),
            models.Index(
                fields=["cancelled_at"],
                condition=Q(status="cancelled"),
                name="assignment_cancelled_on",
            ),
            GinIndex(
                fields=["routed_groups"],
                condition=Q(status="sent"),
                name="assignment_routed_groups",
            ),
            GinIndex(
                fields=["requirement_sets"],
                condition=Q(status="sent"),
                name="assignment_requirements",
            ),
            GinIndex(fields=["search"], name="assignment_words"),
            GinIndex(
                fields=["search"],
                condition=Q(status="sent", is_listed=True),
                name="assignment_find_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        before, after = _around_reference()
        return f"{before}{self.reference}{after}"

    @property
    def tone(self) -> str:
        return TONES[Status(self.status)]

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def place(self) -> str:
        if not self.on_site:
            return "Remote"
        return ", ".join(part for part in (self.city, self.region) if part)

    @property
    def support(self) -> str:
        """Whom the worker calls for help, in words; empty where nobody is named."""
        if self.support_contact:
            return str(self.support_contact)
        return self.support_name or (
            "Help desk" if self.support_phone or self.support_email else ""
        )

    @property
    def most_pay(self) -> Decimal:
        """The most that may be paid to the worker: the price and what was agreed on top."""
        return self.budget + self.expenses + self.bonus

    @property
    def price_claimed(self) -> Decimal:
        """The part of the claim that the price pays for, without expenses and bonus."""
        return (self.amount_claimed or Decimal(0)) - self.expenses_claimed - self.bonus

    @property
    def quantity_claimed(self) -> Decimal | None:
        """The hours or units the worker asks to be paid for."""
        return self.hours_claimed if self.terms.is_timed else self.units_claimed

    @property
    def occurred_at(self) -> datetime:
        """The day the assignment occurred, for the 60 days of escalations (product §10):
        the latest of scheduled end, submission and cancellation."""
        moments = (self.ends_at, self.submitted_at, self.cancelled_at)
        return max(moment for moment in moments if moment)

    def is_late_notice(self, at: datetime) -> bool:
        """Whether ``at`` is under 24 hours before the start, or after it."""
        return self.starts_at - at < timedelta(hours=settings.LATE_CANCELLATION_HOURS)
