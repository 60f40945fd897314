"""The demonstration's clients get statements: one every week, one every month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from marketplace.demo.people import Client
from payments import statements

Story = Iterator[datetime]
PERIODS = {"harbor": "month", "lakeshore": "week"}


def story(clients: Mapping[str, Client], *, now: datetime) -> Story:
    """Asked for at the beginning; made in the night after each period."""
    at = now - timedelta(days=175)
    yield at
    for name, kind in PERIODS.items():
        client = clients[name]
        company = client.actor.company
        assert company is not None
        statements.arrange(company, statements=kind, auto_pay=False, by=client.controller, at=at)
    midnight = at.astimezone(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    for days in range(1, 200):
        night = midnight + timedelta(days=days)
        if night.weekday() == 0 or night.day == 1:
            yield night
            statements.sweep(at=night)
