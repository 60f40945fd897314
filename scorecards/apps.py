from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "scorecards"

    def ready(self) -> None:
        from assignments import cautions
        from assignments.queries import matches
        from scorecards import matching, reactions, rules  # noqa: F401
        from scorecards.standing import cautions_about

        cautions.register(cautions_about)
        matches.register(matching.trait)
