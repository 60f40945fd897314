from django.apps import AppConfig


class VettingConfig(AppConfig):
    name = "vetting"

    def ready(self) -> None:
        from vetting import rules  # noqa: F401
        from vetting.queries import marks  # noqa: F401
