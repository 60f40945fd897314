"""What was spent by month, project and customer, and beside budgets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import SYSTEM
from assignments import catalog, lifecycle
from assignments.models import Customer, Project
from assignments.queries.spend import Share, budgets_of, spend_of
from payments import credit_notes, invoicing
from tests.assignments.pages import words_of
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 28, tzinfo=UTC).date()


@pytest.fixture
def project(alice, at):
    """Makes a project of a customer of its own name, with a budget."""

    def make(name: str, budget: int | None = 1000) -> Project:
        customer = catalog.add(Customer, {"name": f"{name} Inc"}, by=alice, at=at)
        facts = {"name": name, "customer": customer, "budget": budget and Decimal(budget)}
        return catalog.add(Project, facts, by=alice, at=at)

    return make


@pytest.fixture
def done(alice, wanda, at):
    """Work that is approved and paid, $275.00 with its fee."""

    def make(project: Project | None, **fields: object):
        fields = {"at": at, "project": project, **fields}
        return work.in_stage("paid", alice, wanda, **fields)

    return make


def test_invoices_less_credit_notes_add_up_by_month_project_and_customer(
    acme, globex, project, done, alice, wanda, olga, at
):
    till, wifi = project("Till refresh"), project("Wi-Fi")
    first = done(till)
    done(till)
    done(wifi)
    done(None)
    done(wifi, at=at - timedelta(days=400))
    owed = work.in_stage("invoiced", alice, wanda, at=at, project=till)
    invoicing.withdraw(owed.invoice, reason="Mistake", by=SYSTEM, at=at)
    credit_notes.issue(
        first.invoice, Decimal(50), reason="A port is dead", by=olga, at=at + timedelta(days=25)
    )
    found = spend_of(acme, today=datetime(2026, 12, 20, tzinfo=UTC).date())
    spent = {month: amount for month, amount in found.months if amount}
    assert spent == {
        datetime(2026, 11, 1).date(): Decimal(1100),
        datetime(2026, 12, 1).date(): Decimal(-55),
    }
    assert len(found.months) == 12 and found.total == Decimal(1045)
    assert found.projects == [
        Share("Till refresh", till.reference, Decimal(495)),
        Share("Wi-Fi", wifi.reference, Decimal(275)),
        Share("Without a project", "", Decimal(275)),
    ]
    assert [(one.name, one.amount) for one in found.customers] == [
        ("Till refresh Inc", Decimal(495)), ("Wi-Fi Inc", Decimal(275)),
        ("Without a customer", Decimal(275)),
    ]  # fmt: skip
    assert spend_of(globex, today=TODAY).is_nothing


def test_many_are_the_largest_by_name_and_the_others_together(acme, project, done, monkeypatch):
    monkeypatch.setattr("assignments.queries.spend.MOST_NAMED", 2)
    for name in ("A", "B", "C", "D"):
        made = project(name)
        done(made)
        if name == "B":
            done(made)
    done(None)
    names = [(one.name, one.amount) for one in spend_of(acme, today=TODAY).projects]
    assert names == [
        ("B", Decimal(550)), ("A", Decimal(275)), ("2 other projects", Decimal(550)),
        ("Without a project", Decimal(275)),
    ]  # fmt: skip


def test_budgets_show_what_is_spent_reserved_and_left(acme, project, done, alice, wanda, olga, at):
    till, big, none = project("Till refresh", 700), project("Big", 10_000), project("No", None)
    first = done(till)
    work.in_stage("sent", alice, wanda, at=at, project=till)
    work.in_stage("sent", alice, wanda, at=at, project=till, terms_days=30)
    work.in_stage("draft", alice, wanda, at=at, project=till)
    work.in_stage("voided", alice, wanda, at=at, project=till)
    done(none)
    rows = budgets_of(acme)
    assert [row.name for row in rows] == ["Till refresh", "Big"]
    assert (rows[0].spent, rows[0].reserved, rows[0].left) == (275, 550, Decimal(-125))
    assert (rows[1].spent, rows[1].reserved, rows[1].left) == (0, 0, 10_000)
    credit_notes.issue(first.invoice, Decimal(250), reason="Never done", by=olga, at=at)
    assert budgets_of(acme)[0].left == 150
    catalog.archive(big, by=alice, at=at)
    assert [row.name for row in budgets_of(acme)] == ["Till refresh"]


def test_a_fee_for_cancelling_counts_for_its_project(acme, project, alice, wanda, at):
    till = project("Till refresh")
    assigned = work.in_stage("assigned", alice, wanda, at=at, project=till)
    late = assigned.starts_at - timedelta(hours=2)
    lifecycle.cancel(
        assigned, reason="site_not_ready", note="Closed.", fee=Decimal(125), by=alice, at=late
    )
    (share,) = spend_of(acme, today=late.date()).projects
    assert share == Share("Till refresh", till.reference, Decimal("137.50"))


def test_the_overview_costs_the_same_for_one_and_for_thirty(
    acme, project, done, alice, client_of, at, time_machine
):
    time_machine.move_to(at + timedelta(days=5))
    page, browser, counts = reverse("payments:overview"), client_of(alice), []
    for more in (1, 29):
        for number in range(more):
            done(project(f"Project {more}-{number}"))
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len([q for q in queries if "payments_" in q["sql"]]) <= 10
    words = words_of(answer)
    assert "Spend per month" in words and "$8,250.00 was invoiced to you" in words
    assert "Spend by project" in words and "22 other projects" in words
    assert "Budgets of projects" in words and "3%" in words


def test_a_new_company_sees_no_empty_charts(alice, client_of):
    words = words_of(client_of(alice).get(reverse("payments:overview")))
    assert "Spend" not in words and "Budgets" not in words
