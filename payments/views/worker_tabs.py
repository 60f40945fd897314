"""The parts of a worker's money, one tab each."""

from django.urls import reverse

TABS = (
    ("Overview", "earnings"),
    ("Payouts", "payouts"),
    ("Statement", "earnings_statement"),
    ("Years", "years"),
    ("How you are paid", "payment_details"),
)


def worker_tabs(current: str) -> list[dict[str, object]]:
    """For ``{% tabs %}``; ``current`` is the name of the address shown."""
    return [
        {"label": label, "url": reverse(f"payments:{name}"), "active": name == current}
        for label, name in TABS
    ]
