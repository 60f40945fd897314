"""What each kind of case asks for beside the story: its own short parts of the form.

One entry a kind in ``PARTS``: the fields for an assignment, a check over what was given, and
what was given in words. The words are kept with the case (``Case.particulars``), so that they
stay as they were said, whatever becomes of the assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import capfirst

from assignments.models import Assignment
from core.dates import date_words, moment_words
from core.forms import DateTimeLocalInput, DayField, MoneyInput
from core.money import format_money
from core.text_fields import LineField, TextField
from escalations.casework.contested import rating_about
from escalations.models import Side

Fields = dict[str, forms.Field]
Data = Mapping[str, Any]
Lines = list[tuple[str, str]]
ROWS = 5
"""Pieces of equipment that the form has room for beside the parts of the assignment."""


OF_OUR_CENTURY = [
    MinValueValidator(datetime(2000, 1, 2, tzinfo=UTC), "Choose a time from the year 2000 on."),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC), "Choose a time before the year 2100."),
]


@dataclass(frozen=True)
class Particulars:
    """``unfit`` says why the kind cannot be what this is about, or nothing."""

    fields: Callable[[Assignment, str], Fields]
    lines: Callable[[Assignment, Data], Lines]
    check: Callable[[Data], dict[str, str]] = lambda data: {}
    unfit: Callable[[Assignment, str], str] = lambda assignment, side: ""


def _text(label: str, help_text: str = "", *, required: bool = True) -> TextField:
    rows = forms.Textarea(attrs={"rows": 2})
    return TextField(
        label=label, help_text=help_text, required=required, max_length=1_000, widget=rows
    )


def _choice(label: str, options: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Choose one"), *options.items()])


def _several(label: str, options: dict[str, str], *, required: bool = True) -> Any:
    return forms.MultipleChoiceField(
        label=label, choices=list(options.items()), required=required,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def _said(options: Mapping[str, str], given: Any) -> str:
    chosen = [given] if isinstance(given, str) else given
    return ", ".join(options[one] for one in chosen if one in options)


def _left_site(assignment: Assignment, side: str) -> Fields:
    zone = assignment.time_zone.replace("_", " ")
    return {
        "left_at": forms.DateTimeField(
            label="When did they leave?", widget=DateTimeLocalInput, validators=OF_OUR_CENTURY,
            help_text=f"On the clock of the site ({zone}).",
        ),
        "left_undone": _text("What was left undone?"),
    }  # fmt: skip


def _left_site_lines(assignment: Assignment, data: Data) -> Lines:
    left = data["left_at"].replace(tzinfo=assignment.zone)
    return [
        ("Left the site", moment_words(left, assignment.time_zone)),
        ("Left undone", data["left_undone"]),
    ]


TRIED = {
    "message": "a message here",
    "phone": "a call",
    "text": "a text message",
    "email": "an e-mail",
    "none": "not at all",
}
REPLACED = {"no": "Nobody", "other": "Somebody else", "own": "Our own people"}


def _no_show(assignment: Assignment, side: str) -> Fields:
    return {
        "tried": _several(
            "How did you try to reach them?", {key: capfirst(how) for key, how in TRIED.items()}
        ),
        "replaced": _choice("Who did the work instead?", REPLACED),
    }


def _no_show_lines(assignment: Assignment, data: Data) -> Lines:
    return [
        ("Tried to reach them by", _said(TRIED, data["tried"])),
        ("Did the work instead", _said(REPLACED, data["replaced"])),
    ]


def _equipment(assignment: Assignment, side: str) -> Fields:
    parts = assignment.parts.filter(return_wanted=True, back_at=None).order_by("position", "pk")
    listed = {f"{part.pk}": str(part) for part in parts}
    fields: Fields = {}
    if listed:
        fields["parts"] = _several("Parts that should have come back", listed, required=False)
    for row in range(1, ROWS + 1):
        fields[f"piece_{row}"] = LineField(
            label=f"Piece {row}", required=False, max_length=120,
            help_text="What it is, and its serial number." if row == 1 else "",
        )  # fmt: skip
        fields[f"value_{row}"] = MoneyInput(label="Its value", required=False)
    return fields


def _equipment_check(data: Data) -> dict[str, str]:
    found = {
        f"piece_{row}": "Say what is worth this."
        for row in range(1, ROWS + 1)
        if data.get(f"value_{row}") and not data.get(f"piece_{row}")
    }
    if not found and not data.get("parts") and not data.get("piece_1"):
        found["piece_1"] = "Name at least one piece of equipment."
    return found


def _equipment_lines(assignment: Assignment, data: Data) -> Lines:
    chosen = assignment.parts.filter(pk__in=data.get("parts") or []).order_by("position", "pk")
    currency = assignment.company.currency
    lines = [("Part", _worth(str(part), part.value, currency)) for part in chosen]
    pieces = {row: data.get(f"piece_{row}") for row in range(1, ROWS + 1)}
    return lines + [
        ("Equipment", _worth(piece, data.get(f"value_{row}"), currency))
        for row, piece in pieces.items()
        if piece
    ]


def _worth(what: str, value: Any, currency: str) -> str:
    return f"{what}, worth {format_money(value, currency)}" if value else what


ABOUT = {
    "price": "The price",
    "hours": "The hours or units",
    "expenses": "The expenses",
    "bonus": "The bonus",
    "quality": "Whether the work was done as agreed",
    "other": "Something else",
}


def _dispute(assignment: Assignment, side: str) -> Fields:
    return {
        "disputed_amount": MoneyInput(
            label="Amount in dispute",
            help_text="What you would be paid too little, or would pay too much.",
        ),
        "about": _choice("What is it about?", ABOUT),
    }


def _dispute_lines(assignment: Assignment, data: Data) -> Lines:
    amount = format_money(data["disputed_amount"], assignment.company.currency)
    return [("Amount in dispute", amount), ("It is about", _said(ABOUT, data["about"]))]


HOW = {
    "pay": "Payment outside the platform was offered or asked for",
    "work": "Work outside the platform was offered or asked for",
    "contact": "Contact details were passed on before the assignment",
    "subcontract": "Somebody else was sent to do the work",
    "other": "Something else",
}


def _circumvention(assignment: Assignment, side: str) -> Fields:
    return {
        "how": _choice("Which of these was it?", HOW),
        "elsewhere": _text(
            "Where was it said or written?",
            "Choose the messages below. If it was not written here, say where and when.",
            required=False,
        ),
    }


def _circumvention_check(data: Data) -> dict[str, str]:
    if data.get("messages") or data.get("elsewhere"):
        return {}
    return {"elsewhere": "Choose the messages below, or say where it was said or written."}


def _circumvention_lines(assignment: Assignment, data: Data) -> Lines:
    where = [("Where", data["elsewhere"])] if data.get("elsewhere") else []
    return [("How", _said(HOW, data["how"])), *where]


def _deliverables(assignment: Assignment, side: str) -> Fields:
    asked = assignment.deliverable_requests.order_by("position", "pk")
    titles = {f"{one.pk}": one.title for one in asked}
    fields: Fields = {}
    if titles:
        fields["missing"] = _several("What is missing or not as asked for?", titles)
    fields["wrong"] = _text(
        "What is wrong with what was handed in?", "If something was.", required=not titles
    )
    return fields


def _deliverables_lines(assignment: Assignment, data: Data) -> Lines:
    asked = assignment.deliverable_requests.filter(pk__in=data.get("missing") or [])
    titles = [("Missing", one.title) for one in asked.order_by("position", "pk")]
    return [*titles, *([("Wrong with it", data["wrong"])] if data.get("wrong") else [])]


def _conduct(assignment: Assignment, side: str) -> Fields:
    return {
        "happened_on": DayField(label="On which day?"),
        "witnesses": _text("Who saw or heard it?", required=False),
    }


def _conduct_lines(assignment: Assignment, data: Data) -> Lines:
    seen = [("Seen or heard by", data["witnesses"])] if data.get("witnesses") else []
    return [("Happened on", date_words(data["happened_on"])), *seen]


TOLD = {
    "silent": "No answer at all",
    "soon": "They said they would",
    "disputed": "They are not content with the work",
    "other": "Something else",
}


def _told(assignment: Assignment, side: str) -> Fields:
    return {"told": _choice("What were you told?", TOLD)}


def _approval_lines(assignment: Assignment, data: Data) -> Lines:
    lines = [("Told", _said(TOLD, data["told"]))]
    if assignment.submitted_at:
        lines.insert(0, ("Submitted", moment_words(assignment.submitted_at, assignment.time_zone)))
    return lines


def _payment_lines(assignment: Assignment, data: Data) -> Lines:
    invoice, lines = assignment.invoice, [("Told", _said(TOLD, data["told"]))]
    if invoice is not None:
        owed = format_money(invoice.worker_amount, invoice.currency)
        lines.insert(0, ("Owed", f"{owed}, {invoice.label}, due {date_words(invoice.due_on)}"))
    return lines


def _cancelled(assignment: Assignment, side: str) -> Fields:
    return {
        "costs": MoneyInput(
            label="What it cost you", required=False,
            help_text="A trip, parts, a night: what you had spent already. Add receipts below.",
        )
    }  # fmt: skip


def _cancelled_lines(assignment: Assignment, data: Data) -> Lines:
    lines: Lines = []
    if assignment.cancelled_at:
        lines.append(("Cancelled", moment_words(assignment.cancelled_at, assignment.time_zone)))
    if data.get("costs"):
        lines.append(("Costs", format_money(data["costs"], assignment.company.currency)))
    return lines


UNFAIR = {
    "untrue": "It says something that is not true",
    "other_work": "It is about other work, or another person",
    "insult": "It insults or threatens",
    "revenge": "It answers a complaint of ours",
    "other": "Something else",
}


def _rating(assignment: Assignment, side: str) -> Fields:
    return {"unfair": _choice("What is wrong with the rating?", UNFAIR)}


def _no_rating(assignment: Assignment, side: str) -> str:
    rating = rating_about(assignment, Side(side))
    if rating and rating.hidden_at is None:
        return ""
    return "Nothing has been published about you here that could be contested."


def _nothing(assignment: Assignment, side: str) -> Fields:
    return {}


def _subject(assignment: Assignment, side: str) -> Fields:
    return {"subject": LineField(label="In a few words", max_length=100)}


PARTS: dict[str, Particulars] = {
    "abandoned_site": Particulars(_left_site, _left_site_lines),
    "no_show": Particulars(_no_show, _no_show_lines),
    "equipment": Particulars(_equipment, _equipment_lines, _equipment_check),
    "payment_dispute": Particulars(_dispute, _dispute_lines),
    "circumvention": Particulars(_circumvention, _circumvention_lines, _circumvention_check),
    "deliverables": Particulars(_deliverables, _deliverables_lines),
    "conduct": Particulars(_conduct, _conduct_lines),
    "approval_late": Particulars(
        _told, _approval_lines,
        unfit=lambda one, side: "" if one.submitted_at and not one.approved_at
        else "Nothing of yours waits for approval here.",
    ),
    "payment_late": Particulars(
        _told, _payment_lines,
        unfit=lambda one, side: "" if one.invoice and not one.invoice.paid_at
        and not one.invoice.withdrawn_at else "No invoice of yours is unpaid here.",
    ),
    "cancelled": Particulars(
        _cancelled, _cancelled_lines,
        unfit=lambda one, side: "" if one.cancelled_at else "This assignment is not cancelled.",
    ),
    "rating": Particulars(
        _rating, lambda one, data: [("What is wrong", _said(UNFAIR, data["unfair"]))],
        unfit=_no_rating,
    ),
    "other": Particulars(_subject, lambda one, data: [("Subject", data["subject"])]),
}  # fmt: skip
