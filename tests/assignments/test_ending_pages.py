"""Cancelling, voiding and deleting in the browser: what moves, who is told, once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import lifecycle
from assignments.models import Assignment
from assignments.queries import funds as money
from tests.assignments.pages import HOSTILE, errors_of, follow, said
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SHORT_NOTICE = datetime(2026, 11, 13, 3, tzinfo=UTC)
WHY = {"reason": "site_not_ready", "note": "The site is flooded."}


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def url(assigned):
    return reverse("assignments:cancellation", args=[assigned.reference])


def test_in_good_time_no_fee_is_offered_and_everything_comes_back(as_alice, url, assigned, acme):
    shown = as_alice.get(url).content.decode()
    assert 'name="share"' not in shown and "$275.00" in shown
    page = follow(as_alice, as_alice.post(url, WHY))
    assigned.refresh_from_db()
    assert (assigned.status, assigned.cancellation.fee) == ("cancelled", 0)
    assert money.cash_of(acme) == 1000
    assert "No fee was paid" in said(page)


def test_a_fee_posted_in_good_time_is_not_taken(as_alice, url, assigned):
    as_alice.post(url, WHY | {"share": "all", "amount": "250"})
    assigned.refresh_from_db()
    assert assigned.cancellation.fee == 0


def test_on_short_notice_the_companys_default_is_chosen_and_shown_to_the_cent(as_alice, url, today):
    today.move_to(SHORT_NOTICE)
    page = as_alice.get(url)
    shown = page.content.decode()
    assert page.context["form"]["share"].value() == "half"
    for words in ("$62.50 to the worker; $68.75 with our fee", "$125.00", "$12.50", "$137.50",
                  "$275.00 with our fee"):  # fmt: skip
        assert words in shown, words


def test_another_default_becomes_an_own_amount(as_alice, url, acme, today):
    today.move_to(SHORT_NOTICE)
    acme.default_cancellation_percent = 30
    acme.save()
    form = as_alice.get(url).context["form"]
    assert (form["share"].value(), form["amount"].value()) == ("own", Decimal("75.00"))


@pytest.mark.parametrize(
    ("fields", "fee", "cash"),
    [
        ({"share": "none"}, "0.00", "1000.00"),
        ({"share": "quarter"}, "62.50", "931.25"),
        ({"share": "half"}, "125.00", "862.50"),
        ({"share": "all"}, "250.00", "725.00"),
        ({"share": "own", "amount": "33.33"}, "33.33", "963.34"),
        ({"share": "half", "amount": "nonsense"}, "125.00", "862.50"),
    ],
)
def test_the_chosen_fee_is_paid_and_the_rest_comes_back(
    as_alice, url, assigned, acme, today, fields, fee, cash
):
    today.move_to(SHORT_NOTICE)
    assert as_alice.post(url, WHY | fields).status_code == 302
    assigned.refresh_from_db()
    assert assigned.cancellation.fee == Decimal(fee)
    assert money.cash_of(acme) == Decimal(cash)


def test_the_figures_follow_the_choice_without_cancelling(as_alice, url, assigned, today):
    today.move_to(SHORT_NOTICE)
    headers = {"HX-Request": "true", "HX-Target": "cancellation-outcome"}
    page = as_alice.post(url, {"share": "own", "amount": "100"}, headers=headers)
    shown = page.content.decode()
    for words in ("$100.00", "$10.00", "$165.00", "$275.00", "$110.00 is paid now"):
        assert words in shown, words
    assigned.refresh_from_db()
    assert assigned.status == "assigned"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Reason"),
        ({"reason": "decision"}, "Reason"),
        ({"note": ""}, "Explain it to the worker"),
        ({"note": "x" * 2001}, "at most 2000"),
        ({"note": "a\x00b"}, "Null characters"),
        ({"share": ""}, "What does the worker get"),
        ({"share": "double"}, "What does the worker get"),
        ({"share": "own", "amount": ""}, "Enter the amount"),
        ({"share": "own", "amount": "-1"}, "cannot be negative"),
        ({"share": "own", "amount": "0"}, "or more"),
        ({"share": "own", "amount": "250.01"}, "$250.00 or less"),
        ({"share": "own", "amount": "1e99999"}, "or less"),
        ({"share": "own", "amount": "free"}, "Enter an amount"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    as_alice, url, assigned, today, fields, sentence
):
    today.move_to(SHORT_NOTICE)
    page = as_alice.post(url, WHY | {"share": "half"} | fields)
    assert sentence in errors_of(page)
    if "note" not in fields:
        assert "The site is flooded." in page.content.decode()
    assigned.refresh_from_db()
    assert assigned.status == "assigned"


def test_a_page_opened_in_good_time_and_sent_too_late_asks_about_the_fee(
    as_alice, url, assigned, today
):
    as_alice.get(url)
    today.move_to(SHORT_NOTICE)
    page = as_alice.post(url, WHY)
    assert "What does the worker get" in errors_of(page)
    assert 'value="half"' in page.content.decode()
    assigned.refresh_from_db()
    assert assigned.status == "assigned"


def test_cancelling_twice_cancels_once_and_says_so(as_alice, url, assigned):
    as_alice.post(url, WHY)
    page = as_alice.post(url, WHY, follow=True)
    assert "no longer possible" in said(page)
    assert Assignment.objects.filter(pk=assigned.pk, cancellation__isnull=False).count() == 1


def test_a_dispute_hold_blocks_cancelling(as_alice, url, assigned, olga, at):
    lifecycle.hold(assigned, kind="dispute", reason="Case", by=olga, at=at)
    assert "on hold" in said(as_alice.post(url, WHY, follow=True))


def test_on_terms_the_fee_is_invoiced(as_alice, alice, wanda, at, today, acme):
    assignment = work.in_stage("assigned", alice, wanda, at=at, terms_days=30)
    today.move_to(SHORT_NOTICE)
    url = reverse("assignments:cancellation", args=[assignment.reference])
    assert "$137.50 is invoiced now and due in 30 days" in as_alice.get(url).content.decode()
    as_alice.post(url, WHY | {"share": "half"})
    assignment.refresh_from_db()
    assert (assignment.invoice.total, assignment.invoice.paid_at) == (Decimal("137.50"), None)


def test_voiding_gives_everything_back(as_alice, sent, acme):
    url = reverse("assignments:void", args=[sent.reference])
    assert "$275.00" in as_alice.get(url).content.decode()
    assert "Say in a few words" in errors_of(as_alice.post(url, {"note": " "}))
    assert "at most 500" in errors_of(as_alice.post(url, {"note": "x" * 501}))
    page = follow(as_alice, as_alice.post(url, {"note": "Posted twice."}))
    sent.refresh_from_db()
    assert (sent.status, sent.void_note) == ("voided", "Posted twice.")
    assert money.cash_of(acme) == 1000
    assert "taken back" in said(page)
    assert "no longer possible" in said(as_alice.post(url, {"note": "Again."}, follow=True))


def test_deleting_a_draft_twice_deletes_once_and_says_so(as_alice, draft):
    url = reverse("assignments:delete", args=[draft.reference])
    assert "cannot be brought back" in as_alice.get(url).content.decode()
    page = follow(as_alice, as_alice.post(url))
    assert not Assignment.objects.exists() and "is deleted" in said(page)
    assert "deleted already" in said(follow(as_alice, as_alice.post(url)))
    assert as_alice.get(url).status_code == 404


def test_a_sent_assignment_is_not_deleted(as_alice, sent):
    url = reverse("assignments:delete", args=[sent.reference])
    assert "no longer possible" in said(as_alice.post(url, follow=True))
    assert Assignment.objects.filter(pk=sent.pk).exists()


def test_who_may_end_an_assignment(
    client_of, alice, mona, dirk, abel, cody, charlie, wanda, url, at
):
    answers = ((mona, 200), (dirk, 403), (cody, 403), (abel, 403), (wanda, 403), (charlie, 404))
    for actor, answer in answers:
        assert client_of(actor).get(url).status_code == answer
    delete = reverse("assignments:delete", args=[work.draft(alice, at=at).reference])
    for actor, answer in ((dirk, 200), (cody, 403), (charlie, 404)):
        assert client_of(actor).get(delete).status_code == answer
    assert client_of(charlie).post(delete).status_code == 404


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_is_answered_with_words(as_alice, url, today, poison):
    today.move_to(SHORT_NOTICE)
    fields = dict.fromkeys(("reason", "note", "share", "amount"), poison)
    assert as_alice.post(url, fields).status_code == 200
    page = as_alice.post(url, WHY | {"share": "own", "amount": poison})
    assert page.status_code == (302 if poison == "９９" else 200)
    strange = f"/assignments/{poison[:30]}/void/".replace("\x00", "%00")
    assert as_alice.get(strange).status_code == 404
