"""What was recorded against a company or a worker, what follows from it, and the appeal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Company, WorkerProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class Side(models.TextChoices):
    COMPANY = "company", "Clients"
    WORKER = "worker", "Workers"
    BOTH = "both", "Clients and workers"


class Severity(models.TextChoices):
    ORDINARY = "ordinary", "Ordinary"
    SEVERE = "severe", "Severe"


class Effect(models.TextChoices):
    """What may follow; the last two are outside of the ladder."""

    REMINDER = "reminder", "Reminder"
    WARNING = "warning", "Warning"
    RESTRICTION = "restriction", "Restriction"
    SUSPENSION = "suspension", "Suspension"
    REVIEW = "review", "Review of the account"
    STOP = "stop", "Stop while we look"
    CLOSED = "closed", "Account closed"


class Ending(models.TextChoices):
    """Why a measure no longer holds."""

    OVER = "over", "Its time is over"
    APPEAL = "appeal", "Lifted on appeal"
    LIFTED = "lifted", "Lifted by staff"
    DECIDED = "decided", "Decided"


class Verdict(models.TextChoices):
    """What an appeal came to; it never makes anything worse."""

    LIFTED = "lifted", "The violation is taken away"
    EASED = "eased", "The violation stands, what follows from it ends"
    STANDS = "stands", "It stays as it is"


def party_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(company__isnull=False) ^ Q(worker__isnull=False),
        name=name,
        violation_error_message="Name a client or a worker, one of the two.",
    )


class PartyQuerySet(models.QuerySet[Any]):
    """Rows about one company or one worker, and who may read them."""

    def visible_to(self, actor: Actor) -> PartyQuerySet:
        """One's own; staff see all. The other side is told only that we have acted."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            return self.filter(worker=actor.worker)
        return self.none()

    def about(
        self, *, company: Company | None = None, worker: WorkerProfile | None = None
    ) -> PartyQuerySet:
        return self.filter(company=company, worker=worker)


class Party(models.Model):
    """A row about a company or a worker, exactly one of them."""

    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def party(self) -> Company | WorkerProfile:
        found = self.company or self.worker
        assert found is not None
        return found


