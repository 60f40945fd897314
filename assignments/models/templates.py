"""Postings to start from: templates, and series that write one draft after the other."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company, Membership
from assignments.models.assignment import Assignment

if TYPE_CHECKING:
    from accounts.actors import Actor


class OwnedQuerySet(models.QuerySet[models.Model]):
    def visible_to(self, actor: Actor) -> OwnedQuerySet:
        """Members see what is their company's, staff all."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        return self.none()


class Template(models.Model):
    """Every field of a posting, kept under a name; ``content`` is a snapshot of a posting.

    Its day means nothing, only its weekday, its time of day and how long it lasts.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="templates")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                Lower("name"),
                condition=Q(archived_at=None),
                name="template_name_once",
            )
        ]
        indexes = [models.Index(fields=["company", "name", "id"], name="template_company")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assignments:template", args=[self.reference])


class SeriesState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


SERIES_TONES = {
    SeriesState.ACTIVE: "good", SeriesState.PAUSED: "warning", SeriesState.ENDED: "neutral",
}  # fmt: skip


class Series(models.Model):
    """The same work again and again, each time as an assignment of its own.

    What is posted and when stands in its parts: a change of "this and all following" adds one.
    ``due_at`` is when the next date has to be written, ``days_ahead`` before it starts; none
    where nothing is to come. ``sends`` says whether drafts are sent at once, and ``routing``
    to whom. It acts for ``member``, within what that member may do.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="series")
    reference = models.CharField(max_length=12, unique=True)
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=SeriesState, default=SeriesState.ACTIVE)
    title = models.CharField(max_length=120)
    days_ahead = models.PositiveSmallIntegerField(default=14)
    sends = models.BooleanField(default=False)
    routing = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False, due_at=None)
                | ~Q(state="ended") & Q(ended_at=None),
                name="series_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="series_company"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state="active", due_at__isnull=False),
                name="series_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("assignments:series", args=[self.reference])

    @property
    def tone(self) -> str:
        return SERIES_TONES[SeriesState(self.state)]


class SeriesPart(models.Model):
    """What is posted, and by which rule, from one date of a series until the next part begins.

    ``rule`` is an iCalendar RRULE that begins on ``first_on``, on the site's calendar.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="parts")
    first_on = models.DateField()
    rule = models.CharField(max_length=200)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "first_on"], name="series_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id} from {self.first_on}"

    @property
    def zone(self) -> str:
        return str(self.content["time_zone"])

    @property
    def starts(self) -> time:
        """The time of day of the start, on the site's clock."""
        begun = datetime.fromisoformat(self.content["starts_at"])
        return begun.astimezone(ZoneInfo(self.zone)).time()


class SeriesDate(models.Model):
    """One date of a series that is more than its rule: skipped, moved, changed, or written.

    ``on`` is the date by the rule, whatever became of it.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="dates")
    on = models.DateField()
    skipped_at = models.DateTimeField(null=True, blank=True)
    moved_to = models.DateTimeField(null=True, blank=True)
    content = models.JSONField(null=True, blank=True)
    assignment = models.OneToOneField(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="series_date"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "on"], name="series_date_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} on {self.on}"
