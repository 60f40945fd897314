"""Evidence by reference: a message, a visit or a deliverable that both sides know already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from assignments.models import Deliverable, Visit
from escalations.models.case import Case, Side
from messaging.models import Message

if TYPE_CHECKING:
    from accounts.actors import Actor


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def visible_to(self, actor: Actor) -> ExhibitQuerySet:
        """Whoever sees the case sees what both sides point at."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class Exhibit(models.Model):
    """Something of the assignment that one side points at in a case; exactly one thing each.

    The thing stays where it is: a later correction of a visit shows here too.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="exhibits")
    side = models.CharField(max_length=8, choices=Side)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="+")
    deliverable = models.ForeignKey(
        Deliverable, models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = ExhibitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, visit=None, deliverable=None)
                | Q(message=None, visit__isnull=False, deliverable=None)
                | Q(message=None, visit=None, deliverable__isnull=False),
                name="exhibit_one_thing",
            ),
            models.UniqueConstraint(fields=["case", "message"], name="exhibit_message_once"),
            models.UniqueConstraint(fields=["case", "visit"], name="exhibit_visit_once"),
            models.UniqueConstraint(
                fields=["case", "deliverable"], name="exhibit_deliverable_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="exhibit_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"

    @property
    def kind(self) -> str:
        if self.message_id:
            return "message"
        return "visit" if self.visit_id else "deliverable"

    @property
    def thing_id(self) -> int:
        return self.message_id or self.visit_id or self.deliverable_id or 0