class ViolationKind(models.Model):
    """One line of the catalogue: what it is called and the words of the guidelines it breaks."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    side = models.CharField("who can commit it", max_length=10, choices=Side, default=Side.BOTH)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.ORDINARY)
    passage = models.CharField(
        "words of the guidelines", max_length=400, help_text="The party reads them in the notice."
    )
    policy = models.SlugField(
        "guideline", max_length=60, default="violation-guideline", help_text="Its address."
    )
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(
        "out of use since", null=True, blank=True, help_text="Empty while it is in use."
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_severe(self) -> bool:
        return self.severity == Severity.SEVERE


class LadderStep(models.Model):
    """What follows from the n-th violation within the window; severe ones have their own steps.

    The last step also holds for every violation beyond it.
    """

    severity = models.CharField(max_length=10, choices=Severity, default=Severity.ORDINARY)
    count = models.PositiveSmallIntegerField(
        "violations", help_text="Of any kind; for severe steps only severe ones are counted."
    )
    effect = models.CharField(max_length=12, choices=Effect.choices[:5])
    days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long it lasts; empty where nothing lasts."
    )
    stops_new_work = models.BooleanField(default=False)
    words = models.CharField(max_length=300, help_text="What the party reads about this step.")

    class Meta:
        ordering = ["severity", "count"]
        constraints = [
            models.UniqueConstraint(
                fields=["severity", "count"],
                name="ladder_step_once",
                violation_error_message="There is a step for this count already.",
            ),
            models.CheckConstraint(
                condition=Q(count__gte=1),
                name="ladder_counts_from_one",
                violation_error_message="The first step is number 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_severity_display()} {self.count}: {self.get_effect_display()}"


class Violation(Party):
    """A breach of the guidelines that a member of staff recorded after looking.

    ``number`` is the place it took among those of its window; what follows is its ``measure``.
    The database keeps what was recorded; an appeal can only take it away, visibly.
    """

    reference = models.CharField(max_length=12, unique=True)
    kind = models.ForeignKey(ViolationKind, models.PROTECT, related_name="violations")
    severity = models.CharField(max_length=10, choices=Severity)
    words = models.TextField("what happened", max_length=2_000)
    note = models.TextField("for staff only", max_length=2_000, blank=True)
    happened_on = models.DateField("day on which it happened")
    assignment_reference = models.CharField("assignment", max_length=12, blank=True)
    case_label = models.CharField("case", max_length=12, blank=True)
    number = models.PositiveSmallIntegerField("place on the ladder")
    counts_until = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=60, unique=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        permissions = [("record_violation", "Can record a violation")]
        indexes = [
            models.Index(fields=["company", "-recorded_at"], name="violation_company"),
            models.Index(fields=["worker", "-recorded_at"], name="violation_worker"),
        ]
        constraints = [party_check("violation_of_one")]
        triggers = [
            pgtrigger.ReadOnly(
                name="violation_kept",
                fields=[
                    "reference", "company", "worker", "kind", "severity", "words", "note",
                    "happened_on", "assignment_reference", "case_label", "number",
                    "recorded_by", "recorded_at", "key",
                ],
            ),
            pgtrigger.Protect(name="violation_stays", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"

    def get_absolute_url(self) -> str:
        return self.measure.get_absolute_url()

    @property
    def is_severe(self) -> bool:
        return self.severity == Severity.SEVERE

    def counts(self, at: datetime) -> bool:
        return self.withdrawn_at is None and at < self.counts_until


class MeasureQuerySet(PartyQuerySet):
    def in_force(self, at: datetime) -> MeasureQuerySet:
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), begins_at__lte=at, ended_at=None)

    def stops(self) -> MeasureQuerySet:
        """What stops new work and was not ended; by now it may be over, or not have begun."""
        return self.filter(stops_new_work=True, ended_at=None)

    def stopping(self, at: datetime) -> MeasureQuerySet:
        """Those under which no new work can be taken on."""
        return self.in_force(at).filter(stops_new_work=True)


class Measure(Party):
    """What follows: from a violation, or placed by staff while they look.

    ``ends_at`` is when it is over by itself, ``ended_at`` when it was, whichever way. A reminder
    is over as soon as it is given.
    """

    reference = models.CharField(max_length=12, unique=True)
    violation = models.OneToOneField(
        Violation, models.PROTECT, null=True, blank=True, related_name="measure"
    )
    effect = models.CharField(max_length=12, choices=Effect)
    stops_new_work = models.BooleanField(default=False)
    words = models.CharField(max_length=500)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_words = models.CharField(max_length=500, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["company", "-begins_at"], name="measure_company"),
            models.Index(fields=["worker", "-begins_at"], name="measure_worker"),
            models.Index(
                fields=["company", "worker"],
                condition=Q(stops_new_work=True, ended_at=None),
                name="measure_stopping",
            ),
            models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="measure_to_end"),
        ]
        constraints = [
            party_check("measure_of_one"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("begins_at")), name="measure_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
                name="measure_ended_with_why",
            ),
            models.CheckConstraint(
                condition=Q(violation__isnull=False) | Q(effect__in=["stop", "closed"]),
                name="measure_from_violation",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(ended_at=None, effect="stop"),
                name="measure_one_stop_company",
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(ended_at=None, effect="stop"),
                name="measure_one_stop_worker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()} for {self.party}"

    def get_absolute_url(self) -> str:
        return reverse("conduct:measure", args=[self.reference])

    @property
    def is_taken_back(self) -> bool:
        return self.violation is not None and self.violation.withdrawn_at is not None

    @property
    def is_review(self) -> bool:
        return self.effect == Effect.REVIEW

    def holds(self, at: datetime) -> bool:
        over = self.ends_at is not None and self.ends_at <= at
        return self.ended_at is None and self.begins_at <= at and not over


class Appeal(models.Model):
    """The one appeal against a measure; decided by somebody else than who took it."""

    measure = models.OneToOneField(Measure, models.PROTECT, related_name="appeal")
    words = models.TextField(max_length=5_000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    reasons = models.TextField(max_length=2_000, blank=True)

    class Meta:
        permissions = [("decide_appeal", "Can decide appeals")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(decided_at=None), name="appeal_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("first_decided_by")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, verdict="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(verdict=""),
                name="appeal_decided_whole",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="appeal_kept",
                fields=["measure", "words", "made_by", "made_at", "first_decided_by"],
            ),
            pgtrigger.Protect(name="appeal_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Appeal against {self.measure}"

    def get_absolute_url(self) -> str:
        return self.measure.get_absolute_url()
