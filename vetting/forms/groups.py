"""Making groups, filtering and moving their members, and a worker's own answer."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import Q

from accounts.forms.finding import WorkersField
from accounts.models import Company, WorkerProfile
from core.forms import ChoiceCards, KeyedForm
from core.paging import CursorField
from core.text_fields import LineField, TextField
from vetting.groups import BY_ACT, MOST_AT_ONCE
from vetting.inviting import MOST_ADDRESSES
from vetting.models import Group, GroupKind, RequirementSet
from vetting.queries.marks import open_to_invite

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
    requirement_set = forms.ModelChoiceField(
        RequirementSet.objects.none(),
        required=False,
        to_field_name="reference",
        label="What members must meet",
        empty_label="Nothing in particular",
        help_text="One of your requirement sets. Members who no longer meet it lapse, and are "
        "back by themselves once they do.",
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Q(archived_at=None) | Q(pk=getattr(self.initial.get("requirement_set"), "pk", None))
        own = RequirementSet.objects.filter(used, company=company)
        self.fields["requirement_set"].queryset = own.order_by("name", "pk")


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

    WITH_REASON = ("decline", "remove", "admit")
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
        wants_reason = data.get("act") in self.WITH_REASON and "reason" not in self.errors
        if wants_reason and not data.get("reason"):
            self.add_error("reason", "Say in a few words why.")
        return data


class AnswerForm(forms.Form):
    """A worker's own move, and a few words with it."""

    ACTS = ("apply", "request", "accept", "refuse", "leave")
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    words = LineField(
        required=False,
        max_length=500,
        label="A few words about you",
        help_text="What you have done of this kind of work.",
    )


class EmailsField(TextField):
    """E-mail addresses, one a line or with commas between them; cleans to a list."""

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        typed = super().clean(value)
        found = list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", typed.lower()))))
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(f"Name at most {MOST_ADDRESSES} addresses at a time.")
        check = EmailValidator()
        for email in found:
            try:
                if len(email) > 254:
                    raise ValidationError("too long")
                check(email)
            except ValidationError:
                raise ValidationError(f"“{email[:60]}” is not an e-mail address.") from None
        if not found:
            raise ValidationError(self.error_messages["required"], code="required")
        return found


class InviteByEmailForm(forms.Form):
    emails = EmailsField(
        label="E-mail addresses",
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=f"One a line, at most {MOST_ADDRESSES}. Everybody gets a private link, "
        "whether or not they have a login here.",
        error_messages={"required": "Write at least one e-mail address."},
    )


class InviteeForm(forms.Form):
    """Sending an open invitation again, or taking it back."""

    invitee = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    act = forms.ChoiceField(choices=[("again", "again"), ("withdraw", "withdraw")])


class LinkForm(forms.Form):
    """A worker's answer to an invitation's link."""

    act = forms.ChoiceField(choices=[("join", "join"), ("request", "request")])
    words = LineField(
        required=False,
        max_length=500,
        label="Why the client should make an exception",
        help_text="The client reads it and decides.",
    )


class BroadcastForm(KeyedForm):
    subject = LineField(
        max_length=120, error_messages={"required": "Say in a few words what it is about."}
    )
    body = TextField(
        label="Message",
        max_length=3_000,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": "Write what the members should know."},
    )
