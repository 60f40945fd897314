"""Where an assignment is sent now and later, and how its worker is found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.finding import WorkersField
from accounts.models import Company, WorkerProfile
from assignments.models import Assignment
from assignments.reaching import MatchesWanted
from assignments.routing import MOST_AT_ONCE, SendsToNobody
from assignments.states import Status
from assignments.waterfall import StepWanted
from core.forms import ChoiceCards
from core.text_fields import LineField
from vetting.models import Group
from vetting.queries.groups import to_send_to
from vetting.queries.marks import open_to_invite

MODES = [
    ("apply", "Workers apply|You compare the applicants and assign one."),
    ("first", "First to accept|The first worker who accepts is assigned at once."),
]
MOST_INVITED = 50
STEPS = 4
MARKETPLACE, MATCHES = "marketplace", "matches"
MOST = [(number, f"the {number} best") for number in (5, 10, 20, 50)]
MILES = [(miles, f"{miles} miles") for miles in (15, 25, 50, 100, 150)]
DELAYS = [
    (5, "5 minutes"), (10, "10 minutes"), (15, "15 minutes"), (30, "30 minutes"),
    (45, "45 minutes"), (60, "1 hour"), (120, "2 hours"), (180, "3 hours"), (240, "4 hours"),
    (360, "6 hours"), (480, "8 hours"), (720, "12 hours"), (1440, "1 day"), (2880, "2 days"),
    (4320, "3 days"), (10080, "1 week"),
]  # fmt: skip
GONE = "This group cannot be chosen any more. Reload the page."


class GroupsField(forms.MultipleChoiceField):
    """Groups of the company by their public reference; cleans to the groups."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": GONE}

    def offer(self, groups: list[Group]) -> None:
        self.known = {group.reference: group for group in groups}
        self.choices = [(group.reference, words_of(group)) for group in groups]

    def clean(self, value: Any) -> list[Group]:
        return [self.known[reference] for reference in super().clean(value)]


def words_of(group: Group) -> str:
    members = getattr(group, "members", 0)
    return f"{group.name} ({members} member{'s' * (members != 1)})"


class AudienceForm(forms.Form):
    """To whom it goes at once, and step by step later."""

    on_marketplace = forms.BooleanField(
        required=False,
        initial=True,
        label="Post it to the marketplace",
        help_text="Every worker who fits can find it.",
    )
    groups = GroupsField(required=False, label="Groups")
    matching = forms.BooleanField(
        required=False,
        label="Let the site invite the best matches",
        help_text="By skills, industry, distance, scorecard and what they did for you.",
    )
    most = forms.TypedChoiceField(
        choices=MOST, initial=10, coerce=int, empty_value=10, required=False, label="How many"
    )
    miles = forms.TypedChoiceField(
        choices=MILES, initial=50, coerce=int, empty_value=50, required=False, label="Within"
    )
    mode = forms.ChoiceField(
        choices=MODES, initial="apply", widget=ChoiceCards, label="Who decides?"
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        self.all_groups = list(to_send_to(company))
        self.fields["groups"].offer(self.all_groups)
        targets = [
            ("", "–"),
            (MARKETPLACE, "The marketplace"),
            (MATCHES, "The best matches"),
            *((group.reference, f"Group: {group.name}") for group in self.all_groups),
        ]
        for number in range(STEPS):
            self.fields[f"after_{number}"] = forms.TypedChoiceField(
                choices=[("", "–"), *DELAYS], coerce=int, empty_value=None, required=False,
                label="After" if not number else "then after",
            )  # fmt: skip
            self.fields[f"to_{number}"] = forms.ChoiceField(
                choices=targets, required=False, label="Send it to",
                error_messages={"invalid_choice": GONE},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(STEPS):
            after, to = data.get(f"after_{number}"), data.get(f"to_{number}")
            if after and not to and f"to_{number}" not in self.errors:
                self.add_error(f"to_{number}", "Say to whom, or leave both empty.")
            if to and not after and f"after_{number}" not in self.errors:
                self.add_error(f"after_{number}", "Say after how long, or leave both empty.")
        return data

    @property
    def step_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"after_{number}"], self[f"to_{number}"]) for number in range(STEPS)]

    @property
    def has_steps(self) -> bool:
        """Something is typed into the steps, so that they are shown open."""
        return any(row.value() for pair in self.step_rows for row in pair)

    @property
    def matches(self) -> MatchesWanted:
        """As many as asked for; of a form whose fields were read."""
        data = self.cleaned_data
        return MatchesWanted(data.get("most") or 10, data.get("miles") or 50)

    @property
    def audience(self) -> dict[str, Any]:
        """What ``routing.send`` and its kin take; of a checked form."""
        return {
            "groups": self.cleaned_data["groups"],
            "matches": self.matches if self.cleaned_data["matching"] else None,
        }

    @property
    def steps(self) -> list[StepWanted]:
        """The planned steps, in order; of a checked form."""
        known, steps = self.fields["groups"].known, []
        for number in range(STEPS):
            after, to = self.cleaned_data[f"after_{number}"], self.cleaned_data[f"to_{number}"]
            if after:
                matches = self.matches if to == MATCHES else None
                steps.append(StepWanted(after, known.get(to), matches))
        return steps


