"""Refunds: what goes back, who bears it, and never more than was paid."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from activity.models import Event
from assignments import settlement
from payments import audit, credit_notes, invoicing, payouts
from payments.credit_notes import _refund
from payments.models import CreditNote, Invoice
from payments.refusals import BadAmount, NotPaidYet
from tests.factories import assignments as work
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(acme, funds, issue, at):
    funds(acme, 500)
    return invoicing.pay(issue(100), by=SYSTEM, at=at)


@pytest.fixture
def give_back(at, olga):
    def make(invoice: Invoice, amount: str) -> CreditNote:
        return credit_notes.issue(
            invoice, Decimal(amount), reason="Half was missing", by=olga, at=at
        )

    return make


def test_pay_and_fee_go_back_to_the_cash(paid, give_back, cash, earned):
    note = give_back(paid, "40")
    assert (note.label, note.total, note.fee_amount) == ("CN-0001", Decimal(44), Decimal(4))
    assert (cash(), earned()) == (Decimal(434), Decimal(60))
    assert Event.objects.filter(kind="credit_note.issued").count() == 1
    assert list(audit.findings()) == []


def test_what_the_worker_has_taken_out_the_platform_bears(paid, give_back, cash, earned, wanda, at):
    payouts.request(make_payable(wanda, at=at), Decimal(90), key="k", by=wanda, at=at)
    note = give_back(paid, "40")
    assert note.from_worker == Decimal(10)
    assert (cash(), earned()) == (Decimal(434), Decimal(0))
    assert list(audit.findings()) == []


def test_never_more_than_was_paid(paid, give_back):
    give_back(paid, "60")
    for amount in ("40.01", "0", "-1", "10.005"):
        with pytest.raises(BadAmount, match=r"up to \$40\.00"):
            give_back(paid, amount)
    give_back(paid, "40")
    assert credit_notes.refundable(paid) == 0
    with pytest.raises(BadAmount):
        give_back(paid, "0.01")


def test_an_unpaid_invoice_is_withdrawn_instead(issue, give_back):
    with pytest.raises(NotPaidYet):
        give_back(issue(100, terms_days=30), "10")


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 9_999), min_size=1, max_size=5, unique=True),
    fee=st.integers(0, 3_333),
)
def test_however_it_is_cut_all_of_the_fee_goes_back_and_no_cent_more(cuts, fee):
    """The parts are computed as ``issue`` computes them, without writing any."""
    whole = Decimal("100.00")
    marks = [0, *sorted(cuts), 10_000]
    parts = [Decimal(b - a) / 100 for a, b in pairwise(marks)]
    given_work = given_fee = Decimal(0)
    invoice = Invoice(worker_amount=whole, fee_amount=Decimal(fee) / 100)
    for part in parts:
        refund = _refund(invoice, part, Decimal(0), work=given_work, fee=given_fee)
        assert Decimal(0) <= refund.fee_amount
        given_work += refund.worker_amount
        given_fee += refund.fee_amount
        assert given_fee <= invoice.fee_amount
    assert (given_work, given_fee) == (whole, invoice.fee_amount)


def test_a_case_refunds_a_paid_assignment(alice, wanda, at, olga, cash, earned):
    done = work.in_stage("paid", alice, wanda, at=at)
    before = cash()
    option = settlement.options(done)["refund"]
    assert option.possible and "$275.00 for all of it" in option.sentence
    said = settlement.settle(
        done, effect="refund", amount=Decimal(50), words="Two ports do not work.", by=olga, at=at
    )
    assert said == [
        "$55.00 back to the client’s cash (CN-0001): $50.00 from the worker’s earnings, "
        "$5.00 from the platform."
    ]
    assert (cash() - before, earned()) == (Decimal(55), Decimal(200))
    done.refresh_from_db()
    assert done.status == "paid"
    assert list(audit.findings()) == []


def test_what_was_not_paid_cannot_be_refunded(alice, wanda, at):
    for stage in ("assigned", "pending_approval", "invoiced"):
        done = work.in_stage(stage, alice, wanda, at=at)
        assert not settlement.options(done)["refund"].possible, stage


def test_both_sides_read_their_part(paid, give_back, alice, wanda, walt, client_of):
    note = give_back(paid, "40")
    url = note.get_absolute_url()
    assert "$44.00" in client_of(alice).get(url).content.decode()
    worker = client_of(wanda).get(url).content.decode()
    assert "Taken from your earnings" in worker and "$44.00" not in worker
    assert "CN-0001" in client_of(wanda).get(paid.get_absolute_url()).content.decode()
    assert client_of(walt).get(url).status_code == 404
    assert client_of(alice).get(f"{url}pdf/").content.startswith(b"%PDF")
    assert client_of(wanda).get(f"{url}pdf/").status_code == 403
