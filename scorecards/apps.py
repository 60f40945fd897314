from django.apps import AppConfig


class ScorecardsConfig(AppConfig):
    name = "scorecards"

    def ready(self) -> None:
        from assignments import cautions
        from assignments.queries import matches
        from scorecards import matching, reactions, requirements, rules  # noqa: F401
        from scorecards.standing import cautions_about
        from vetting.requirements import registry

        cautions.register(cautions_about)
        matches.register(matching.trait)
        for kind in requirements.KINDS:
            registry.register(kind)
