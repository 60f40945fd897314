"""Unused cash going back: through a provider that refuses, sends back, repeats itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity.models import Event
from payments import audit, funding, provider_events, queries, refunds, reservations
from payments.models import Funding, ProviderEvent, Refund, Transfer
from payments.providers.base import Answer
from payments.refusals import (
    BadAmount,
    KeyUsed,
    NothingToTakeBack,
    OwesFirst,
    TooMuchToTakeBack,
)
from tests.racing import race

pytestmark = pytest.mark.django_db

KEY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def add(acme, alice, at):
    """Adds funds by card, each a day after the one before."""

    def make(*amounts: str, method: str = "card") -> list[Funding]:
        made = []
        for amount in amounts:
            number = Funding.objects.count()
            when = at + timedelta(days=number)
            added = funding.add(
                company=acme, amount=Decimal(amount), method=method, key=f"f-{number}", by=alice,
                at=when,
            )  # fmt: skip
            made.append(funding.drive(added, at=when + timedelta(minutes=1)))
        return made

    return make


@pytest.fixture
def ask(acme, alice, later):
    def make(amount: str, key: str = "k-1") -> list[Refund]:
        return refunds.request(acme, Decimal(amount), key=key, by=alice, at=later)

    return make


@pytest.fixture
def later(at):
    return at + timedelta(days=10)


@pytest.fixture
def after(later):
    """Drives a refund and returns it as it stands so many seconds after it was asked for."""

    def drive(made: Refund, *seconds: int) -> Refund:
        for second in seconds:
            made = refunds.drive(made, at=later + timedelta(seconds=second))
        return made

    return drive


def told(kind: str) -> int:
    return Event.objects.filter(kind=f"refund.{kind}").count()


def parts(made: list[Refund]) -> list[tuple[str, Decimal]]:
    return [(one.funding.key, one.amount) for one in made]


def test_the_newest_fundings_give_first_and_none_more_than_it_brought(add, ask, cash, held):
    add("300", "200")
    made = ask("250")
    assert parts(made) == [("f-1", Decimal(200)), ("f-0", Decimal(50))]
    assert (cash(), held()) == (Decimal(250), Decimal(250))
    assert parts(ask("100", "k-2")) == [("f-0", Decimal(100))]
    assert told("requested") == 3
    assert list(audit.findings()) == []


def test_what_is_sent_leaves_the_books(add, ask, after, cash, held):
    add("300")
    (made,) = ask("80")
    sent = after(made, 1)
    assert sent.is_sent and sent.ended_at and sent.provider_reference
    assert (cash(), held()) == (Decimal(220), Decimal(0))
    assert told("sent") == 1
    assert list(audit.findings()) == []


@pytest.mark.parametrize(
    ("amount", "seconds", "status"),
    [("80.13", (1,), "failed"), ("80.53", (1, 30, 60), "returned")],
)
def test_what_the_bank_does_not_take_is_cash_again(
    add, ask, after, cash, held, amount, seconds, status
):
    add("300")
    ended = after(ask(amount)[0], *seconds)
    assert ended.status == status and ended.failure
    assert (cash(), held()) == (Decimal(300), Decimal(0))
    assert told(status) == 1
    assert list(audit.findings()) == []
    assert parts(ask("300", "k-2")) == [("f-0", Decimal(300))], "it can be asked for again"


def test_no_answer_and_a_slow_one_are_asked_again(add, ask, after, held):
    add("300")
    for number, amount in enumerate(("80.91", "80.37")):
        waiting = after(ask(amount, f"k-{number}")[0], 1)
        assert waiting.is_under_way
        assert held() == Decimal(amount)
        assert after(waiting, 40).is_sent


def test_a_refund_to_a_bank_takes_its_time(add, ask, after):
    add("300", method="bank")
    waiting = after(ask("80")[0], 1)
    assert waiting.is_under_way
    assert after(waiting, 40).is_sent


def test_what_is_told_twice_moves_money_once(add, ask, after, cash):
    add("300")
    assert after(ask("80.73")[0], 1).is_sent
    assert not ProviderEvent.objects.filter(applied_at=None).exists()
    assert Transfer.objects.filter(kind="refund_sent").count() == 1
    assert cash() == Decimal("219.27")


def test_a_late_sent_after_it_came_back_changes_nothing(add, ask, later, cash):
    add("300")
    (made,) = ask("80")
    for word in ("sent", "returned", "sent", "failed"):
        answer = Answer(f"e-{word}", f"refund.{word}", made.key, made.amount, "USD", "Closed")
        for event in provider_events.store("sandbox", [answer], at=later):
            assert provider_events.settle(event, at=later).error == ""
    made.refresh_from_db()
    assert made.status == Refund.Status.RETURNED
    assert cash() == Decimal(300)


@pytest.mark.parametrize(
    ("kind", "key", "amount", "error"),
    [
        ("refund.sent", "k-1:1", "81", "differs"),
        ("refund.sent", "nobody's", "80", "no refund"),
        ("refund.eaten", "k-1:1", "80", "unknown"),
    ],
)
def test_what_cannot_be_believed_is_kept_for_staff(add, ask, later, held, kind, key, amount, error):
    add("300")
    ask("80")
    answer = Answer("e-1", kind, key, Decimal(amount), "USD")
    (event,) = provider_events.store("sandbox", [answer], at=later)
    assert error in provider_events.settle(event, at=later).error
    assert held() == Decimal(80)


def test_sent_after_it_failed_is_a_finding(add, ask, after, later, cash):
    add("300")
    failed = after(ask("80.13")[0], 1)
    answer = Answer("e-9", "refund.sent", failed.key, failed.amount, "USD")
    (event,) = provider_events.store("sandbox", [answer], at=later)
    assert "after it had failed" in provider_events.settle(event, at=later).error
    assert cash() == Decimal(300)


def test_the_same_key_asks_once_and_another_amount_is_refused(add, ask, cash):
    add("300")
    assert [one.pk for one in ask("80")] == [one.pk for one in ask("80")]
    with pytest.raises(KeyUsed):
        ask("90")
    assert cash() == Decimal(220)


@pytest.mark.parametrize("amount", ["0", "-5", "10.005", "1e12", "300.01"])
def test_amounts_that_cannot_go_back_are_refused(add, ask, cash, amount):
    add("300")
    with pytest.raises(BadAmount):
        ask(amount)
    assert cash() == Decimal(300)
    assert not Refund.objects.exists()


def test_what_is_reserved_for_work_stays(add, ask, reserve):
    add("300")
    reserve(220)
    with pytest.raises(TooMuchToTakeBack, match=r"\$80\.00"):
        ask("80.01")
    assert parts(ask("80")) == [("f-0", Decimal(80))]


def test_money_that_came_by_no_funding_does_not_go_back(acme, funds, ask, add):
    funds(acme, 500)
    with pytest.raises(NothingToTakeBack):
        ask("10")
    add("40")
    with pytest.raises(TooMuchToTakeBack, match=r"\$40\.00"):
        ask("41")


def test_what_came_long_ago_does_not_go_back(acme, alice, add, at, settings):
    add("300")
    end = at + timedelta(days=settings.REFUND_DAYS, minutes=1)
    with pytest.raises(NothingToTakeBack):
        refunds.request(acme, Decimal(10), key="k", by=alice, at=end)


def test_nothing_goes_back_while_new_work_is_blocked(acme, alice, add, issue, at):
    add("300")
    issue(50, terms_days=7)
    with pytest.raises(OwesFirst, match="Pay it before"):
        refunds.request(acme, Decimal(10), key="k", by=alice, at=at + timedelta(days=14))


def test_the_sweep_finishes_what_no_page_drove_and_watches_for_five_days(add, ask, later):
    add("300")
    ask("80")
    assert refunds.sweep(at=later) == 1
    sent = Refund.objects.get()
    assert sent.is_sent and sent.lease_until
    refunds.stop_watching(at=sent.ended_at + timedelta(days=5) - timedelta(seconds=1))
    assert Refund.objects.get().lease_until
    refunds.stop_watching(at=sent.ended_at + timedelta(days=5))
    assert refunds.sweep(at=later + timedelta(days=30)) == 0


def test_a_refund_against_an_order_that_fails_does_not_stop_the_others(
    add, ask, later, monkeypatch
):
    """A provider that answers in a shape nobody expected: the sweep goes on."""
    add("300", "200")
    first, second = ask("250")
    honest = refunds.providers.provider("sandbox").refund

    def odd(self, order, *, at):
        return [None] if order.key == first.key else honest(order, at=at)

    monkeypatch.setattr("payments.providers.sandbox.Sandbox.refund", odd)
    assert refunds.sweep(at=later) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_under_way, second.is_sent) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_of_a_refund_and_a_send_that_want_the_same_cash_one_wins(add, ask, reserve, cash, held):
    add("300")
    outcomes = race(lambda: ask("200"), lambda: reserve(200))
    assert sum(outcome.won for outcome in outcomes) == 1
    assert (cash(), held()) == (Decimal(100), Decimal(200))
    assert list(audit.findings()) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_refunds_of_the_last_cash_one_wins_and_one_form_counts_once(add, ask, cash):
    add("300")
    outcomes = race(lambda: ask("200", "k-1"), lambda: ask("200", "k-2"))
    assert [type(o.refusal) for o in outcomes if not o.won] == [TooMuchToTakeBack]
    assert cash() == Decimal(100)
    same = race(*[lambda: ask("60", "k-3")] * 3)
    assert len({one.pk for outcome in same for one in outcome.result}) == 1
    assert cash() == Decimal(40)


@pytest.mark.django_db(transaction=True)
def test_sent_against_returned_moves_the_money_once(add, ask, later, cash, held):
    add("300")
    (made,) = ask("80")
    said = [
        Answer(f"e-{word}", f"refund.{word}", made.key, Decimal(80), "USD")
        for word in ("sent", "returned")
    ]
    events = provider_events.store("sandbox", said, at=later)
    race(*[lambda one=one: provider_events.settle(one, at=later) for one in events * 2])
    assert (cash(), held()) == (Decimal(300), Decimal(0))
    assert list(audit.findings()) == []


def page(browser, **form):
    return browser.post(reverse("payments:refunds"), {"key": KEY} | form, follow=True)


@pytest.fixture
def today(time_machine, later):
    time_machine.move_to(later, tick=False)


def test_an_administrator_takes_cash_back(add, today, alice, cash, client_of):
    add("300", "200")
    browser = client_of(alice)
    form = browser.get(reverse("payments:refunds")).text
    assert "$500.00" in form and "is unused" in form
    done = page(browser, amount="250").text
    assert "$250.00 is going back to where it came from." in done
    assert cash() == Decimal(250)
    assert {one.status for one in Refund.objects.all()} == {"refunded"}
    again = page(browser, amount="250")
    assert again.status_code == 200 and cash() == Decimal(250)


def test_what_was_not_taken_is_said(add, today, alice, cash, client_of):
    add("300")
    done = page(client_of(alice), amount="80.13").text
    assert "$80.13 was not taken and is in your cash again." in done
    assert "The card or account is closed." in done


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "This field is required"), ("0", ""), ("-1", ""), ("3.005", ""), ("1e9", ""),
        ("x" * 5000, ""), ("1\x002", ""), ("<script>", ""),
        ("300.01", "You can take back $300.00 at most."),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_beside_the_field(
    add, today, alice, cash, client_of, amount, words
):
    add("300")
    answer = page(client_of(alice), amount=amount)
    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    assert words in answer.text or words == "This field is required"
    assert cash() == Decimal(300)


def test_only_an_administrator_takes_cash_back(add, today, cody, abel, alice, cash, client_of):
    add("300")
    for who in (cody, abel):
        browser = client_of(who)
        seen = browser.get(reverse("payments:refunds")).text
        assert "An administrator of" in seen and '<form method="post" class="stack"' not in seen
        assert page(browser, amount="80").status_code == 403
    assert cash() == Decimal(300)


def test_a_company_never_sees_the_refunds_of_another(add, ask, charlie, client_of):
    add("300")
    (made,) = ask("80")
    assert made.reference not in client_of(charlie).get(reverse("payments:refunds")).text


def test_the_list_of_30_costs_what_the_list_of_1_costs(add, ask, today, alice, client_of):
    add("500")
    browser, counts = client_of(alice), []
    for more in (1, 29):
        for number in range(more):
            ask("1", f"k-{more}-{number}")
        browser.get(reverse("payments:refunds"))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("payments:refunds")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_two_hundred_fundings_cost_one_query(acme, add, later):
    add(*["1"] * 12)
    with CaptureQueriesContext(connection) as asked:
        assert queries.refundable(acme, at=later, cash=Decimal(12)).most == Decimal(12)
    assert len(asked) == 1


def test_released_cash_can_go_back(add, ask, reserve, alice, later):
    add("300")
    standing = reserve(300)
    with pytest.raises(NothingToTakeBack):
        ask("1")
    reservations.release(standing, by=alice, at=later)
    assert len(ask("300")) == 1
