"""Filling in canned answers: what each variable stands for in a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from core.dates import moment_words
from core.errors import DomainError
from core.money import format_money
from escalations import office_hours
from escalations.models import CannedAnswer, Case

VARIABLE = re.compile(r"\{([^{}]*)\}")


class UnknownVariable(DomainError):
    message = "There is no variable {name}. Use one of: {known}."
    field = "body"


@dataclass(frozen=True)
class Variable:
    """``{name}`` in a text, what it says in words, and how a case fills it in."""

    name: str
    words: str
    of: Callable[[Case, Actor, datetime], str]


def _by(case: Case, moment: datetime) -> str:
    return moment_words(moment, case.assignment.time_zone)


def _answer_due(at: datetime) -> datetime:
    hours = office_hours.current()
    return hours.after(at, hours.party_answer)


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("case", "the number of the case", lambda case, by, at: case.label),
        Variable("kind", "what it is about", lambda case, by, at: case.get_kind_display().lower()),
        Variable("client", "the name of the client", lambda case, by, at: case.company.name),
        Variable("worker", "the name of the worker", lambda case, by, at: str(case.worker)),
        Variable("opener", "who opened the case", lambda case, by, at: str(case.opener)),
        Variable("assignment", "the title of the assignment",
                 lambda case, by, at: case.assignment.title),
        Variable("reference", "its reference", lambda case, by, at: case.assignment.reference),
        Variable(
            "price", "its agreed budget",
            lambda case, by, at: format_money(case.assignment.budget, case.company.currency),
        ),
        Variable("agent", "your name", lambda case, by, at: str(by.user)),
        Variable(
            "answer_by", "when an answer asked for now is due",
            lambda case, by, at: _by(case, _answer_due(at)),
        ),
        Variable("update_by", "when we write again at the latest",
                 lambda case, by, at: _by(case, case.update_due_at)),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """A canned answer as a case shows it: for which act, and its text with everything filled in."""

    key: int
    title: str
    use: str
    text: str


def check(body: str) -> None:
    """Raise ``UnknownVariable`` for what no case could fill in."""
    known = ", ".join(f"{{{name}}}" for name in VARIABLES)
    for found in VARIABLE.finditer(body):
        if found[1] not in VARIABLES:
            raise UnknownVariable(name=found[0], known=known)


def fill(body: str, case: Case, *, by: Actor, at: datetime) -> str:
    """The text with its variables filled in; one that is unknown stays as it was written."""

    def value(found: re.Match[str]) -> str:
        variable = VARIABLES.get(found[1])
        return variable.of(case, by, at) if variable else found[0]

    return VARIABLE.sub(value, body)


def offered(case: Case, *, by: Actor, at: datetime) -> list[Offered]:
    """The answers for a case of this kind, by title (one query)."""
    rows = CannedAnswer.objects.filter(is_offered=True, kind__in=["", case.kind])
    return [
        Offered(row.pk, row.title, row.use, fill(row.body, case, by=by, at=at))
        for row in rows.order_by("title")
    ]
