"""What work asks of a worker, and what they lack of it: each fact read once for all rows.

Of the kinds of requirements those that ``seed_scale`` makes are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from tests.bench.limits.models import (
    Assignment,
    Attempt,
    CompanyMark,
    Credential,
    Override,
    Requirement,
    Signature,
    Worker,
    WorkerScorecard,
)


class Facts:
    """What a worker has of everything that can be asked (six statements)."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        mine = {"worker": worker}
        self.credentials = list(
            Credential.objects.filter(status="verified", is_shown=True, **mine)
            .filter(kind__archived_at=None).select_related("kind")
        )  # fmt: skip
        self.passes = list(
            Attempt.objects.filter(status__in=("passed", "done"), **mine)
            .filter(version__number__gte=F("test__counts_from"), test__archived_at=None)
            .select_related("test")
        )  # fmt: skip
        signed = Signature.objects.filter(version__number=F("version__agreement__current"), **mine)
        self.signed = set(
            signed.filter(version__agreement__archived_at=None).values_list(
                "version__agreement__reference", flat=True
            )
        )
        cards = WorkerScorecard.objects.filter(worker_id=worker.pk)
        self.cards = {card.window: card for card in cards}
        marks = CompanyMark.objects.filter(standing="blocked", **mine)
        self.blocked = set(marks.values_list("company_id", flat=True))
        overrides = Override.objects.filter(ended_at=None, **mine)
        self.overrides = set(overrides.values_list("requirement_set_id", "assignment_key"))


def until(day: date | None, wanted: date) -> bool:
    return day is None or day >= wanted


def has_credential(facts: Facts, values: Any, row: Any) -> bool:
    least, day = Decimal(values.get("amount") or 0), row.ends_at.date()
    return any(
        one.kind.slug == values["kind"]
        and (one.amount or 0) >= least
        and values.get("region") in ("", None, one.region)
        and until(one.expires_on, day)
        and (one.issued_on is None or one.issued_on <= day)
        for one in facts.credentials
    )


def has_passed(facts: Facts, values: Any, row: Any) -> bool:
    return any(
        one.test.reference == values["test"]
        and one.test.company_id == row.company_id
        and until(one.expires_on, row.ends_at.date())
        for one in facts.passes
    )


def share(figure: str) -> Callable[[Facts, Any, Any], bool]:
    def meets(facts: Facts, values: Any, row: Any) -> bool:
        found = getattr(facts.cards.get(values["window"]), figure, None)
        return bool(values["newcomers"]) if found is None else found >= values["percent"] / 100

    return meets


MEETS: dict[str, Callable[[Facts, Any, Any], bool]] = {
    "language": lambda facts, values, row: values["language"] in facts.worker.languages,
    "not_blocked": lambda facts, values, row: row.company_id not in facts.blocked,
    "distance": lambda facts, values, row: row.miles is None or row.miles <= values["miles"],
    "credential": has_credential,
    "test": has_passed,
    "agreement": lambda facts, values, row: values["agreement"] in facts.signed,
    "satisfaction": share("satisfaction"),
    "on_time": share("on_time"),
}


def ask(rows: Sequence[Any], worker: Worker) -> None:
    """Give each row the number of things it ``asks``, and how many of them the worker ``lacks``
    (one statement more, which reads the requirements of all rows)."""
    sets = {key for row in rows for key in row.requirement_sets}
    companies = {row.company_id for row in rows}
    always = Q(requirement_set__on_all=True, requirement_set__company__in=companies)
    found = Requirement.objects.filter(Q(requirement_set__in=sets) | always)
    asked = list(found.select_related("requirement_set").order_by("requirement_set", "position"))
    facts = Facts(worker) if asked else None
    for row in rows:
        own = [one for one in asked if of_row(one, row)]
        row.asks = len(own)
        row.lacks = sum(not met(facts, one, row) for one in own) if facts else 0


def of_row(one: Requirement, row: Assignment) -> bool:
    of = one.requirement_set
    return one.requirement_set_id in row.requirement_sets or (
        of.on_all and of.company_id == row.company_id
    )


def met(facts: Facts, one: Requirement, row: Any) -> bool:
    key = one.requirement_set_id
    if {(key, None), (key, row.pk)} & facts.overrides:
        return True
    return MEETS[one.kind](facts, one.values, row)
