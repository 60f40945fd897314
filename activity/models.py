"""The append-only record of who did what: history for people, outbox for machines."""

from django.conf import settings
from django.db import models


class ActingAs(models.TextChoices):
    CLIENT = "client"
    WORKER = "worker"
    STAFF = "staff"
    SYSTEM = "system"
    PERSON = "person"


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> "EventQuerySet":
        """The history of one row, oldest first."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_key=subject.pk).order_by(
            "at", "pk"
        )

    def undispatched(self) -> "EventQuerySet":
        return self.filter(dispatched_at=None)


class Event(models.Model):
    """One thing that happened, written in the transaction of the thing itself.

    The row is never changed but for ``dispatched_at`` and ``tries``, by which the
    dispatcher notes that the higher apps' reactions have run; the database refuses
    everything else (``migrations/0002_event_guards.py``). ``subject_kind`` is a model label
    such as ``assignments.assignment``.
    """

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_key = models.BigIntegerField()
    company_key = models.BigIntegerField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acting_as = models.CharField(max_length=10, choices=ActingAs)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_key", "id"], name="event_subject"),
            models.Index(fields=["company_key", "-id"], name="event_company"),
            models.Index(
                fields=["id"],
                condition=models.Q(dispatched_at=None),
                name="event_undispatched",
            ),
            # What ended somebody's wait, few of all events: scorecards read them by company.
            models.Index(
                fields=["company_key", "at"],
                condition=models.Q(data__has_key="waited"),
                name="event_waited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_key}"
