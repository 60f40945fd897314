"""Drafts from a file: the import, its rows as they were read, and mappings of columns to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Company, Membership

if TYPE_CHECKING:
    from accounts.actors import Actor


class Stage(models.TextChoices):
    READING = "reading", "Reading the file"
    MAPPING = "mapping", "Choose the columns"
    CHECKING = "checking", "Checking the rows"
    CHECKED = "checked", "Checked"
    CREATING = "creating", "Creating the drafts"
    CREATED = "created", "Drafts created"
    UNDOING = "undoing", "Undoing"
    UNDONE = "undone", "Undone"
    REFUSED = "refused", "Not readable"
    DISCARDED = "discarded", "Put aside"


IN_THE_BACKGROUND = frozenset({Stage.READING, Stage.CHECKING, Stage.CREATING, Stage.UNDOING})
"""Stages in which a worker has to act; the row is the queue."""

STAGE_TONES = {
    Stage.MAPPING: "warning", Stage.CHECKED: "info", Stage.CREATED: "good",
    Stage.UNDONE: "neutral", Stage.REFUSED: "bad", Stage.DISCARDED: "neutral",
}  # fmt: skip


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, actor: Actor) -> ImportQuerySet:
        """Members see their company's imports, staff all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()

    def locked(self, pk: int) -> Import:
        """The row under ``FOR UPDATE``, with whose it is."""
        return (
            self.select_for_update(of=("self",))
            .select_related("company", "member__user", "member__company")
            .get(pk=pk)
        )


class Import(models.Model):
    """One file of drafts, from upload to the last row, all or nothing.

    A worker that acts on it holds it until ``lease_until`` under its own ``claim``; where it
    dies the next one begins the stage anew. ``shape`` says how the file is written (encoding,
    separator, headings, first rows, what the columns have shown), ``choices`` what the person
    chose (fields by column, formats), ``defaults`` the posting that fills what the file does
    not say.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="imports")
    reference = models.CharField(max_length=12, unique=True)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.READING)
    file = models.FileField(max_length=200)
    file_name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    like = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    shape = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    defaults = models.JSONField(null=True, blank=True)
    rows_in_all = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)

    uploaded_at = models.DateTimeField()
    created_at = models.DateTimeField("drafts created at", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=["created", "undoing", "undone"])
                | Q(created_at__isnull=False),
                name="import_created",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="import_company"),
            models.Index(
                fields=["id"],
                condition=Q(stage__in=["reading", "checking", "creating", "undoing"]),
                name="import_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("assignments:import", args=[self.reference])

    @property
    def tone(self) -> str:
        return STAGE_TONES.get(Stage(self.stage), "info")

    @property
    def in_the_background(self) -> bool:
        return self.stage in IN_THE_BACKGROUND

    @property
    def rows_good(self) -> int:
        return self.rows_done - self.rows_bad


class ImportRow(models.Model):
    """One row of the file: its cells, and either what is wrong with it or the draft it becomes.

    ``reference`` is the one its draft will have, so that no row can become two drafts.
    ``content`` is a posting as ``assignments.snapshots`` writes it; ``errors`` a list of
    ``{"column", "label", "cell", "message"}``.
    """

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    content = models.JSONField(null=True, blank=True)
    errors = models.JSONField(default=list, blank=True)
    is_bad = models.BooleanField(default=False)
    reference = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="import_row_once"),
        ]
        indexes = [
            models.Index(fields=["of", "number"], condition=Q(is_bad=True), name="import_row_bad"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} row {self.number}"


class ImportMapping(models.Model):
    """Fields by heading and the formats of a kind of file, kept under a name."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="import_mappings")
    name = models.CharField(max_length=60)
    columns = models.JSONField()
    formats = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="import_mapping_name"),
        ]

    def __str__(self) -> str:
        return self.name
