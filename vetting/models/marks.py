"""Whom a company prefers and whom it has shut out, and the same from the worker's side."""

from django.conf import settings
from django.db import models

from accounts.models import Company, WorkerProfile


class Standing(models.TextChoices):
    FAVORITE = "favorite", "Favorite"
    BLOCKED = "blocked", "Blocked"


class CompanyMark(models.Model):
    """A company's mark on a worker; a blocked worker sees none of its new assignments."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    standing = models.CharField(max_length=10, choices=Standing)
    note = models.CharField(max_length=500, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "worker"], name="company_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.worker} {self.standing}"


class WorkerMark(models.Model):
    """A worker's mark on a company; its assignments are left out of a blocking worker's search."""

    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    standing = models.CharField(max_length=10, choices=Standing)
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "company"], name="worker_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.worker}: {self.company} {self.standing}"
