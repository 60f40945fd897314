"""What a decision does beside the money, and how a lead takes a decision back."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from escalations.models.case import Decision


class DecisionMark(models.Model):
    """One effect of a decision on a label, a scorecard mark, a rating or a standing.

    ``kind`` names an entry of ``escalations.marks``, ``target`` the row it changed and
    ``before`` what stood there, so that a reversal can put it back.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=20)
    target = models.PositiveBigIntegerField()
    detail = models.CharField(max_length=40, blank=True)
    before = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "kind", "target", "detail"], name="decision_mark_once"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="decision_mark_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class Reversal(models.Model):
    """A decision taken back by a lead: new effects that undo the old ones, once."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="reversal")
    words = models.TextField(max_length=5_000)
    applied = models.JSONField(default=list)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(words__regex=r"\S"), name="reversal_with_words"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="reversal_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Reversal of {self.decision_id}"
