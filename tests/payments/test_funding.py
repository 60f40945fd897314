"""Money coming in, from a provider that declines, is slow, is silent, or says things twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from payments import funding, provider_events, providers
from payments.models import Funding, ProviderEvent, Transfer
from payments.providers.base import Answer, ProviderUnavailable
from payments.refusals import BadAmount, KeyUsed

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(acme, alice, at):
    def make(amount: str, **values: object) -> Funding:
        facts = {"company": acme, "method": "card", "key": "k-1", "by": alice, "at": at}
        return funding.add(amount=Decimal(amount), **(facts | values))

    return make


def told(kind: str) -> int:
    return Event.objects.filter(kind=f"funding.{kind}").count()


def test_a_card_is_available_at_once(add, cash):
    assert add("100").status == "settled"
    assert cash() == Decimal(100)
    assert told("settled") == 1


def test_the_same_key_asks_once(add, cash):
    assert add("100").pk == add("100").pk
    assert cash() == Decimal(100)
    assert Transfer.objects.count() == 1


def test_the_same_key_with_another_amount_is_refused(add, cash):
    add("100")
    with pytest.raises(KeyUsed):
        add("200")
    assert cash() == Decimal(100)


@pytest.mark.parametrize("amount", ["0", "0.99", "-5", "1000000.01", "10.005"])
def test_amounts_out_of_bounds_are_refused(add, amount):
    with pytest.raises(BadAmount):
        add(amount)
    assert not Funding.objects.exists()


def test_a_declined_card_moves_nothing_and_says_why(add, cash):
    failed = add("50.13")
    assert failed.status == "failed" and "declined" in failed.failure
    assert cash() == 0
    assert told("failed") == 1


@pytest.mark.parametrize(
    ("amount", "method"), [("50.37", "card"), ("50.00", "bank"), ("50.91", "card")]
)
def test_what_is_slow_or_silent_is_finished_by_the_sweep(add, cash, at, amount, method):
    assert add(amount, method=method).status == "requested"
    assert funding.sweep(at=at + timedelta(seconds=5)) == 0, "leased to the page until then"

    assert funding.sweep(at=at + timedelta(seconds=30)) == 1

    assert cash() == Decimal(amount)
    assert funding.sweep(at=at + timedelta(seconds=300)) == 0
    assert told("settled") == 1


def test_what_is_told_twice_is_posted_once(add, cash):
    assert add("50.73").status == "settled"
    assert ProviderEvent.objects.count() == 2
    assert not ProviderEvent.objects.filter(applied_at=None).exists()
    assert cash() == Decimal("50.73")
    assert told("settled") == 1


def test_tries_wait_longer_each_time(acme, alice, at, monkeypatch):
    def silent(self, order, *, at):
        raise ProviderUnavailable

    monkeypatch.setattr("payments.providers.sandbox.Sandbox.charge", silent)
    asked = funding.request(
        company=acme, amount=Decimal(5), method="card", key="k", by=alice, at=at
    )
    waits, then = [], at
    for _ in range(12):
        assert funding.sweep(at=then) == 1
        asked.refresh_from_db()
        waits.append((asked.lease_until - then).total_seconds())
        then = asked.lease_until
    assert waits[:3] == [15, 30, 60]
    assert waits[-1] == 3600
    assert asked.tries == 12


def test_the_provider_is_asked_with_the_same_key_on_every_try(add, at, monkeypatch):
    keys: list[str] = []
    honest = providers.provider("sandbox").charge

    def noting(self, order, *, at):
        keys.append(order.key)
        return honest(order, at=at)

    monkeypatch.setattr("payments.providers.sandbox.Sandbox.charge", noting)
    add("50.91")
    funding.sweep(at=at + timedelta(minutes=1))
    assert keys == ["k-1", "k-1"]


def test_an_answer_stored_but_not_applied_is_applied_by_the_sweep(acme, alice, at, cash):
    """The process died between hearing the provider and believing it."""
    asked = funding.request(
        company=acme, amount=Decimal(70), method="card", key="k", by=alice, at=at
    )
    answer = Answer("e-1", "funding.settled", asked.key, Decimal(70), "USD")
    provider_events.store("sandbox", [answer], at=at)

    funding.sweep(at=at + timedelta(seconds=1))

    assert cash() == Decimal(70)


@pytest.mark.parametrize(
    ("kind", "key", "amount", "error"),
    [
        ("funding.settled", "k-1", "71", "differs"),
        ("funding.settled", "nobody's", "70", "no funding"),
        ("funding.failed", "k-1", "70", "after it was settled"),
        ("funding.eaten", "k-1", "70", "unknown kind"),
    ],
)
def test_what_cannot_be_believed_is_noted_and_moves_nothing(
    add, at, cash, kind, key, amount, error
):
    add("70")
    answer = Answer("e-9", kind, key, Decimal(amount), "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)

    assert error in provider_events.settle(event, at=at).error
    assert cash() == Decimal(70)


def test_money_that_arrives_after_a_failure_is_posted(add, at, cash):
    failed = add("50.13")
    answer = Answer("e-2", "funding.settled", failed.key, failed.amount, "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    provider_events.settle(event, at=at)
    assert cash() == Decimal("50.13")
