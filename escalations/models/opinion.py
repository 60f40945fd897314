"""What a side thinks of how its case was handled, whatever was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from escalations.models.case import Case, Side


class Opinion(models.Model):
    """One side's word on the handling of one round of a case; it can be changed, not removed."""

    class Mark(models.TextChoices):
        GOOD = "good", "Well handled"
        FAIR = "fair", "Could have been better"
        BAD = "bad", "Badly handled"

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=Side)
    mark = models.CharField(max_length=4, choices=Mark)
    words = models.TextField(max_length=2_000, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "side"], name="opinion_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.get_mark_display()} on {self.case_id}"
