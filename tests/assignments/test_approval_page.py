"""Approving, sending back and paying in the browser: to the cent, once, and only what was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import lifecycle
from assignments.queries import funds as money
from payments.models import Invoice
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, words_of
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_work(today):
    today.move_to(datetime(2026, 11, 13, 20, tzinfo=UTC))
    return today


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def url(submitted):
    return reverse("assignments:approval", args=[submitted.reference])


@pytest.fixture
def on_terms(alice, wanda, at):
    return work.in_stage("pending_approval", alice, wanda, at=at, terms_days=30)


def approve(browser, url):
    return browser.post(url, {"submitted_at": hidden(browser, url, "submitted_at"), "approve": "y"})


def test_everything_handed_over_is_on_the_page(as_alice, url, submitted):
    shown = words_of(as_alice.get(url))
    for words in ("Done.", "Photo of the rack", "rack.txt", "2.00", "$250.00", "$25.00",
                  "Approve and pay $275.00"):  # fmt: skip
        assert words in shown, words


def test_approving_on_immediate_terms_pays_and_asks_for_a_rating(as_alice, url, submitted, acme):
    page = follow(as_alice, approve(as_alice, url))
    submitted.refresh_from_db()
    assert (submitted.status, submitted.invoice.total) == ("paid", Decimal("275.00"))
    assert money.cash_of(acme) == 725
    assert "has been paid $250.00" in said(page)
    assert reverse("scorecards:rate", args=[submitted.reference]) in page.content.decode()


def test_approving_on_terms_says_by_when(as_alice, on_terms):
    url = reverse("assignments:approval", args=[on_terms.reference])
    assert "Approve, pay by Dec 13" in words_of(as_alice.get(url))
    page = follow(as_alice, approve(as_alice, url))
    on_terms.refresh_from_db()
    assert (on_terms.status, str(on_terms.invoice.due_on)) == ("invoiced", "2026-12-13")
    assert "due on December 13, 2026" in said(page)


def test_approving_twice_issues_one_invoice(as_alice, url, submitted):
    seen = hidden(as_alice, url, "submitted_at")
    for _ in range(2):
        assert as_alice.post(url, {"submitted_at": seen, "approve": "y"}).status_code == 302
    assert Invoice.objects.filter(reference=submitted.reference).count() == 1


def test_less_than_the_budget_gives_the_rest_back(as_alice, in_progress, wanda, acme):
    work.submitted(in_progress, wanda, amount=Decimal("200.00"))
    url = reverse("assignments:approval", args=[in_progress.reference])
    shown = words_of(as_alice.get(url))
    assert "$55.00" in shown and "Approve and pay $220.00" in shown
    approve(as_alice, url)
    assert money.cash_of(acme) == Decimal("780.00")


def test_a_later_submission_is_not_approved_unseen(as_alice, url, submitted, alice, wanda):
    seen = hidden(as_alice, url, "submitted_at")
    later = submitted.submitted_at + timedelta(hours=1)
    lifecycle.send_back(submitted, note="One label is missing.", by=alice, at=later)
    lifecycle.submit(submitted, resolution="Labelled.", by=wanda, at=later + timedelta(hours=1))
    page = as_alice.post(url, {"submitted_at": seen, "approve": "y"})
    assert "submitted this anew" in errors_of(page)
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"


def test_above_the_members_limit_the_page_says_so_and_the_verb_refuses(
    client_of, cody, url, submitted
):
    as_cody = client_of(cody)
    shown = as_cody.get(url).content.decode()
    assert "Above your limit" in shown and 'name="approve"' not in shown
    seen = submitted.submitted_at.isoformat()
    page = as_cody.post(url, {"submitted_at": seen, "approve": "y"})
    assert "You may approve up to $100.00" in errors_of(page)


def test_sending_back_needs_a_note_and_keeps_it_on_the_page(as_alice, url, submitted):
    page = as_alice.post(url, {"note": "", "send_back": "y"})
    assert "Say what is missing" in errors_of(page)
    long = "é" * 2001
    page = as_alice.post(url, {"note": long, "send_back": "y"})
    assert "at most 2000" in errors_of(page) and long in page.content.decode()
    page = follow(as_alice, as_alice.post(url, {"note": "Port 3 has no label.", "send_back": "y"}))
    submitted.refresh_from_db()
    assert submitted.status == "in_progress"
    assert "Sent back" in said(page)
    again = as_alice.post(url, {"note": "Port 3 has no label.", "send_back": "y"}, follow=True)
    assert "no longer possible" in said(again)
    assert submitted.send_backs.count() == 1


def test_under_a_dispute_hold_nothing_is_approved(as_alice, url, submitted, olga, at):
    lifecycle.hold(submitted, kind="dispute", reason="Case C-1001", by=olga, at=at)
    assert "on hold" in said(as_alice.get(url, follow=True))
    seen = submitted.submitted_at.isoformat()
    page = as_alice.post(url, {"submitted_at": seen, "approve": "y"}, follow=True)
    assert "on hold" in said(page)
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"


def test_before_submission_the_page_leads_back_with_the_reason(as_alice, in_progress):
    url = reverse("assignments:approval", args=[in_progress.reference])
    page = as_alice.get(url, follow=True)
    assert page.redirect_chain[-1][0] == in_progress.get_absolute_url()
    assert "no longer possible" in said(page) or "not possible" in said(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_is_answered_with_words(as_alice, url, poison):
    assert as_alice.post(url, {"submitted_at": poison, "approve": "y"}).status_code == 200
    assert as_alice.post(url, {"note": poison, "send_back": "y"}).status_code in (200, 302)


def test_who_may_approve(client_of, dirk, abel, wanda, charlie, url):
    for actor, answer in ((dirk, 403), (abel, 403), (wanda, 403), (charlie, 404)):
        assert client_of(actor).get(url).status_code == answer
        assert client_of(actor).post(url, {"approve": "y"}).status_code == answer


def test_the_invoice_is_paid_once_from_the_balance(as_alice, invoiced, acme):
    url = reverse("assignments:payment", args=[invoiced.reference])
    shown = words_of(as_alice.get(url))
    assert "Pay $275.00" in shown and "$1,000.00" in shown and "$725.00" in shown
    for _ in range(2):
        page = follow(as_alice, as_alice.post(url, {}))
        assert "is paid" in said(page)
    invoiced.refresh_from_db()
    assert (invoiced.status, money.cash_of(acme)) == ("paid", 725)
    assert "no longer possible" in said(as_alice.get(url, follow=True))


def test_an_invoice_above_the_balance_names_what_is_missing(as_alice, alice, wanda, at, acme):
    dear = work.in_stage(
        "invoiced", alice, wanda, at=at, flat_price=Decimal("1500.00"), terms_days=7
    )
    url = reverse("assignments:payment", args=[dear.reference])
    assert "$650.00" in words_of(as_alice.get(url))
    page = as_alice.post(url, {})
    assert "$650.00 short" in errors_of(page)
    dear.refresh_from_db()
    assert dear.status == "invoiced"


def test_who_may_pay(client_of, cody, mona, dirk, charlie, invoiced):
    url = reverse("assignments:payment", args=[invoiced.reference])
    answers = ((cody, 200), (mona, 403), (dirk, 403), (charlie, 404))
    for actor, answer in answers:
        assert client_of(actor).get(url).status_code == answer


def test_a_lower_amount_is_only_proposed_and_the_worker_decides(
    as_alice, url, submitted, wanda, alice, client_of
):
    typed = {"note": "One port was left out.", "amount": "200", "send_back": "y"}
    assert as_alice.post(url, typed).status_code == 302
    submitted.refresh_from_db()
    assert submitted.send_backs.get().proposed_amount == 200

    address = reverse("assignments:submission", args=[submitted.reference])
    page = client_of(wanda).get(address)
    assert page.context["form"]["amount"].value() == 200
    assert "They would approve $200.00 in all" in words_of(page)
    history = words_of(as_alice.get(submitted.get_absolute_url()))
    assert "sent the work back and proposed to pay $200.00" in history

    at = submitted.ends_at
    whole = lifecycle.submit(submitted, resolution="It was asked for.", by=wanda, at=at)
    assert whole.amount_claimed == 250
    assert lifecycle.approve(whole, by=alice, at=at).invoice.worker_amount == 250


@pytest.mark.parametrize("amount", ["250", "250.01", "0", "-1", "NaN", "x"])
def test_only_less_than_what_is_asked_for_can_be_proposed(as_alice, url, submitted, amount):
    page = as_alice.post(url, {"note": "Less, please.", "amount": amount, "send_back": "y"})
    assert page.status_code == 200 and "amount" in page.context["back_form"].errors
    submitted.refresh_from_db()
    assert submitted.status == "pending_approval"


def test_an_amount_that_was_not_seen_is_not_approved(as_alice, url, submitted, alice):
    seen = {name: hidden(as_alice, url, name) for name in ("submitted_at", "claimed")}
    lifecycle.add_bonus(
        submitted, amount=Decimal(20), reason="Early", by=alice, at=submitted.submitted_at
    )
    page = as_alice.post(url, {**seen, "approve": "y"})
    assert "an expense or a bonus was added" in errors_of(page)
    assert "Approve and pay $297.00" in words_of(as_alice.get(url))
