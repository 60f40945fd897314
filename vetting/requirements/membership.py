"""The requirement to be a member of one of the company's groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.models import Group, GroupKind, GroupMembership
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import Finding, On, Reading, Values, ValuesForm
from vetting.states import Membership


class GroupForm(ValuesForm):
    group = forms.ModelChoiceField(
        Group.objects.none(),
        to_field_name="reference",
        empty_label="Choose a group",
        error_messages={"required": "Choose a group.", "invalid_choice": "Choose a group."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Group.objects.current().filter(company=self.company)
        self.fields["group"].queryset = own.order_by("name", "pk")  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        group: Group = self.cleaned_data["group"]
        return {"group": group.reference, **told_of(group)}


def told_of(group: Group) -> dict[str, Any]:
    """What a requirement keeps of its group, so that a sentence needs no query."""
    return {
        "name": group.name,
        "private": group.is_private,
        "open": group.kind == GroupKind.PUBLIC,
    }


def gone_words(values: Values) -> str:
    return f"The group “{values.get('name', '')}” is gone or archived."


class MemberOfGroup(Reading):
    """A private group is never named to a worker: they read that the client chooses."""

    slug = "group"
    label = "Is a member of a group"
    heading = "With your company"
    help = "One of your groups. Whoever leaves it, or lapses, no longer meets this."
    form = GroupForm
    refers = "group"

    def sentence(self, values: Values) -> str:
        if values.get("private"):
            return "Is one of the workers the client has chosen"
        return f"Is a member of “{values['name']}”"

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        own = GroupMembership.objects.filter(worker=worker, group=OuterRef("pk"))
        rows = Group.objects.current().filter(
            company=on.company, reference__in=[str(values.get("group", "")) for values in asked]
        )
        known = {
            row.reference: (row, row.standing)
            for row in rows.annotate(standing=Subquery(own.values("status")))
        }
        return [
            self._finding(values, *known.get(values.get("group"), (None, None)))  # type: ignore[arg-type]
            for values in asked
        ]

    def _finding(self, values: Values, group: Group | None, status: str | None) -> Finding:
        if group is None:
            reason = "The group that is asked for is gone. Ask the client to change it."
            return Finding(met=False, reason=reason, for_client=gone_words(values))
        met = status == Membership.MEMBER
        if group.is_private:
            reason = "" if met else "Only workers whom the client has chosen itself."
            return Finding(met=met, reason=reason, for_client="" if met else f"Not in “{group}”")
        if met:
            return Finding(met=True, reason=f"You are a member of “{group}”.")
        return self._missing(group, status)

    def condition(self, values: Values, on: On) -> Q:
        rows = GroupMembership.objects.filter(
            worker=OuterRef("pk"), status=Membership.MEMBER,
            group__in=self._groups(values, on.company).values("pk"),
        )  # fmt: skip
        return Q(Exists(rows))

    def met(self) -> Q:
        rows = GroupMembership.objects.filter(
            worker=WORK.worker, status=Membership.MEMBER, group__company=WORK.company,
            group__reference=said("group"), group__archived_at=None,
        )  # fmt: skip
        return Q(Exists(rows))

    def initial(self, values: Values) -> dict[str, Any]:
        return {"group": values.get("group", "")}

    def remedy(self, values: Values) -> tuple[str, str]:
        if not values.get("open"):
            return "", ""
        return reverse("vetting:group", args=[values["group"]]), "See the group"

    def present(self, keys: Collection[str]) -> QuerySet[Any, Any]:
        return Group.objects.current().filter(reference__in=keys).values_list("reference")

    def gone(self, values: Values, company: Company) -> str:
        return "" if self._groups(values, company).exists() else gone_words(values)

    @staticmethod
    def _missing(group: Group, status: str | None) -> Finding:
        """What a worker who is not a member may do about it, by where they stand."""
        words = {
            Membership.INVITED: ("You are invited and have not joined yet", "Join the group"),
            Membership.APPLIED: ("The client has not decided your application yet", "See it"),
            Membership.LAPSED: ("Your membership has lapsed", "See what is missing"),
        }
        says, label = words.get(status or "", ("You are not a member", "Apply to join"))  # type: ignore[call-overload]
        reachable = status in words or group.kind == GroupKind.PUBLIC
        return Finding(
            met=False, reason=f"{says}: “{group}”.",
            fix_url=reverse("vetting:group", args=[group.reference]) if reachable else "",
            fix_label=label if reachable else "", for_client=f"Not a member of “{group}”",
        )  # fmt: skip

    @staticmethod
    def _groups(values: Values, company: Company) -> QuerySet[Group, Group]:
        reference = str(values.get("group", ""))
        return Group.objects.current().filter(company=company, reference=reference)
