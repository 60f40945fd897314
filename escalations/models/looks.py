"""Who looks at a case: for good in the record of looks, and for a moment so others see them."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from escalations.models.case import Case


class CaseLook(models.Model):
    """One look of a member of staff at personal data of a case; never changed."""

    class What(models.TextChoices):
        PAGE = "page", "The case"
        CONTACTS = "contacts", "Telephone and e-mail"
        EVIDENCE = "evidence", "A file put forward"
        EXPORT = "export", "A list in a file"

    case = models.ForeignKey(Case, models.PROTECT, related_name="looks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="who"
    )
    what = models.CharField(max_length=8, choices=What)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField("when")

    class Meta:
        verbose_name = "look at a case"
        verbose_name_plural = "looks at cases"
        indexes = [
            models.Index(fields=["case", "-id"], name="case_look_of_case"),
            models.Index(fields=["user", "-id"], name="case_look_of_user"),
        ]
        triggers = [
            pgtrigger.Protect(name="case_look_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.case_id}"


class Presence(models.Model):
    """That somebody has the page of a case open; worthless a minute after ``seen_at``."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    is_writing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.case_id}"
