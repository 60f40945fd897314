"""The Escalations Team: its groups, what they may do, and who is in them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.models import User

AGENTS = "Escalations agents"
LEADS = "Escalations leads"
AUDITORS = "Escalations auditors"
GROUPS = (AGENTS, LEADS)
"""Who works at the desk, and hears of what is due there; auditors only read."""

MODERATION = ("scorecards.view_rating", "scorecards.change_rating")
"""Taking ratings and comments out of sight, whether or not there is a case."""

PERMISSIONS: dict[str, tuple[str, ...]] = {
    AGENTS: (
        "escalations.view_case", "escalations.work_case", "conduct.record_violation", *MODERATION,
    ),
    LEADS: (
        "escalations.view_case", "escalations.work_case", "escalations.lead_desk",
        "conduct.record_violation", "conduct.decide_appeal", "conduct.work_concern", *MODERATION,
    ),
    AUDITORS: ("escalations.view_case", "escalations.audit_case"),
}  # fmt: skip


def ensure_groups() -> None:
    """All groups with their permissions, as often as asked; runs after every migrate."""
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        named = Q()
        for app, code in (permission.split(".") for permission in wanted):
            named |= Q(content_type__app_label=app, codename=code)
        group.permissions.add(*Permission.objects.filter(named))


def members() -> QuerySet[User]:
    """The people who may work cases, by name."""
    staff = User.objects.filter(is_active=True, is_staff=True)
    permission = Q(user_permissions__codename="work_case")
    of_group = Q(groups__permissions__codename="work_case")
    return staff.filter(of_group | permission).distinct().order_by("full_name", "pk")
