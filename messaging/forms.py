"""What people send to conversations, and where in them they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.urls import reverse

from accounts.actors import Actor
from core.forms import ChoiceCards, KeyedForm, UploadsField
from core.paging import CursorField
from core.references import ALPHABET
from core.text_fields import LineField, TextField
from messaging import broadcasting, searching
from messaging.models import Message
from messaging.posting import LONGEST, MAY_CHOOSE
from messaging.queries import Conversation, side_of

MOST_FILES = 5
LARGEST_KEY = 2**63 - 1


class WorkerField(forms.CharField):
    """The reference of the worker whose conversation is meant."""

    def __init__(self, **kwargs: Any) -> None:
        shape = RegexValidator(rf"^W-[{ALPHABET}]{{1,9}}$")
        super().__init__(required=False, max_length=12, validators=[shape], **kwargs)


class PlaceForm(forms.Form):
    """Whose conversation, and how far back in it: before, or around the message of a key."""

    worker = WorkerField()
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    around = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)

    def clean(self) -> dict[str, Any]:
        """A place that cannot be read counts as none: the newest messages are shown."""
        self._errors.clear()
        return self.cleaned_data


class NewsForm(forms.Form):
    """After which message something would be new."""

    worker = WorkerField()
    since = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_KEY)


class NamesForm(forms.Form):
    worker = WorkerField()


class ReadForm(forms.Form):
    worker = WorkerField()
    up_to = forms.IntegerField(min_value=0, max_value=LARGEST_KEY)


class SettledForm(ReadForm):
    """No answer is needed to what was on the page; ``origin`` is where the button stood."""

    origin = forms.ChoiceField(
        required=False, choices=[(page, page) for page in ("assignment", "conversation", "inbox")]
    )


class InboxForm(forms.Form):
    show = forms.ChoiceField(
        required=False, choices=[(show, show) for show in ("all", "unread", "waiting", "asked")]
    )
    after = CursorField()
    before = CursorField()


class TranscriptForm(forms.Form):
    """Whose conversation, and whether the notes of one's own side are in it."""

    worker = WorkerField()
    notes = forms.BooleanField(required=False)


class SearchForm(forms.Form):
    """Words to look for in everything said that the person may read."""

    q = LineField(required=False, max_length=searching.LONGEST)
    after = CursorField()
    before = CursorField()


class MessageForm(KeyedForm):
    """A message to one conversation. ``origin`` says which page to return to."""

    worker = WorkerField(widget=forms.HiddenInput)
    origin = forms.ChoiceField(
        required=False,
        choices=[("assignment", "assignment"), ("conversation", "conversation")],
        widget=forms.HiddenInput,
    )
    body = TextField(
        label="Message",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="Write @ and a name to tell a colleague.",
    )
    files = UploadsField(
        label="Files",
        required=False,
        most=MOST_FILES,
        help_text=f"Up to {MOST_FILES}: PDF, pictures, text, Word or Excel, 25 MB each.",
    )
    visibility = forms.ChoiceField(label="Who reads it", widget=ChoiceCards)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        conversation: Conversation,
        origin: str = "",
        keeps_files: bool = False,
        **kwargs: Any,
    ) -> None:
        """``keeps_files``: what is chosen on the page stays chosen when htmx draws it anew."""
        super().__init__(*args, **kwargs)
        self.fields["worker"].initial = conversation.worker.reference
        self.fields["origin"].initial = origin
        if actor.is_worker:
            self.fields["body"].help_text = ""
        if not actor.is_staff:
            self.fields["body"].widget.attrs["data-names"] = names_url(conversation)
        if keeps_files:
            self.fields["files"].widget.attrs["hx-preserve"] = "true"
        choices = _readers(actor, conversation)
        self.fields["visibility"].choices = choices
        self.fields["visibility"].initial = choices[0][0]
        if len(choices) == 1:
            del self.fields["visibility"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        nothing = not cleaned.get("body") and not cleaned.get("files")
        if nothing and not {"body", "files"} & set(self.errors):
            self.add_error("body", "Write a message or add a file.")
        return cleaned


class QuickReplyForm(forms.Form):
    title = LineField(
        max_length=60, help_text="What you look for in the list.",
        error_messages={"required": "Give it a name."},
    )  # fmt: skip
    body = TextField(
        label="Words",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        error_messages={"required": "Write what you say often."},
    )

    use_required_attribute = False


class QuickForm(forms.Form):
    """Which quick reply to insert into what is being written; ``list`` shows them first."""

    quick = forms.SlugField(max_length=12)
    body = TextField(required=False, strip=False)
    visibility = forms.CharField(required=False, max_length=8)


class BroadcastForm(KeyedForm):
    """Something that all applicants should know."""

    body = TextField(
        label="Message to all applicants",
        max_length=broadcasting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="Each gets it in a conversation of their own and can answer there.",
        error_messages={"required": "Write what the applicants should know."},
    )


class AskForm(KeyedForm):
    """A question that every worker who sees the assignment may read."""

    body = TextField(
        label="Your question",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Other workers read question and answer, but not who asked.",
        error_messages={"required": "Write what you would like to know."},
    )


class AnswerForm(forms.Form):
    """The company's answer to one question."""

    question = forms.IntegerField(
        min_value=1, max_value=LARGEST_KEY, widget=forms.HiddenInput,
        error_messages={"required": "Choose a question.", "invalid": "Choose a question."},
    )  # fmt: skip
    answer = TextField(
        label="Answer",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Every worker who sees the assignment reads it.",
        error_messages={"required": "Write the answer."},
    )


def names_url(conversation: Conversation) -> str:
    """Where the names are that may follow an @."""
    address = reverse("messaging:names", args=[conversation.assignment.reference])
    return f"{address}?worker={conversation.worker.reference}"


def _readers(actor: Actor, conversation: Conversation) -> list[tuple[str, str]]:
    company, worker = conversation.assignment.company, conversation.worker
    words = {
        Message.Visibility.PARTIES: f"Both sides|{company} and {worker} read it.",
        Message.Visibility.COMPANY: f"Our company only|{worker} never sees it.",
        Message.Visibility.STAFF: "Staff only|A note that neither side sees.",
    }
    if actor.is_client:
        words[Message.Visibility.PARTIES] = (
            f"{worker} and our company|A message; both sides read it."
        )
    return [(str(v), words[v]) for v in MAY_CHOOSE[Message.Side(side_of(actor))]]
