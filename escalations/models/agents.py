"""How new cases find their agent: what each can do, how much, when not, and about whom never."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Company, WorkerProfile
from escalations.states import KIND_CHOICES


class Agent(models.Model):
    """A member of the team as routing sees them; without such a row nobody is given cases."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="desk_agent", verbose_name="person"
    )
    takes_new = models.BooleanField("is given new cases", default=True)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=KIND_CHOICES),
        default=list,
        blank=True,
        verbose_name="skills",
        help_text="The kinds of case this person knows; none chosen means all of them.",
    )
    most_open = models.PositiveSmallIntegerField(
        "most open cases", default=15, help_text="Routing gives no more once so many are open."
    )

    class Meta:
        verbose_name = "agent"

    def __str__(self) -> str:
        return str(self.user)


class Absence(models.Model):
    """Days, the last one included, on which routing passes a member of the team over."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences")
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")
    words = models.CharField("reason", max_length=200, blank=True)

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="absence_in_order",
                violation_error_message="The last day comes before the first.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} away {self.first_on} to {self.last_on}"


class Interest(models.Model):
    """A company or worker whose cases an agent must not touch, beside those they belong to."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="interests")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.CharField("why", max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False) ^ Q(worker__isnull=False),
                name="interest_in_one",
                violation_error_message="Name a client or a worker, one of the two.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.company or self.worker}"
