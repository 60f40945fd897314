"""Companies' money through Stripe: the fake server, real HTTP, the official client."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
import requests
from django.urls import reverse

from payments import audit, funding, refunds, webhooks
from payments.models import Funding, ProviderEvent, Refund, Transfer
from tests.payments.stripe.checkout import DECLINED
from tests.payments.stripe.conftest import SECRET
from tests.payments.stripe.stand_in import refusal

pytestmark = pytest.mark.django_db

KEY = "11111111-1111-4111-8111-111111111111"


def later(made: Funding, seconds: int = 60) -> Funding:
    return funding.ask_again(made, at=made.requested_at + timedelta(seconds=seconds))


def test_a_card_is_paid_on_the_page_of_the_provider(add, checkout, cash):
    opened = add("500")
    assert opened.is_open and opened.pay_url.startswith("https://checkout.stripe.test/")
    assert cash() == 0
    (asked,) = checkout.posts("/v1/checkout/sessions")
    assert asked.key == opened.key, "the key of the order is the key at Stripe"
    assert asked.form["success_url"].endswith(opened.get_absolute_url())

    assert checkout.pay(opened.provider_reference)
    assert later(opened).has_arrived
    assert cash() == Decimal(500)
    assert list(audit.findings()) == []


def test_a_declined_card_leaves_the_page_open_for_another(add, checkout, cash):
    opened = add("500")
    assert not checkout.pay(opened.provider_reference, DECLINED)
    assert later(opened).is_open
    assert checkout.pay(opened.provider_reference)
    assert later(opened, 120).has_arrived and cash() == Decimal(500)


def test_a_page_that_nobody_paid_fails_when_it_closes(add, checkout, cash):
    opened = add("500")
    checkout.expire(opened.provider_reference)
    ended = later(opened)
    assert ended.status == "failed" and "closed before" in ended.failure
    assert cash() == 0


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(add, checkout):
    checkout.lose = 1
    silent = add("500")
    assert silent.is_open and not silent.provider_reference
    opened = later(silent)
    assert opened.provider_reference == "cs_test_1"
    assert len(checkout.sessions) == 1
    assert {one.key for one in checkout.posts("/v1/checkout/sessions")} == {"f-1"}


def test_an_old_order_is_looked_up_before_it_is_made_again(add, checkout):
    """Stripe forgets keys after a day; the answer to the first try was lost."""
    checkout.lose = 1
    silent = add("500")
    checkout.forget_keys()
    for session in checkout.sessions.values():
        session["created"] = int(silent.requested_at.timestamp()) + 1
    assert later(silent, 26 * 3600).provider_reference == "cs_test_1"
    assert len(checkout.sessions) == 1


def test_what_the_provider_does_not_take_fails_in_its_words(add, checkout):
    refused = add("1000000")
    assert refused.status == "failed" and "no more than" in refused.failure


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (500, "api_error", ""), (429, "invalid_request_error", "rate_limit"),
        (401, "invalid_request_error", ""), (403, "invalid_request_error", ""),
        (409, "idempotency_error", "idempotency_key_in_use"),
    ],
)  # fmt: skip
def test_a_fault_that_may_pass_leaves_the_order_open(add, checkout, status, kind, code):
    checkout.route("POST", "/v1/checkout/sessions", lambda asked: refusal(status, "x", code, kind))
    waiting = add("500")
    assert waiting.is_open and waiting.failure == ""


def test_nobody_at_the_address_is_no_answer(add, use_stripe):
    use_stripe("http://127.0.0.1:9")
    assert add("500").is_open


@pytest.fixture
def paid(add, checkout):
    def make(amount: str, key: str = "f-1") -> Funding:
        opened = add(amount, key)
        assert checkout.pay(opened.provider_reference)
        return later(opened)

    return make


def test_unused_cash_goes_back_to_the_card(paid, checkout, acme, alice, now, cash):
    paid("300", "f-1")
    paid("200", "f-2")
    made = refunds.request(acme, Decimal(250), key="back", by=alice, at=now)
    sent = [refunds.drive(one, at=now) for one in made]
    assert [one.status for one in sent] == ["refunded", "refunded"]
    assert [one.key for one in checkout.posts("/v1/refunds")] == ["back:1", "back:2"]
    at_fake = checkout.at_fake("GET", "refunds")["data"]
    assert sorted(one["amount"] for one in at_fake) == [5000, 20000]
    assert cash() == Decimal(250)
    assert list(audit.findings()) == []


def test_a_lost_answer_refunds_once(paid, checkout, acme, alice, now, cash):
    paid("300")
    (made,) = refunds.request(acme, Decimal(100), key="back", by=alice, at=now)
    checkout.lose = 2  # the session that names the payment, then the refund itself
    for minutes in (0, 1, 5):
        made = refunds.drive(made, at=now + timedelta(minutes=minutes))
    checkout.forget_keys()
    made = refunds.drive(made, at=now + timedelta(hours=30))
    assert made.is_sent and made.provider_reference.startswith("re_")
    assert len(checkout.at_fake("GET", "refunds")["data"]) == 1
    assert cash() == Decimal(200)


def test_a_refund_that_the_provider_refuses_is_cash_again(paid, checkout, acme, alice, now, cash):
    paid("300")
    words = "Charge ch_1 has already been refunded."
    reply = refusal(400, words, "charge_already_refunded")
    checkout.route("POST", "/v1/refunds", lambda asked: reply)
    (made,) = refunds.request(acme, Decimal(100), key="back", by=alice, at=now)
    assert refunds.drive(made, at=now).status == "failed"
    assert Refund.objects.get().failure == words
    assert cash() == Decimal(300)


def test_a_refund_waits_while_the_balance_of_the_platform_is_too_small(
    paid, checkout, acme, alice, now, cash
):
    paid("300")
    reply = refusal(400, "Insufficient funds.", "balance_insufficient")
    checkout.route("POST", "/v1/refunds", lambda asked: reply)
    (made,) = refunds.request(acme, Decimal(100), key="back", by=alice, at=now)
    assert refunds.drive(made, at=now).is_under_way
    assert cash() == Decimal(200)


@pytest.mark.django_db(transaction=True)
def test_the_webhook_of_the_fake_server_brings_the_money(
    add, checkout, fake_server, live_server, cash
):
    """From the payer's card to the cash without anybody asking."""
    requests.post(
        f"{fake_server}/_config/webhooks/site", timeout=10,
        json={"url": f"{live_server.url}/payments/webhooks/stripe/", "secret": SECRET},
    )  # fmt: skip
    opened = add("500")
    assert checkout.pay(opened.provider_reference)
    for _ in range(60):
        if cash():
            break
        time.sleep(0.2)
    assert cash() == Decimal(500)
    told = ProviderEvent.objects.get(kind="webhook.payment_intent.succeeded")
    assert told.applied_at and told.payload["data"]["object"]["amount"] == 50000
    assert later(opened).has_arrived
    assert Transfer.objects.filter(kind="funding").count() == 1
    assert list(audit.findings()) == []


def test_what_was_missed_is_heard_again(add, checkout, cash, now):
    opened = add("500")
    checkout.pay(opened.provider_reference)
    then = now + timedelta(minutes=1)
    since = now - timedelta(hours=1)
    heard, new = webhooks.catch_up("stripe", since=since, at=then)
    assert (heard, new) == (1, 1) and cash() == Decimal(500)
    assert webhooks.catch_up("stripe", since=since, at=then + timedelta(minutes=1)) == (1, 0)
    assert cash() == Decimal(500)


def test_the_form_leads_to_the_page_of_the_provider_by_a_link(alice, checkout, client_of, cash):
    browser = client_of(alice)
    form = {"amount": "80", "method": "card", "key": KEY, "next": ""}
    page = browser.post(reverse("payments:add_funds"), form, follow=True)
    made = Funding.objects.get()
    assert page.redirect_chain[-1][0] == made.get_absolute_url()
    assert f'href="{made.pay_url}"' in page.text
    assert "stripe" not in page.headers["Content-Security-Policy"]
    checkout.pay(made.provider_reference)
    assert "It is in your cash" in browser.post(made.get_absolute_url(), follow=True).text
    assert cash() == Decimal(80)
