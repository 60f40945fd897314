"""Files for a company's bookkeeping, held against the ledger to the cent."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.urls import reverse

from accounts.actors import SYSTEM
from assignments import catalog
from assignments.models import Customer, Project
from payments import (
    adjustments,
    book_files,
    credit_notes,
    funding,
    invoicing,
    ledger,
    refunds,
    reservations,
)
from payments.models import Invoice, InvoiceLine, LedgerAccount, Posting
from payments.queries.bookkeeping import Account, Kind, Period, entries, vendor_name
from payments.queries.company import EFFECT
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
EVER = {"first": "2020-01-01", "last": "2030-12-31"}
DAY = timedelta(days=1)


@pytest.fixture
def year(acme, alice, wanda, olga, issue, reserve, at):
    """Everything that can happen to a company's money, a day after the other."""
    facts = {"by": alice, "company": acme}
    for number, amount in enumerate(("900.00", "80.53", "70.13")):
        when = at + number * DAY
        added = funding.add(
            amount=Decimal(amount), method="card", key=f"f{number}", at=when, **facts
        )
        funding.drive(added, at=when + timedelta(minutes=1))
    lines = [
        invoicing.LineItem("hours", "=cmd|' /C calc'!A0", Decimal("3.25"), Decimal("40.00")),
        invoicing.LineItem("expense", "Parking", Decimal(1), Decimal("12.34")),
        invoicing.LineItem("bonus", "Thanks", Decimal(1), Decimal("10.01")),
    ]
    held = reserve("200.00")
    paid = issue(lines=lines, at=at + 3 * DAY, title='Łódź\tand\n"more"')
    invoicing.pay(paid, by=SYSTEM, at=at + 4 * DAY, reservation=held)
    credit_notes.issue(paid, Decimal("20.05"), reason="-1 port", by=olga, at=at + 5 * DAY)
    withdrawn = issue("33.33", terms_days=30, at=at + 6 * DAY)
    invoicing.withdraw(withdrawn, reason="Twice", by=SYSTEM, at=at + 7 * DAY)
    issue("44.44", terms_days=15, at=at + 8 * DAY, title="@SUM(1)")
    reservations.release(reserve("50.00", "T-9"), by=SYSTEM, at=at + 9 * DAY)
    when = at + 10 * DAY
    for number, amount in enumerate(("70.13", "80.53", "15.00")):
        for made in refunds.request(acme, Decimal(amount), key=f"r{number}", by=alice, at=when):
            for seconds in (1, 30, 60):
                made = refunds.drive(made, at=when + timedelta(seconds=seconds))
    cash = ledger.Accounts("USD", company=acme).cash
    second = people.lead("Otto Second")
    for direction, amount in (("give", "5.55"), ("take", "2.22")):
        made = adjustments.propose(
            cash, direction=direction, amount=Decimal(amount), reason="Goodwill", by=olga, at=when
        )
        adjustments.approve(made, by=second, at=at + 11 * DAY)


