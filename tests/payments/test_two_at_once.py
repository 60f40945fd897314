"""Two at once, in transactions of their own: one effect, and both get an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.actors import SYSTEM
from payments import audit, funding, invoicing, ledger, payouts, provider_events, reservations
from payments.models import AccountKind, Funding, Payout, Transfer
from payments.providers.base import Answer
from payments.refusals import CreditExceeded, InsufficientCash, InsufficientEarnings

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all together, each on a connection of its own; results, or what was raised."""
    ready = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            ready.wait(timeout=10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_of_two_reservations_of_the_last_money_one_wins(acme, funds, reserve, cash, held):
    funds(acme, 150)
    results = at_once(lambda: reserve(100, key="T-1"), lambda: reserve(100, key="T-2"))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == [InsufficientCash]
    assert refused[0].missing == Decimal(50)
    assert (cash(), held()) == (Decimal(50), Decimal(100))


def test_of_two_reservations_of_the_last_credit_one_wins(acme, reserve):
    results = at_once(
        lambda: reserve(3000, key="T-1", terms_days=30),
        lambda: reserve(3000, key="T-2", terms_days=30),
    )
    assert [type(r) for r in results if isinstance(r, Exception)] == [CreditExceeded]


def test_the_same_funding_sent_twice_adds_the_money_once(acme, alice, at, cash):
    def send() -> Funding:
        return funding.add(
            company=acme, amount=Decimal(100), method="card", key="k", by=alice, at=at
        )

    assert len({result.pk for result in at_once(send, send, send)}) == 1
    funding.sweep(at=at)
    assert cash() == Decimal(100)


def test_a_provider_event_applied_by_two_is_posted_once(acme, alice, at, cash):
    asked = funding.request(
        company=acme, amount=Decimal(9), method="card", key="k", by=alice, at=at
    )
    answer = Answer("e", "funding.settled", asked.key, Decimal(9), "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    at_once(*[lambda: provider_events.settle(event, at=at)] * 3)
    assert cash() == Decimal(9)


def test_an_invoice_paid_by_two_is_paid_once(acme, funds, issue, at, cash, earned):
    funds(acme, 500)
    made = issue(100)
    results = at_once(*[lambda: invoicing.pay(made, by=SYSTEM, at=at)] * 3)

    assert {result.transfer_id for result in results} == {results[0].transfer_id}
    assert (cash(), earned()) == (Decimal(390), Decimal(100))


def test_pay_against_withdraw_has_one_outcome(acme, funds, issue, at, cash):
    funds(acme, 500)
    made = issue(100)
    results = at_once(
        lambda: invoicing.pay(made, by=SYSTEM, at=at),
        lambda: invoicing.withdraw(made, reason="x", by=SYSTEM, at=at),
    )
    assert sum(isinstance(result, Exception) for result in results) == 1
    made.refresh_from_db()
    assert cash() == (Decimal(390) if made.status == "paid" else Decimal(500))


def test_invoices_issued_at_once_have_consecutive_numbers(issue):
    made = at_once(*[issue] * 4)
    assert sorted(invoice.number for invoice in made) == [1, 2, 3, 4]


def test_one_key_posted_by_two_makes_one_transfer_and_both_get_it(acme, at, cash):
    outside = ledger.account(AccountKind.OUTSIDE, provider="sandbox")
    credited = ledger.Accounts("USD", company=acme).cash
    lines = [ledger.debit(outside, Decimal(7)), ledger.credit(credited, Decimal(7))]

    def post() -> Transfer:
        return ledger.post(kind="funding", key="k", lines=lines, currency="USD", by=SYSTEM, at=at)

    assert len({transfer.pk for transfer in at_once(*[post] * 4)}) == 1
    assert cash() == Decimal(7)


def test_releases_and_reservations_in_a_crowd_do_not_wait_in_a_circle(
    acme, funds, reserve, cash, held, at
):
    funds(acme, 400)
    standing = [reserve(10, key=f"T-{n}") for n in range(4)]
    acts: list[Callable[[], Any]] = []
    for place, one in enumerate(standing):
        acts.append(lambda one=one: reservations.release(one, by=SYSTEM, at=at))
        acts.append(lambda place=place: reserve(10, key=f"U-{place}"))
    results = at_once(*acts)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert (cash(), held()) == (Decimal(360), Decimal(40))
    assert list(audit.findings()) == []


def test_of_two_payouts_of_the_last_earnings_one_wins(earn, payable, wanda, at, earned, transit):
    earn(150)

    def ask(key: str) -> Payout:
        return payouts.request(payable, Decimal(100), key=key, by=wanda, at=at)

    results = at_once(lambda: ask("k-1"), lambda: ask("k-2"))

    assert [type(r) for r in results if isinstance(r, Exception)] == [InsufficientEarnings]
    assert (earned(), transit()) == (Decimal(50), Decimal(100))


def test_one_payout_asked_for_twice_is_made_once(earn, payable, wanda, at, earned):
    earn(150)
    results = at_once(
        *[lambda: payouts.request(payable, Decimal(40), key="k", by=wanda, at=at)] * 3
    )
    assert len({result.pk for result in results}) == 1
    assert earned() == Decimal(110)


def test_paid_against_returned_moves_the_money_once(earn, payable, wanda, at, earned, transit):
    earn(150)
    made = payouts.request(payable, Decimal(40), key="k", by=wanda, at=at)
    told = [
        Answer(f"e-{word}", f"payout.{word}", "k", Decimal(40), "USD")
        for word in ("paid", "returned", "paid")
    ]
    events = provider_events.store("sandbox", told, at=at)
    at_once(*[lambda event=event: provider_events.settle(event, at=at) for event in events * 2])

    made.refresh_from_db()
    assert transit() == 0
    assert earned() == (Decimal(150) if made.came_back else Decimal(110))
    assert list(audit.findings()) == []
