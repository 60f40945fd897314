"""When the Escalations Team works, how long it gives itself and the parties, and who leads."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.dates import zone_of
from core.fields import MoneyField

HOURS = [MinValueValidator(1), MaxValueValidator(24 * 30)]


def known_zone(name: str) -> None:
    try:
        zone_of(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValidationError(f"“{name}” is not a time zone such as America/New_York.") from unknown


class Office(models.Model):
    """The one calendar of the desk; without it every hour of the week counts.

    All deadlines of a case are counted in its open hours. A decision that moves more than
    ``lead_above`` is a lead's.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    time_zone = models.CharField(
        max_length=63, default="America/New_York", validators=[known_zone],
        help_text="The clock on the wall of the team, such as America/New_York.",
    )  # fmt: skip
    first_answer_hours = models.PositiveSmallIntegerField(
        "first answer", default=24, validators=HOURS,
        help_text="Open hours from the opening of a case to the first answer of the team.",
    )  # fmt: skip
    update_hours = models.PositiveSmallIntegerField(
        "next update", default=48, validators=HOURS,
        help_text="Open hours between two updates to both sides; waiting for a party stops them.",
    )  # fmt: skip
    answer_hours = models.PositiveSmallIntegerField(
        "a party’s answer", default=48, validators=HOURS,
        help_text="Open hours that a side has to tell its story or to answer a question.",
    )  # fmt: skip
    proposal_hours = models.PositiveSmallIntegerField(
        "a proposal’s end", default=48, validators=HOURS,
        help_text="Open hours that both sides have to accept a proposal or to object.",
    )  # fmt: skip
    lead_above = MoneyField(
        "a lead decides above", default=Decimal("1000.00"),
        help_text="A decision that moves more than this is made by a lead.",
    )  # fmt: skip

    class Meta:
        verbose_name = "office hours"
        verbose_name_plural = "office hours"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="office_one"),
            models.CheckConstraint(condition=Q(lead_above__gte=0), name="office_lead_above"),
            models.CheckConstraint(
                condition=Q(first_answer_hours__gte=1, update_hours__gte=1, answer_hours__gte=1,
                            proposal_hours__gte=1),
                name="office_spans",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "Office hours of the Escalations Team"


class OfficeDay(models.Model):
    """The open hours of one day of the week; a day without a row is closed."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    office = models.ForeignKey(Office, models.CASCADE, related_name="days")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField(default="00:00")
    closes = models.TimeField(null=True, blank=True, help_text="Empty: open until midnight.")

    class Meta:
        ordering = ["weekday"]
        verbose_name = "open day"
        constraints = [
            models.UniqueConstraint(fields=["office", "weekday"], name="office_day_once"),
            models.CheckConstraint(
                condition=Q(closes=None) | Q(closes__gt=F("opens")), name="office_day_ends",
                violation_error_message="A day closes after it opens.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_weekday_display()


class Holiday(models.Model):
    """A day on which nobody of the team works, whatever day of the week it is."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="holidays")
    on = models.DateField("day")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["office", "on"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.on:%B} {self.on.day}, {self.on.year}"
