"""Inviting and changing members."""

from typing import Any

from django import forms

from accounts.models import Membership, Role
from core.forms import MoneyInput

WHAT_ROLES_DO = {
    Role.ADMINISTRATOR: "everything, this team and the settings included",
    Role.MANAGER: "all assignments, workers, messages, ratings and cases; approves",
    Role.CONTROLLER: "money: funds, invoices, payment; approves",
    Role.DISPATCHER: "assignments: posts, sends, assigns, messages; neither approves nor pays",
    Role.VIEWER: "reads, changes nothing",
}
NO_LIMIT = "Empty: no limit."


class RolesForm(forms.Form):
    """Roles and limits of one member."""

    roles = forms.MultipleChoiceField(
        choices=[(role.value, f"{role.label}: {what}") for role, what in WHAT_ROLES_DO.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role."},
        help_text="Several roles add up.",
    )
    send_limit = MoneyInput(
        required=False, label="Largest assignment they may send", help_text=NO_LIMIT
    )
    approve_limit = MoneyInput(
        required=False, label="Largest amount they may approve", help_text=NO_LIMIT
    )

    @classmethod
    def of(cls, membership: Membership, data: Any = None) -> "RolesForm":
        initial = {name: getattr(membership, name) for name in cls.base_fields}
        return cls(data, initial=initial)


class InviteForm(RolesForm):
    email = forms.EmailField(label="E-mail", max_length=254)
    field_order = ("email", "roles", "send_limit", "approve_limit")


class InvitationForm(forms.Form):
    """Which open invitation is meant, and what is to happen with it."""

    email = forms.EmailField(max_length=254)
    act = forms.ChoiceField(choices=[("renew", "Send again"), ("withdraw", "Withdraw")])
