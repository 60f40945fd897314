"""What staff do about money by hand, and what the nightly check of the books found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.fields import MoneyField
from payments.models.ledger import LedgerAccount, Transfer


class Adjustment(models.Model):
    """Money given to a customer's account by the platform, or taken from it; by two people.

    One of the staff proposes it, another one approves or refuses; only then it is posted.
    """

    class Direction(models.TextChoices):
        GIVE = "give", "Give to the account"
        TAKE = "take", "Take from the account"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        POSTED = "posted", "Posted"
        REFUSED = "refused", "Refused"

    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+")
    direction = models.CharField(max_length=4, choices=Direction)
    amount = MoneyField()
    reason = models.CharField(
        max_length=200, help_text="The owner of the account reads it on their statement."
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, blank=True, related_name="adjustment"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="adjustment_positive"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="adjustment_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status="posted", transfer__isnull=False, decided_by__isnull=False)
                | Q(status__in=["proposed", "refused"], transfer=None),
                name="adjustment_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.amount}"


class BooksCheck(models.Model):
    """One run of every check of the books, and what it found."""

    checked_at = models.DateTimeField()
    seconds = models.FloatField()
    findings = models.JSONField(default=list)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = "check of the books"
        verbose_name_plural = "checks of the books"

    def __str__(self) -> str:
        return "Right" if not self.count else f"{self.count} findings"
