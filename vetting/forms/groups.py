"""Making groups, filtering and moving their members, and a worker's own answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.finding import WorkersField
from accounts.models import WorkerProfile
from core.forms import ChoiceCards
from core.paging import CursorField
from core.text_fields import LineField, TextField
from vetting.groups import BY_ACT, MOST_AT_ONCE
from vetting.models import Group, GroupKind
from vetting.queries.marks import open_to_invite
from vetting.states import Membership

KINDS = [
    (GroupKind.PUBLIC, "Public|Any worker can find it and apply. You approve them."),
    (GroupKind.INVITATION, "By invitation|You invite workers, and they accept."),
    (GroupKind.PRIVATE, "Private|You add workers yourself. They never see it."),
]


class GroupForm(forms.Form):
    name = LineField(
        max_length=80,
        help_text="Members and invited workers read it, but for a private group.",
        error_messages={"required": "Give the group a name, such as “POS installers, Midwest”."},
    )
    kind = forms.ChoiceField(
        choices=KINDS,
        initial=GroupKind.INVITATION,
        widget=ChoiceCards,
        label="Who may join?",
        error_messages={"required": "Choose who may join."},
    )
    description = TextField(
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What kind of work is sent to this group, and what you expect. Markdown works.",
    )


class ListForm(forms.Form):
    """The client's list of groups."""

    q = LineField(label="Name", required=False, max_length=80)
    archived = forms.BooleanField(label="Archived groups", required=False)
    after = CursorField()
    before = CursorField()


class OpenGroupsForm(forms.Form):
    """A worker's search among public groups."""

    q = LineField(label="Name or client", required=False, max_length=80)
    after = CursorField()
    before = CursorField()


class MembersForm(forms.Form):
    """Which rows of the members table are wanted."""

    q = LineField(label="Name", required=False, max_length=80)
    skill = LineField(required=False, max_length=40)
    view = forms.ChoiceField(choices=Membership.choices, required=False, widget=forms.HiddenInput)
    after = CursorField()
    before = CursorField()

    @property
    def shown(self) -> str:
        return self.cleaned_data.get("view") or Membership.MEMBER


class ChosenForm(forms.Form):
    """Ticked workers, of whom at least one is wanted."""

    workers = WorkersField(most=MOST_AT_ONCE)

    def clean_workers(self) -> list[WorkerProfile]:
        chosen = list(self.cleaned_data["workers"])
        if not chosen:
            raise ValidationError("Tick at least one worker.")
        return chosen


class AddForm(ChosenForm):
    """Workers to invite, or to put into a private group."""

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = open_to_invite(group.company)


class BulkForm(ChosenForm):
    """What is done with the ticked workers; the worker reads the reason."""

    act = forms.ChoiceField(
        choices=[(act, act) for act in BY_ACT],
        error_messages={
            "required": "Choose what to do with them.",
            "invalid_choice": "Choose what to do with them.",
        },
    )
    reason = LineField(required=False, max_length=500)

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = WorkerProfile.objects.filter(
            group_memberships__group=group
        ).select_related("user")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wants_reason = data.get("act") in ("decline", "remove") and "reason" not in self.errors
        if wants_reason and not data.get("reason"):
            self.add_error("reason", "Say in a few words why.")
        return data


class AnswerForm(forms.Form):
    """A worker's own move, and a few words with it."""

    ACTS = ("apply", "accept", "refuse", "leave")
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    words = LineField(
        required=False,
        max_length=500,
        label="A few words about you",
        help_text="What you have done of this kind of work.",
    )
