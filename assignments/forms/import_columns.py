"""What a column of an import can hold: one table, from which the rest is drawn.

The choices of the mapping page, the guesses from headings, the sample file and the way a cell is
read all come from ``COLUMNS``. A column whose field the posting form does not have is left out, so
that a line here is all that a new field of a posting needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms

TEXT, LONG, CHOICE, YES_NO, RECORD = "text", "long", "choice", "yes_no", "record"
MONEY, NUMBER, MOMENT, TIME, DIGITS, DATE = (
    "money", "number", "moment", "time", "digits", "date",
)  # fmt: skip
NAMES, LINES, AMOUNTS, MOMENTS, FLAGS, DAYS = (
    "names", "lines", "amounts", "moments", "flags", "days",
)  # fmt: skip
LISTS = frozenset({NAMES, LINES, AMOUNTS, MOMENTS, FLAGS, DAYS})
"""Kinds whose cells hold several things, with semicolons between them."""

NOT_IN_FORM = frozenset({
    "starts_time", "ends_time", "length_hours", "days", "wanted", "wanted_due",
    "wanted_instructions", "parts", "parts_number", "parts_value", "parts_carrier",
    "parts_tracking", "parts_return", "own_sets", "survey", "labels",
})  # fmt: skip
"""Columns of the import alone: from them the reader makes what the form and its rows ask for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing a column may hold.

    ``name`` is the field of the posting form, ``kind`` how its cells are read, ``aliases`` other
    headings it is known by, ``samples`` its cells in the sample file (none: not in the sample),
    ``heading`` what stands above them there.
    """

    name: str
    label: str
    kind: str
    group: str
    aliases: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    help: str = ""
    heading: str = ""


WORK, SITE, TIMES, PAY, ASKED = "The work", "The site", "The time", "The pay", "What is asked for"
PARTS, OWN = "Parts", "Your own fields"
EACH = "With semicolons between them, in the order of the {}."

COLUMNS: tuple[Column, ...] = (
    Column("title", "Title", TEXT, WORK, ("name", "job", "subject", "summary", "task"),
           ("Replace two access points", "Survey the Wi-Fi", "Rebuild the back office")),
    Column("industry", "Industry", RECORD, WORK, ("trade", "category", "field"),
           ("Networking", "Networking", "Networking")),
    Column("description", "Description", LONG, WORK,
           ("details", "scope", "scope of work", "work description"),
           ("Swap both access points, test them, and take a photo of each.",
            "Walk the sales floor with the survey tool and send the report.",
            "Day one: pull the old cables. Day two: mount the switch, patch, test each port.")),
    Column("special_instructions", "Special instructions", LONG, WORK,
           ("instructions", "notes", "remarks"), ("Ask for Priya at the counter.", "", "")),
    Column("skills", "Skills", TEXT, WORK, ("desired skills", "tags"),
           ("Wi-Fi, cabling", "Wi-Fi survey", "cabling")),
    Column("labels", "Labels", NAMES, WORK, ("label",),
           help="Names of your own labels, with semicolons between them."),
    Column("owner", "Who looks after it", RECORD, WORK,
           ("owner", "manager", "responsible", "owner e-mail", "owner email")),
    Column("customer", "Customer", RECORD, WORK, ("end customer", "account")),
    Column("project", "Project", RECORD, WORK, ("programme", "program")),
    Column("place", "On site or remote", CHOICE, SITE, ("place", "remote", "work place"),
           ("On site", "On site", "On site")),
    Column("location", "Location", RECORD, SITE,
           ("location number", "location name", "store number", "site number", "site id")),
    Column("site_name", "Site name", TEXT, SITE, ("site", "store", "store name"),
           ("Store 114", "Store 207", "Store 311")),
    Column("street", "Street and number", TEXT, SITE,
           ("street", "address", "address 1", "street address", "address line 1"),
           ("12 High Street", "400 Spring Avenue", "9 Market Square")),
    Column("city", "City", TEXT, SITE, ("town",), ("Columbus", "Chicago", "Columbus")),
    Column("region", "State", TEXT, SITE, ("region", "province", "state code"),
           ("OH", "IL", "OH")),
    Column("postal_code", "ZIP code", DIGITS, SITE,
           ("zip", "zipcode", "postal code", "postcode", "zip postal code"),
           ("43215", "60601", "43215")),
    Column("contact_name", "Contact on site", TEXT, SITE,
           ("contact", "site contact", "contact name"), ("Priya Rao", "", "")),
    Column("contact_phone", "Phone of the contact", DIGITS, SITE,
           ("phone", "contact phone", "telephone", "site phone"), ("614 555 0114", "", "")),
    Column("dress_code", "Dress code", TEXT, SITE, ("dress",)),
    Column("access_instructions", "Access instructions", LONG, SITE, ("access",)),
    Column("time_zone", "Time zone", CHOICE, SITE, ("timezone", "zone"),
           help="Only for remote work; on site the ZIP code decides."),
    Column("schedule", "Fixed time or window", CHOICE, TIMES, ("schedule", "schedule type")),
    Column("starts_at", "Start", MOMENT, TIMES,
           ("start date", "starts", "date", "start date time", "scheduled start", "begin",
            "start at", "from"), ("2026-11-24 09:00", "2026-11-25 13:30", "")),
    Column("starts_time", "Start: time of day", TIME, TIMES,
           ("start time", "time", "starts time", "begin time"),
           help="Where the start’s column holds only the date."),
    Column("ends_at", "End", MOMENT, TIMES,
           ("end date", "ends", "end date time", "scheduled end", "finish", "until", "to"),
           ("2026-11-24 13:00", "2026-11-25 17:30", ""),
           help="A time alone means the day of the start."),
    Column("ends_time", "End: time of day", TIME, TIMES, ("end time", "finish time"),
           help="Where the end’s column holds only the date, or is missing."),
    Column("length_hours", "Length in hours", NUMBER, TIMES,
           ("duration", "length", "hours on site", "duration hours"),
           help="Instead of an end."),
    Column("days", "Days of work", DAYS, TIMES,
           ("days", "visit days", "visits", "work days", "several days"),
           ("", "", "2026-11-26 09:00-17:00; 2026-11-27 08:30-12:00"),
           help="For work of several days, instead of start and end; with semicolons between "
           "them. Days without times take those of the columns of times of day."),
    Column("entered_as", "What the amounts are", CHOICE, PAY,
           ("amounts are", "entered as", "price basis", "amounts"),
           help="“Worker pay”, or “total spend” with our fee in it. Empty: worker pay."),
    Column("pricing", "How it is paid", CHOICE, PAY,
           ("pricing", "pricing type", "pay type", "price type")),
    Column("flat_price", "Price", MONEY, PAY, ("flat price", "flat rate", "pay", "amount"),
           ("250.00", "", "900.00")),
    Column("hourly_rate", "Hourly rate", MONEY, PAY, ("rate", "rate per hour", "per hour"),
           ("", "45.00", "")),
    Column("max_hours", "Most hours", NUMBER, PAY, ("max hours", "hours"), ("", "6", "")),
    Column("unit_price", "Price per unit", MONEY, PAY, ("unit price", "per unit")),
    Column("max_units", "Most units", NUMBER, PAY, ("max units", "units", "quantity")),
    Column("unit_name", "Name of the unit", TEXT, PAY, ("unit",)),
    Column("first_rate", "First hourly rate", MONEY, PAY, ("initial rate",)),
    Column("first_hours", "Hours at the first rate", NUMBER, PAY, ("first hours",)),
    Column("second_rate", "Second hourly rate", MONEY, PAY, ("additional rate", "then rate")),
    Column("second_hours", "Hours at the second rate", NUMBER, PAY,
           ("second hours", "additional hours")),
    Column("price_is_fixed", "The price is fixed", YES_NO, PAY, ("fixed price", "price fixed")),
    Column("terms_days", "When it is paid", CHOICE, PAY,
           ("terms", "payment terms", "terms days", "net")),
    Column("support_contact", "Whom the worker calls for help", RECORD, ASKED,
           ("support contact", "support")),
    Column("support_name", "Support: name or desk", TEXT, ASKED, ("support name", "help desk")),
    Column("support_phone", "Support: phone", DIGITS, ASKED, ("support phone",)),
    Column("support_email", "Support: e-mail", TEXT, ASKED, ("support email", "support e-mail")),
    Column("wants_check_in", "Check in and out", YES_NO, ASKED, ("check in", "checkin")),
    Column("wants_confirmation", "Confirmation", YES_NO, ASKED, ("confirm",)),
    Column("confirm_hours_before", "Hours before for the confirmation", NUMBER, ASKED),
    Column("requirement_sets", "Requirement sets", NAMES, ASKED,
           ("requirement set", "requirements"),
           help="Names of your sets, with semicolons between them. Those that you ask on every "
           "assignment are asked in any case."),
    Column("wanted", "Deliverables", LINES, ASKED, ("deliverable", "asked for"),
           ("2 x Photo of each access point; Signed work order", "Report", "Photo of the rack"),
           help="With semicolons between them; “2 x” before one asks for two files."),
    Column("wanted_due", "Deliverables: due", MOMENTS, ASKED,
           ("deliverables due", "deliverable due"), help=EACH.format("deliverables")),
    Column("wanted_instructions", "Deliverables: instructions", LINES, ASKED,
           ("deliverable instructions",), help=EACH.format("deliverables")),
    Column("parts", "Parts", LINES, PARTS, ("part", "part name", "part names", "materials"),
           ("Access point; Ceiling bracket", "", "Switch"),
           help="With semicolons between them."),
    Column("parts_number", "Part numbers", LINES, PARTS, ("part number", "part no"),
           ("AP-515; CB-9", "", "SW-24"), help=EACH.format("parts")),
    Column("parts_value", "Part values", AMOUNTS, PARTS, ("part value", "part price"),
           ("320.00; 12.50", "", "149.00"), help=EACH.format("parts")),
    Column("parts_carrier", "Part carriers", LINES, PARTS, ("part carrier", "carrier"),
           ("UPS; UPS", "", ""), help=EACH.format("parts")),
    Column("parts_tracking", "Part tracking numbers", LINES, PARTS,
           ("part tracking number", "part tracking", "tracking", "tracking number"),
           help=EACH.format("parts")),
    Column("parts_return", "Parts wanted back", FLAGS, PARTS,
           ("part return", "parts returned", "return wanted", "part wanted back"),
           ("yes; no", "", "no"), help="Yes or no for each, in the order of the parts."),
    Column("own_sets", "Own sets of fields", NAMES, OWN, ("field sets", "also ask"),
           help="Names of sets that you ask only when chosen, with semicolons between them."),
    Column("survey", "Closing survey", NAMES, OWN, ("survey",), help="The name of the survey."),
)  # fmt: skip

LEFT_OUT = (
    ("Documents", "A CSV file holds no files. Let the rest be filled from a template or an "
     "assignment that has them, or add them to the drafts."),
    ("Own fields of the kind “file”", "For the same reason. One that must be filled in is asked "
     "for before a draft can be sent."),
    ("Saving a site as a location", "A file often names one site many times. Keep locations under "
     "Settings and name them in the column “Location”."),
    ("Which of two equal hours is meant", "Where the clocks go back, the first one is taken. "
     "Change it on the draft."),
)  # fmt: skip
"""What the posting form can hold and a file cannot, and why."""

BY_NAME = {column.name: column for column in COLUMNS}
SITE_NAMES = frozenset(column.name for column in COLUMNS if column.group == SITE) - {"place"}
TIME_NAMES = frozenset({"starts_at", "starts_time", "ends_at", "ends_time", "length_hours"})
NO_DAYS_WITH = ("starts_at", "ends_at", "length_hours")
PRICE_NAMES = frozenset(
    column.name for column in COLUMNS if column.group == PAY and column.kind in (MONEY, NUMBER)
)


def available(fields: Mapping[str, forms.Field], own: Iterable[Column] = ()) -> list[Column]:
    """The columns that this posting form can take, and then the company's own."""
    there = [one for one in COLUMNS if one.name in fields or one.name in NOT_IN_FORM]
    return [*there, *own]


def folded(heading: str) -> str:
    """A heading without case and punctuation, for comparing."""
    return " ".join(re.sub(r"[^\w]+", " ", heading.replace("_", " ")).casefold().split())


def guess(headings: Iterable[str], columns: Iterable[Column]) -> dict[int, str]:
    """The likely field of each heading: its label, its name or another name; each field once."""
    names: dict[str, str] = {}
    for column in columns:
        for word in (column.heading or column.label, column.name, *column.aliases):
            names.setdefault(folded(word), column.name)
    found: dict[int, str] = {}
    for index, heading in enumerate(headings):
        name = names.get(folded(heading))
        if name and name not in found.values():
            found[index] = name
    return found
