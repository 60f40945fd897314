"""Applicants side by side: what they ask, what that costs, assigning one and declining another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments.models import Application
from assignments.pricing import Terms
from assignments.queries import applicants
from assignments.queries import funds as money
from tests.assignments.pages import HOSTILE, errors_of, follow, said
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def url(sent):
    return reverse("assignments:applications", args=[sent.reference])


@pytest.fixture
def plain(sent, wanda, at):
    return work.application(sent, wanda, at=at, note="I have done ten of these.")


@pytest.fixture
def counter(sent, walt, at):
    return work.application(sent, walt, at=at, terms=Terms("flat", flat_price=Decimal("300.00")))


def test_each_applicant_stands_beside_what_was_posted(as_alice, url, plain, counter):
    shown = as_alice.get(url).content.decode()
    for words in ("Wanda Wells", "I have done ten of these.", "As posted", "Walt Webb",
                  "Counteroffer", "+$50.00", "$330.00", "$55.00", "$275.00"):  # fmt: skip
        assert words in shown, words


def test_the_figures_of_a_counteroffer_add_up(sent, plain, counter, at):
    first, second = applicants.open_for(sent, at=at)
    assert (first.more_reserved, first.price_difference) == (0, 0)
    assert second.quote.total == Decimal("330.00")
    assert second.more_reserved == Decimal("55.00")


def test_distance_and_history_with_the_company_are_shown(sent, plain, paid, wanda, at):
    again = work.sent(work.draft(paid_by(paid), at=at), paid_by(paid), at=at)
    work.application(again, wanda, at=at)
    (one,) = applicants.open_for(again, at=at)
    assert one.done_with_us == 1 and one.miles < 5
    assert "Completed 1 assignment for you" in one.history_words


def paid_by(assignment):
    from accounts.actors import Actor

    return Actor.as_client(assignment.company.memberships.get(user=assignment.created_by))


def test_assigning_takes_the_counteroffer_and_its_money(as_alice, url, sent, plain, counter, acme):
    page = follow(as_alice, as_alice.post(url, {"application": counter.pk, "assign": "yes"}))
    sent.refresh_from_db()
    assert (sent.status, sent.worker, sent.budget) == ("assigned", counter.worker, 300)
    assert money.cash_of(acme) == Decimal("670.00")
    assert "Walt Webb is assigned" in said(page)
    plain.refresh_from_db()
    assert plain.status == Application.Status.PASSED_OVER


def test_assigning_a_second_applicant_says_who_was_first(as_alice, url, plain, counter):
    as_alice.post(url, {"application": counter.pk, "assign": "yes"})
    page = follow(as_alice, as_alice.post(url, {"application": plain.pk, "assign": "yes"}))
    assert "Walt Webb has already been assigned" in said(page)


def test_assigning_the_same_applicant_twice_assigns_once(as_alice, url, sent, plain):
    for _ in range(2):
        as_alice.post(url, {"application": plain.pk, "assign": "yes"})
    sent.refresh_from_db()
    assert sent.status == "assigned"
    assert sent.applications.filter(status="accepted").count() == 1


def test_a_withdrawn_application_is_not_assigned_but_explained(as_alice, url, plain, wanda, at):
    from assignments import lifecycle

    lifecycle.withdraw(plain, by=wanda, at=at)
    page = as_alice.post(url, {"application": plain.pk, "assign": "yes"})
    assert "is withdrawn now" in errors_of(page)


def test_a_counteroffer_above_the_balance_names_what_is_missing(as_alice, url, sent, walt, at):
    dear = work.application(sent, walt, at=at, terms=Terms("flat", flat_price=Decimal(2000)))
    page = as_alice.post(url, {"application": dear.pk, "assign": "yes"})
    assert "$1,200.00 short" in errors_of(page)
    assert f"amount=1200.00&amp;next={url}" in page.content.decode()
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_declining_needs_a_reason_and_keeps_what_was_typed(as_alice, url, plain):
    page = as_alice.post(url, {"application": plain.pk, "reason": "", "decline": "yes"})
    assert "Say in a few words why" in errors_of(page)
    long = "x" * 501
    page = as_alice.post(url, {"application": plain.pk, "reason": long, "decline": "yes"})
    assert "at most 500" in errors_of(page) and long in page.content.decode()
    page = follow(
        as_alice,
        as_alice.post(url, {"application": plain.pk, "reason": "Too far away.", "decline": "y"}),
    )
    plain.refresh_from_db()
    assert (plain.status, plain.decline_reason) == ("declined", "Too far away.")
    assert "Too far away." in page.content.decode()


def test_an_application_of_another_assignment_is_not_reachable(
    as_alice, url, charlie, walt, at, funds, globex
):
    funds(globex, 1000)
    theirs = work.application(work.sent(work.draft(charlie, at=at), charlie, at=at), walt, at=at)
    for intent in ("assign", "decline"):
        fields = {"application": theirs.pk, "reason": "No", intent: "yes"}
        assert "no longer there" in errors_of(as_alice.post(url, fields))
    theirs.refresh_from_db()
    assert theirs.status == "open"


def test_an_expired_counteroffer_is_marked_and_cannot_be_assigned(
    as_alice, url, sent, walt, at, today
):
    late = work.application(sent, walt, at=at, expires_at=at + timedelta(hours=1))
    today.shift(7200)
    assert "Expired" in as_alice.get(url).content.decode()
    page = as_alice.post(url, {"application": late.pk, "assign": "yes"})
    assert "is expired now" in errors_of(page)


def test_a_viewer_reads_but_neither_assigns_nor_declines(client_of, abel, url, plain):
    as_abel = client_of(abel)
    page = as_abel.get(url)
    assert "Wanda Wells" in page.content.decode()
    assert 'name="assign"' not in page.content.decode()
    assert as_abel.post(url, {"application": plain.pk, "assign": "yes"}).status_code == 403


def test_strangers_and_workers_do_not_see_who_applied(client_of, charlie, wanda, url, plain):
    assert client_of(charlie).get(url).status_code == 404
    assert client_of(wanda).get(url).status_code == 403


@pytest.mark.parametrize("poison", HOSTILE)
def test_hostile_input_is_answered_with_words(as_alice, url, plain, poison):
    for intent in ("assign", "decline"):
        for fields in ({"application": poison}, {"application": plain.pk, "reason": poison}):
            if intent == "assign" and "reason" in fields:
                continue
            assert as_alice.post(url, fields | {intent: "yes"}).status_code in (200, 302)


def test_two_applicants_cost_as_many_queries_as_twelve(
    as_alice, url, sent, plain, counter, at, django_assert_max_num_queries
):
    as_alice.get(url)
    with django_assert_max_num_queries(20) as few:
        as_alice.get(url)
    for n in range(10):
        work.application(sent, people.worker(f"Worker {n}"), at=at)
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_alice.get(url)
