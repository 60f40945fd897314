from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _ensure_groups(sender: AppConfig, **kwargs: Any) -> None:
    """The permissions must stand first, those of violations too; Django makes them in a later
    receiver of this signal."""
    from django.contrib.auth.management import create_permissions

    from escalations.team import ensure_groups

    for name in ("escalations", "scorecards", "conduct"):
        create_permissions(apps.get_app_config(name), verbosity=0)
    ensure_groups()


class EscalationsConfig(AppConfig):
    name = "escalations"

    def ready(self) -> None:
        from escalations import escalate, interests, rules  # noqa: F401

        post_migrate.connect(_ensure_groups, sender=self, dispatch_uid="escalations_team")
