"""The rating form, and which figure's rows are asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ChoiceCards
from core.text_fields import TextField
from scorecards import moderating, replying
from scorecards.formulas import Formula
from scorecards.models import MARK_LABELS, Overall, Rating, RatingHiding, Window
from scorecards.rating import LONGEST

OVERALL = [
    (Overall.EXCELLENT, "Excellent|I would choose them again at once."),
    (Overall.SATISFIED, "Satisfied|As agreed."),
    (Overall.UNSATISFIED, "Unsatisfied|Not what was agreed."),
]
MARKS = [(str(mark), str(mark)) for mark in range(1, 6)]
FIRST_SHOWN = "satisfaction"


class MarkScale(forms.RadioSelect):
    """Five marks in a row, with words at both ends."""

    template_name = "scorecards/_mark_scale.html"


class RatingForm(forms.Form):
    """One side's rating; the three marks are named after what that side judges."""

    overall = forms.ChoiceField(choices=OVERALL, widget=ChoiceCards, label="All in all")
    mark_1 = forms.ChoiceField(choices=MARKS, widget=MarkScale)
    mark_2 = forms.ChoiceField(choices=MARKS, widget=MarkScale)
    mark_3 = forms.ChoiceField(choices=MARKS, widget=MarkScale)
    comment = TextField(
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The other side reads it once it is shown.",
    )

    def __init__(self, *args: Any, side: Rating.By, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, label in enumerate(MARK_LABELS[side], start=1):
            self.fields[f"mark_{number}"].label = label

    def values(self) -> dict[str, Any]:
        """What ``rating.rate`` takes."""
        data = self.cleaned_data
        return {
            "overall": data["overall"],
            "marks": [int(data[f"mark_{number}"]) for number in (1, 2, 3)],
            "comment": data["comment"],
        }


class ReplyForm(forms.Form):
    """The one reply to a rating."""

    words = TextField(
        label="Your reply",
        max_length=replying.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="It stands below the rating, wherever the rating is shown.",
    )


class RatingsForm(forms.Form):
    """Which ratings of a list; what cannot be read counts as not given."""

    overall = forms.ChoiceField(
        required=False, label="Opinion", choices=[("", "Every opinion"), *Overall.choices]
    )
    with_words = forms.BooleanField(required=False, label="Only with a comment")


class OwnRatingsForm(RatingsForm):
    """The tabs of one's own ratings."""

    SHOWN = (("to_rate", "To rate"), ("about", "About you"), ("given", "Given"))

    show = forms.ChoiceField(required=False, choices=SHOWN)

    @property
    def shown(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("show") or "to_rate"


class ModerationForm(forms.Form):
    """What staff hide or show again, and why."""

    part = forms.ChoiceField(choices=RatingHiding.Part.choices, widget=forms.HiddenInput)
    reason = TextField(
        label="Why",
        max_length=moderating.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Both sides read it. The words of the rating stay as they were given.",
    )


class FigureForm(forms.Form):
    """Which figure, over which window; anything else falls back to satisfaction."""

    figure = forms.ChoiceField(required=False)
    window = forms.ChoiceField(required=False, choices=Window)
    by = forms.ChoiceField(required=False, choices=[("month", "By month")])

    def __init__(self, *args: Any, formulas: dict[str, Formula], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formulas = formulas
        self.fields["figure"].choices = [(f.name, f.label) for f in formulas.values()]

    @property
    def formula(self) -> Formula:
        self.is_valid()
        chosen = self.cleaned_data.get("figure")
        return self.formulas[chosen or FIRST_SHOWN]

    @property
    def window_chosen(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("window") or Window.RECENT

    @property
    def by_month_chosen(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("by"))
