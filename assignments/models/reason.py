"""Why an assignment ends early or loses its worker: reason codes, which staff edit in the admin."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class Mark(models.TextChoices):
    """What one ending left on a scorecard; fixed when it happened."""

    NONE = "none", "No mark"
    CANCELLED = "cancelled", "Cancelled"
    CANCELLED_LATE = "cancelled_late", "Cancelled late"
    ABANDONED = "abandoned", "Abandoned"


class Reason(models.Model):
    """One reason to choose from, with what it does to a scorecard.

    A cancellation counts for the company, leaving for the worker, whoever says why. Changing
    the effect changes what happens from then on, never what a scorecard shows already.
    """

    class Act(models.TextChoices):
        CANCEL = "cancel", "The client cancels"
        UNASSIGN = "unassign", "The client takes the worker off"
        BACK_OUT = "back_out", "The worker backs out"

    class Effect(models.TextChoices):
        NONE = "none", "No mark"
        CANCELLED = "cancelled", "A cancellation, however short the notice"
        LATE = "late", "A cancellation; a late one under 24 hours before the start or after it"
        ABANDONED = "abandoned", "Abandoned, once the start has passed; before it as a late one"

    act = models.CharField(max_length=10, choices=Act)
    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    effect = models.CharField(max_length=10, choices=Effect)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField("offered", default=True)
    is_internal = models.BooleanField("never offered, set by the site itself", default=False)

    class Meta:
        ordering = ["act", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(act="cancel", effect="abandoned"), name="reason_company_never_abandons"
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.act == self.Act.CANCEL and self.effect == self.Effect.ABANDONED:
            raise ValidationError({"effect": "A client cancels; only a worker can abandon."})

    @property
    def side(self) -> str:
        """Who chooses it."""
        return "worker" if self.act == self.Act.BACK_OUT else "client"

    @property
    def counts_for(self) -> str:
        """Whose scorecard it may mark."""
        return "company" if self.act == self.Act.CANCEL else "worker"
