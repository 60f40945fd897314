"""Dates, times and numbers from spreadsheets: one reading, a question, or a refusal."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csv_formats import (
    COMMA,
    DAY_FIRST,
    MONTH_FIRST,
    POINT,
    CannotRead,
    Look,
    check_shortened,
    check_spoilt,
    decided,
    read_moment,
    read_number,
    read_time,
    read_yes_no,
)


@pytest.mark.parametrize(
    "cell,order,expected",
    [
        ("2026-11-24", MONTH_FIRST, (date(2026, 11, 24), None)),
        ("2026-11-24 09:30", DAY_FIRST, (date(2026, 11, 24), time(9, 30))),
        ("2026-11-24T09:30:15", MONTH_FIRST, (date(2026, 11, 24), time(9, 30, 15))),
        ("2026/11/24 9:30 PM", DAY_FIRST, (date(2026, 11, 24), time(21, 30))),
        ("11/24/2026 9:30 AM", MONTH_FIRST, (date(2026, 11, 24), time(9, 30))),
        ("11/24/26 12:00 am", MONTH_FIRST, (date(2026, 11, 24), time(0, 0))),
        ("3/4/2026 12:15 PM", MONTH_FIRST, (date(2026, 3, 4), time(12, 15))),
        ("3/4/2026 14:15", DAY_FIRST, (date(2026, 4, 3), time(14, 15))),
        ("24.11.2026 09:30", DAY_FIRST, (date(2026, 11, 24), time(9, 30))),
        ("Tue, Nov 24, 2026, 9:30 AM", DAY_FIRST, (date(2026, 11, 24), time(9, 30))),
        ("24-Nov-26", MONTH_FIRST, (date(2026, 11, 24), None)),
        ("24 November 2026 8 pm", MONTH_FIRST, (date(2026, 11, 24), time(20, 0))),
        ("46350", MONTH_FIRST, (date(2026, 11, 24), None)),
        ("46350.395833", MONTH_FIRST, (date(2026, 11, 24), time(9, 30))),
        ("2028-02-29", MONTH_FIRST, (date(2028, 2, 29), None)),
        ("2026-11-24\u202f9:30\u202fAM", MONTH_FIRST, (date(2026, 11, 24), time(9, 30))),
    ],
)  # fmt: skip
def test_dates_are_read_as_spreadsheets_write_them(cell, order, expected):
    assert read_moment(cell, order) == expected


@pytest.mark.parametrize(
    "cell",
    ["soon", "2026-02-30", "24/11/2026", "2026-11-24 25:00", "2026-11-24T09:30Z", "99999",
     "2026-11-24 09:30+02:00", "24 Foo 2026", "1/2/3/4", "12", "2026-11-24 9", "0/0/2026"],
)  # fmt: skip
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(CannotRead):
        read_moment(cell, MONTH_FIRST)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)))
def test_excels_own_numbers_mean_the_same_minute(moment):
    moment = moment.replace(second=0, microsecond=0)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    day, hour = read_moment(f"{serial:.6f}", MONTH_FIRST)
    assert datetime.combine(day, hour or time()) == moment


@given(st.text(max_size=60))
def test_no_text_is_worse_than_refused(text):
    for read in (
        lambda: read_moment(text, DAY_FIRST), lambda: read_time(text), lambda: read_yes_no(text),
        lambda: read_number(text, COMMA), lambda: Look().at(text),
    ):  # fmt: skip
        with contextlib.suppress(CannotRead):
            read()


@pytest.mark.parametrize(
    "cell,expected",
    [("9:30", time(9, 30)), ("9 AM", time(9)), ("9:30 p.m.", time(21, 30)),
     ("0.395833", time(9, 30)),
     ("23:59:59", time(23, 59, 59)), ("12:00 PM", time(12))],
)  # fmt: skip
def test_times_are_read(cell, expected):
    assert read_time(cell) == expected


@pytest.mark.parametrize(
    "cell,sign,expected",
    [
        ("250", POINT, "250"),
        ("1,234.50", POINT, "1234.50"),
        ("$1,234.5", POINT, "1234.5"),
        ("USD 99", POINT, "99"),
        ("1.234,50", COMMA, "1234.50"),
        ("1 234,50 €", COMMA, "1234.50"),
        ("1\u00a0234,5", COMMA, "1234.5"),
        ("(250.00)", POINT, "-250.00"),
        ("1.2E+03", POINT, "1200"),
        ("\u22125", POINT, "-5"),
    ],
)
def test_numbers_are_read(cell, sign, expected):
    assert Decimal(read_number(cell, sign)) == Decimal(expected)


@pytest.mark.parametrize("cell,sign", [("1.234,50", POINT), ("1,234.50", COMMA), ("many", POINT)])
def test_numbers_of_the_other_kind_are_refused(cell, sign):
    with pytest.raises(CannotRead, match="such as"):
        read_number(cell, sign)


def test_what_the_spreadsheet_spoilt_is_named():
    for cell in ("########", "#REF!", "#N/A"):
        with pytest.raises(CannotRead, match="save again"):
            check_spoilt(cell)
    with pytest.raises(CannotRead, match="as text"):
        check_shortened("6.14555E+09")
    check_spoilt("#114")


def look(kind: str, *cells: str) -> dict[str, str]:
    seen = Look()
    for cell in cells:
        seen.at(cell)
    return seen.as_json()[kind]


def test_a_column_proves_its_order_or_is_asked_about():
    orders = (MONTH_FIRST, DAY_FIRST)
    either = look("dates", "3/4/2026", "5/6/2026")
    assert decided([either], orders) == ("", "3/4/2026")
    assert decided([either, look("dates", "13/4/2026")], orders) == (DAY_FIRST, "")
    assert decided([look("dates", "4/13/2026", "3/4/2026")], orders) == (MONTH_FIRST, "")
    both = [look("dates", "13/4/2026"), look("dates", "4/13/2026")]
    assert decided(both, orders)[1] != ""
    assert decided([look("dates", "2026-11-24", "3/3/2026")], orders) == ("", "")


def test_a_column_proves_its_decimal_sign_or_is_asked_about():
    signs = (POINT, COMMA)
    assert decided([look("numbers", "1,234")], signs) == ("", "1,234")
    assert decided([look("numbers", "1,234", "99.50")], signs) == (POINT, "")
    assert decided([look("numbers", "1.234", "99,50")], signs) == (COMMA, "")
    assert decided([look("numbers", "250", "3")], signs) == ("", "")
