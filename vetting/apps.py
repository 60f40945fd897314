from django.apps import AppConfig


class VettingConfig(AppConfig):
    name = "vetting"

    def ready(self) -> None:
        from vetting import queries, rules  # noqa: F401
