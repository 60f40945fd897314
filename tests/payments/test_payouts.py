"""Earnings on their way to the bank: through a provider that fails, sends back, repeats itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import SYSTEM
from activity.models import Event
from payments import audit, payout_settings, payouts, provider_events
from payments.models import BankAccount, Payout, ProviderEvent, Transfer
from payments.providers.base import Answer, BankDetails
from payments.refusals import (
    BadAmount,
    InsufficientEarnings,
    KeyUsed,
    NoBankAccount,
    NoTaxDetails,
    NothingToPayOut,
)
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(payable, wanda, at):
    def make(amount: str | None, key: str = "k-1", **values) -> Payout:
        wanted = Decimal(amount) if amount is not None else None
        return payouts.request(payable, wanted, **({"key": key, "by": wanda, "at": at} | values))

    return make


@pytest.fixture
def after(at):
    """Drives a payout and returns it as it stands so many seconds after it was asked for."""

    def drive(made: Payout, *seconds: int) -> Payout:
        for second in seconds:
            made = payouts.drive(made, at=at + timedelta(seconds=second))
        return made

    return drive


def told(kind: str) -> int:
    return Event.objects.filter(kind=f"payout.{kind}").count()


def test_the_money_leaves_the_earnings_when_it_is_asked_for(earn, ask, earned, transit):
    earn(200)
    made = ask("80")
    assert (earned(), transit()) == (Decimal(120), Decimal(80))
    assert made.status == Payout.Status.ORDERED
    assert told("requested") == 1
    assert list(audit.findings()) == []


def test_without_an_amount_everything_is_paid_out(earn, ask, earned):
    earn(200)
    assert ask(None).amount == Decimal(200)
    assert earned() == 0


def test_on_its_way_then_paid(earn, ask, after, earned, transit):
    earn(200)
    moving = after(ask("80"), 1)
    assert moving.status == Payout.Status.IN_TRANSIT and moving.arrives_on
    paid = after(moving, 30)
    assert paid.is_paid and paid.paid_at
    assert (earned(), transit()) == (Decimal(120), Decimal(0))
    assert told("paid") == 1
    assert list(audit.findings()) == []


@pytest.mark.parametrize(
    ("amount", "seconds", "status"),
    [("80.13", (1,), "failed"), ("80.53", (1, 30, 60), "returned")],
)
def test_what_the_bank_does_not_keep_is_earned_again(
    earn, ask, after, earned, transit, wanda, amount, seconds, status
):
    earn(200)
    ended = after(ask(amount), *seconds)
    assert ended.status == status and ended.failure and ended.came_back_at
    assert (earned(), transit()) == (Decimal(200), Decimal(0))
    assert told(status) == 1
    assert BankAccount.objects.get(worker=wanda.worker).refused_at
    assert list(audit.findings()) == []


def test_no_answer_is_noted_and_asked_again(earn, ask, after, transit):
    earn(200)
    waiting = after(ask("80.91"), 1)
    assert waiting.status == Payout.Status.ORDERED
    assert waiting.attempts.get().answer.startswith("No answer")
    assert transit() == Decimal("80.91")
    assert after(waiting, 40).is_paid


def test_what_is_told_twice_and_out_of_order_moves_money_once(earn, ask, after, earned, transit):
    earn(200)
    paid = after(ask("80.73"), 30)
    assert paid.is_paid
    assert not ProviderEvent.objects.filter(applied_at=None).exists()
    assert Transfer.objects.filter(kind="payout_sent").count() == 1
    assert (earned(), transit()) == (Decimal("119.27"), Decimal(0))


def test_a_late_paid_after_a_return_changes_nothing(earn, ask, at, earned):
    earn(200)
    made = ask("80")
    for word in ("returned", "paid", "accepted"):
        answer = Answer(f"e-{word}", f"payout.{word}", made.key, made.amount, "USD", "Closed")
        (event,) = provider_events.store("sandbox", [answer], at=at)
        assert provider_events.settle(event, at=at).error == ""
    made.refresh_from_db()
    assert made.status == Payout.Status.RETURNED
    assert earned() == Decimal(200)


@pytest.mark.parametrize(
    ("kind", "key", "amount", "error"),
    [
        ("payout.paid", "k-1", "81", "differs"),
        ("payout.paid", "nobody's", "80", "no payout"),
        ("payout.vanished", "k-1", "80", "unknown"),
    ],
)
def test_what_cannot_be_believed_is_kept_for_staff(
    earn, ask, at, transit, kind, key, amount, error
):
    earn(200)
    ask("80")
    answer = Answer("e-1", kind, key, Decimal(amount), "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    assert error in provider_events.settle(event, at=at).error
    assert transit() == Decimal(80)


def test_paid_after_it_failed_is_a_finding(earn, ask, after, at, earned):
    earn(200)
    failed = after(ask("80.13"), 1)
    answer = Answer("e-9", "payout.paid", failed.key, failed.amount, "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    assert "after it had failed" in provider_events.settle(event, at=at).error
    assert earned() == Decimal(200)


def test_the_same_key_asks_once_and_another_amount_is_refused(earn, ask, earned):
    earn(200)
    assert ask("80").pk == ask("80").pk
    with pytest.raises(KeyUsed):
        ask("90")
    assert earned() == Decimal(120)


@pytest.mark.parametrize("amount", ["0", "0.99", "-5", "10.005", "1e12"])
def test_amounts_that_are_no_payout_are_refused(earn, ask, earned, amount):
    earn(200)
    with pytest.raises((BadAmount, InsufficientEarnings)):
        ask(amount)
    assert earned() == Decimal(200)


def test_more_than_there_is_says_how_much_there_is(earn, ask):
    earn(200)
    with pytest.raises(InsufficientEarnings, match=r"\$200\.00"):
        ask("200.01")


def test_what_is_missing_is_named(wanda, at, earn):
    with pytest.raises(NoBankAccount):
        payouts.request(wanda.worker, None, key="k", by=wanda, at=at)
    details = BankDetails("Wanda", "021000021", "12345678")
    payout_settings.replace_bank_account(wanda.worker, details, key="b", by=wanda, at=at)
    with pytest.raises(NoTaxDetails):
        payouts.request(wanda.worker, None, key="k", by=wanda, at=at)
    make_payable(wanda, at=at)
    with pytest.raises(NothingToPayOut):
        payouts.request(wanda.worker, None, key="k", by=wanda, at=at)


def test_the_sweep_finishes_what_no_page_drove(earn, ask, at, transit):
    earn(200)
    ask("80")
    assert payouts.sweep(at=at) == 1
    assert payouts.sweep(at=at + timedelta(seconds=5)) == 0, "leased until later"
    assert payouts.sweep(at=at + timedelta(seconds=60)) == 1
    assert transit() == 0


def test_a_paid_payout_is_watched_for_five_days(earn, ask, after, at):
    earn(200)
    paid = after(ask("80"), 30)
    assert paid.lease_until
    payouts.stop_watching(at=paid.paid_at + timedelta(days=5) - timedelta(seconds=1))
    assert Payout.objects.get().lease_until
    payouts.stop_watching(at=paid.paid_at + timedelta(days=5))
    assert Payout.objects.get().lease_until is None
    assert payouts.sweep(at=at + timedelta(days=30)) == 0


@pytest.fixture
def plan(payable, wanda, at):
    def make(minimum: str, *, is_on: bool = True) -> None:
        payout_settings.plan_payouts(
            payable, is_on=is_on, minimum=Decimal(minimum), by=wanda, at=at
        )

    return make


def test_the_plan_starts_at_its_minimum_and_once_a_day(earn, plan, at, earned):
    plan("200")
    earn("199.99")
    assert payouts.sweep_automatic(at=at) == 0
    earn("0.01")
    assert payouts.sweep_automatic(at=at) == 1
    made = Payout.objects.get()
    assert made.is_automatic and made.amount == Decimal(200)
    payouts.drive(made, at=at + timedelta(seconds=60))
    earn(500)
    assert payouts.sweep_automatic(at=at + timedelta(minutes=5)) == 0, "one was made today"
    assert payouts.sweep_automatic(at=at + timedelta(days=1)) == 1
    assert earned() == 0


def test_the_plan_waits_for_what_is_under_way_or_was_refused(earn, plan, ask, after, at):
    plan("10")
    earn(200)
    moving = after(ask("80.13", "k-0"), 0)
    assert moving.status == Payout.Status.FAILED
    assert payouts.sweep_automatic(at=at) == 0, "the bank sent the last one back"
    BankAccount.objects.update(refused_at=None)
    ask("20", "k-2")
    assert payouts.sweep_automatic(at=at) == 0, "one is under way"


def test_the_plan_that_is_off_does_nothing(earn, plan, at):
    plan("10", is_on=False)
    earn(200)
    assert payouts.sweep_automatic(at=at) == 0


def test_a_replaced_account_keeps_the_payouts_that_went_to_it(earn, ask, after, payable, wanda, at):
    earn(200)
    made = ask("80")
    new = payout_settings.replace_bank_account(
        payable, BankDetails("W", "011401533", "555566667777"), key="n", by=wanda, at=at
    )
    assert new.last_digits == "7777" and new.bank_name == "Harbor Savings"
    assert after(made, 30).bank_account.last_digits == "6789"
    assert BankAccount.objects.filter(worker=payable, removed_at=None).get() == new
    assert ask("20", "k-2").bank_account == new


def test_the_same_account_again_takes_the_refusal_away(earn, ask, after, payable, wanda, at):
    earn(200)
    after(ask("80.13"), 1)
    again = BankDetails("Wanda", "021000021", "000123456789")
    payout_settings.replace_bank_account(payable, again, key="b2", by=wanda, at=at)
    assert BankAccount.objects.get(worker=payable).refused_at is None


def test_no_number_is_kept_in_the_clear(payable, at):
    with connection.cursor() as cursor:
        for table in ("payments_bankaccount", "payments_taxdetails", "activity_event"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            written = " ".join(row for (row,) in cursor.fetchall())
            assert "123456789" not in written
            assert "Wanda T. Worker" not in written


def test_books_with_a_payout_gone_wrong_are_found(earn, ask, after):
    earn(200)
    after(ask("80"), 30)
    Payout.objects.update(status="in_transit")
    names = {finding.check.name for finding in audit.findings()}
    assert names == {"payout_posted_wrongly", "in_transit_differs", "provider_differs"}


def test_a_payout_cannot_be_edited_or_deleted(earn, ask):
    earn(200)
    made = ask("80")
    for change in ({"amount": Decimal(1)}, {"worker_id": 0}, {"key": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=made.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=made.pk).update(status="paid_out")


def test_an_automatic_payout_is_nobodys_act(earn, plan, at):
    plan("10")
    earn(20)
    payouts.sweep_automatic(at=at)
    assert Event.objects.get(kind="payout.requested").acting_as == SYSTEM.acting_as
