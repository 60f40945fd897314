"""Cancelling on either side of the 24 hours, and work that has to wait, in the browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from assignments.models import Assignment
from payments.models import LedgerAccount
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.journeys.conftest import Person, sign_in, with_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


@pytest.fixture
def coming() -> Assignment:
    """Assigned at $250, starting in three days; Ruth is the client, Sam the worker."""
    now = timezone.now()
    company = people.company("Bright Bakeries")
    ruth = with_password(people.member(company, "Ruth Okafor", ["administrator"], at=now))
    sam = with_password(people.worker("Sam Ortiz", at=now))
    return work.in_stage("assigned", ruth, sam, at=now)


def cash() -> Decimal:
    return LedgerAccount.objects.get(kind="company_cash").balance


def as_ruth(person, coming: Assignment) -> Person:
    client = person()
    sign_in(client, coming.owner)
    return client


def test_cancelling_a_minute_before_the_24_hours_costs_nothing(person, coming):
    before = cash()
    with time_machine.travel(coming.starts_at - DAY - MINUTE):
        client = as_ruth(person, coming)
        client.opens(f"/assignments/{coming.reference}/cancellation/")
        client.sees("no fee is due")
        assert client.page.locator("[name=share]").count() == 0
        client.chooses("reason", "site_not_ready")
        client.writes(note="The oven has not come.")
        client.presses("Cancel the assignment")
        client.sees("No fee was paid.")
    coming.refresh_from_db()
    assert (coming.status, coming.cancellation.mark) == ("cancelled", "cancelled")
    assert cash() == before + Decimal("275.00")


def test_cancelling_a_minute_after_it_shows_what_moves_and_pays_it(person, coming):
    before = cash()
    with time_machine.travel(coming.starts_at - DAY + MINUTE):
        client = as_ruth(person, coming)
        client.opens(f"/assignments/{coming.reference}/cancellation/")
        client.sees("Short notice")
        client.chooses("reason", "site_not_ready")
        client.chooses("share", "half")
        client.sees("$137.50 is paid now")
        client.sees("late cancellation, paid for")
        client.writes(note="The oven has not come.")
        client.presses("Cancel the assignment")
        client.sees("Sam Ortiz gets $125.00")
    coming.refresh_from_db()
    assert (coming.cancellation.fee, coming.cancellation.mark) == (
        Decimal("125.00"), "cancelled_late",
    )  # fmt: skip
    assert cash() == before + Decimal("137.50")


def test_work_that_has_to_wait_is_released_and_declined(person, coming):
    client, worker = as_ruth(person, coming), person(phone=True)
    sign_in(worker, coming.worker.user)
    page = f"/assignments/{coming.reference}"
    client.opens(f"{page}/hold/")
    client.writes(reason="The oven has not come.")
    client.presses("Put on hold", exact=True)
    client.sees("On hold: The oven has not come.")
    worker.opens(f"{page}/")
    worker.sees("On hold: The oven has not come.")

    client.opens(f"{page}/release/")
    client.chooses("how", "move")
    starts = coming.starts_at + 7 * DAY
    client.writes(
        starts_at=starts.strftime("%Y-%m-%dT09:00"), ends_at=starts.strftime("%Y-%m-%dT12:00"),
        reason="It comes next week.",
    )  # fmt: skip
    client.presses("Release the hold", exact=True)
    client.sees("Sam Ortiz is asked for the new times.")

    worker.opens(f"{page}/changes/")
    worker.page.get_by_text("Decline", exact=True).first.click()
    worker.writes(reason="I am away that week.")
    worker.page.locator("button[value=decline]").first.click()
    worker.page.wait_for_load_state()
    client.opens(f"{page}/")
    client.sees("Earlier workers")
    client.sees("No mark")
    coming.refresh_from_db()
    assert (coming.status, coming.worker) == ("sent", None)
    assert coming.unassignments.get().mark == "none"
