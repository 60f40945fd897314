from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "assignments"

    def ready(self) -> None:
        from assignments import (  # noqa: F401
            audit,
            closing,
            gear,
            reporting,
            rules,
            starting,
            suspicions,
        )
        from assignments.queries import awaiting, spend
        from payments import subjects

        gear.register(starting.entries)
        gear.register(reporting.entries)
        suspicions.bring_forward()
        subjects.register(
            "A-",
            pay=closing.pay_invoice,
            awaiting=awaiting.awaiting_approval,
            about=spend.names_of,
        )
