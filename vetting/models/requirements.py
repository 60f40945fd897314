"""What a company asks of workers before they may take its work: sets of requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company, WorkerProfile

if TYPE_CHECKING:
    from accounts.actors import Actor


class RequirementSetQuerySet(models.QuerySet["RequirementSet"]):
    def visible_to(self, actor: Actor) -> RequirementSetQuerySet:
        """A company sees its own; workers read them where they are asked, never as such."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()

    def current(self) -> RequirementSetQuerySet:
        """Those not archived."""
        return self.filter(archived_at=None)

    def whole(self) -> RequirementSetQuerySet:
        """With their requirements at hand, in order (one more query, however many sets)."""
        return self.prefetch_related("requirements")


class RequirementSet(models.Model):
    """A named list of requirements; a worker meets it who meets every one of them.

    ``on_all`` asks it on every assignment of the company. ``revision`` counts the changes.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="requirement_sets")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    on_all = models.BooleanField("required on all assignments", default=False)
    revision = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = RequirementSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                Lower("name"),
                condition=Q(archived_at=None),
                name="requirement_set_name_once",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(on_all=False),
                name="requirement_set_archived_asks_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company"], condition=Q(on_all=True), name="requirement_set_on_all"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("vetting:requirement_set", args=[self.reference])


class Requirement(models.Model):
    """One thing asked of a worker: a kind of the registry, and the values of its form."""

    requirement_set = models.ForeignKey(RequirementSet, models.CASCADE, related_name="requirements")
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["requirement_set", "position"], name="requirement_in_order"),
            models.Index(fields=["kind"], name="requirement_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.requirement_set_id}"


class RequirementOverride(models.Model):
    """The company lets one worker pass a set that they do not meet, and says why.

    ``assignment_key`` narrows it to one assignment (of an app above); without it the worker
    passes wherever the set is asked. Taken back it stays, with who ended it and when.
    """

    requirement_set = models.ForeignKey(RequirementSet, models.PROTECT, related_name="overrides")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    assignment_key = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement_set", "worker", "assignment_key"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="requirement_override_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["worker", "requirement_set"],
                condition=Q(ended_at=None),
                name="requirement_override_worker",
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker} passes {self.requirement_set}"
