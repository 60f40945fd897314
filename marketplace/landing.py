"""The landing page, with an example drawn by the product's own components."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.cards import Figure, Scorecard

CLIENT = Scorecard(
    title="Harbor Retail Services",
    tone="good",
    word="Good standing",
    basis="Last 90 days, 23 ratings",
    figures=(
        Figure(
            "Satisfaction",
            "96%",
            "22 of 23 ratings",
            "good",
            trend=(88, 90, 89, 93, 95, 96),
            position=96,
            threshold=75,
            threshold_word="red below 75%",
        ),
        Figure(
            "Approval time",
            "14 hours",
            "31 approvals",
            "good",
            trend=(30, 26, 28, 20, 18, 14),
            position=19,
            threshold=97,
            threshold_word="red from 3 days",
        ),
        Figure(
            "Payment",
            "on time",
            "31 of 31 invoices",
            "good",
            trend=(1, 1, 0, 0, 0, 0),
            position=4,
            threshold=50,
            threshold_word="red from 1 day past due",
        ),
    ),
)


def _course() -> list[dict[str, Any]]:
    reached = {
        "Sent": datetime(2026, 11, 18, 15, 10, tzinfo=UTC),
        "Assigned": datetime(2026, 11, 18, 17, 42, tzinfo=UTC),
        "In progress": datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
    }
    steps: list[dict[str, Any]] = [
        {"label": label, "at": at, "state": "done"} for label, at in reached.items()
    ]
    submitted = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    steps.append({"label": "Pending approval", "at": submitted, "state": "current"})
    steps.append({"label": "Paid", "at": None, "state": "upcoming"})
    return steps


def show(request: HttpRequest) -> HttpResponse:
    context = {
        "client": CLIENT,
        "course": _course(),
        "money_rows": [
            {"label": "Labor", "amount": Decimal("375.00"), "note": "3 hours at $125.00"},
            {"label": "Service fee", "amount": Decimal("37.50"), "note": "10% of worker pay"},
        ],
    }
    return render(request, "marketplace/landing.html", context)
