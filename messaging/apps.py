from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from messaging import reactions, rules, suspicions  # noqa: F401

        suspicions.bring_forward()