class RoutingForm(AudienceForm):
    """One assignment: also chosen workers; ``words`` only searches for workers to choose."""

    words = LineField(required=False, max_length=100, label="Name or skill")
    workers = WorkersField(most=MOST_INVITED)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, assignment: Assignment, company: Company, **kwargs: Any) -> None:
        self.assignment = assignment
        super().__init__(*args, company=company, **kwargs)
        self.fields["workers"].queryset = open_to_invite(company)
        self.fields["revision"].initial = assignment.revision
        if assignment.status != Status.DRAFT:
            del self.fields["mode"], self.fields["revision"]
            self.fields["on_marketplace"].initial = assignment.on_marketplace

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        names = ("on_marketplace", "groups", "matching", "workers")
        reached = any(data.get(name) or name in self.errors for name in names)
        if not reached and self.assignment.status == Status.DRAFT:
            raise ValidationError(str(SendsToNobody()))
        return data

    @property
    def chosen(self) -> list[WorkerProfile]:
        """The chosen workers as far as they can be invited; of a checked form."""
        return list(self.cleaned_data.get("workers") or [])


class AssignmentsField(forms.ModelMultipleChoiceField):
    """Assignments of the company by their number."""

    default_error_messages = {
        "required": "Choose at least one assignment.",
        "invalid_choice": "One of the chosen assignments cannot be sent any more. Choose again.",
        "invalid_pk_value": "One of the chosen assignments cannot be sent any more. Choose again.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Assignment.objects.none(), to_field_name="reference", **kwargs)

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) > MOST_AT_ONCE:
            raise ValidationError(f"Choose at most {MOST_AT_ONCE} assignments at a time.")
        return super().clean(value)


class PickedForm(forms.Form):
    """Which assignments the page of many begins with."""

    a = AssignmentsField(required=False)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["a"].queryset = _to_send(company)


class SendManyForm(AudienceForm):
    """Up to fifty drafts or sent assignments, to one audience."""

    assignments = AssignmentsField()

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        self.fields["assignments"].queryset = _to_send(company)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        names = ("on_marketplace", "groups", "matching")
        if not any(data.get(name) or name in self.errors for name in names):
            raise ValidationError(str(SendsToNobody()))
        return data


def _to_send(company: Company) -> Any:
    """Drafts and sent assignments of the company."""
    return Assignment.objects.filter(
        company=company, status__in=(Status.DRAFT, Status.SENT)
    ).select_related("company")


class PlanForm(forms.Form):
    act = forms.ChoiceField(choices=[("skip", "Send the next step now"), ("stop", "Stop")])
