"""While the work is done: on the way, times set right, files judged, holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from assignments.forms.fields import LineField, WallClockField
from assignments.models import Assignment, Deliverable, Visit
from core.dates import zone_word
from core.forms import ChoiceCards, TimeInput, zoned
from core.wall_clock import on_wall

MINUTES = (10, 20, 30, 45, 60, 90)


class OnMyWayForm(forms.Form):
    """One press says in how many minutes, or a time of the day; both on the site's clock."""

    minutes = forms.TypedChoiceField(
        choices=[(str(number), f"{number} min") for number in MINUTES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    arriving = forms.TimeField(required=False, widget=TimeInput, label="Another time")
    note = LineField(
        max_length=300, required=False, label="A few words", help_text="For example: road works."
    )

    use_required_attribute = False

    def __init__(self, *args: Any, assignment: Assignment, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignment, self.at = assignment, at
        local = at.astimezone(assignment.zone)
        self.fields["arriving"].help_text = f"On the site’s clock ({zone_word(local)})."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("minutes") and not data.get("arriving"):
            self.add_error("arriving", "Choose how long it takes, or enter the time.")
        return data

    @property
    def arriving_at(self) -> datetime:
        """The moment that was meant: a time of the day is its next occurrence."""
        if minutes := self.cleaned_data["minutes"]:
            return self.at.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        local = self.at.astimezone(self.assignment.zone)
        wall = datetime.combine(local.date(), self.cleaned_data["arriving"])
        moment = zoned(wall, self.assignment.time_zone)
        if moment < self.at - timedelta(minutes=1):
            moment = zoned(wall + timedelta(days=1), self.assignment.time_zone)
        return moment


class TimesForm(forms.Form):
    """Check-in and check-out on the site's clock."""

    checked_in_at = WallClockField(label="Checked in")
    checked_out_at = WallClockField(label="Checked out")

    use_required_attribute = False
    zone: str

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("checked_in_at", "checked_out_at"):
            if data.get(name):
                try:
                    data[name] = zoned(data[name], self.zone)
                except ValidationError as error:
                    self.add_error(name, error)
        return data


class CorrectionForm(TimesForm):
    """Times of one visit, and why they are other than what was pressed."""

    reason = LineField(
        max_length=500,
        label="Why",
        help_text="The other side reads this, with the times before.",
        error_messages={"required": "Say in a few words why the times are other."},
    )

    def __init__(self, *args: Any, visit: Visit, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.visit = zone, visit
        self.fields["checked_in_at"].initial = on_wall(visit.checked_in_at, zone)
        if visit.checked_out_at:
            self.fields["checked_out_at"].initial = on_wall(visit.checked_out_at, zone)
        else:
            del self.fields["checked_out_at"]

    @property
    def times(self) -> dict[str, Any]:
        """The times for the verb; what was left as it was shown keeps its seconds."""
        found = {"checked_out_at": None}
        for name in ("checked_in_at", "checked_out_at"):
            was = getattr(self.visit, name)
            if name not in self.fields:
                continue
            typed = self.cleaned_data[name]
            same = was and typed == was.replace(second=0, microsecond=0)
            found[name] = was if same else typed
        return found


class VerdictForm(forms.Form):
    """Yes or no to a file; a no with what is wrong."""

    verdict = forms.ChoiceField(
        widget=ChoiceCards,
        label="Is it what you asked for?",
        choices=[
            (Deliverable.Verdict.ACCEPTED, "Yes, accept it|It counts as handed in."),
            (Deliverable.Verdict.REFUSED, "No, refuse it|It counts as missing until replaced."),
        ],
    )
    reason = LineField(
        max_length=500, required=False, label="What is wrong", help_text="The worker reads this."
    )

    use_required_attribute = False

    @property
    def refuses(self) -> bool:
        return self.cleaned_data.get("verdict") == Deliverable.Verdict.REFUSED

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.refuses and "reason" in data and not data["reason"]:
            self.add_error("reason", "Say what is wrong, so that the worker can replace it.")
        return data


class HoldForm(forms.Form):
    reason = LineField(
        max_length=500,
        label="Why it has to wait",
        help_text="The worker reads this: what is missing, and until when.",
        error_messages={"required": "Say in a few words why it has to wait."},
    )

    use_required_attribute = False


class ReleaseForm(forms.Form):
    """Go on as agreed, or ask the worker for new times."""

    how = forms.ChoiceField(widget=ChoiceCards, label="When does it go on?")
    starts_at = WallClockField(required=False, label="New start")
    ends_at = WallClockField(required=False, label="New end")
    reason = LineField(
        max_length=500, required=False, label="A few words to the worker",
        help_text="For example: the power is back from Monday on.",
    )  # fmt: skip

    use_required_attribute = False

    def __init__(self, *args: Any, assignment: Assignment, may_keep: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        keep = [("keep", "At the times agreed|The hold ends now.")] if may_keep else []
        move = ("move", "At new times|The worker is asked. Until they answer it stays on hold.")
        self.fields["how"].choices = [*keep, move]
        self.fields["how"].initial = keep[0][0] if keep else "move"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("how") != "move":
            return data
        for name in ("starts_at", "ends_at"):
            if data.get(name):
                try:
                    data[name] = zoned(data[name], self.assignment.time_zone)
                except ValidationError as error:
                    self.add_error(name, error)
            elif name not in self.errors:
                self.add_error(name, "Enter the new time.")
        return data

    @property
    def moves(self) -> bool:
        return self.cleaned_data.get("how") == "move"

    @property
    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        if not self.moves:
            return {}
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at", "reason")}


class TickForm(forms.Form):
    done = forms.BooleanField(required=False)
