"""What is selected on the board, what is to be done with it, and what that needs to know."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Company
from assignments import reasons
from assignments.bulk import ACTS, MOST, stamp
from assignments.forms.ending import SHARES
from assignments.models import Assignment, Label, Reason
from assignments.queries.find_work import REFERENCE
from core.forms import ChoiceCards
from core.text_fields import LineField, TextField

ELSEWHERE = [("send", "Send"), ("export", "Export as CSV")]
"""Acts on a selection that have a page of their own."""


class SelectionField(forms.MultipleChoiceField):
    """References of assignments, at most ``MOST`` of them; what is not a reference is left out."""

    def valid_value(self, value: Any) -> bool:
        return True

    def clean(self, value: Any) -> list[str]:
        chosen = [one for one in dict.fromkeys(value or []) if REFERENCE.fullmatch(str(one))]
        if not chosen and self.required:
            raise forms.ValidationError("Tick the assignments first.")
        if len(chosen) > MOST:
            raise forms.ValidationError(f"Tick at most {MOST} assignments at once.")
        return chosen


class SelectionForm(forms.Form):
    """The bar under the board: which assignments, and which act."""

    a = SelectionField()
    act = forms.ChoiceField(
        choices=[*ELSEWHERE, *((act.name, act.label) for act in ACTS.values())],
        error_messages={"required": "Choose what to do with them."},
    )

    def rows_of(self, company: Company) -> list[Assignment]:
        """The selected assignments of this company, in the order of their keys."""
        found = Assignment.objects.filter(
            company=company, reference__in=self.cleaned_data.get("a") or ()
        )
        return list(found.select_related("company", "worker__user", "reservation").order_by("-pk"))


class TickedForm(forms.Form):
    """Rows named one by one in an address."""

    a = SelectionField(required=False)


class ActForm(forms.Form):
    """What the act needs besides the selection: nothing, unless it says so."""

    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, company: Company, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    @property
    def choices(self) -> dict[str, Any]:
        return getattr(self, "cleaned_data", {})


class VoidManyForm(ActForm):
    note = LineField(
        max_length=500,
        label="Why",
        help_text="Workers who were invited or applied read this.",
        error_messages={"required": "Say in a few words why they are taken back."},
    )


class CancelManyForm(ActForm):
    """One reason and one note for all; the share is paid where the notice is late."""

    reason = forms.ChoiceField(error_messages={"required": "Choose the reason."})
    note = TextField(
        max_length=2_000,
        label="What happened",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Each worker reads this.",
        error_messages={"required": "Explain it to the workers in a sentence or two."},
    )
    share = forms.ChoiceField(
        widget=ChoiceCards, label="What does a worker get who hears it under 24 hours before?"
    )

    def __init__(self, *args: Any, company: Company, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, company=company, is_late=is_late, **kwargs)
        offered = reasons.offered(Reason.Act.CANCEL)
        self.fields["reason"].choices = [
            ("", "Choose…"), *((why.code, why.label) for why in offered)
        ]  # fmt: skip
        if not is_late:
            del self.fields["share"]
            return
        self.fields["share"].choices = [(name, label) for name, (label, _) in SHARES.items()]
        percent = Decimal(company.default_cancellation_percent) / 100
        usual = [name for name, (_, part) in SHARES.items() if part == percent]
        self.fields["share"].initial = usual[0] if usual else None

    @property
    def choices(self) -> dict[str, Any]:
        """With the share as a part of the price, as far as it is chosen."""
        data = dict(getattr(self, "cleaned_data", {}))
        field = self.fields.get("share")
        share = data.get("share") if self.is_bound else field and field.initial
        data["share"] = SHARES[share][1] if share in SHARES else Decimal(0)
        return data


class LabelManyForm(ActForm):
    label = forms.ModelChoiceField(
        Label.objects.none(),
        empty_label="Choose…",
        help_text="Set up under Settings, Labels.",
        error_messages={"required": "Choose the label."},
    )

    def __init__(self, *args: Any, company: Company, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, company=company, is_late=is_late, **kwargs)
        own = Label.objects.of(company).current()
        self.fields["label"].queryset = own.order_by("name", "pk")


FORMS: dict[str, type[ActForm]] = {
    "void": VoidManyForm, "cancel": CancelManyForm, "relabel": LabelManyForm,
}  # fmt: skip


def seen_in(data: Any) -> dict[str, str]:
    """The stamps that the page carried, by reference."""
    pairs = (str(one).partition(" ") for one in data.getlist("seen")[:MOST])
    return {reference: shown for reference, _, shown in pairs}


def stamps_of(rows: list[Assignment]) -> list[str]:
    return [f"{row.reference} {stamp(row)}" for row in rows]
