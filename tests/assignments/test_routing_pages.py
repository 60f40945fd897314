"""Sending in the browser: to whom, what is set aside, what is missing, and only once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from assignments import lifecycle
from assignments.contents import Contents
from assignments.models import Invitation
from assignments.queries import funds as money
from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said
from tests.factories import accounts as people
from tests.factories import assignments as work
from vetting.models import CompanyMark, Standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def url(draft):
    return reverse("assignments:routing", args=[draft.reference])


def send(browser, url, **fields):
    revision = hidden(browser, url, "revision")
    return browser.post(
        url, {"mode": "apply", "on_marketplace": "on", "revision": revision, "send": "yes"} | fields
    )


def test_sending_sets_the_money_aside_and_says_so(as_alice, url, draft, funds, acme):
    funds(acme, 1000)
    page = follow(as_alice, send(as_alice, url))
    draft.refresh_from_db()
    assert (draft.status, draft.on_marketplace, draft.first_to_accept) == ("sent", True, False)
    assert draft.reservation.amount == Decimal("275.00")
    assert "$275.00 is set aside" in said(page)


def test_the_page_shows_to_the_cent_what_is_set_aside_and_what_is_left(as_alice, url, funds, acme):
    funds(acme, 1000)
    shown = as_alice.get(url).content.decode()
    for amount in ("$250.00", "$25.00", "$275.00", "$1,000.00", "$725.00"):
        assert amount in shown


def test_sending_twice_sends_once(as_alice, url, draft, funds, acme):
    funds(acme, 1000)
    revision = hidden(as_alice, url, "revision")
    fields = {"mode": "apply", "on_marketplace": "on", "revision": revision, "send": "yes"}
    as_alice.post(url, fields)
    page = as_alice.post(url, fields, follow=True)
    assert page.status_code == 200
    assert money.cash_of(acme) == 725


def test_too_little_money_names_the_amount_and_leads_there_and_back(
    as_alice, url, draft, funds, acme
):
    funds(acme, 200)
    page = send(as_alice, url)
    shown = page.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft" and "$75.00" in errors_of(page)
    link = f"{reverse('payments:add_funds')}?amount=75.00&amp;next={url}"
    assert link in shown


def test_a_dispatcher_is_told_whom_to_ask_for_funds(dirk, client_of, acme, at):
    small = work.draft(dirk, at=at, flat_price=Decimal(100))
    page = client_of(dirk).get(reverse("assignments:routing", args=[small.reference]))
    shown = page.content.decode()
    assert "Ask an administrator or a controller" in shown
    assert reverse("payments:add_funds") + "?amount" not in shown


def test_above_the_credit_limit_another_way_is_shown(as_alice, alice, at):
    dear = work.draft(alice, at=at, flat_price=Decimal(5000), terms_days=30)
    url = reverse("assignments:routing", args=[dear.reference])
    assert "above your credit limit" in as_alice.get(url).content.decode()
    page = send(as_alice, url)
    assert "$500.00 above your credit limit" in errors_of(page)


def test_above_a_members_own_limit_is_refused_in_words(dirk, client_of, acme, funds, at):
    funds(acme, 1000)
    dear = work.draft(dirk, at=at)
    page = send(client_of(dirk), reverse("assignments:routing", args=[dear.reference]))
    assert "You may send assignments of up to $200.00" in errors_of(page)


def test_sending_to_nobody_is_refused(as_alice, url, draft, funds, acme):
    funds(acme, 1000)
    page = send(as_alice, url, on_marketplace="")
    assert "Choose where to send it" in errors_of(page)


def test_a_draft_that_was_edited_meanwhile_is_not_sent_unseen(
    as_alice, url, draft, funds, acme, alice, at
):
    funds(acme, 1000)
    revision = hidden(as_alice, url, "revision")
    lifecycle.edit(draft, Contents({"flat_price": Decimal(800)}), revision=0, by=alice, at=at)
    page = as_alice.post(
        url, {"mode": "apply", "on_marketplace": "on", "revision": revision, "send": "yes"}
    )
    assert "Somebody else changed" in errors_of(page)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_start_that_has_passed_is_refused_when_sending(as_alice, url, draft, funds, acme, today):
    funds(acme, 1000)
    today.move_to(datetime(2026, 11, 14, 9, tzinfo=UTC))
    assert "in the past" in errors_of(send(as_alice, url))


def test_workers_are_found_by_name_and_by_skill_and_kept_while_searching(
    as_alice, url, wanda, walt
):
    by_name = as_alice.post(url, {"mode": "apply", "words": "Wanda", "find": "workers"})
    shown = by_name.content.decode()
    assert "Wanda Wells" in shown and "Walt Webb" not in shown and not errors_of(by_name)
    both = as_alice.post(
        url,
        {"mode": "first", "words": "cabling", "workers": wanda.worker.reference, "find": "workers"},
    )
    shown = both.content.decode()
    assert f'value="{wanda.worker.reference}" checked' in shown
    assert f'value="{walt.worker.reference}">' in shown
    assert 'value="first" id="id_mode_1"' in shown.replace(" checked", "").replace(" required", "")


def test_chosen_workers_are_invited_and_see_it(as_alice, url, draft, wanda, walt, funds, acme):
    funds(acme, 1000)
    send(as_alice, url, on_marketplace="", mode="first", workers=[wanda.worker.reference])
    draft.refresh_from_db()
    assert (draft.on_marketplace, draft.first_to_accept) == (False, True)
    assert [i.worker for i in Invitation.objects.filter(assignment=draft)] == [wanda.worker]


def test_a_blocked_worker_can_be_neither_found_nor_invited(as_alice, url, wanda, alice, acme, at):
    CompanyMark.objects.create(
        company=acme, worker=wanda.worker, standing=Standing.BLOCKED, marked_by=alice.user,
        marked_at=at,
    )  # fmt: skip
    found = as_alice.post(url, {"mode": "apply", "words": "Wanda", "find": "workers"})
    assert "Wanda Wells" not in found.content.decode()
    page = send(as_alice, url, workers=[wanda.worker.reference])
    assert "Wanda Wells cannot be invited at the moment" in errors_of(page)


def test_a_sent_assignment_can_be_offered_to_more_workers(as_alice, sent, wanda):
    url = reverse("assignments:routing", args=[sent.reference])
    page = follow(
        as_alice,
        as_alice.post(
            url, {"on_marketplace": "on", "workers": wanda.worker.reference, "send": "y"}
        ),
    )
    assert "Sent to 1 chosen worker: 1 got it." in said(page)
    assert "Wanda Wells" in as_alice.get(url).content.decode()


def test_after_the_assignment_the_page_says_why_it_is_closed(as_alice, assigned):
    page = as_alice.get(reverse("assignments:routing", args=[assigned.reference]), follow=True)
    assert "no longer possible" in said(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(as_alice, url, poison, funds, acme):
    funds(acme, 1000)
    for name in ("mode", "words", "workers", "revision", "on_marketplace"):
        for intent in ("find", "send"):
            fields = {"mode": "apply", "revision": "0", intent: "yes", name: poison}
            assert as_alice.post(url, fields).status_code in (200, 302), (name, poison)


def test_too_many_workers_at_once_are_refused(as_alice, url):
    page = send(as_alice, url, workers=[f"W-{n:06d}" for n in range(60)])
    assert "at most 50" in page.content.decode()


def test_searching_costs_the_same_for_one_worker_and_for_many(
    as_alice, url, django_assert_max_num_queries, wanda
):
    fields = {"mode": "apply", "words": "cabling", "find": "workers"}
    as_alice.post(url, fields)
    with django_assert_max_num_queries(18) as few:
        as_alice.post(url, fields)
    for n in range(12):
        people.worker(f"Worker {n}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_alice.post(url, fields)
