"""From group to marketplace by a plan, and a counteroffer that is taken, in the browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.actors import Actor
from assignments import waterfall
from assignments.models import Assignment
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from vetting import groups

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ruth(_world) -> Actor:
    company = people.company("Bright Bakeries")
    add_cash(company, Decimal(1000), at=timezone.now())
    return people.member(company, "Ruth Okafor", ["administrator"], at=timezone.now())


@pytest.fixture
def sam(_world) -> Actor:
    return people.worker("Sam Ortiz", at=timezone.now())


@pytest.fixture
def nina(_world) -> Actor:
    return people.worker("Nina New", at=timezone.now())


def test_a_plan_reaches_the_group_first_and_the_marketplace_after_half_an_hour(
    signed_in, ruth, sam, nina
):
    now = timezone.now()
    trusted = groups.create(name="Trusted hands", kind="private", by=ruth, at=now)
    groups.invite(trusted, [sam.worker], by=ruth, at=now)
    draft = work.draft(ruth, at=now, title="Hang the bakery sign")
    client = signed_in(ruth)
    client.opens(f"/assignments/{draft.reference}/routing/")
    client.page.locator("main [name=on_marketplace]").uncheck()
    client.page.locator(f"main [name=groups][value={trusted.reference}]").check()
    client.page.get_by_text("Send it further, step by step").click()
    client.chooses("after_0", "30")
    client.chooses("to_0", "marketplace")
    client.page.locator("main button[name=send]").click()
    client.sees("Hang the bakery sign")
    draft.refresh_from_db()
    assert (draft.status, draft.on_marketplace) == ("sent", False)

    stranger, member = signed_in(nina, phone=True), signed_in(sam, phone=True)
    member.opens(f"/assignments/{draft.reference}/")
    member.sees("Hang the bakery sign")
    assert stranger.page.goto(f"{stranger.site}/assignments/{draft.reference}/").status == 404
    stranger.complaints.clear()  # the browser notes the 404 that was wanted

    waterfall.sweep(at=timezone.now() + timedelta(minutes=29))
    assert not Assignment.objects.get(pk=draft.pk).on_marketplace
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        waterfall.sweep(at=timezone.now())
        stranger.opens("/work/")
        stranger.sees("Hang the bakery sign")


def test_a_counteroffer_is_made_compared_and_taken(signed_in, ruth, sam):
    now = timezone.now()
    posted = work.sent(work.draft(ruth, at=now, title="Hang the bakery sign"), ruth, at=now)
    worker, client = signed_in(sam, phone=True), signed_in(ruth)
    worker.opens(f"/assignments/{posted.reference}/apply/")
    worker.writes(note="It takes a second ladder.")
    worker.page.get_by_text("Make a counteroffer").click()
    worker.writes(flat_price="300", expenses="20", expenses_for="Ladder rental")
    worker.presses("Apply", exact=True)
    worker.page.wait_for_url(f"**/assignments/{posted.reference}/")

    client.opens(f"/assignments/{posted.reference}/applications/")
    client.sees("Counteroffer")
    client.sees("+$70.00")
    client.sees("Ladder rental")
    client.page.locator("main button[name=assign]").click()
    client.page.wait_for_load_state()
    client.sees("Sam Ortiz")
    posted.refresh_from_db()
    assert (posted.status, posted.worker) == ("assigned", sam.worker)
    assert (posted.flat_price, posted.expenses) == (300, 20)
    assert posted.reservation.amount == 352
