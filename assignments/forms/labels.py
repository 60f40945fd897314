"""Labels: writing them down, putting them on, resolving what a rule set."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property

from accounts.models import Company
from assignments.models import Assignment, Label
from core.text_fields import LineField


class LabelForm(forms.Form):
    name = LineField(max_length=40, help_text="One to three words, read at a glance.")
    tone = forms.ChoiceField(
        choices=Label.Tone, initial="neutral", widget=forms.RadioSelect, label="Color"
    )
    icon = forms.ChoiceField(choices=Label.Icon, initial="tag", label="Sign beside the name")

    use_required_attribute = False


class LabelsForm(forms.Form):
    """Which of the company's own labels are on an assignment."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        on = Label.objects.filter(uses__assignment=assignment, uses__resolved_at=None)
        keys = list(on.values_list("pk", flat=True))
        super().__init__(*args, initial={"labels": keys}, **kwargs)
        offered = Label.objects.of(assignment.company).filter(Q(archived_at=None) | Q(pk__in=keys))
        self.fields["labels"].queryset = offered.order_by("name", "pk")


class PostingLabelsForm(forms.Form):
    """The company's own labels on the form of a posting; ``on`` are the keys of those it has."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="On this assignment",
        help_text="For your own overview. Workers do not see them.",
    )

    def __init__(
        self, data: Any = None, *, company: Company, on: Collection[int], **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"labels": list(on)}, **kwargs)
        offered = Label.objects.of(company).filter(Q(archived_at=None) | Q(pk__in=on))
        self.fields["labels"].queryset = offered.order_by("name", "pk")

    @cached_property
    def are_offered(self) -> bool:
        return bool(self.fields["labels"].choices)

    @property
    def keys(self) -> tuple[int, ...]:
        """Those chosen, in order; only of a valid form."""
        return tuple(sorted(label.pk for label in self.cleaned_data["labels"]))


class ResolveForm(forms.Form):
    """Why what a rule found needs no more attention."""

    resolved = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    note = LineField(
        max_length=500, label="What was done", error_messages={"required": "Say what was done."}
    )

    use_required_attribute = False
