"""A list of assignments as somebody wants to find it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company

if TYPE_CHECKING:
    from accounts.actors import Actor


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> SavedViewQuerySet:
        """A member's own views, and those shared with the whole company."""
        if not actor.is_client:
            return self.none()
        return self.filter(company=actor.company).filter(Q(owner=actor.user) | Q(is_shared=True))


class SavedView(models.Model):
    """The filters and the order of the board under a name; ``query`` is their query string."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1_000, blank=True)
    is_shared = models.BooleanField("shared with the company", default=False)
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("company", "owner", Lower("name"), name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        address = reverse("assignments:list")
        return f"{address}?{self.query}" if self.query else address
