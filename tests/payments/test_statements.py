"""Statements, paying several, and auto-pay on the due day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import SYSTEM
from activity.models import Event
from payments import audit, invoicing, statements
from payments.models import AutoPayAttempt, CompanyBooks, Invoice, Statement
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
"""The first of June 2026 is a Monday and the first of a month."""


@pytest.fixture
def arrange(acme, alice, at):
    def make(kind: str = "week", *, auto_pay: bool = False) -> CompanyBooks:
        return statements.arrange(acme, statements=kind, auto_pay=auto_pay, by=alice, at=at)

    return make


@pytest.mark.parametrize(
    ("kind", "today", "days"),
    [
        ("week", date(2026, 6, 1), (date(2026, 5, 25), date(2026, 5, 31))),
        ("week", date(2026, 6, 7), (date(2026, 5, 25), date(2026, 5, 31))),
        ("month", date(2026, 6, 1), (date(2026, 5, 1), date(2026, 5, 31))),
        ("month", date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        ("month", date(2024, 3, 1), (date(2024, 2, 1), date(2024, 2, 29))),
        ("month", date(2026, 1, 15), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_the_period_that_ended(kind, today, days):
    assert statements.last_period(kind, today) == days


@pytest.mark.parametrize("kind", ["week", "month"])
def test_a_statement_takes_what_was_issued_until_its_last_moment(arrange, issue, kind):
    arrange(kind)
    late = [issue(100, terms_days=30, at=MONDAY - timedelta(days=n)) for n in (1, 2)]
    new = issue(100, terms_days=30, at=MONDAY)
    at_once = issue(100, at=MONDAY - timedelta(days=1))

    assert statements.sweep(at=MONDAY - timedelta(seconds=1)) == 0
    assert statements.sweep(at=MONDAY) == 1
    made = Statement.objects.get()
    assert (made.label, made.invoice_count, made.total) == ("ST-0001", 2, Decimal(220))
    assert set(made.invoices.all()) == set(late)
    assert not Invoice.objects.filter(pk__in=[new.pk, at_once.pk], statement=made).exists()
    assert statements.sweep(at=MONDAY + timedelta(hours=1)) == 0, "made once"
    assert list(audit.findings()) == []


def test_what_downtime_missed_is_on_the_next_one(arrange, issue):
    arrange("week")
    issue(100, terms_days=30, at=MONDAY - timedelta(days=12))
    issue(100, terms_days=30, at=MONDAY - timedelta(days=2))
    assert statements.sweep(at=MONDAY) == 1
    assert Statement.objects.get().invoice_count == 2


def test_a_company_without_statements_gets_none(arrange, issue):
    arrange("never")
    issue(100, terms_days=30, at=MONDAY - timedelta(days=2))
    assert statements.sweep(at=MONDAY) == 0


def test_several_are_paid_in_the_order_of_their_days_until_the_cash_ends(acme, funds, issue, at):
    funds(acme, 250)
    late = issue(100, terms_days=30)
    soon = issue(100, terms_days=7)
    middle = issue(100, terms_days=15)
    outcomes = statements.pay_several([late, soon, middle], by=SYSTEM, at=at)
    assert [one.invoice.pk for one in outcomes] == [soon.pk, middle.pk, late.pk]
    assert [one.is_paid for one in outcomes] == [True, True, False]
    assert "$80.00 short" in str(outcomes[2].refusal)


def test_auto_pay_waits_for_the_day_and_pays_once(acme, funds, issue, arrange, cash):
    arrange("never", auto_pay=True)
    bill = issue(100, terms_days=7, at=MONDAY)
    funds(acme, 500)
    due = datetime.combine(bill.due_on, datetime.min.time(), UTC)
    assert statements.sweep_auto_pay(at=due - timedelta(seconds=1)) == 0
    assert statements.sweep_auto_pay(at=due) == 1
    assert statements.sweep_auto_pay(at=due) == 0
    assert cash() == Decimal(390)


def test_auto_pay_without_cash_says_so_once_a_day_and_tries_again(acme, funds, issue, arrange):
    arrange("never", auto_pay=True)
    bill = issue(100, terms_days=7, at=MONDAY)
    due = datetime.combine(bill.due_on, datetime.min.time(), UTC)
    for hours in (0, 1, 2):
        assert statements.sweep_auto_pay(at=due + timedelta(hours=hours)) == 0
    assert Event.objects.filter(kind="invoice.auto_pay_failed").count() == 1
    assert "short" in AutoPayAttempt.objects.get().refusal
    funds(acme, 500)
    assert statements.sweep_auto_pay(at=due + timedelta(days=1)) == 1


def test_auto_pay_leaves_others_and_open_cases_alone(alice, wanda, at, funds, acme, arrange):
    done = work.in_stage("invoiced", alice, wanda, at=at)
    funds(acme, 1000)
    due = datetime.combine(done.invoice.due_on, datetime.min.time(), UTC)
    assert statements.sweep_auto_pay(at=due) == 0, "not switched on"
    arrange("never", auto_pay=True)
    opened(done, wanda, at=due - timedelta(days=1))
    assert statements.sweep_auto_pay(at=due) == 0
    assert "on hold (dispute)" in AutoPayAttempt.objects.get().refusal


def test_auto_pay_pays_the_assignment_with_its_invoice(alice, wanda, at, funds, acme, arrange):
    done = work.in_stage("invoiced", alice, wanda, at=at)
    funds(acme, 1000)
    arrange("never", auto_pay=True)
    due = datetime.combine(done.invoice.due_on, datetime.min.time(), UTC)
    assert statements.sweep_auto_pay(at=due) == 1
    done.refresh_from_db()
    assert done.status == "paid"
    assert list(audit.findings()) == []


@pytest.fixture
def stated(arrange, issue):
    arrange("month")
    for day in (2, 5):
        issue(100, terms_days=30, at=MONDAY - timedelta(days=day))
    statements.sweep(at=MONDAY)
    return Statement.objects.get()


def test_a_statement_is_read_printed_and_paid_in_one_go(stated, alice, funds, acme, client_of):
    browser = client_of(alice)
    page = browser.get(stated.get_absolute_url()).content.decode()
    assert "ST-0001" in page and "$220.00" in page
    sheet = browser.get(f"{stated.get_absolute_url()}pdf/")
    assert sheet.content.startswith(b"%PDF")
    numbers = {"number": [one.number for one in stated.invoices.all()]}
    several = reverse("payments:pay_several")
    assert "more is needed" in browser.get(several, numbers).content.decode()
    funds(acme, 500)
    assert "Your cash afterwards" in browser.get(several, numbers).content.decode()
    done = browser.post(several, numbers, follow=True).content.decode()
    assert "2 invoices are paid: $220.00." in done
    again = browser.post(several, numbers, follow=True).content.decode()
    assert "Nothing is owed on these invoices." in again
    assert "nothing owed any more" in browser.get(stated.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "numbers", [[], ["x"], ["9" * 30], ["1\x00"], [str(n) for n in range(101)]]
)
def test_a_broken_choice_is_refused_in_words(numbers, alice, client_of):
    browser = client_of(alice)
    page = browser.get(reverse("payments:pay_several"), {"number": numbers}, follow=True)
    text = page.content.decode()
    assert "Tick the invoices" in text or "at most 100" in text


def test_another_companys_numbers_are_not_paid(issue, globex, alice, client_of, funds, acme):
    other = issue(100, terms_days=30, company=globex)
    funds(acme, 500)
    browser = client_of(alice)
    browser.post(reverse("payments:pay_several"), {"number": [other.number]})
    other.refresh_from_db()
    assert other.paid_at is None


def test_how_a_company_pays_is_kept(alice, client_of, acme):
    browser = client_of(alice)
    url = reverse("payments:paying")
    browser.post(url, {"statements": "month", "auto_pay": "on"})
    books = CompanyBooks.objects.get(company=acme)
    assert (books.statements, books.auto_pay) == ("month", True)
    assert "not one of the" in browser.post(url, {"statements": "daily"}).content.decode()


def test_lists_cost_the_same_for_one_and_thirty(arrange, issue, alice, client_of):
    arrange("week")
    browser = client_of(alice)
    counts = []
    for weeks in (1, 30):
        for week in range(weeks):
            at = MONDAY + timedelta(days=7 * (week + weeks))
            issue(10, terms_days=30, at=at - timedelta(days=3))
            statements.sweep(at=at)
        browser.get(reverse("payments:statements"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("payments:statements"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_a_withdrawn_invoice_is_on_no_statement(arrange, issue):
    arrange("week")
    gone = issue(100, terms_days=30, at=MONDAY - timedelta(days=2))
    invoicing.withdraw(gone, reason="Twice", by=SYSTEM, at=MONDAY - timedelta(days=1))
    assert statements.sweep(at=MONDAY) == 0
