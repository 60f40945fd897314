from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from core import badges
        from payments import checks, enrolling, payouts, refunds, rules, webhooks  # noqa: F401

        badges.register(
            {
                "requested": ("info", "clock"),
                "settled": ("good", "check"),
                "ordered": ("info", "clock"),
                "paid_out": ("good", "check"),
            }
        )
