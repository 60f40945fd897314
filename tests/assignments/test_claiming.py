from datetime import timedelta
from decimal import Decimal

import pytest

from assignments import lifecycle
from assignments.claiming import HoursAboveBudget, HoursAboveVisits, most_hours
from assignments.models import Assignment
from tests.factories import assignments as work


@pytest.fixture
def by_the_hour(alice, wanda, at, funds):
    """Hourly work of at most six hours, under way; ``hours`` on site, or no check-in wanted."""
    funds(alice.company, 1000)

    def made(hours: float | None) -> Assignment:
        draft = work.draft(
            alice, at=at, pricing="hourly", flat_price=None, hourly_rate=Decimal(45),
            max_hours=Decimal(6), deliverables=False, wants_check_in=hours is not None,
        )  # fmt: skip
        assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
        if hours is None:
            return lifecycle.start(assigned, by=wanda, at=at)
        lifecycle.check_in(assigned, by=wanda, at=at)
        lifecycle.check_out(assigned, by=wanda, at=at + timedelta(hours=hours))
        return Assignment.objects.get(pk=assigned.pk)

    return made


@pytest.fixture
def claim(wanda, at):
    return lambda assignment, hours: lifecycle.submit(
        assignment, resolution="Done.", hours=Decimal(hours), by=wanda, at=at + timedelta(hours=9)
    )


def test_hours_beyond_the_visits_are_refused_beside_the_field(by_the_hour, claim):
    assignment = by_the_hour(3)

    with pytest.raises(HoursAboveVisits, match="come to 3 hours at most") as refused:
        claim(assignment, "3.01")

    assert refused.value.field == "hours"
    assert Assignment.objects.get(pk=assignment.pk).status == "in_progress"


def test_the_last_quarter_of_an_hour_begun_may_be_claimed(by_the_hour, claim):
    assignment = by_the_hour(3.1)

    assert claim(assignment, "3.25").amount_claimed == Decimal("146.25")


def test_a_short_visit_counts_a_quarter(by_the_hour):
    assert most_hours(by_the_hour(0.01), Decimal("0.01")) == Decimal("0.25")


def test_several_visits_are_added_up(by_the_hour, claim, wanda, at):
    assignment = by_the_hour(2)
    lifecycle.check_in(assignment, by=wanda, at=at + timedelta(hours=4))
    lifecycle.check_out(assignment, by=wanda, at=at + timedelta(hours=7))

    with pytest.raises(HoursAboveVisits, match="5 hours"):
        claim(assignment, "5.5")
    assert claim(assignment, "5").hours_claimed == 5


def test_the_agreed_hours_are_the_limit_however_long_the_visit(by_the_hour, claim):
    with pytest.raises(HoursAboveBudget, match="At most 6 hours"):
        claim(by_the_hour(8), "7")


def test_without_check_in_only_the_agreed_hours_count(by_the_hour, claim):
    assignment = by_the_hour(None)

    with pytest.raises(HoursAboveBudget):
        claim(assignment, "6.5")
    assert claim(assignment, "6").hours_claimed == 6
