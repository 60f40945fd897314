from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "scorecards"

    def ready(self) -> None:
        from assignments import cautions
        from scorecards import reactions, rules  # noqa: F401
        from scorecards.standing import cautions_about

        cautions.register(cautions_about)
