"""The worked stories of docs/ledger.md: each step, and what stands on the accounts after it.

Amounts in dollars; the fee is 10 % of the worker's pay. ``cash`` and ``held`` are the
company's accounts, ``earned`` the worker's, ``fees`` what the platform has earned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Case, F, Sum, When

from assignments import lifecycle, settlement
from assignments.pricing import Terms
from payments import audit, funding, payouts, provider_events, refunds
from payments.models import Posting, Refund
from payments.providers.base import Answer
from tests.factories import assignments as work
from tests.factories.payments import add_cash, make_payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(cash, held, earned) -> Callable[[], tuple[str, str, str, str]]:
    """Cash, held, earned and fees, as an accountant would write them."""

    def fees() -> Decimal:
        of_platform = Posting.objects.filter(account__kind="platform_fees")
        effect = Case(When(side="credit", then=F("amount")), default=-F("amount"))
        return of_platform.aggregate(total=Sum(effect))["total"] or Decimal(0)

    def read() -> tuple[str, str, str, str]:
        assert list(audit.findings()) == []
        return tuple(f"{amount:.2f}" for amount in (cash(), held(), earned(), fees()))

    return read


def test_sent_approved_and_paid_at_once(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    assert accounts() == ("500.00", "0.00", "0.00", "0.00")

    posted = work.sent(work.draft(alice, at=at), alice, at=at)
    assert accounts() == ("225.00", "275.00", "0.00", "0.00")

    posted = work.assigned(posted, alice, wanda, at=at)
    done = work.submitted(work.in_progress(posted, wanda), wanda)
    assert accounts() == ("225.00", "275.00", "0.00", "0.00")

    work.approved(done, alice)
    assert accounts() == ("225.00", "0.00", "250.00", "25.00")


def test_the_worker_asks_for_less_and_the_rest_comes_back(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    done = work.submitted(work.in_progress(posted, wanda), wanda, amount=Decimal(200))

    work.approved(done, alice)

    assert accounts() == ("280.00", "0.00", "200.00", "20.00")


def test_hours_are_paid_as_worked(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    by_the_hour = {"pricing": "hourly", "hourly_rate": Decimal(40), "max_hours": Decimal(6)}
    draft = work.draft(alice, at=at, flat_price=None, **by_the_hour)
    posted = work.sent(draft, alice, at=at)
    assert accounts() == ("236.00", "264.00", "0.00", "0.00")

    posted = work.assigned(posted, alice, wanda, at=at)
    done = work.submitted(work.in_progress(posted, wanda), wanda, hours=Decimal("4.5"))
    work.approved(done, alice)

    assert accounts() == ("302.00", "0.00", "180.00", "18.00")


def test_an_expense_and_a_bonus_are_set_aside_as_they_are_agreed(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    asked = lifecycle.add_expense(posted, amount=Decimal(40), reason="Parking", by=wanda, at=at)
    assert accounts() == ("225.00", "275.00", "0.00", "0.00")

    lifecycle.accept_change(asked, by=alice, at=at)
    assert accounts() == ("181.00", "319.00", "0.00", "0.00")

    lifecycle.add_bonus(posted, amount=Decimal(20), reason="Early", by=alice, at=at)
    assert accounts() == ("159.00", "341.00", "0.00", "0.00")

    done = work.submitted(work.in_progress(posted, wanda), wanda, expenses=Decimal(30))
    work.approved(done, alice)
    assert accounts() == ("170.00", "0.00", "300.00", "30.00")


def test_more_hours_are_set_aside_before_they_are_worked(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    two_rates = work.draft(alice, at=at, **work.TWO_RATES)
    posted = work.assigned(work.sent(two_rates, alice, at=at), alice, wanda, at=at)
    assert accounts() == ("192.00", "308.00", "0.00", "0.00")

    more = {"quantity": Decimal(1), "reason": "Two more ports", "by": wanda, "at": at}
    lifecycle.accept_change(lifecycle.raise_budget(posted, **more), by=alice, at=at)
    assert accounts() == ("148.00", "352.00", "0.00", "0.00")


def test_void_gives_everything_back(alice, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.sent(work.draft(alice, at=at), alice, at=at)

    lifecycle.void(posted, note="Posted twice", by=alice, at=at)

    assert accounts() == ("500.00", "0.00", "0.00", "0.00")


def test_a_counteroffer_reserves_the_difference(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.sent(work.draft(alice, at=at), alice, at=at)
    bid = work.application(posted, wanda, at=at, terms=Terms("flat", flat_price=Decimal(300)))

    lifecycle.assign(bid, by=alice, at=at)

    assert accounts() == ("170.00", "330.00", "0.00", "0.00")


def test_late_cancellation_pays_half(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    just_before = posted.starts_at - timedelta(hours=5)

    ended = lifecycle.cancel(
        posted, reason="site_not_ready", note="No power", fee=Decimal(125), by=alice,
        at=just_before,
    )  # fmt: skip

    assert ended.cancellation.late_notice
    assert accounts() == ("362.50", "0.00", "125.00", "12.50")


def test_thirty_days_move_nothing_until_they_are_paid(alice, wanda, at, accounts):
    add_cash(alice.company, Decimal(300), at=at)
    posted = work.sent(work.draft(alice, at=at, terms_days=30), alice, at=at)
    posted = work.assigned(posted, alice, wanda, at=at)
    owed = work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)
    assert owed.status == "invoiced"
    assert accounts() == ("300.00", "0.00", "0.00", "0.00")

    lifecycle.pay(owed, by=alice, at=owed.approved_at + timedelta(days=29))

    assert accounts() == ("25.00", "0.00", "250.00", "25.00")


def test_a_decision_pays_a_part(alice, wanda, olga, at, accounts):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    done = work.submitted(work.in_progress(posted, wanda), wanda)
    later = done.submitted_at + timedelta(hours=30)
    lifecycle.hold(done, kind="dispute", reason="Case C-1001", by=olga, at=later)

    settlement.settle(
        done, effect="pay_amount", amount=Decimal(100), words="Half was done.", by=olga, at=later
    )

    assert accounts() == ("390.00", "0.00", "100.00", "10.00")


def test_a_decision_withdraws_an_invoice(alice, wanda, olga, at, accounts):
    add_cash(alice.company, Decimal(300), at=at)
    posted = work.sent(work.draft(alice, at=at, terms_days=30), alice, at=at)
    posted = work.assigned(posted, alice, wanda, at=at)
    owed = work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)

    settlement.settle(
        owed, effect="no_money", words="Nothing was done.", by=olga, at=owed.approved_at
    )

    owed.refresh_from_db()
    assert owed.status == "cancelled"
    assert owed.invoice.withdrawn_at is not None
    assert accounts() == ("300.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize(
    ("paid_out", "after"),
    [
        (None, ("280.00", "0.00", "200.00", "20.00")),
        (Decimal(240), ("280.00", "0.00", "0.00", "-20.00")),
    ],
)
def test_a_refund(alice, wanda, olga, at, accounts, paid_out, after):
    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    done = work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)
    if paid_out:
        payouts.request(make_payable(wanda, at=at), paid_out, key="k", by=wanda, at=at)

    settlement.settle(
        done, effect="refund", amount=Decimal(50), words="Half was done.", by=olga, at=at
    )

    assert accounts() == after


def test_paid_out_and_sent_back_by_the_bank(alice, wanda, at, accounts, balance):
    def money() -> tuple[str, str, str]:
        _, _, earned, _ = accounts()
        outside = Posting.objects.filter(account__kind="outside").aggregate(
            total=Sum(Case(When(side="credit", then=F("amount")), default=-F("amount")))
        )["total"]
        held = balance("payout_in_transit", worker=wanda.worker)
        return earned, f"{held:.2f}", f"{outside:.2f}"

    add_cash(alice.company, Decimal(500), at=at)
    posted = work.assigned(work.sent(work.draft(alice, at=at), alice, at=at), alice, wanda, at=at)
    work.approved(work.submitted(work.in_progress(posted, wanda), wanda), alice)
    assert money() == ("250.00", "0.00", "-500.00")

    worker = make_payable(wanda, at=at)
    made = payouts.request(worker, Decimal(200), key="k", by=wanda, at=at)
    assert money() == ("50.00", "200.00", "-500.00")

    payouts.drive(made, at=at + timedelta(minutes=1))
    assert money() == ("50.00", "0.00", "-300.00")

    back = Answer("e-back", "payout.returned", "k", Decimal(200), "USD", "Closed")
    (event,) = provider_events.store("sandbox", [back], at=at)
    provider_events.settle(event, at=at + timedelta(days=3))
    assert money() == ("250.00", "0.00", "-500.00")


def test_unused_cash_taken_back(alice, at, accounts):
    company = alice.company
    for amount, day in (("300", 0), ("200", 4)):
        when = at + timedelta(days=day)
        funding.add(
            company=company, amount=Decimal(amount), method="card", key=f"k-{day}", by=alice,
            at=when,
        )  # fmt: skip
    assert accounts()[:2] == ("500.00", "0.00")

    then = at + timedelta(days=5)
    friday, monday = refunds.request(company, Decimal(250), key="k", by=alice, at=then)
    assert (friday.amount, monday.amount) == (Decimal(200), Decimal(50))
    assert accounts()[:2] == ("250.00", "250.00")

    def told(refund: Refund, word: str, day: int) -> tuple[str, ...]:
        said = Answer(f"e-{word}-{refund.pk}", f"refund.{word}", refund.key, refund.amount, "USD")
        (event,) = provider_events.store("sandbox", [said], at=at)
        provider_events.settle(event, at=at + timedelta(days=day))
        return accounts()[:2]

    assert told(friday, "sent", 6) == ("250.00", "50.00")
    assert told(monday, "failed", 6) == ("300.00", "0.00")
    assert told(friday, "returned", 12) == ("500.00", "0.00")
