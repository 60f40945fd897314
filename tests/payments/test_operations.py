"""What staff do about money: corrections by two people, unmatched events, the nightly check."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import Actor
from payments import adjustments, audit, checking, funding, ledger, payouts, provider_events
from payments.models import Adjustment, BooksCheck, LedgerAccount, ProviderEvent, Transfer
from payments.providers.base import Answer
from payments.refusals import BadAmount, InsufficientBalance
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(acme, funds) -> LedgerAccount:
    funds(acme, 100)
    return ledger.Accounts("USD", company=acme).cash


@pytest.fixture
def propose(account, olga, at):
    def make(amount: str = "25", direction: str = "give") -> Adjustment:
        return adjustments.propose(
            account, direction=direction, amount=Decimal(amount), reason="Goodwill",
            by=olga, at=at,
        )  # fmt: skip

    return make


@pytest.fixture
def second(at) -> Actor:
    return people.lead("Otto Second")


def test_a_correction_moves_only_when_a_second_person_posts_it(propose, second, olga, at, cash):
    made = propose()
    assert cash() == Decimal(100)
    with pytest.raises(adjustments.SecondPerson):
        adjustments.approve(made, by=olga, at=at)
    posted = adjustments.approve(made, by=second, at=at)
    assert posted.transfer and cash() == Decimal(125)
    with pytest.raises(adjustments.AlreadyDecided, match="posted"):
        adjustments.approve(made, by=second, at=at)
    assert cash() == Decimal(125)
    assert list(audit.findings()) == []


def test_what_is_taken_must_be_there(propose, second, at, cash):
    adjustments.approve(propose("60", "take"), by=second, at=at)
    assert cash() == Decimal(40)
    too_much = propose("41", "take")
    with pytest.raises(InsufficientBalance):
        adjustments.approve(too_much, by=second, at=at)
    too_much.refresh_from_db()
    assert too_much.status == "proposed" and cash() == Decimal(40)


def test_a_posted_correction_that_was_a_mistake_is_reversed_once(propose, second, olga, at, cash):
    made = adjustments.approve(propose(), by=second, at=at)
    with pytest.raises(adjustments.NotByPoster, match="Somebody else"):
        adjustments.reverse(made, by=second, at=at)
    back = adjustments.reverse(made, by=olga, at=at)
    assert adjustments.reverse(made, by=olga, at=at) == back
    assert (back.kind, back.reverses, back.amount) == ("reversal", made.transfer, Decimal(25))
    assert back.memo == "Reversed: Goodwill" and cash() == Decimal(100)
    with pytest.raises(adjustments.NotPosted, match="Waits for a second person"):
        adjustments.reverse(propose(), by=second, at=at)
    assert list(audit.findings()) == []


def test_what_was_given_and_is_spent_cannot_be_reversed(propose, second, olga, acme, at, cash):
    made = adjustments.approve(propose("50"), by=second, at=at)
    adjustments.approve(propose("140", "take"), by=second, at=at)
    with pytest.raises(InsufficientBalance):
        adjustments.reverse(made, by=olga, at=at)
    assert cash() == Decimal(10) and not Transfer.objects.filter(kind="reversal").exists()


def test_a_refused_correction_moves_nothing(propose, second, at, cash):
    made = propose()
    adjustments.refuse(made, by=second, at=at)
    with pytest.raises(adjustments.AlreadyDecided, match="refused"):
        adjustments.approve(made, by=second, at=at)
    assert cash() == Decimal(100)


@pytest.mark.parametrize("amount", ["0", "-1", "1.005"])
def test_an_amount_that_is_none_is_refused(propose, amount):
    with pytest.raises(BadAmount):
        propose(amount)


def test_reserved_money_is_not_corrected(acme, olga, at):
    reserved = ledger.Accounts("USD", company=acme).reserved
    with pytest.raises(adjustments.NotCorrectable):
        adjustments.propose(
            reserved, direction="give", amount=Decimal(1), reason="x", by=olga, at=at
        )


def test_one_person_cannot_be_two_in_the_database_either(propose):
    made = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(decided_by=made.proposed_by)


@pytest.fixture
def unmatched(earn, payable, wanda, at) -> ProviderEvent:
    """A payout paid that the provider had called failed before."""
    earn(200)
    made = payouts.request(payable, Decimal("80.13"), key="k-1", by=wanda, at=at)
    payouts.drive(made, at=at)
    answer = Answer("e-9", "payout.paid", made.key, made.amount, "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    return provider_events.settle(event, at=at)


def test_an_unmatched_event_is_a_finding_until_it_is_understood(unmatched, olga, at):
    assert [one.check.name for one in audit.findings()] == ["provider_event_unmatched"]
    assert provider_events.retry(unmatched, at=at).error
    provider_events.understand(unmatched, "Our partner confirmed: not paid.", by=olga, at=at)
    assert list(audit.findings()) == []


def test_an_event_is_applied_again_once_its_row_is_there(acme, alice, at, cash):
    answer = Answer("e-1", "funding.settled", "late", Decimal(50), "USD")
    (event,) = provider_events.store("sandbox", [answer], at=at)
    assert "no funding" in provider_events.settle(event, at=at).error
    funding.request(company=acme, amount=Decimal(50), method="card", key="late", by=alice, at=at)
    assert provider_events.retry(event, at=at).error == ""
    assert provider_events.retry(event, at=at).applied_at
    assert cash() == Decimal(50)


def test_the_nightly_check_keeps_what_it_found(unmatched, at):
    found = checking.check_books(at=at)
    assert (found.count, found.findings[0]["check"]) == (1, "provider_event_unmatched")
    assert "after it had failed" in found.findings[0]["where"]


def test_staff_propose_and_post_in_the_admin(admin_client, account, second, client_of, cash):
    url = reverse("admin:payments_adjustment_add")
    form = {"account": account.pk, "direction": "give", "amount": "12.50", "reason": "Goodwill"}
    assert admin_client.post(url, form | {"amount": "-1"}).status_code == 200
    assert admin_client.post(url, form).status_code == 302
    made = Adjustment.objects.get()
    listing = reverse("admin:payments_adjustment_changelist")
    act = {"action": "approve", "_selected_action": [made.pk]}
    assert "Somebody else of the staff" in admin_client.post(listing, act, follow=True).text
    second.user.is_superuser = True
    second.user.save()
    assert "1 posted" in client_of(second).post(listing, act, follow=True).text
    assert cash() == Decimal("112.50")
    back = {**act, "action": "reverse"}
    assert "You posted this yourself" in client_of(second).post(listing, back, follow=True).text
    assert "1 reversed" in admin_client.post(listing, back, follow=True).text
    assert cash() == Decimal("100.00")
    assert Transfer.objects.get(kind="adjustment").memo == "Goodwill"


def test_staff_check_the_books_and_close_an_event(admin_client, unmatched):
    now = reverse("admin:payments_bookscheck_now")
    assert admin_client.get(now).status_code == 405
    page = admin_client.post(now, follow=True).text
    assert "provider_event_unmatched" in page
    change = reverse("admin:payments_providerevent_change", args=[unmatched.pk])
    admin_client.post(change, {"note": "Confirmed by phone."})
    unmatched.refresh_from_db()
    assert unmatched.note == "Confirmed by phone."
    assert "The books are right." in admin_client.post(now, follow=True).text
    assert BooksCheck.objects.count() == 2


def test_the_applied_events_cannot_be_written_on(admin_client, payable, earn, wanda, at):
    earn(200)
    payouts.drive(payouts.request(payable, Decimal(80), key="k-1", by=wanda, at=at), at=at)
    applied = ProviderEvent.objects.first()
    change = reverse("admin:payments_providerevent_change", args=[applied.pk])
    assert admin_client.post(change, {"note": "x"}).status_code == 403
