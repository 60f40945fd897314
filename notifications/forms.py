"""What the addresses of the notification centre and of the demo mailbox may carry."""

from django import forms

from core.paging import CursorField


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
