"""What a party hands in with its appeal: checked files, kept as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse

from conduct.models.standing import Appeal, Measure

if TYPE_CHECKING:
    from accounts.actors import Actor


class AppealFileQuerySet(models.QuerySet["AppealFile"]):
    def visible_to(self, actor: Actor) -> AppealFileQuerySet:
        """Whoever may read the appeal: its party, and staff."""
        return self.filter(appeal__measure__in=Measure.objects.visible_to(actor).values("pk"))


class AppealFile(models.Model):
    """One file of an appeal; its party and staff may open it, the other side never."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="files")
    reference = models.CharField(max_length=20, unique=True)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = AppealFileQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="appeal_file_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """For its party; staff open it at the desk."""
        return reverse("conduct:appeal_file", args=[self.appeal.measure.reference, self.reference])

    @property
    def desk_url(self) -> str:
        return reverse("admin:conduct_appeal_file", args=[self.appeal.measure_id, self.reference])
