"""Dates, times and numbers as spreadsheets write them into CSV.

What can be read in one way only is read; where ``03/04/2026`` or ``1,234`` may mean two things,
the whole column is looked at, and where that does not decide, a person is asked. What a
spreadsheet has spoilt (``####``, ``6.1E+09``, ``#REF!``) is refused with the way to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

MONTH_FIRST, DAY_FIRST = "mdy", "dmy"
POINT, COMMA = "point", "comma"

DATE_ORDERS = (
    (MONTH_FIRST, "Month first: 11/24/2026"),
    (DAY_FIRST, "Day first: 24/11/2026 or 24.11.2026"),
)
DECIMAL_SIGNS = (
    (POINT, "With a point: 1,234.50"),
    (COMMA, "With a comma: 1.234,50"),
)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
DAY_AND_NAME = re.compile(r"(\d{1,2})[-/. ]+([A-Za-z]{3,9})\.?[-/., ]+(\d{4}|\d{2})")
NAME_AND_DAY = re.compile(r"([A-Za-z]{3,9})\.?[-/ ]+(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4}|\d{2})")
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
FRACTION = re.compile(r"0?[.,]\d+|0")
CLOCK = re.compile(
    r"(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE
)
OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the wall clock of a spreadsheet
SERIALS = (36526, 73050)
"""The years 2000 to 2099 in the numbers by which Excel counts days."""

SPOILT = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)", re.IGNORECASE)
SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
CURRENCY = re.compile(r"^(USD|US\$|CA\$|[$€£])\s*|\s*(USD|[$€£])$", re.IGNORECASE)
GROUPED = {
    POINT: re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[+-]?\d*\.?\d+|[+-]?\d+\."),
    COMMA: re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?|[+-]?\d*,?\d+|[+-]?\d+,"),
}
SPACES = "\u00a0\u202f\u2009"
"""What programs put between thousands, and around units, instead of a space."""


LIST = re.compile(r"[;\n]")
MOST_LOOKED_AT = 60


class CannotRead(ValueError):
    """A cell that is not what its column holds; the text says what to write."""


def items_of(cell: str) -> list[str]:
    """What stands in a cell with semicolons or line breaks between; one left out is empty."""
    items = [item.strip() for item in LIST.split(cell)]
    while items and not items[-1]:
        items.pop()
    return items


def check_spoilt(cell: str) -> None:
    """Refuse what a spreadsheet writes where it cannot show a value."""
    if len(cell) >= 3 and not cell.strip("#"):
        raise CannotRead(
            "The spreadsheet wrote #### because the column is too narrow. Widen it, save again."
        )
    if SPOILT.fullmatch(cell):
        raise CannotRead(f"The formula in this cell gives {cell}. Correct it, save again.")


def check_shortened(cell: str) -> None:
    """Refuse a long number that was shortened, in a column where every digit counts."""
    if SHORTENED.fullmatch(cell):
        raise CannotRead(
            f"The spreadsheet shortened this number to {cell}. Format the column as text, enter "
            "it again, save again."
        )


def read_moment(cell: str, order: str) -> tuple[date, time | None]:
    """A date, with its time where the cell has one."""
    text = _plain(cell)
    if SERIAL.fullmatch(text):
        return _of_serial(text)
    text = WEEKDAY.sub("", text)
    for pattern, parts in (
        (YEAR_FIRST, lambda m: (m[1], m[2], m[3])),
        (YEAR_LAST, lambda m: (m[3], m[1], m[2]) if order == MONTH_FIRST else (m[3], m[2], m[1])),
        (DAY_AND_NAME, lambda m: (m[3], _month(m[2]), m[1])),
        (NAME_AND_DAY, lambda m: (m[3], _month(m[1]), m[2])),
    ):
        found = pattern.match(text)
        if found:
            return _date(*parts(found), order=order), _rest_time(text[found.end() :])
    raise CannotRead("Write a date such as 2026-11-24 or 11/24/2026.")


def read_time(cell: str) -> time:
    """A time of day: ``9:30``, ``9:30 AM``, ``21:30``, or the part of a day that Excel counts."""
    text = _plain(cell)
    if FRACTION.fullmatch(text):
        minutes = round(float(text.replace(",", ".")) * 24 * 60)
        return (EPOCH + timedelta(minutes=min(minutes, 24 * 60 - 1))).time()
    found = CLOCK.fullmatch(text)
    if not found or (found[2] is None and found[4] is None):
        raise CannotRead("Write a time such as 9:30 AM or 14:00.")
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise CannotRead("Write a time such as 9:30 AM or 14:00.")
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise CannotRead("There is no such time. Write a time such as 9:30 AM or 14:00.")
    return time(hour, minute, second)


def read_number(cell: str, sign: str) -> str:
    """A number with a point before its decimals and nothing between its thousands."""
    text = _plain(cell)
    negative = text.startswith("(") and text.endswith(")")
    text = CURRENCY.sub("", text.strip("()") if negative else text).replace("\u2212", "-").strip()
    text = re.sub(r"(?<=\d)[ ’'](?=\d{3}(\D|$))", "", text)
    if SHORTENED.fullmatch(text):
        try:
            text = str(Decimal(text.replace(",", ".")).quantize(Decimal(1)))
        except InvalidOperation:
            raise CannotRead("Write a number such as 250 or 1,234.50.")
    elif not GROUPED[sign].fullmatch(text):
        example = "1,234.50" if sign == POINT else "1.234,50"
        raise CannotRead(f"Write a number such as 250 or {example}.")
    else:
        thousands, decimals = (",", ".") if sign == POINT else (".", ",")
        text = text.replace(thousands, "").replace(decimals, ".")
    return f"-{text}" if negative else text


YES = frozenset({"yes", "y", "true", "t", "1", "x", "on", "✓", "✔"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "-", "–"})


def read_yes_no(cell: str) -> bool:
    word = _plain(cell).casefold()
    if word in YES or word in NO:
        return word in YES
    raise CannotRead("Write yes or no.")


@dataclass
class Look:
    """What the cells of one column have shown so far about the way they are written.

    The examples are the first cell that settles each reading, and the first that may be either.
    """

    dates: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def at(self, cell: str) -> None:
        """Take one more cell into account, each thing of a list in it by itself."""
        several = ";" in cell or "\n" in cell
        for item in items_of(cell)[:MOST_LOOKED_AT] if several else (cell,):
            self._at(_plain(item))

    def _at(self, text: str) -> None:
        if not text or len(text) > 40 or not any(c.isdigit() for c in text):
            return
        if date_found := YEAR_LAST.match(WEEKDAY.sub("", text)):
            self._at_date(int(date_found[1]), int(date_found[2]), text)
        else:
            self._at_number(CURRENCY.sub("", text).strip("()"), text)

    def _at_date(self, first: int, second: int, text: str) -> None:
        if first > 12 >= second:
            self.dates.setdefault(DAY_FIRST, text)
        elif second > 12 >= first:
            self.dates.setdefault(MONTH_FIRST, text)
        elif first != second:
            self.dates.setdefault("either", text)

    def _at_number(self, text: str, example: str) -> None:
        point, comma = GROUPED[POINT].fullmatch(text), GROUPED[COMMA].fullmatch(text)
        if point and comma:
            if "." in text or "," in text:
                self.numbers.setdefault("either", example)
        elif point:
            self.numbers.setdefault(POINT, example)
        elif comma:
            self.numbers.setdefault(COMMA, example)

    def as_json(self) -> dict[str, dict[str, str]]:
        return {"dates": self.dates, "numbers": self.numbers}


def decided(looks: Iterable[dict[str, str]], choices: Iterable[str]) -> tuple[str, str]:
    """The reading that the columns prove together, and an example of why it must be asked.

    Both are empty where nothing depends on it. Columns that contradict each other are asked too.
    """
    looks = list(looks)
    proven = [choice for choice in choices if any(choice in look for look in looks)]
    if len(proven) == 1:
        return proven[0], ""
    open_ones = [look[key] for look in looks for key in (*proven, "either") if key in look]
    return "", open_ones[0] if open_ones else ""


def _plain(cell: str) -> str:
    for space in SPACES:
        cell = cell.replace(space, " ")
    return cell.strip()


def _month(name: str) -> str:
    number = MONTHS.get(name.lower())
    if number is None:
        raise CannotRead(f"“{name}” is no month. Write a date such as 2026-11-24.")
    return str(number)


def _date(year: str, month: str, day: str, *, order: str) -> date:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        hint = "month first" if order == MONTH_FIRST else "day first"
        raise CannotRead(
            f"There is no such day in the calendar (dates like 11/24/2026 are read {hint})."
        )


def _rest_time(rest: str) -> time | None:
    text = rest.strip().lstrip("T,").strip()
    if not text:
        return None
    if OFFSET.search(text) and ":" in text:
        raise CannotRead(
            "Leave the time zone out: times are read as the clock at the site shows them."
        )
    return read_time(text)


def _of_serial(text: str) -> tuple[date, time | None]:
    days = float(text.replace(",", "."))
    if not SERIALS[0] <= days < SERIALS[1]:
        raise CannotRead("Write a date such as 2026-11-24 or 11/24/2026.")
    moment = EPOCH + timedelta(minutes=round(days * 24 * 60))
    return moment.date(), moment.time() if days % 1 else None
