"""Which lines of a send report are wanted."""

from django import forms

from assignments.models import SendReportLine
from core.paging import CursorField


class ReportForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[("", "Everybody"), *SendReportLine.Outcome.choices], required=False, label="Who"
    )
    after = CursorField()
    before = CursorField()
