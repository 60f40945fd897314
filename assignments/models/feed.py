"""A private address under which a calendar program reads somebody's assignments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Company, WorkerProfile


class CalendarFeed(models.Model):
    """Whoever knows ``key`` reads the times and places, and may change nothing.

    It belongs to a person in one capacity: a member of a company, or a worker.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False, worker=None)
                | Q(company=None, worker__isnull=False),
                name="calendar_feed_capacity",
            ),
            models.UniqueConstraint(
                fields=["user", "company"], condition=Q(worker=None), name="calendar_feed_member"
            ),
            models.UniqueConstraint(
                fields=["user", "worker"], condition=Q(company=None), name="calendar_feed_worker"
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user}"
