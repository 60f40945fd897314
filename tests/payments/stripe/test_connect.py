"""Workers' accounts and payouts: the official client against recorded answers of the API.

The shapes in ``answers`` are those of the API reference; what a bank does with a payout over
days is tried against the simulated bank (``tests/payments/test_payouts.py``).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import SYSTEM
from activity.models import Event
from payments import audit, enrolling, payout_settings, payouts
from payments.models import BankAccount, Payout, PayoutAccount, PayoutAttempt
from payments.providers.base import BankDetails
from payments.refusals import NumbersNotTaken, ProviderSilent
from tests.payments.stripe.stand_in import Asked, Reply, StandIn, refusal

pytestmark = pytest.mark.django_db

ACCOUNT = "acct_1032D82eZvKYlo2C"
BANK = "ba_1NB1IV2eZvKYlo2CByiLrMWv"
READY = {"details_submitted": True, "payouts_enabled": True}
BANK_PAGE = "/earnings/details/bank/"


class Recorded:
    """The API with one worker's account, and the payouts that were made from it."""

    def __init__(self, server: StandIn, answer: Any) -> None:
        self.server, self._answer = server, answer
        self.account: dict[str, Any] = {}
        self.banks: dict[str, Any] = {}
        self.transfers: list[dict[str, Any]] = []
        self.payouts: list[dict[str, Any]] = []
        self.reversals = 0
        one = f"/v1/accounts/{ACCOUNT}"
        self._on("GET", one, lambda asked: answer("account", **self.account))
        self._on("POST", "/v1/accounts", lambda asked: answer("account"))
        self._on("POST", "/v1/account_links", lambda asked: answer("account_link"))
        self._on("POST", f"{one}/login_links", lambda asked: answer("login_link"))
        self._on(
            "GET",
            f"{one}/external_accounts",
            lambda asked: answer("external_accounts", **self.banks),
        )
        self._on("POST", "/v1/transfers", self._transfer)
        self._on("GET", "/v1/transfers", lambda asked: self._list(self.transfers))
        self._on("POST", "/v1/payouts", self._payout)
        self._on("GET", "/v1/payouts", lambda asked: self._list(self.payouts))
        server.route("GET", "/v1/payouts/([^/]+)", lambda asked, name: (200, self.payouts[0]))
        server.route("GET", "/v1/transfers/([^/]+)", lambda asked, name: (200, self.transfers[0]))
        server.route("POST", "/v1/transfers/([^/]+)/reversals", self._reverse)

    def _on(self, method: str, path: str, reply: Any) -> None:
        self.server.route(method, path, lambda asked: (200, reply(asked)))

    @staticmethod
    def _list(rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {"object": "list", "data": rows, "has_more": False, "url": "/v1/x"}

    def _made(self, name: str, asked: Asked) -> dict[str, Any]:
        mark = {field: asked.form[f"metadata[{field}]"] for field in ("squarely", "key")}
        return self._answer(name, metadata=mark, amount=int(asked.form["amount"]))

    def _transfer(self, asked: Asked) -> dict[str, Any]:
        self.transfers.append(self._made("transfer", asked))
        return self.transfers[-1]

    def _payout(self, asked: Asked) -> dict[str, Any]:
        self.payouts.append(self._made("payout", asked))
        return self.payouts[-1]

    def _reverse(self, asked: Asked, name: str) -> Reply:
        if self.transfers[0]["reversed"]:
            return refusal(400, "This transfer is already fully reversed.")
        self.transfers[0] |= {"reversed": True, "amount_reversed": self.transfers[0]["amount"]}
        self.reversals += 1
        return 200, self._answer("transfer_reversal")


@pytest.fixture
def api(stand_in, answer) -> Recorded:
    return Recorded(stand_in, answer)


@pytest.fixture
def enrolled(api, wanda, now) -> BankAccount:
    """Wanda has told Stripe who she is and where she is paid, and us her tax details."""
    enrolling.begin(wanda.worker, by=wanda, at=now)
    api.account = READY
    assert enrolling.check(wanda.worker, by=wanda, at=now)
    payout_settings.save_tax_details(
        wanda.worker, name="Wanda Wells", kind="ssn", number="123456789", by=wanda, at=now
    )
    return BankAccount.objects.get(worker=wanda.worker, removed_at=None)


@pytest.fixture
def ask(enrolled, earn, wanda, now):
    earn(200)

    def make(amount: str = "80", key: str = "k-1") -> Payout:
        return payouts.request(wanda.worker, Decimal(amount), key=key, by=wanda, at=now)

    return make


@pytest.fixture
def after(now):
    def drive(made: Payout, seconds: int) -> Payout:
        at = now + timedelta(seconds=seconds)
        Payout.objects.filter(pk=made.pk).update(lease_until=at)
        return payouts.drive(made, at=at)

    return drive


def test_the_account_is_made_once_and_its_page_shown(api, wanda, now):
    page = enrolling.begin(wanda.worker, by=wanda, at=now)
    assert page.startswith("https://connect.stripe.com/setup/")
    enrolling.begin(wanda.worker, by=wanda, at=now)
    (made,) = api.server.posts("/v1/accounts")
    assert made.key == f"payee-{wanda.worker.reference}"
    assert made.form["capabilities[transfers][requested]"] == "true"
    assert made.form["settings[payouts][schedule][interval]"] == "manual"
    assert made.form["controller[requirement_collection]"] == "stripe"
    link = api.server.posts("/v1/account_links")[0]
    assert link.form["return_url"].endswith(BANK_PAGE)
    assert PayoutAccount.objects.get().account == ACCOUNT
    assert not BankAccount.objects.exists()


def test_an_account_that_is_ready_is_where_the_worker_is_paid(enrolled, api, wanda):
    assert enrolled.token == f"{ACCOUNT}/{BANK}"
    assert str(enrolled) == "STRIPE TEST BANK ····6789"
    assert Event.objects.filter(kind="bank_account.added").count() == 1


def test_the_sweep_and_the_webhook_find_what_nobody_checks(api, wanda, now, tell, event, answer):
    enrolling.begin(wanda.worker, by=wanda, at=now)
    assert enrolling.sweep(at=now) == 1 and not BankAccount.objects.exists()
    api.account = READY
    told = event("account.updated", answer("account", **READY), account=ACCOUNT)
    assert tell(told).status_code == 200
    assert enrolling.sweep(at=now + timedelta(seconds=60)) == 1
    assert BankAccount.objects.get().last_digits == "6789"
    assert enrolling.sweep(at=now + timedelta(days=2)) == 0


def test_another_bank_at_the_provider_is_another_bank_here(
    enrolled, api, wanda, now, tell, event, answer
):
    bank = answer("external_accounts")["data"][0]
    api.banks = {"data": [bank | {"id": "ba_2", "last4": "4321"}]}
    tell(event("account.external_account.created", bank, account=ACCOUNT))
    enrolling.sweep(at=now + timedelta(minutes=2))
    current = BankAccount.objects.get(worker=wanda.worker, removed_at=None)
    assert current.token == f"{ACCOUNT}/ba_2"
    enrolled.refresh_from_db()
    assert enrolled.removed_at


def test_an_account_that_can_no_longer_be_paid_waits_for_its_worker(enrolled, api, now, wanda):
    api.account = {}
    PayoutAccount.objects.update(lease_until=now)
    enrolling.sweep(at=now)
    enrolled.refresh_from_db()
    assert enrolled.refused_at and not enrolled.removed_at
    api.account = READY
    assert enrolling.check(wanda.worker, by=wanda, at=now)
    enrolled.refresh_from_db()
    assert enrolled.refused_at is None


def test_a_removed_account_stays_removed(enrolled, api, now, wanda, tell, event, answer):
    payout_settings.remove_bank_account(wanda.worker, by=wanda, at=now)
    tell(event("account.updated", answer("account", **READY), account=ACCOUNT))
    assert enrolling.sweep(at=now + timedelta(minutes=1)) == 0
    assert not BankAccount.objects.filter(removed_at=None).exists()
    enrolling.begin(wanda.worker, by=wanda, at=now)
    assert enrolling.check(wanda.worker, by=wanda, at=now)


def test_numbers_are_not_taken_here(api, wanda, now):
    with pytest.raises(NumbersNotTaken):
        payout_settings.replace_bank_account(
            wanda.worker, BankDetails("W", "021000021", "123456"), key="k", by=wanda, at=now
        )
    assert api.server.asked == []


def test_a_silent_provider_is_said(use_stripe, wanda, now):
    use_stripe("http://127.0.0.1:9")
    with pytest.raises(ProviderSilent):
        enrolling.begin(wanda.worker, by=wanda, at=now)


def test_the_account_of_a_worker_cannot_be_exchanged(enrolled):
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutAccount.objects.update(account="acct_of_a_thief")


def test_the_page_leads_there_and_back(api, wanda, client_of):
    browser = client_of(wanda)
    page = browser.get(BANK_PAGE).text
    assert "Routing number" not in page
    begun = browser.post(BANK_PAGE, {"act": "begin"})
    assert 'href="https://connect.stripe.com/setup/' in begun.text
    waiting = browser.post(BANK_PAGE, {"act": "check"})
    assert waiting.status_code == 200 and "still" in waiting.text
    api.account = READY
    done = browser.post(BANK_PAGE, {"act": "check"}, follow=True)
    assert "STRIPE TEST BANK" in done.text
    changing = browser.post(BANK_PAGE, {"act": "begin"}).text
    assert 'href="https://connect.stripe.com/express/' in changing
    for odd in ({}, {"act": "x"}, {"act": "a\0"}, {"act": "b" * 9000}):
        assert browser.post(BANK_PAGE, odd).status_code == 200


# payouts


def test_a_payout_is_a_transfer_and_a_payout_with_the_keys_of_its_order(ask, api, after, transit):
    moving = after(ask(), 0)
    assert moving.status == Payout.Status.IN_TRANSIT and moving.arrives_on
    (transfer,) = api.server.posts("/v1/transfers")
    assert (transfer.key, transfer.account) == ("k-1", "")
    assert transfer.form["destination"] == ACCOUNT and transfer.form["amount"] == "8000"
    (payout,) = api.server.posts("/v1/payouts")
    assert (payout.key, payout.account) == ("k-1-payout", ACCOUNT)
    assert payout.form["destination"] == BANK
    assert transit() == Decimal(80)

    api.payouts[0]["status"] = "paid"
    assert after(moving, 60).is_paid
    assert transit() == 0
    assert len(api.transfers) == len(api.payouts) == 1
    assert list(audit.findings()) == []


def test_a_failed_payout_is_reversed_before_it_is_earned_again(ask, api, after, earned):
    moving = after(ask(), 0)
    api.payouts[0] |= {
        "status": "failed", "failure_code": "account_closed",
        "failure_message": "The bank account has been closed.",
    }  # fmt: skip
    failed = after(moving, 60)
    assert failed.status == Payout.Status.FAILED
    assert failed.failure == "The bank account has been closed."
    assert api.reversals == 1 and earned() == Decimal(200)
    assert failed.bank_account.refused_at
    assert list(audit.findings()) == []


def test_paid_and_sent_back_days_later_is_told_by_the_webhook(
    ask, api, after, now, earned, tell, event
):
    moving = after(ask(), 0)
    api.payouts[0]["status"] = "paid"
    paid = after(moving, 60)
    Payout.objects.update(lease_until=None)  # nobody watches any more
    api.payouts[0] |= {"status": "failed", "failure_message": "No account."}
    told = event("payout.failed", api.payouts[0], account=ACCOUNT)
    for _ in range(2):
        assert tell(told).status_code == 200
    assert payouts.sweep(at=now + timedelta(days=3)) == 1
    paid.refresh_from_db()
    assert paid.status == Payout.Status.RETURNED and earned() == Decimal(200)
    assert api.reversals == 1
    assert list(audit.findings()) == []


def test_a_refused_transfer_fails_and_nothing_is_reversed(ask, api, after, earned):
    reply = refusal(400, "Your destination account needs the transfers capability.")
    api.server.route("POST", "/v1/transfers", lambda asked: reply)
    failed = after(ask(), 0)
    assert failed.status == Payout.Status.FAILED and "capability" in failed.failure
    assert earned() == Decimal(200)
    assert not any("reversals" in one.path for one in api.server.asked)


def test_a_refused_payout_is_reversed(ask, api, after, earned):
    reply = refusal(400, "No such external account.", "resource_missing")
    api.server.route("POST", "/v1/payouts", lambda asked: reply)
    failed = after(ask(), 0)
    assert failed.status == Payout.Status.FAILED and api.reversals == 1
    assert earned() == Decimal(200)


def test_money_that_cannot_be_reversed_is_not_earned_twice(ask, api, after, earned, transit):
    moving = after(ask(), 0)
    api.payouts[0]["status"] = "failed"
    path, reply = "/v1/transfers/([^/]+)/reversals", refusal(400, "Insufficient funds.")
    api.server.route("POST", path, lambda asked, name: reply)
    stuck = after(moving, 60)
    assert stuck.is_under_way and transit() == Decimal(80)
    assert PayoutAttempt.objects.filter(answer__startswith="No answer").exists()
    api.server.route("POST", path, api._reverse)
    api.server.forget_keys()
    assert after(stuck, 600).status == Payout.Status.FAILED
    assert earned() == Decimal(200)


def test_a_reversal_whose_answer_was_lost_counts(ask, api, after, earned):
    moving = after(ask(), 0)
    api.payouts[0]["status"] = "failed"
    api.transfers[0]["reversed"] = True
    assert after(moving, 60).status == Payout.Status.FAILED
    assert earned() == Decimal(200)


def test_the_balance_of_the_platform_may_fill_up(ask, api, after, transit):
    reply = refusal(400, "Insufficient funds in your Stripe account.", "balance_insufficient")
    api.server.route("POST", "/v1/transfers", lambda asked: reply)
    waiting = after(ask(), 0)
    assert waiting.status == Payout.Status.ORDERED and transit() == Decimal(80)
    api.server.forget_keys()
    api.server.route("POST", "/v1/transfers", lambda asked: (200, api._transfer(asked)))
    assert after(waiting, 60).status == Payout.Status.IN_TRANSIT


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/payouts"])
@pytest.mark.parametrize("hours", [0.1, 30])
def test_a_lost_answer_moves_the_money_once(ask, api, after, path, hours):
    """Asked again soon the key is known; a day later it is forgotten, and the order looked up."""
    api.server.lose, api.server.lose_path = 1, path
    silent = after(ask(), 0)
    assert silent.status == Payout.Status.ORDERED and not silent.provider_reference
    if hours > 24:
        api.server.forget_keys()
    moving = after(silent, int(hours * 3600))
    assert moving.status == Payout.Status.IN_TRANSIT
    assert len(api.transfers) == len(api.payouts) == 1
    assert moving.provider_reference == f"{api.transfers[0]['id']}/{api.payouts[0]['id']}"


def test_the_plan_pays_out_to_the_connected_account(enrolled, earn, api, wanda, now, earned):
    earn(200)
    payout_settings.plan_payouts(wanda.worker, is_on=True, minimum=Decimal(50), by=wanda, at=now)
    assert payouts.sweep_automatic(at=now) == 1
    assert payouts.sweep(at=now) == 1
    assert Event.objects.get(kind="payout.requested").acting_as == SYSTEM.acting_as
    assert earned() == 0 and len(api.payouts) == 1


def test_the_details_page_and_admin_show_no_numbers(enrolled, wanda, client_of):
    page = client_of(wanda).get(reverse("payments:payment_details")).text
    assert "STRIPE TEST BANK ····6789" in page
    assert "110000000" not in page and BANK not in page
