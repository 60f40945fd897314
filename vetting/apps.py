from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _establish(sender: AppConfig, **kwargs: Any) -> None:
    """The permissions must stand first; Django makes them in a later receiver of this signal.
    A database that is taken back to before the credentials is left alone."""
    from django.contrib.auth.management import create_permissions

    from vetting.catalog_of_kinds import ensure_reviewers, establish_kinds

    found = kwargs.get("apps")
    if found is not None and "credentialkind" not in found.all_models["vetting"]:
        return
    create_permissions(sender, verbosity=0)
    ensure_reviewers()
    establish_kinds()


class VettingConfig(AppConfig):
    name = "vetting"

    def ready(self) -> None:
        from core.badges import register
        from vetting import reactions, rules  # noqa: F401
        from vetting.queries import marks  # noqa: F401
        from vetting.requirements import (
            agreements,
            credentials,
            membership,
            places,
            profiles,
            registry,
            tests,
        )

        register(
            {
                "published": ("good", "check"),
                "archived": ("neutral", "archive"),
                "marking": ("warning", "clock"),
            }
        )
        for kind in (
            places.Distance(),
            places.Region(),
            profiles.Language(),
            profiles.ProfileComplete(),
            profiles.NotBlocked(),
            credentials.HasCredential(),
            credentials.IdentityVerified(),
            agreements.AgreementSigned(),
            tests.TestPassed(),
            membership.MemberOfGroup(),
        ):
            registry.register(kind)
        register({"refused": ("bad", "x")})
        post_migrate.connect(_establish, sender=self, dispatch_uid="vetting_credentials")
