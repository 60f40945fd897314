"""The groups of staff who look after conduct and policies."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

SAFETY = "Trust and safety"
EDITORS = "Policy editors"

PERMISSIONS: dict[str, tuple[str, ...]] = {
    SAFETY: (
        "record_violation", "decide_appeal", "work_concern", "view_violation", "view_concern",
        "view_violationkind", "change_violationkind", "add_violationkind", "view_ladderstep",
        "change_ladderstep", "add_ladderstep", "delete_ladderstep",
    ),
    EDITORS: ("edit_policy", "view_policy", "view_policyversion", "view_acceptance"),
}  # fmt: skip


def ensure_groups() -> None:
    """Both groups with their permissions, as often as asked; runs after every migrate."""
    for name, codes in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label="conduct", codename__in=codes)
        )
