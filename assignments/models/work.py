"""The work itself: visits to the site, and what is handed in."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import WorkerProfile
from assignments.models.assignment import Assignment
from assignments.models.ending import Unassignment


class VisitQuerySet(models.QuerySet["Visit"]):
    def current(self) -> VisitQuerySet:
        """The visits of the worker who is assigned now, not of one who has left."""
        return self.filter(unassignment=None)


class Visit(models.Model):
    """One stay on site, from check-in to check-out; the first check-in decides on-time.

    ``arrived_at`` is when check-in was pressed and ``expected_at`` by when it should have been
    then; neither ever changes, whatever is corrected or moved later. Both are empty where the
    client wrote the visit down. ``unassignment`` names the worker's leaving where the visit is
    an earlier worker's.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="visits")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField()
    checked_out_at = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    unassignment = models.ForeignKey(
        Unassignment, models.PROTECT, null=True, blank=True, related_name="visits"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(checked_out_at=None), name="visit_open_once"
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="visit_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} from {self.checked_in_at:%Y-%m-%d %H:%M}"

    @property
    def hours(self) -> Decimal:
        """Length of the visit in hours to two places; zero while it lasts."""
        if not self.checked_out_at:
            return Decimal("0.00")
        seconds = Decimal((self.checked_out_at - self.checked_in_at).total_seconds())
        return (seconds / 3600).quantize(Decimal("0.01"))

    @property
    def hours_words(self) -> str:
        """``2.50 hours``; what would round to nothing is ``less than a minute``."""
        return hours_in_words(self.hours)


def hours_in_words(hours: Decimal) -> str:
    if hours < Decimal("0.02"):
        return "less than a minute"
    return f"{hours} hour{'' if hours == 1 else 's'}"


class VisitCorrection(models.Model):
    """Times of a visit set right by either side: what they were, who said so, and why."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="corrections")
    was_checked_in_at = models.DateTimeField()
    was_checked_out_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.visit} corrected"


class DeliverableRequest(models.Model):
    """Something the worker must hand in: how many files, and until when."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="deliverable_requests")
    title = models.CharField(max_length=120)
    instructions = models.CharField(max_length=500, blank=True)
    count = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gte=1), name="deliverable_count")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="deliverable_due"
            )
        ]

    def __str__(self) -> str:
        return self.title


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def standing(self) -> DeliverableQuerySet:
        """Handed in and not taken back, those that the client refused included."""
        return self.filter(removed_at=None)

    def counted(self) -> DeliverableQuerySet:
        """What counts as handed in: it stands, and the client has not refused it."""
        return self.standing().exclude(verdict=Deliverable.Verdict.REFUSED)


class Deliverable(models.Model):
    """A file handed in; one taken back before submission is kept, out of sight.

    So is what an earlier worker handed in, with ``unassignment`` and without the ``request``,
    which the client may change by then: the client may still read what stood.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="deliverables")
    request = models.ForeignKey(
        DeliverableRequest, models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    refusal = models.CharField(max_length=500, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    unassignment = models.ForeignKey(
        Unassignment, models.PROTECT, null=True, blank=True, related_name="deliverables"
    )

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["assignment", "id"], name="deliverable_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(request__isnull=False) | Q(unassignment__isnull=False),
                name="deliverable_for_something",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_refused(self) -> bool:
        return self.verdict == self.Verdict.REFUSED

    @property
    def is_accepted(self) -> bool:
        return self.verdict == self.Verdict.ACCEPTED
