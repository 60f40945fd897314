"""The money pages: who gets in, what they show, and what bad input meets."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from core.spreadsheets import safe_cell
from payments import funding, invoicing, reservations
from payments.models import Funding, Invoice

pytestmark = pytest.mark.django_db

KEY = "11111111-1111-4111-8111-111111111111"
LISTS = ("payments:overview", "payments:invoices", "payments:ledger")


@pytest.fixture
def bills(acme, wanda, at, funds, issue):
    """Makes paid and unpaid invoices, so that every list has that many rows."""

    def make(count: int) -> None:
        funds(acme, 200 * count)
        for _ in range(count):
            invoicing.pay(issue(100), by=SYSTEM, at=at)
            issue(50, terms_days=30)

    return make


@pytest.mark.parametrize("name", [*LISTS, "payments:ledger_export"])
def test_members_but_dispatchers_see_the_money(name, alice, abel, cody, dirk, wanda, client_of):
    seen = {who: client_of(who).get(reverse(name)).status_code for who in (alice, abel, cody)}
    assert set(seen.values()) == {200}
    assert client_of(dirk).get(reverse(name)).status_code == 403
    assert client_of(wanda).get(reverse(name)).status_code == 403


def test_only_administrators_and_controllers_add_funds_and_pay(
    alice, cody, mona, abel, issue, client_of
):
    bill = issue(terms_days=30)
    for url in (reverse("payments:add_funds"), f"{bill.get_absolute_url()}payment/"):
        for who, status in ((alice, 200), (cody, 200), (mona, 403), (abel, 403)):
            assert client_of(who).get(url).status_code == status, (url, who.label)


def test_an_invoice_is_seen_by_its_company_its_worker_and_staff(
    issue, alice, wanda, olga, walt, charlie, dirk, client_of
):
    url = issue(terms_days=30).get_absolute_url()
    for who, status in (
        (alice, 200), (wanda, 200), (olga, 200), (walt, 404), (charlie, 404), (dirk, 403),
    ):  # fmt: skip
        assert client_of(who).get(url).status_code == status, who.label
        sheet = 403 if who is wanda else status
        assert client_of(who).get(f"{url}pdf/").status_code == sheet, who.label


def test_the_short_address_means_the_companys_own_number(issue, globex, alice, charlie, client_of):
    issue(title="For Acme")
    issue(title="For Globex", company=globex)
    url = reverse("payments:invoice", args=[1])
    assert "For Acme" in client_of(alice).get(url).content.decode()
    assert "For Globex" in client_of(charlie).get(url).content.decode()
    for number in (2, 99999999999999999999):
        assert client_of(alice).get(reverse("payments:invoice", args=[number])).status_code == 404


def test_a_worker_reads_their_pay_and_not_the_fee(issue, wanda, client_of):
    page = client_of(wanda).get(issue(100).get_absolute_url()).content.decode()
    assert "You receive" in page and "$100.00" in page
    assert "Service fee" not in page and "$110.00" not in page


@pytest.mark.parametrize("name", [*LISTS, "payments:earnings"])
def test_a_list_of_30_costs_what_a_list_of_1_costs(name, alice, wanda, bills, client_of):
    browser = client_of(wanda if name.endswith("earnings") else alice)
    counts = []
    for more in (1, 29):
        bills(more)
        browser.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    own = [q["sql"] for q in queries if "payments_" in q["sql"]]
    assert len(own) <= 10


def test_filters_narrow_the_invoices(alice, bills, issue, at, client_of):
    bills(2)
    withdrawn = issue(10, reference="T-77", title="Odd job")
    invoicing.withdraw(withdrawn, reason="Mistake", by=SYSTEM, at=at)
    browser = client_of(alice)

    def shown(query: str) -> list[str]:
        return [
            row.invoice.label for row in browser.get(f"/payments/invoices/?{query}").context["rows"]
        ]

    assert (
        shown("status=withdrawn") == shown("words=t-77") == shown("words=odd") == [withdrawn.label]
    )
    assert shown("words=INV-000005") == [withdrawn.label]
    assert len(shown("status=paid")) == 2
    assert len(shown("issued_from=2026-11-11")) == 0
    assert len(shown("issued_to=2026-11-10")) == 5


@pytest.mark.parametrize(
    "query",
    ["status=nope", "words=%00", "issued_from=yesterday", "issued_to=9999-12-31", "after=%FF%00x",
     "before=" + "a" * 500, "words=" + "9" * 99, "account=vault"],
)  # fmt: skip
def test_made_up_parameters_are_answered(alice, bills, client_of, query):
    bills(1)
    for name in LISTS:
        assert client_of(alice).get(f"{reverse(name)}?{query}").status_code == 200


def test_statement_pages_carry_the_balance_across(alice, acme, funds, client_of):
    for _ in range(35):
        funds(acme, 10)
    browser = client_of(alice)
    first = browser.get(reverse("payments:ledger"))
    second = browser.get(reverse("payments:ledger") + first.context["older"])
    lines = [*first.context["lines"], *second.context["lines"]]
    assert [line.balance for line in lines] == [Decimal(10 * n) for n in range(35, 0, -1)]
    back = browser.get(reverse("payments:ledger") + second.context["newer"])
    assert [line.balance for line in back.context["lines"]] == [
        line.balance for line in first.context["lines"]
    ]


def test_the_export_holds_every_line_and_runs_no_formula(alice, acme, funds, reserve, client_of):
    funds(acme, 100)
    reserve(40, key="T-1", reference="=HYPERLINK(1)")
    response = client_of(alice).get(reverse("payments:ledger_export"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert response["Content-Type"].startswith("text/csv")
    assert [(row[2], row[4], row[5]) for row in rows[1:]] == [
        ("", "100.00", "100.00"),
        ("'=HYPERLINK(1)", "-40.00", "60.00"),
    ]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "  =1", "\0=1"])
def test_text_that_looks_like_a_formula_is_neutralized(cell):
    assert str(safe_cell(cell)).startswith("'")
    assert safe_cell(Decimal("-5.00")) == Decimal("-5.00")


def add(browser, **fields: str):
    form = {"amount": "250", "method": "card", "key": KEY, "next": ""} | fields
    return browser.post(reverse("payments:add_funds"), form)


def test_adding_funds_leads_back_to_where_they_were_missing(alice, cash, client_of):
    response = add(client_of(alice), amount="$1,250.50", next="/assignments/new/?x=1")
    assert (response.status_code, response.url) == (302, "/assignments/new/?x=1")
    assert cash() == Decimal("1250.50")


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
             "/" + "a" * 900, "\x00"],
)  # fmt: skip
def test_adding_funds_never_leads_off_the_site(alice, client_of, next):
    assert add(client_of(alice), next=next).url == reverse("payments:overview")


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "or more"), ("-5", "cannot be negative"), ("1.005", "two digits"),
     ("1000000000000", "or less"), ("lots", "such as 250"), ("", "Fill this in"),
     ("NaN", "such as"), ("1e999999", "or less"), ("\x00", "")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_beside_the_field(alice, client_of, amount, words):
    response = add(client_of(alice), amount=amount)
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors["amount"])
    assert not Funding.objects.exists()


def test_sending_the_form_twice_adds_once_and_says_so(alice, cash, client_of):
    browser = client_of(alice)
    add(browser)
    page = browser.get(add(browser).url).content.decode()
    assert "asked for once" in page
    assert cash() == Decimal(250)


def test_a_declined_card_is_said_and_may_be_tried_again(alice, cash, client_of):
    browser = client_of(alice)
    response = add(browser, amount="20.13")
    assert "declined" in response.content.decode()
    assert response.context["form"]["amount"].value() == "20.13"
    again = response.context["form"]["key"].value()
    assert again != KEY
    add(browser, amount="20.00", key=again)
    assert cash() == Decimal(20)


def test_paying_says_what_moves_and_moves_it(alice, issue, acme, funds, cash, client_of):
    funds(acme, 300)
    bill, browser = issue(100, terms_days=30), client_of(alice)
    url = f"{bill.get_absolute_url()}payment/"
    page = browser.get(url).content.decode()
    assert "$110.00" in page and "$190.00" in page

    assert browser.post(url).url == bill.get_absolute_url()
    assert browser.post(url).url == bill.get_absolute_url(), "the second time changes nothing"
    assert cash() == Decimal(190)
    assert Invoice.objects.get().status == "paid"


def test_paying_without_cash_offers_to_add_what_is_missing(
    alice, issue, acme, funds, cash, client_of
):
    funds(acme, 30)
    url = f"{issue(100, terms_days=30).get_absolute_url()}payment/"
    for response in (client_of(alice).get(url), client_of(alice).post(url)):
        assert response.status_code == 200
        assert (
            "amount=80.00&amp;next=/payments/invoices/acme/1/payment/" in response.content.decode()
        )
    assert cash() == Decimal(30)


def test_the_sheet_is_a_pdf_of_any_name(issue, alice, acme, client_of):
    bill = issue(title="Łódź — Αθήνα — Иван <b>&</b> " + "x" * 150)
    response = client_of(alice).get(f"{bill.get_absolute_url()}pdf/")
    assert response.content.startswith(b"%PDF-")
    assert 'filename="INV-000001.pdf"' in response["Content-Disposition"]


def test_a_blocked_company_reads_why(alice, issue, at, client_of, time_machine):
    time_machine.move_to(at + timedelta(days=40))
    issue(terms_days=30)
    page = client_of(alice).get(reverse("payments:overview")).content.decode()
    assert "New assignments are blocked" in page and "INV-000001" in page


def test_earnings_say_what_waits_is_due_and_is_there(
    wanda, acme, funds, issue, at, client_of, time_machine
):
    time_machine.move_to(at + timedelta(days=1))
    funds(acme, 500)
    invoicing.pay(issue(100), by=SYSTEM, at=at)
    issue(40, terms_days=30)
    context = client_of(wanda).get(reverse("payments:earnings")).context
    earned = context["earned"]
    assert (earned.available, earned.due, earned.paid_this_year) == (
        Decimal(100), Decimal(40), Decimal(100),
    )  # fmt: skip
    assert (context["awaiting"], context["awaiting_count"]) == (0, 0)


def test_the_ledger_in_admin_is_read_only(admin_client, acme, alice, funds, issue, reserve, at):
    funds(acme, 500)
    reservations.release(reserve(5), by=SYSTEM, at=at)
    funding.add(company=acme, amount=Decimal(5), method="card", key="k", by=alice, at=at)
    invoicing.pay(issue(100), by=SYSTEM, at=at)
    for model in ("transfer", "ledgeraccount", "invoice", "funding", "providerevent",
                  "reservation", "companybooks"):  # fmt: skip
        listed = admin_client.get(reverse(f"admin:payments_{model}_changelist"))
        assert listed.status_code == 200
        row = listed.context["cl"].result_list[0]
        url = reverse(f"admin:payments_{model}_change", args=[row.pk])
        assert admin_client.get(url).status_code == 200
        assert admin_client.get(reverse(f"admin:payments_{model}_add")).status_code == 403
        assert (
            admin_client.post(
                reverse(f"admin:payments_{model}_delete", args=[row.pk]), {"post": "yes"}
            ).status_code
            == 403
        )
        if model != "companybooks":
            assert admin_client.post(url, {"amount": "1"}).status_code == 403


def test_staff_set_a_credit_limit_in_admin(admin_client, acme):
    url = reverse("admin:payments_companybooks_change", args=[acme.books.pk])
    assert admin_client.post(url, {"credit_limit": "1234.00"}).status_code == 302
    acme.books.refresh_from_db()
    assert acme.books.credit_limit == Decimal(1234)
    assert admin_client.post(url, {"credit_limit": "-1"}).status_code == 200


def test_the_overview_draws_what_was_spent_by_month(issue, alice, at, client_of):
    browser = client_of(alice)
    assert "Spend per month" not in browser.get(reverse("payments:overview")).content.decode()
    issue(100, terms_days=30, at=timezone.now())
    page = browser.get(reverse("payments:overview")).content.decode()
    assert "Spend per month" in page and "110" in page
