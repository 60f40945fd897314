from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "assignments"

    def ready(self) -> None:
        from assignments import audit, closing, gear, rules, starting  # noqa: F401
        from assignments.queries import awaiting, spend
        from payments import subjects

        gear.register(starting.entries)
        subjects.register(
            "A-",
            pay=closing.pay_invoice,
            awaiting=awaiting.awaiting_approval,
            about=spend.names_of,
        )
