"""Taking a worker off, backing out and the price afterwards, in the browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import lifecycle
from assignments.models import Reason
from assignments.pricing import Terms
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


@pytest.fixture
def off(assigned):
    return reverse("assignments:unassign", args=[assigned.reference])


@pytest.fixture
def out(assigned):
    return reverse("assignments:back_out", args=[assigned.reference])


def test_each_reason_says_what_it_does_now(client_of, alice, wanda, assigned, off, out, today):
    today.move_to(assigned.starts_at - DAY - MINUTE)
    page = words_of(client_of(alice).get(off))
    assert "The worker cannot be reached Counts as a cancellation by the worker." in page
    assert "The worker did not come Counts as a cancellation by the worker." in page
    assert "Our plans changed No mark on the worker’s scorecard." in page
    assert "Short notice" not in words_of(client_of(wanda).get(out))
    today.move_to(assigned.starts_at - DAY + MINUTE)
    page = words_of(client_of(wanda).get(out))
    assert "or have an emergency Counts as a late cancellation on your scorecard." in page
    assert "Short notice" in page
    today.move_to(assigned.starts_at + MINUTE)
    assert "did not come Counts as abandoned" in words_of(client_of(alice).get(off))


def test_taking_the_worker_off_leads_to_looking_for_another(client_of, alice, assigned, off):
    as_alice = client_of(alice)
    page = as_alice.get(off)
    assert "$275.00" in page.content.decode()
    fields = {"reason": "plans_changed", "note": "We moved.",
              "worker": page.context["form"]["worker"].value()}  # fmt: skip
    answer = as_alice.post(off, fields)
    assert answer["Location"] == reverse("assignments:routing", args=[assigned.reference])
    assert "Wanda Wells is off the assignment" in said(follow(as_alice, answer))
    assert "no longer possible" in said(as_alice.post(off, fields, follow=True))


def test_both_prices_are_offered_to_the_cent_where_they_differ(client_of, alice, sent, wanda, at):
    bid = work.application(sent, wanda, at=at, terms=Terms("flat", flat_price=Decimal(300)))
    assigned = lifecycle.assign(bid, by=alice, at=at)
    off = reverse("assignments:unassign", args=[assigned.reference])
    page = words_of(client_of(alice).get(off))
    assert "$300.00 flat; $330.00 with our fee." in page
    assert "$250.00 flat; $275.00 with our fee." in page
    why = {"reason": "agreed", "note": "Agreed by phone."}
    assert "What does it pay" in errors_of(client_of(alice).post(off, why))
    client_of(alice).post(off, why | {"budget": "current"})
    budget = reverse("assignments:budget", args=[assigned.reference])
    page = words_of(client_of(alice).get(budget))
    assert "$55.00 comes back now" in page
    assert "Offer it at $250.00 flat" in page
    assert budget in client_of(alice).get(assigned.get_absolute_url()).content.decode()
    assert "at the price you posted" in said(client_of(alice).post(budget, follow=True))
    assigned.refresh_from_db()
    assert assigned.budget == Decimal(250)
    assert "as you posted it" in words_of(client_of(alice).get(budget))
    assert budget not in client_of(alice).get(assigned.get_absolute_url()).content.decode()


def test_without_the_money_the_posted_price_is_refused_with_a_way_out(
    client_of, alice, wanda, at, acme, funds
):
    funds(acme, 275)
    sent = work.sent(work.draft(alice, at=at), alice, at=at)
    bid = work.application(sent, wanda, at=at, terms=Terms("flat", flat_price=Decimal(200)))
    assigned = lifecycle.assign(bid, by=alice, at=at)
    lifecycle.send(work.draft(alice, at=at, flat_price=Decimal(50)), by=alice, at=at)
    off = reverse("assignments:unassign", args=[assigned.reference])
    fields = {"reason": "agreed", "note": "Agreed.", "budget": "original"}
    page = client_of(alice).post(off, fields)
    assert "does not cover this" in page.content.decode() and "Agreed." in page.content.decode()


def test_backing_out_says_so_and_stays_out_of_the_lists(client_of, wanda, assigned, out):
    fields = {"reason": "travel", "note": "My van broke down."}
    assert "backed out" in said(client_of(wanda).post(out, fields, follow=True))
    assert assigned.reference not in client_of(wanda).get("/work/").content.decode()
    assert client_of(wanda).post(out, fields).status_code == 403


def test_under_a_hold_nobody_is_late(client_of, wanda, alice, olga, assigned, out, off, at, today):
    lifecycle.hold(assigned, kind="schedule", reason="Waiting for parts", by=olga, at=at)
    today.move_to(assigned.starts_at)
    page = words_of(client_of(wanda).get(out))
    assert "no mark" in page and "late cancellation" not in page
    assert "nothing counts as late" in words_of(client_of(alice).get(off))


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"reason": ""}, "Choose the reason"),
        ({"reason": "illness"}, "Select a valid choice"),
        ({"reason": "new_times_declined"}, "Select a valid choice"),
        ({"note": " "}, "Explain it to the worker"),
        ({"note": "x" * 2001}, "at most 2000"),
        ({"note": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    client_of, alice, assigned, off, fields, sentence
):
    typed = {"reason": "plans_changed", "note": "Kept <script>"} | fields
    page = client_of(alice).post(off, typed)
    assert sentence in errors_of(page)
    if "note" not in fields:
        assert "Kept &lt;script&gt;" in page.content.decode()
    assigned.refresh_from_db()
    assert assigned.status == "assigned"


def test_a_reason_taken_off_the_list_is_not_offered(client_of, alice, off):
    Reason.objects.filter(code="plans_changed").update(is_active=False)
    page = client_of(alice).post(off, {"reason": "plans_changed", "note": "x"})
    assert "Select a valid choice" in errors_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_is_answered_with_words(client_of, alice, wanda, off, out, poison):
    fields = dict.fromkeys(("reason", "note", "budget", "worker"), poison)
    assert client_of(alice).post(off, fields).status_code == 200
    assert client_of(wanda).post(out, fields).status_code == 200


def test_the_gear_offers_it_to_each_side(client_of, alice, wanda, dirk, assigned, off, out):
    page = {who: client_of(who).get(assigned.get_absolute_url()).content.decode()
            for who in (alice, wanda, dirk)}  # fmt: skip
    assert off in page[alice] and out not in page[alice]
    assert out in page[wanda] and off not in page[wanda]
    assert off not in page[dirk]
