"""Ratings of both sides of one finished assignment, published together."""

from __future__ import annotations

import pytest

from scorecards import rating
from scorecards.models import Rating


@pytest.fixture
def rated(paid, alice, wanda, at):
    """Wanda was unsatisfied and said so, Alice was not; both are published at ``at``."""
    rating.rate(
        assignment=paid, overall="unsatisfied", marks=(1, 2, 1), comment="They shouted.",
        by=wanda, at=at,
    )  # fmt: skip
    rating.rate(
        assignment=paid, overall="satisfied", marks=(4, 4, 4), comment="Came late, did well.",
        by=alice, at=at,
    )  # fmt: skip
    return paid


@pytest.fixture
def about_acme(rated) -> Rating:
    return Rating.objects.get(by="worker")


@pytest.fixture
def about_wanda(rated) -> Rating:
    return Rating.objects.get(by="company")
