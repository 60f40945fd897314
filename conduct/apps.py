from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _establish(sender: AppConfig, **kwargs: Any) -> None:
    """The permissions must stand first; Django makes them in a later receiver of this signal.
    A database that is taken back to before the violations is left alone."""
    from django.contrib.auth.management import create_permissions

    from conduct.catalogue import establish
    from conduct.team import ensure_groups

    found = kwargs.get("apps")
    if found is not None and "violationkind" not in found.all_models["conduct"]:
        return
    create_permissions(sender, verbosity=0)
    ensure_groups()
    establish()


class ConductConfig(AppConfig):
    name = "conduct"

    def ready(self) -> None:
        from conduct import rules, standing  # noqa: F401
        from core.badges import register

        register(
            {
                "good_standing": ("good", "shield-check"),
                "warned": ("warning", "triangle-alert"),
                "reminder": ("info", "info"),
                "warning": ("warning", "triangle-alert"),
                "restriction": ("warning", "ban"),
                "suspension": ("bad", "ban"),
                "review": ("bad", "eye"),
                "stop": ("bad", "hand"),
                "closed": ("bad", "ban"),
                "severe": ("bad", "triangle-alert"),
                "ordinary": ("neutral", "flag"),
            }
        )
        post_migrate.connect(_establish, sender=self, dispatch_uid="conduct_establish")