def csv_rows(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def amount_of(row: dict[str, str]) -> Decimal:
    return Decimal(row["Debit"] or 0) - Decimal(row["Credit"] or 0)


def sums(rows, key: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row[key]] += amount_of(row)
    return found


def here(company) -> Decimal:
    return LedgerAccount.objects.filter(company=company).aggregate(n=Sum("balance"))["n"]


def test_the_journal_comes_to_what_the_ledger_says(year, alice, acme, client_of):
    page = reverse("payments:exports")
    rows = csv_rows(client_of(alice).get(page, {**EVER, "format": "journal"}))
    assert {row["Type"] for row in rows} == {str(kind) for kind in Kind}
    assert set(sums(rows, "Entry").values()) == {Decimal(0)}
    by_account = sums(rows, "Account")
    assert by_account["Squarely Balance"] == here(acme)
    assert -by_account["Accounts Payable"] == Decimal("48.88")
    assert (
        -by_account["Accounts Payable"] == Invoice.objects.unpaid().aggregate(n=Sum("total"))["n"]
    )
    stands = InvoiceLine.objects.filter(invoice__withdrawn_at=None)
    fees = stands.filter(kind="fee").aggregate(n=Sum("amount"))["n"] - Decimal("2.01")
    assert by_account["Marketplace Fees"] == fees
    assert by_account["Reimbursed Expenses"] == Decimal("12.34")
    assert by_account["Squarely Corrections"] == Decimal("-3.33")
    assert len({row["Entry"] for row in rows}) == len({(row["Entry"], row["Type"]) for row in rows})


def test_every_day_alone_changes_by_what_was_posted_on_it(year, acme, at):
    """Any period is right, not only the whole; and the days together are the whole."""
    names = book_files.DEFAULT_NAMES
    whole = list(
        book_files.journal_rows(acme, Period(date(2020, 1, 1), date(2030, 1, 1)), names, _nobody)
    )
    days = []
    for number in range(-1, 14):
        day = (at + number * DAY).date()
        period = Period(day, day)
        found = list(entries(acme, period, about=_nobody))
        moved = sum(
            (line.amount for entry in found for line in entry.lines
             if line.account == Account.BALANCE), Decimal(0),
        )  # fmt: skip
        posted = Posting.objects.filter(
            account__company=acme, at__gte=period.begin, at__lt=period.end
        ).aggregate(n=Sum(EFFECT))["n"]
        assert moved == (posted or 0), day
        days += list(book_files.journal_rows(acme, period, names, _nobody))
    assert sorted(map(str, days)) == sorted(map(str, whole)) and len(whole) > 30


def _nobody(invoices):
    return {}


def test_iif_holds_the_same_entries_with_accounts_and_vendors(year, alice, acme, client_of, wanda):
    wanted = {**EVER, "format": "iif", "balance": "Marketplace", "fees": "Fees: all"}
    refused = client_of(alice).get(reverse("payments:exports"), wanted).content.decode()
    assert "Use a name without colons" in refused and 'value="Marketplace"' in refused
    response = client_of(alice).get(reverse("payments:exports"), {**wanted, "fees": "Fees"})
    assert response["Content-Disposition"].endswith('.iif"')
    lines = b"".join(response.streaming_content).decode("cp1252").split("\r\n")
    assert lines.pop() == ""
    cells = [line.split("\t") for line in lines]
    shapes = {row[0]: len(row) for row in cells}
    assert all(shapes[row[0].removeprefix("!")] == len(row) for row in cells)
    assert ["ACCNT", "Marketplace", "BANK"] in cells and ["ACCNT", "Fees", "EXP"] in cells
    assert [row for row in cells if row[0] == "VEND"] == [["VEND", vendor_name(wanda.worker)]]
    totals: dict[str, Decimal] = defaultdict(Decimal)
    open_sum = Decimal(0)
    for row in cells:
        if row[0] in ("TRNS", "SPL"):
            totals[row[3]] += Decimal(row[6])
            open_sum += Decimal(row[6])
        elif row[0] == "ENDTRNS":
            assert open_sum == 0
    assert totals["Marketplace"] == here(acme) and totals["Accounts Payable"] == Decimal("-48.88")
    owed = [row for row in cells if row[0] == "TRNS" and row[1] == "BILL"]
    assert [row[9] for row in owed][-1] == "12/03/2026"
    assert all(row[4] for row in cells if row[0] == "TRNS" and row[3] == "Accounts Payable")
    said = {row[8] for row in cells if row[0] == "SPL"}
    assert "'=cmd|' /C calc'!A0" in said and "'-1 port" in said
    assert any(row[8] == "?ódz and more" for row in owed)


def test_bills_hold_every_line_and_credit_notes_below_zero(year, alice, client_of):
    rows = csv_rows(client_of(alice).get(reverse("payments:exports"), {**EVER, "format": "bills"}))
    by_number: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_number[row["Bill number"]] += Decimal(row["Line amount"])
    stands = Invoice.objects.filter(withdrawn_at=None)
    assert by_number == {
        **{bill.label: bill.total for bill in stands},
        "CN-0001": Decimal("-22.06"),
    }
    first = rows[0]
    assert (first["Quantity"], first["Unit price"], first["Line amount"]) == (
        "3.25",
        "40.00",
        "130.00",
    )
    assert first["Line description"] == "'=cmd|' /C calc'!A0"
    assert {row["Memo"] for row in rows} >= {"'@SUM(1)", "'-1 port"}
    assert [row["Account"] for row in rows[:4]] == [
        "Contract Labor", "Reimbursed Expenses", "Contract Labor", "Marketplace Fees",
    ]  # fmt: skip
    assert (rows[0]["Standing"], rows[-3]["Standing"]) == ("paid", "open")


def test_customer_and_project_of_the_work_are_named(alice, wanda, at, acme, client_of):
    customer = catalog.add(Customer, {"name": "Brightmart"}, by=alice, at=at)
    project = catalog.add(Project, {"name": "Till refresh", "customer": customer}, by=alice, at=at)
    work.in_stage("paid", alice, wanda, at=at, project=project)
    browser, page = client_of(alice), reverse("payments:exports")
    for kind in ("journal", "bills"):
        rows = csv_rows(browser.get(page, {**EVER, "format": kind}))
        named = {(row["Customer"], row["Project"]) for row in rows if row["Vendor"]}
        assert named == {("Brightmart", "Till refresh")}
    file = b"".join(browser.get(page, {**EVER, "format": "iif"}).streaming_content).decode("cp1252")
    assert "\tContract Labor\t\tTill refresh\t250.00\tINV-000001\t" in file


def test_the_page_offers_the_month_before_and_says_what_is_wrong(alice, client_of, time_machine):
    time_machine.move_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    browser, page = client_of(alice), reverse("payments:exports")
    words = browser.get(page).content.decode()
    assert 'value="2026-02-01"' in words and 'value="2026-02-28"' in words
    assert reverse("payments:export_help") in words
    for asked, said in [
        ({"first": "2026-03-02", "last": "2026-03-01", "format": "iif"}, "cannot come before"),
        ({"first": "x", "last": "", "format": "journal"}, "Enter a valid date"),
        ({**EVER, "format": "exe"}, "Select a valid choice"),
        ({**EVER, "format": "iif", "labor": "Fees", "fees": "fees"}, "cannot have one name"),
        ({**EVER, "format": "iif", "labor": "x" * 32}, "at most 31 characters"),
        ({**EVER, "format": "iif", "labor": "a\x00b"}, "signs that print"),
        ({**EVER, "format": "iif", "labor": "Fees", "fees": "Marketplace Fees"}, ""),
    ]:  # fmt: skip
        answer = browser.get(page, asked)
        if said:
            assert said in answer.content.decode(), asked
        else:
            assert answer.streaming


def test_nobody_reads_what_another_company_did(year, charlie, client_of):
    page = reverse("payments:exports")
    for kind in ("journal", "bills"):
        assert csv_rows(client_of(charlie).get(page, {**EVER, "format": kind})) == []
    file = b"".join(client_of(charlie).get(page, {**EVER, "format": "iif"}).streaming_content)
    assert b"TRNS\tBILL" not in file and b"\nVEND\t" not in file


def test_a_long_export_is_read_in_portions(year, acme, monkeypatch, django_assert_num_queries):
    """The first line is there after a few statements, and thirty times as much costs as many."""
    period, names = Period(date(2020, 1, 1), date(2030, 1, 1)), book_files.DEFAULT_NAMES
    with django_assert_num_queries(5):
        list(entries(acme, period, about=_nobody))
    monkeypatch.setattr("payments.queries.bookkeeping.CHUNK", 1)
    small = list(book_files.journal_rows(acme, period, names, _nobody))
    monkeypatch.undo()
    assert small == list(book_files.journal_rows(acme, period, names, _nobody))


def test_the_help_names_every_column_and_entry(alice, client_of):
    words = client_of(alice).get(reverse("payments:export_help")).content.decode()
    for column in (*book_files.JOURNAL, *book_files.BILLS):
        assert column.heading in words
    assert all(kind in words for kind in Kind)


def test_two_of_one_name_are_two_vendors_and_long_names_fit(published):
    name = "Pat Kim " + "x" * 60
    one, other = (people.worker(name + str(number)) for number in (1, 2))
    names = {vendor_name(one.worker), vendor_name(other.worker)}
    assert len(names) == 2 and all(len(each) <= 41 for each in names)
