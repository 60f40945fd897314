"""The yes to the policies."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conduct.models import PolicyVersion


class AcceptanceForm(forms.Form):
    """Carries the versions that were on the page, so that nobody accepts what they did not see."""

    versions = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)
    agree = forms.BooleanField(
        error_messages={"required": "Tick the box if you accept them, or go back."}
    )

    def __init__(self, data: Any = None, *, asked: Sequence[PolicyVersion]) -> None:
        keys = [str(version.pk) for version in asked]
        super().__init__(data, initial={"versions": keys})
        self.fields["versions"].choices = [(key, key) for key in keys]
        self.fields["agree"].label = f"I have read and accept {_listed(asked)}"
        self.asked = asked

    def clean_versions(self) -> list[str]:
        seen = self.cleaned_data["versions"]
        if set(seen) != {str(version.pk) for version in self.asked}:
            raise ValidationError("A text was published while you read. Read it and accept again.")
        return seen


class ReturnForm(forms.Form):
    """Where the person came from."""

    next = forms.CharField(required=False, max_length=2000)


class VersionForm(forms.Form):
    """An earlier version of a policy."""

    version = forms.IntegerField(min_value=1, max_value=32_000, required=False)


def _listed(versions: Sequence[PolicyVersion]) -> str:
    titles = [f"the {version.policy.title.lower()}" for version in versions]
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
