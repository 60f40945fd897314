from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "assignments"

    def ready(self) -> None:
        from assignments import audit, closing, rules  # noqa: F401
        from payments import subjects

        subjects.register("A-", pay=closing.pay_invoice)
