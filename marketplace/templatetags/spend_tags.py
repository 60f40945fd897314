"""What the money page says about projects and customers, which payments does not know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse

from accounts.models import Company
from assignments.queries import spend as spending
from assignments.queries.spend import Share, Spend
from core import charts
from core.money import SYMBOLS, format_money
from payments.days import utc_day

register = template.Library()

PERIOD = "in the last 12 months, fees included, less what was given back."


@register.inclusion_tag("payments/_spend.html")
def spend(company: Company, now: datetime) -> dict[str, Any]:
    """Spend by month, project and customer, and budgets of projects (two queries)."""
    found = spending.spend_of(company, today=utc_day(now))
    named = None if found.is_nothing or not found.has_names else found
    return {
        "currency": company.currency,
        "months": None if found.is_nothing else _months(found, company.currency),
        "projects": named and _ranking("project", named.projects, company.currency),
        "customers": named and _ranking("customer", named.customers, company.currency),
        "budgets": spending.budgets_of(company),
    }


def _months(found: Spend, currency: str) -> charts.Chart:
    return charts.bars(
        title="Spend per month",
        desc=f"{format_money(found.total, currency)} was invoiced to you {PERIOD}",
        labels=[f"{first:%b %Y}" for first, _ in found.months],
        series=[("Invoiced", [float(amount) for _, amount in found.months])],
        x_label="Month",
        y_label="Invoiced",
        unit=SYMBOLS.get(currency, ""),
    )


def _ranking(noun: str, shares: Sequence[Share], currency: str) -> charts.Ranking:
    board = reverse("assignments:list")
    return charts.ranking(
        title=f"Spend by {noun}",
        desc=f"Invoiced {PERIOD}",
        heading=noun.capitalize(),
        value_heading="Spent",
        rows=[
            (
                share.name,
                f"{board}?{noun}={share.reference}" if share.reference else "",
                float(share.amount),
                format_money(share.amount, currency),
            )
            for share in shares
        ],
    )
