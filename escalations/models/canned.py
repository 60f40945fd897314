"""Answers that the team gives often, with variables that each case fills in."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from escalations.states import KIND_CHOICES


class CannedAnswer(models.Model):
    """A text of the team; ``{worker}`` and the like stand for what the case says."""

    class Use(models.TextChoices):
        REPLY = "reply", "Reply"
        ASK = "ask", "Question to a party"
        WORDS = "words", "Proposal or decision"

    title = models.CharField(max_length=80, unique=True)
    use = models.CharField("used for", max_length=8, choices=Use, default=Use.REPLY)
    kind = models.CharField(
        "kind of case", max_length=20, choices=KIND_CHOICES, blank=True,
        help_text="Offered in cases of this kind only; empty means in all.",
    )  # fmt: skip
    body = models.TextField("text", max_length=5_000)
    is_offered = models.BooleanField("offered at the desk", default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
