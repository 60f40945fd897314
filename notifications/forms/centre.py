"""What the addresses of the notification centre and of the demo mailbox may carry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from core.paging import CursorField
from notifications.reminders.catalogue import Entry


class NoticesForm(forms.Form):
    show = forms.ChoiceField(required=False, choices=[("all", "All"), ("unread", "Unread")])
    after = CursorField()
    before = CursorField()


class MailboxForm(forms.Form):
    to = forms.CharField(
        required=False,
        max_length=254,
        label="Recipient",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "client@demo.test"}),
    )
    after = CursorField()
    before = CursorField()


class SwitchesForm(forms.Form):
    """The optional rules that a company wants; nothing ticked switches all of them off."""

    on = forms.MultipleChoiceField(
        label="Remind of", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, entries: Sequence[Entry]) -> None:
        optional = [one for one in entries if one.rule.optional]
        super().__init__(data, initial={"on": [one.rule.name for one in optional if one.is_on]})
        self.fields["on"].choices = [  # type: ignore[attr-defined]
            (one.rule.name, f"{one.rule.label}: tells {one.rule.to}") for one in optional
        ]


class PreviewForm(forms.Form):
    """Until when a preview of the reminders looks."""

    until = forms.DateTimeField(
        label="Until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_until(self) -> Any:
        now, until = timezone.now(), self.cleaned_data["until"]
        if until <= now:
            raise forms.ValidationError("Choose a moment that is still to come.")
        if until > now + MOST_AHEAD:
            raise forms.ValidationError("Choose a moment within the next 14 days.")
        return until


MOST_AHEAD = timedelta(days=14)
"""Farther ahead too much happens that nobody foresees."""
