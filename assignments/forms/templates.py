"""The forms of templates: their name, and which one a posting starts from."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Company
from assignments.models import Template
from core.text_fields import LineField


class TemplateForm(forms.Form):
    """What a template is called; ``revision`` is the one that was shown."""

    name = LineField(
        max_length=80,
        label="Name of the template",
        help_text="As your team knows it: “Quarterly till check”.",
    )
    revision = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    use_required_attribute = False


class StartForm(forms.Form):
    """The template that fills a new posting; what cannot be read counts as none."""

    template = forms.ModelChoiceField(
        Template.objects.none(),
        to_field_name="reference",
        required=False,
        empty_label="Nothing",
        label="Start from a template",
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Template.objects.filter(company=company, archived_at=None)
        self.fields["template"].queryset = current.order_by("name", "pk")

    @property
    def offers(self) -> bool:
        return len(self.fields["template"].choices) > 1
