"""Expenses asked for with the bid: shown, compared, reserved, claimed, and billed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import lifecycle
from assignments.models import Application, Assignment
from assignments.queries import applicants
from assignments.routing import AboveSendLimit
from payments.reservations import InsufficientCash
from tests.assignments.pages import words_of
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def bid(sent, wanda, at):
    return work.application(
        sent, wanda, at=at, expenses=Decimal("40.00"), expenses_for="Two wall plates"
    )


def apply_in_browser(client_of, walt, sent, **typed):
    address = reverse("assignments:apply", args=[sent.reference])
    data = {"revision": sent.revision, "note": "", **typed}
    return client_of(walt).post(address, data, follow=True)


def test_expenses_make_a_bid_a_counteroffer_of_its_own_total(bid, sent, at):
    (one,) = applicants.open_for(sent, at=at)
    assert bid.is_counteroffer and bid.most_pay == 290
    assert (one.quote.total, one.more_reserved) == (Decimal("319.00"), Decimal("44.00"))
    assert one.price_difference == 40


def test_the_client_sees_them_with_the_total(bid, sent, alice, client_of):
    page = client_of(alice).get(reverse("assignments:applications", args=[sent.reference]))
    shown = words_of(page)
    for words in ("expenses of up to $40.00 : Two wall plates", "$319.00", "Assign for $290.00"):
        assert words in shown, words


def test_a_worker_asks_for_them_on_the_form(client_of, walt, sent):
    page = apply_in_browser(client_of, walt, sent, expenses="12.50", expenses_for="Parking")
    assert "expenses of up to $12.50" in words_of(page)
    made = Application.objects.get()
    assert (made.expenses, made.expenses_for) == (Decimal("12.50"), "Parking")


@pytest.mark.parametrize(
    "typed, field",
    [({"expenses": "12.50"}, "expenses_for"), ({"expenses": "-1", "expenses_for": "x"}, "expenses"),
     ({"expenses": "NaN", "expenses_for": "x"}, "expenses"),
     ({"expenses": "5", "expenses_for": "a\x00"}, "expenses_for"),
     ({"expenses": "5", "expenses_for": "x" * 201}, "expenses_for")],
)  # fmt: skip
def test_bad_expenses_are_refused_beside_their_field(client_of, walt, sent, typed, field):
    page = apply_in_browser(client_of, walt, sent, **typed)
    assert field in page.context["form"].errors
    assert not Application.objects.exists()


def test_they_may_be_asked_for_where_the_price_is_fixed(client_of, walt, sent):
    Assignment.objects.update(price_is_fixed=True)
    apply_in_browser(client_of, walt, sent, expenses="12.50", expenses_for="Parking")
    assert Application.objects.get().expenses == Decimal("12.50")


def test_assigning_reserves_them_and_the_invoice_names_them(bid, alice, wanda, at):
    given = lifecycle.assign(bid, by=alice, at=at)
    found = Assignment.objects.select_related("reservation").get(pk=given.pk)
    assert (found.expenses, found.reservation.amount) == (40, Decimal("319.00"))
    assert found.changes.get().status == "accepted"

    done = work.submitted(work.in_progress(given, wanda), wanda)
    lines = work.approved(done, alice).invoice.lines
    assert lines.get(kind="expense").description == "Expense: Two wall plates"


def test_assigning_needs_the_cash_and_the_limit_for_them(sent, walt, alice, acme, at):
    dear = work.application(
        sent, walt, at=at, expenses=Decimal(2000), expenses_for="A lift for two days"
    )
    with pytest.raises(InsufficientCash):
        lifecycle.assign(dear, by=alice, at=at)
    careful = people.member(acme, "Cara Cole", ["manager"], at=at, send_limit=Decimal(260))
    with pytest.raises(AboveSendLimit):
        lifecycle.assign(dear, by=careful, at=at + timedelta(minutes=1))
