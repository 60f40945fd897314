from django.apps import AppConfig


class VettingConfig(AppConfig):
    name = "vetting"

    def ready(self) -> None:
        from vetting import rules  # noqa: F401
        from vetting.queries import marks  # noqa: F401
        from vetting.requirements import places, profiles, registry

        for kind in (
            places.Distance(),
            places.Region(),
            profiles.Language(),
            profiles.ProfileComplete(),
            profiles.NotBlocked(),
        ):
            registry.register(kind)
