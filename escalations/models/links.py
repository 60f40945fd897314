"""Cases that belong together without being one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from escalations.models.case import Case


class CaseLink(models.Model):
    """Two cases that staff read side by side; kept once, the older case first."""

    first = models.ForeignKey(Case, models.PROTECT, related_name="links_to_later")
    second = models.ForeignKey(Case, models.PROTECT, related_name="links_to_earlier")
    words = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="case_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="case_link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
