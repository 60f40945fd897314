"""What hangs on a posting beside its fields: days of work, documents, parts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Company
from assignments.models.assignment import Assignment
from core.fields import MoneyField


class WorkDay(models.Model):
    """One day of work that takes several; start and end of the assignment follow from them.

    Assignments of one day, or with a window, have none.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="work_days")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "starts_at"], name="work_day_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="work_day_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} on {self.starts_at:%Y-%m-%d}"


class Document(models.Model):
    """A file that the client hands over with the posting."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", "Everybody who sees the assignment"
        WORKER = "worker", "Only the assigned worker"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="documents")
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.EVERYBODY)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["file"], name="document_file")]

    def __str__(self) -> str:
        return self.name

    @property
    def private(self) -> bool:
        return self.audience == self.Audience.WORKER


class Upload(models.Model):
    """A file that came with a form and is not known to be saved with anything yet.

    The row goes once a sweep has seen the file in use, or has removed it. ``removed_at``: from
    then on no form may save it.
    """

    path = models.CharField(max_length=200, unique=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["stored_at", "id"], name="upload_due")]

    def __str__(self) -> str:
        return self.path


class Part(models.Model):
    """A thing the client sends for the work, and the way of it, there and back.

    Each leg has its moments: sent by the one side, received by the other. ``position`` is its
    number on the pages of the assignment.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="parts")
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    value = MoneyField(null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    return_wanted = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    shipped_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    return_carrier = models.CharField(max_length=60, blank=True)
    return_tracking = models.CharField(max_length=60, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField("back with the client", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(return_wanted=True), name="part_return_wanted"
            ),
            models.CheckConstraint(
                condition=Q(back_at=None) | Q(return_wanted=True), name="part_back_wanted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})" if self.number else self.name

    @property
    def whereabouts(self) -> str:
        """Where it is, as far as anybody has said."""
        if self.back_at:
            return "back with the client"
        if self.returned_at:
            return "on its way back"
        if self.received_at:
            return "with the worker"
        return "on its way to the worker" if self.shipped_at else "not shipped yet"

    @property
    def is_under_way(self) -> bool:
        """Whether anything has happened to it, so that it cannot be taken off the posting."""
        return bool(self.shipped_at or self.received_at or self.returned_at or self.back_at)
