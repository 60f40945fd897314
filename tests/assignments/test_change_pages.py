"""Asking for changes and answering them in the browser, from both sides."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assignments import lifecycle
from assignments.contents import Contents
from assignments.models import Assignment, ChangeRequest
from assignments.schedule import Day
from tests.assignments.pages import HOSTILE, errors_of, said, words_of
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(alice, wanda):
    """Assigned to Wanda; it starts three days from now."""
    return work.in_stage("assigned", alice, wanda, at=timezone.now())


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


@pytest.fixture
def as_wanda(wanda, client_of):
    return client_of(wanda)


def url(assignment, page=""):
    return f"/assignments/{assignment.reference}/changes/{page}"


def asked(browser, assignment, page, **typed):
    address = url(assignment, page)
    key = browser.get(address).context["form"]["key"].value()
    return browser.post(address, {"key": str(key), "reason": "Parking downtown", **typed})


def answer(browser, change, act, **more):
    return browser.post(url(change.assignment), {"act": act, "change": change.pk, **more})


@pytest.fixture
def request_of(wanda):
    def make(assignment, verb=lifecycle.add_expense, **what):
        what = what or {"amount": Decimal(30)}
        return verb(assignment, reason="Parking", by=wanda, at=timezone.now(), **what)

    return make


def test_a_worker_asks_and_the_client_accepts_to_the_cent(as_wanda, as_alice, given):
    assert asked(as_wanda, given, "expense/", amount="33.33").status_code == 302
    change = ChangeRequest.objects.get()

    page = words_of(as_alice.get(url(given)))
    assert "Wanda Wells asks to be refunded an expense" in page
    assert "Accept for $36.66" in page and "$311.66" in page

    assert "Accepted" in said(as_alice.post(
        url(given), {"act": "accept", "change": change.pk}, follow=True
    ))  # fmt: skip
    found = Assignment.objects.get(pk=given.pk)
    assert found.expenses == Decimal("33.33")
    assert found.reservation.amount == Decimal("311.66")


def test_the_figures_follow_what_is_typed_and_work_without_script(as_alice, given):
    headers = {"HX-Request": "true", "HX-Target": "change-effect"}
    shown = as_alice.post(url(given, "bonus/"), {"amount": "40"}, headers=headers)
    assert "$44.00 more is set aside" in words_of(shown) and "<form" not in shown.content.decode()

    key = str(as_alice.get(url(given, "bonus/")).context["form"]["key"].value())
    typed = {"key": key, "reason": "Thanks", "amount": "40", "figures": "yes"}
    page = as_alice.post(url(given, "bonus/"), typed)
    assert "$319.00" in words_of(page) and not ChangeRequest.objects.exists()


def test_a_worker_sees_what_they_would_earn_and_no_fee(as_wanda, given):
    headers = {"HX-Request": "true", "HX-Target": "change-effect"}
    shown = words_of(as_wanda.post(url(given, "bonus/"), {"amount": "40"}, headers=headers))
    assert "$290.00" in shown and "fee" not in shown


def test_what_the_client_adds_is_said_to_be_added(as_alice, given):
    address = url(given, "bonus/")
    key = str(as_alice.get(address).context["form"]["key"].value())
    page = as_alice.post(address, {"key": key, "reason": "Thanks", "amount": "40"}, follow=True)
    assert "Added" in said(page)
    again = as_alice.post(address, {"key": key, "reason": "Thanks", "amount": "40"}, follow=True)
    assert "sent before" in said(again)
    assert Assignment.objects.get(pk=given.pk).bonus == 40


def test_a_missing_balance_is_named_with_the_way_to_add_funds(as_alice, given, request_of):
    change = request_of(given, amount=Decimal(5000))
    page = answer(as_alice, change, "accept")
    assert page.status_code == 200
    assert "$4,775.00" in words_of(page) and "Add $4,775.00" in words_of(page)


def test_a_no_needs_its_reason_which_the_worker_reads(as_alice, as_wanda, given, request_of):
    change = request_of(given)
    page = answer(as_alice, change, "decline", reason=" ")
    assert "Say why not" in errors_of(page)
    assert answer(as_alice, change, "decline", reason="Parking is free").status_code == 302
    assert "Parking is free" in words_of(as_wanda.get(url(given)))


def test_the_worker_takes_a_request_back(as_wanda, given, request_of):
    change = request_of(given)
    assert "Take it back" in words_of(as_wanda.get(url(given)))
    answer(as_wanda, change, "withdraw")
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_another_time_is_asked_on_the_clock_of_the_site(as_alice, as_wanda, given, alice):
    start = (given.starts_at + timedelta(days=1)).astimezone(given.zone)
    typed = {
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert asked(as_alice, given, "time/", **typed).status_code == 302
    change = ChangeRequest.objects.get()
    assert change.starts_at == start.replace(second=0, microsecond=0)
    assert "The client asks for another time" in words_of(
        as_wanda.get(f"/assignments/{given.reference}/")
    )
    assert answer(as_wanda, change, "accept").status_code == 302
    assert Assignment.objects.get(pk=given.pk).starts_at == change.starts_at


def test_the_days_of_longer_work_move_together(as_alice, as_wanda, alice, wanda, funds):
    funds(alice.company, 1000)
    at = timezone.now()
    first = at + timedelta(days=3)
    days = tuple(
        Day(first + timedelta(days=n), first + timedelta(days=n, hours=4)) for n in range(3)
    )
    draft = work.draft(alice, at=at, starts_at=first, ends_at=days[-1].ends_at)
    edited = lifecycle.edit(draft, Contents({}, days=days), revision=0, by=alice, at=at)
    given = work.assigned(work.sent(edited, alice, at=at), alice, wanda, at=at)
    start = (first + timedelta(days=7)).astimezone(given.zone)

    assert "ends_at" not in as_alice.get(url(given, "time/")).context["form"].fields
    asked(as_alice, given, "time/", starts_at=start.strftime("%Y-%m-%dT%H:%M"))
    answer(as_wanda, ChangeRequest.objects.get(), "accept")

    moved = list(given.work_days.order_by("starts_at").values_list("starts_at", flat=True))
    assert [day.date() for day in moved] == [
        (first + timedelta(days=7 + n)).date() for n in range(3)
    ]


def test_a_fixed_price_says_why_in_the_menu_and_on_the_page(as_wanda, given):
    Assignment.objects.update(price_is_fixed=True)
    assert "only expenses may be asked for" in words_of(as_wanda.get(url(given)))
    page = asked(as_wanda, given, "bonus/", amount="5")
    assert "only expenses may be asked for" in errors_of(page)


def test_both_homes_say_that_an_answer_is_wanted(as_alice, as_wanda, given, request_of, alice):
    request_of(given)
    home = as_alice.get("/")
    assert "Wanda Wells asks for a change" in words_of(home) and url(given) in home.content.decode()
    start = given.starts_at + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    lifecycle.reschedule(given, reason="Rain", by=alice, at=timezone.now(), **times)
    assert "Answer the client’s request" in words_of(as_wanda.get("/"))
    assert "Answer the client’s request" in words_of(as_wanda.get("/work/mine/"))


def test_the_history_says_who_asked_and_who_agreed(as_alice, given, request_of, alice):
    lifecycle.accept_change(request_of(given), by=alice, at=timezone.now())
    history = words_of(as_alice.get(f"/assignments/{given.reference}/"))
    assert "Wanda Wells asked for expenses of $30.00" in history
    assert "Alice Adams agreed to expenses of $30.00" in history


def test_a_request_of_another_assignment_is_not_found(as_alice, given, alice, wanda, request_of):
    other = work.in_stage("assigned", alice, wanda, at=timezone.now())
    change = request_of(other)
    typed = {"act": "accept", "change": change.pk}
    assert as_alice.post(url(given), typed).status_code == 404


def test_a_dispatcher_may_move_the_time_and_no_money(client_of, dirk, given, request_of):
    change = request_of(given)
    browser = client_of(dirk)
    assert browser.get(url(given, "time/")).status_code == 200
    assert answer(browser, change, "accept").status_code == 403
    assert "Accept for" not in words_of(browser.get(url(given)))


def test_hours_above_the_budget_lead_to_asking_for_more(as_wanda, alice, wanda, funds):
    funds(alice.company, 1000)
    at = timezone.now()
    terms = {**work.TWO_RATES, "deliverables": False, "wants_check_in": False}
    given = work.assigned(
        work.sent(work.draft(alice, at=at, **terms), alice, at=at), alice, wanda, at=at
    )
    lifecycle.start(given, by=wanda, at=at)
    page = as_wanda.post(
        f"/assignments/{given.reference}/submission/", {"hours": "7", "resolution": "Done"}
    )
    assert "ask for a higher budget" in errors_of(page)
    assert url(given, "budget/") in page.content.decode()
    assert asked(as_wanda, given, "budget/", quantity="1").status_code == 302
    assert ChangeRequest.objects.get().amount == 40


@pytest.mark.parametrize("where", ["", "time/", "budget/", "expense/", "bonus/"])
def test_hostile_input_never_breaks_a_page(as_wanda, given, where):
    good = {"amount": "5", "reason": "Why", "act": "decline", "change": "1"}
    fields = (*good, "quantity", "starts_at", "expires_at", "key")
    for field, value in itertools.product(fields, HOSTILE):
        response = as_wanda.post(url(given, where), {**good, field: value})
        assert response.status_code in (200, 302, 404), (field, value)
        ChangeRequest.objects.all().delete()


def test_the_page_costs_the_same_for_one_request_and_for_thirty(as_alice, given, alice, wanda):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_alice.get(url(given)).status_code == 200
        return len(queries)

    def add(number):
        ChangeRequest.objects.bulk_create(
            ChangeRequest(
                assignment=given, kind="add_bonus", side="client", status="accepted",
                key=f"n-{number}-{n}", reason="Thanks", amount=5, asked_by=alice.user,
                asked_at=timezone.now(), answered_by=alice.user, answered_at=timezone.now(),
            )
            for n in range(number)
        )  # fmt: skip

    add(1)
    cost()  # what the navigation counts is kept for a minute
    one = cost()
    add(29)
    assert cost() == one <= 12
