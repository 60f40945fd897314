"""Cases: one escalation each, from opening to decision, with everything said on the way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment, Hold
from core.fields import MoneyField
from escalations.states import CLOSED, KIND_CHOICES, CaseStatus, Effect, Outcome, Priority

if TYPE_CHECKING:
    from accounts.actors import Actor


class Side(models.TextChoices):
    COMPANY = "company", "Client"
    WORKER = "worker", "Worker"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        """Both parties see their case, staff see all, everybody else none."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        if actor.is_worker:
            return self.filter(worker=actor.worker)
        return self.none()

    def active(self) -> CaseQuerySet:
        return self.exclude(status__in=CLOSED)


class Case(models.Model):
    """One escalation. ``number`` counts from 1001 and is shown as ``C-1001``.

    Two cases of one assignment may rest on the same dispute hold; it is released with the
    last of them. ``round`` counts how often the case was opened, the first time included.
    ``particulars`` are what its kind asks for, as labels and words (``escalations.particulars``).
    ``other_side_due_at`` is by when the side that did not open it was asked for its story.
    """

    number = models.PositiveIntegerField(unique=True)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="cases")
    company = models.ForeignKey(Company, models.PROTECT, related_name="cases")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    side = models.CharField("opened by the", max_length=8, choices=Side)
    status = models.CharField(max_length=16, choices=CaseStatus, default=CaseStatus.OPEN)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    what_happened = models.TextField(max_length=5_000)
    outcome = models.CharField("anticipated outcome", max_length=20, choices=Outcome)
    outcome_words = models.TextField("anticipated outcome, in words", max_length=2_000)
    outcome_amount = MoneyField(null=True, blank=True)
    particulars = models.JSONField(default=list, blank=True)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    first_answer_due_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True, blank=True)
    update_due_at = models.DateTimeField()
    party_answer_due_at = models.DateTimeField(null=True, blank=True)
    other_side_due_at = models.DateTimeField(null=True, blank=True)
    other_side_answered_at = models.DateTimeField(null=True, blank=True)
    sides_may_talk = models.BooleanField("the sides may write to each other", default=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    search = SearchVectorField(null=True, editable=False)
    """Number, assignment, names and story; triggers of the database keep it, renamings too."""

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "side", "kind"],
                condition=~Q(status__in=["resolved", "withdrawn"]),
                name="case_open_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["resolved", "withdrawn"], closed_at__isnull=False)
                    | ~Q(status__in=["resolved", "withdrawn"]) & Q(closed_at=None)
                ),
                name="case_closed",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_at__isnull=False),
                name="case_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "update_due_at"],
                condition=~Q(status__in=["resolved", "withdrawn"]),
                name="case_queue",
            ),
            models.Index(fields=["company", "-id"], name="case_company"),
            models.Index(fields=["worker", "-id"], name="case_worker"),
            models.Index(fields=["opened_at"], name="case_opened"),
            GinIndex(fields=["search"], name="case_words"),
        ]
        permissions = [
            ("work_case", "Can work cases at the escalation desk"),
            ("lead_desk", "Can lead the escalation desk"),
            ("audit_case", "Can read all cases and who looked at them"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return f"C-{self.number}"

    @property
    def other_side(self) -> Side:
        """The side that did not open the case."""
        return Side.WORKER if self.side == Side.COMPANY else Side.COMPANY

    @property
    def opener(self) -> Company | WorkerProfile:
        """The side that escalated."""
        return self.company if self.side == Side.COMPANY else self.worker

    def get_absolute_url(self) -> str:
        return reverse("escalations:case", args=[self.label])


class CaseEntryQuerySet(models.QuerySet["CaseEntry"]):
    def visible_to(self, actor: Actor) -> CaseEntryQuerySet:
        """Staff read every line; a party what was said to both, or to that party alone."""
        if actor.is_staff or actor.is_system:
            return self
        own = CaseEntry.Visibility.COMPANY if actor.is_client else CaseEntry.Visibility.WORKER
        return self.filter(
            case__in=Case.objects.visible_to(actor),
            visibility__in=[CaseEntry.Visibility.PARTIES, own],
        )


class CaseEntry(models.Model):
    """One line of a case's timeline: a message, a note, or something done; never changed."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "Message"
        NOTE = "note", "Internal note"
        ACT = "act", "Act"

    class Visibility(models.TextChoices):
        PARTIES = "parties", "Both parties and staff"
        COMPANY = "company", "The client and staff"
        WORKER = "worker", "The worker and staff"
        STAFF = "staff", "Staff only"

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    visibility = models.CharField(max_length=8, choices=Visibility)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acting_as = models.CharField(max_length=10)
    body = models.TextField(max_length=10_000)
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    objects = CaseEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "case entries"
        indexes = [models.Index(fields=["case", "id"], name="case_entry_timeline")]
        triggers = [
            pgtrigger.Protect(name="case_entry_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.case_id}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, actor: Actor) -> EvidenceQuerySet:
        """Whoever sees the case sees what both sides put forward."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class Evidence(models.Model):
    """A file either side put forward; both sides and staff may open it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    reference = models.CharField(max_length=20, unique=True)
    side = models.CharField(max_length=8, choices=Side)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What staff mean to decide, shown to both sides before; their answers, and by when."""

    class Answer(models.TextChoices):
        NONE = "", "No answer yet"
        ACCEPTED = "accepted", "Accepted"
        OBJECTED = "objected", "Objected"

    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    effect = models.CharField(max_length=12, choices=Effect)
    amount = MoneyField(null=True, blank=True)
    words = models.TextField(max_length=5_000)
    marks = models.JSONField(default=list, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    company_answer = models.CharField(max_length=8, choices=Answer, blank=True)
    worker_answer = models.CharField(max_length=8, choices=Answer, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="proposal_open_once"
            ),
            models.CheckConstraint(condition=Q(words__regex=r"\S"), name="proposal_with_words"),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()} proposed on {self.case_id}"

    def answer_of(self, side: str) -> str:
        return self.company_answer if side == Side.COMPANY else self.worker_answer

    def is_answered(self, at: datetime) -> bool:
        """Both sides answered, or their time is over."""
        return bool(self.company_answer and self.worker_answer) or at >= self.answer_due_at


class Decision(models.Model):
    """How staff decided one round of a case: words to both sides, one effect, applied once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    effect = models.CharField(max_length=12, choices=Effect)
    amount = MoneyField(null=True, blank=True)
    words = models.TextField(max_length=5_000)
    applied = models.JSONField(default=list)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="decision_once_a_round"),
            models.CheckConstraint(condition=Q(words__regex=r"\S"), name="decision_with_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="decision_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()} on {self.case_id}"
