"""A worker's money pages: what they show, what they take, and what bad input meets."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity import reactions
from notifications.models import Notice
from payments import payout_settings, payouts
from payments.models import BankAccount, Payout, PayoutPlan, TaxDetails
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db

KEY = "11111111-1111-4111-8111-111111111111"
GOOD_BANK = {
    "key": KEY, "holder": "Wanda Worker", "routing_number": "021000021",
    "account_number": "000123456789", "repeated": "000123456789",
}  # fmt: skip
GOOD_TAX = {"name": "Wanda T. Worker", "kind": "ssn", "number": "123-45-6789"}


@pytest.fixture
def visit(wanda, client_of):
    """Wanda's browser: GET, or POST where there is something to send."""
    browser = client_of(wanda)

    def go(name: str, data: dict | None = None, *args: object, follow: bool = True):
        url = reverse(f"payments:{name}", args=args)
        if data is None:
            return browser.get(url).content.decode()
        return browser.post(url, data, follow=follow).content.decode()

    return go


def test_a_new_worker_is_led_through_what_is_missing(visit, earn, wanda, at, earned):
    earn(200)
    assert "Add a bank account" in visit("payouts") and "Add tax details" in visit("payouts")
    assert "Your bank account is saved." in visit("bank_account", GOOD_BANK)
    assert "Your tax details are saved." in visit("tax_details", GOOD_TAX)
    details = visit("payment_details")
    assert "····6789" in details and "•••-••-6789" in details
    assert "000123456789" not in details and "123-45" not in details
    assert "on its way to" in visit("payouts", {"key": KEY, "amount": "200"})
    assert earned() == 0


def test_the_form_sent_twice_asks_once(visit, earn, payable, earned):
    earn(200)
    visit("payouts", {"key": KEY, "amount": "150"})
    again = visit("payouts", {"key": KEY, "amount": "150"})
    assert "This form came twice. $150.00 was asked for once." in again
    assert earned() == Decimal(50)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "Fill this in."),
        ("0", "Enter $1.00 or more."),
        ("-5", "cannot be negative"),
        ("200.01", "Your available earnings are $200.00."),
        ("10.005", "two digits after the point"),
        ("1e12", "or less"),
        ("lots", "Enter an amount such as"),
        ("5\x00", "Enter an amount such as"),
    ],
)
def test_a_bad_amount_is_said_beside_the_field_and_kept(visit, earn, payable, amount, words):
    earn(200)
    shown = visit("payouts", {"key": KEY, "amount": amount})
    assert words in shown
    assert not Payout.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("holder", "", "Fill this in."),
        ("holder", "x" * 81, "at most 80"),
        ("routing_number", "021000022", "a digit is wrong"),
        ("routing_number", "02100002", "nine digits"),
        ("routing_number", "0210o0021", "digits only"),
        ("routing_number", "٠٢١٠٠٠٠٢١", "digits only"),
        ("routing_number", "000000000", "No bank has this routing number"),
        ("account_number", "123", "4 to 17 digits"),
        ("repeated", "000123456780", "The two account numbers differ"),
    ],
)
def test_bad_bank_details_are_said_beside_the_field(visit, field, value, words):
    assert words in visit("bank_account", GOOD_BANK | {field: value})
    assert not BankAccount.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Fill this in."),
        ("kind", "passport", "not one of the"),
        ("number", "1234", "nine digits"),
        ("number", "111111111", "no tax number"),
        ("number", "<script>", "digits only"),
    ],
)
def test_bad_tax_details_are_said_beside_the_field(visit, field, value, words):
    assert words in visit("tax_details", GOOD_TAX | {field: value})
    assert not TaxDetails.objects.exists()


def test_the_plan_is_kept_and_switched_off(visit, payable):
    visit("payout_plan", {"is_on": "on", "minimum": "250"})
    assert PayoutPlan.objects.get().minimum == Decimal(250)
    shown = visit("payment_details")
    assert "Once a day" in shown and "$250.00" in shown
    visit("payout_plan", {"minimum": "250"})
    assert not PayoutPlan.objects.get().is_on
    assert "Enter $1.00 or more." in visit("payout_plan", {"is_on": "on", "minimum": "0.5"})


def test_removing_the_account_stops_payouts(visit, earn, payable):
    earn(200)
    assert "is removed" in visit("remove_bank_account", {})
    assert "Add the bank account" in visit("payouts", {"key": KEY, "amount": "50"})


def test_a_returned_payout_says_where_the_money_is(visit, earn, payable, wanda, at):
    earn(200)
    made = payouts.request(payable, Decimal("80.13"), key="k", by=wanda, at=at)
    payouts.drive(made, at=at)
    shown = visit("payout", None, made.reference)
    assert "in your earnings again" in shown and "Check the numbers" in shown
    assert "Your bank sent the last payout back" in visit("payouts")


def test_the_statement_and_its_file_say_the_same(visit, earn, payable, wanda, at, client_of):
    earn(200)
    payouts.request(payable, Decimal(80), key="k", by=wanda, at=at)
    assert "$120.00" in visit("earnings_statement")
    browser = client_of(wanda)
    file = browser.get(reverse("payments:earnings_export")).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[4:6] for row in rows[1:]] == [["200.00", "200.00"], ["-80.00", "120.00"]]


def test_a_year_adds_up_and_comes_as_file_and_sheet(
    visit, earn, payable, wanda, at, client_of, acme
):
    earn(200)
    earn("50.50")
    made = payouts.request(payable, Decimal(80), key="k", by=wanda, at=at)
    payouts.drive(made, at=at + timedelta(seconds=60))
    year = at.year
    shown = visit("year", None, year)
    assert "$250.50" in shown and "2 payments" in shown and acme.name in shown and "$80.00" in shown
    browser = client_of(wanda)
    lines = browser.get(reverse("payments:year_export", args=[year])).getvalue().decode()
    assert lines.count("\n") == 3 and "50.50" in lines
    sheet = browser.get(reverse("payments:year_sheet", args=[year]))
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
    for wrong in (1999, year + 1, 99999):
        for name in ("year", "year_export", "year_sheet"):
            assert browser.get(reverse(f"payments:{name}", args=[wrong])).status_code == 404


def test_the_worker_hears_of_changed_details_and_of_the_end(payable, earn, wanda, at):
    earn(200)
    made = payouts.request(payable, Decimal(80), key="k", by=wanda, at=at)
    payouts.drive(made, at=at + timedelta(seconds=60))
    while reactions.dispatch(at=at):
        pass
    titles = set(Notice.objects.filter(recipient=wanda.user).values_list("title", flat=True))
    assert {
        "You are now paid to First Lakes Bank ····6789",
        "Your tax details were changed",
        "$80.00 was paid to First Lakes Bank ····6789",
    } <= titles


@pytest.mark.parametrize("name", ["earnings", "payouts", "earnings_statement", "years"])
def test_ten_statements_whatever_the_length(name, visit, earn, payable, wanda, at):
    counts = []
    for many in (1, 30):
        for number in range(many):
            earn(20)
            payouts.request(payable, Decimal(10), key=f"{many}-{number}", by=wanda, at=at)
        visit(name)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            visit(name)
        counts.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1] <= 10


def test_another_worker_has_their_own(visit, earn, payable, wanda, walt, at, client_of):
    earn(200)
    made = payouts.request(payable, Decimal(80), key="k", by=wanda, at=at)
    make_payable(walt, at=at)
    assert client_of(walt).get(made.get_absolute_url()).status_code == 404
    payout_settings.remove_bank_account(walt.worker, by=walt, at=at)
    assert BankAccount.objects.filter(worker=payable, removed_at=None).exists()
