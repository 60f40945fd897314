"""Fields of a company's own: the sets it defines, and what one assignment asks and answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company
from assignments.models.assignment import Assignment
from assignments.models.catalog import CatalogQuerySet, Customer, Project
from assignments.models.ending import Unassignment


class FieldSet(models.Model):
    """Questions that belong together, and the assignments on which they are asked."""

    class Use(models.TextChoices):
        ALWAYS = "always", "On every assignment"
        CUSTOMER = "customer", "For one customer"
        PROJECT = "project", "For one project"
        CHOSEN = "chosen", "When chosen on the posting"
        SURVEY = "survey", "As a closing survey, when chosen"

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    use = models.CharField(max_length=10, choices=Use, default=Use.ALWAYS)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="field_sets"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="field_sets"
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CatalogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="field_set_name_once"
            ),
            models.CheckConstraint(
                condition=Q(use="customer", customer__isnull=False)
                | ~Q(use="customer") & Q(customer=None),
                name="field_set_customer",
            ),
            models.CheckConstraint(
                condition=Q(use="project", project__isnull=False)
                | ~Q(use="project") & Q(project=None),
                name="field_set_project",
            ),
        ]
        indexes = [models.Index(fields=["company", "name", "id"], name="field_set_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assignments:field_set", args=[self.reference])

    @property
    def is_survey(self) -> bool:
        return self.use == self.Use.SURVEY

    @property
    def is_chosen(self) -> bool:
        """Whether it is asked only where a posting names it."""
        return self.use in (self.Use.CHOSEN, self.Use.SURVEY)

    @property
    def use_words(self) -> str:
        if self.customer:
            return f"For {self.customer.name}"
        if self.project:
            return f"For {self.project.name}"
        return str(self.get_use_display())

    def applies(self, *, customer: int | None, project: int | None, chosen: set[int]) -> bool:
        """Whether a posting for these asks what is in it."""
        if self.is_chosen:
            return self.pk in chosen
        return {
            self.Use.ALWAYS: True,
            self.Use.CUSTOMER: customer is not None and customer == self.customer_id,
            self.Use.PROJECT: project is not None and project == self.project_id,
        }[self.Use(self.use)]


class Definition(models.Model):
    """What is asked: its kind and its words."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        CHOICE = "choice", "One of several choices"
        CHOICES = "choices", "Several choices"
        YES_NO = "yes_no", "Yes or no"
        FILE = "file", "File"

    class Side(models.TextChoices):
        CLIENT = "client", "Us, on the posting"
        WORKER = "worker", "The worker, before submitting"

    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    filled_by = models.CharField(max_length=10, choices=Side, default=Side.WORKER)
    required = models.BooleanField(default=False)
    for_worker = models.BooleanField(default=True)
    help = models.CharField(max_length=300, blank=True)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def by_client(self) -> bool:
        return self.filled_by == self.Side.CLIENT

    @property
    def is_file(self) -> bool:
        return self.kind == self.Kind.FILE


class CustomField(Definition):
    """One question of a set. Taken off its set it is archived: answers still point to it.

    ``for_worker``: whether the assigned worker reads what the client filled in.
    """

    field_set = models.ForeignKey(FieldSet, models.PROTECT, related_name="fields")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["field_set", "position", "id"], name="custom_field_list")]


class AssignmentFieldQuerySet(models.QuerySet["AssignmentField"]):
    def current(self) -> AssignmentFieldQuerySet:
        """What is asked now, not what an earlier worker answered."""
        return self.filter(unassignment=None)

    def of_worker(self) -> AssignmentFieldQuerySet:
        """What the assigned worker is asked."""
        return self.current().filter(filled_by=Definition.Side.WORKER)

    def for_the_worker(self) -> AssignmentFieldQuerySet:
        """What the assigned worker may read: their own answers, and the client's for them."""
        return self.current().filter(Q(filled_by=Definition.Side.WORKER) | Q(for_worker=True))

    def in_order(self) -> AssignmentFieldQuerySet:
        return self.order_by("is_survey", "set_name", "field_set_id", "position", "pk")


class AssignmentField(Definition):
    """One question as it was posted with one assignment, and its answer.

    The definition is a copy: what a company changes in its sets later changes nothing here.
    ``value`` is JSON as the kind writes it (``assignments.field_kinds``), None where nothing is
    answered. What a worker who left had answered points to their leaving.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="asked")
    field = models.ForeignKey(CustomField, models.PROTECT, related_name="asked")
    field_set = models.ForeignKey(FieldSet, models.PROTECT, related_name="asked")
    set_name = models.CharField(max_length=120)
    is_survey = models.BooleanField(default=False)
    value: Any = models.JSONField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    unassignment = models.ForeignKey(
        Unassignment, models.PROTECT, null=True, blank=True, related_name="answers"
    )

    objects = AssignmentFieldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "field"],
                condition=Q(unassignment=None),
                name="asked_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["field_set", "-answered_at"],
                condition=Q(unassignment=None, value__isnull=False),
                name="asked_answers",
            ),
            models.Index(
                KeyTextTransform("path", "value"),
                condition=Q(kind="file", value__isnull=False),
                name="asked_file",
            ),
        ]

    @property
    def is_for_page(self) -> bool:
        """Whether the worker answers it on the page of fields, before submitting."""
        return not self.by_client and not self.is_survey

    @property
    def is_missing(self) -> bool:
        """Whether it must be answered and is not."""
        return self.required and self.value is None
