"""Labels on assignments: a company's own, and those that rules set and resolve."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company
from assignments.models.assignment import Assignment
from assignments.models.catalog import CatalogQuerySet


class Label(models.Model):
    """One of a company's own labels. Hue and drawing stand beside its name, never instead."""

    class Tone(models.TextChoices):
        NEUTRAL = "neutral", "Gray"
        INFO = "info", "Blue"
        GOOD = "good", "Green"
        WARNING = "warning", "Amber"
        BAD = "bad", "Red"

    class Icon(models.TextChoices):
        TAG = "tag", "Tag"
        FLAG = "flag", "Flag"
        STAR = "star", "Star"
        ZAP = "zap", "Flash"
        BOOKMARK = "bookmark", "Bookmark"
        PHONE = "phone", "Phone"
        TRUCK = "truck", "Truck"
        WRENCH = "wrench", "Wrench"

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=40)
    tone = models.CharField(max_length=10, choices=Tone, default=Tone.NEUTRAL)
    icon = models.CharField(max_length=10, choices=Icon, default=Icon.TAG)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="label_name_once"
            )
        ]
        indexes = [models.Index(fields=["company", "name", "id"], name="label_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assignments:label", args=[self.reference])


class AssignmentLabel(models.Model):
    """A label on an assignment, from when it was put on until it was taken off; the rows are
    the log.

    Either ``label`` names one of the company's own, or ``rule`` the rule that set it, with
    ``since``, the moment from which it is true. Nobody in ``resolved_by`` means the rule.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="labels")
    label = models.ForeignKey(Label, models.PROTECT, null=True, blank=True, related_name="uses")
    rule = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "label"],
                condition=Q(resolved_at=None, label__isnull=False),
                name="label_open_once",
            ),
            models.UniqueConstraint(
                fields=["assignment", "rule"],
                condition=Q(resolved_at=None, label=None),
                name="rule_label_open_once",
            ),
            models.CheckConstraint(
                condition=Q(label=None) & ~Q(rule="") & Q(since__isnull=False)
                | Q(label__isnull=False, rule="", since=None),
                name="label_own_or_rule",
            ),
        ]
        indexes = [
            models.Index(fields=["label", "assignment"], condition=Q(resolved_at=None),
                         name="label_open"),
            models.Index(fields=["rule", "assignment"], condition=Q(resolved_at=None),
                         name="label_rule_open"),
            models.Index(fields=["assignment", "id"], name="label_log"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.label or self.rule} on {self.assignment}"
