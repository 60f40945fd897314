"""The whole posting page as one thing: the form, the rows of deliverables, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from accounts.actors import Actor
from assignments import completeness, quoting
from assignments.completeness import Point
from assignments.forms.posting import EditPostingForm, NewPostingForm, PostingForm, initial_of
from assignments.forms.wanted import initial_rows, rows_of
from assignments.models import Assignment
from assignments.posting import FIELDS, Wanted
from assignments.pricing import PricingType, Terms
from assignments.quoting import Quote


class Sheet:
    """Form and rows, valid together and shown together.

    ``assignment`` is the one that is edited, or None for a new one.
    """

    def __init__(
        self, data: Any, *, actor: Actor, at: datetime, assignment: Assignment | None = None
    ) -> None:
        self.assignment = assignment
        self.form: PostingForm
        if assignment is None:
            self.form = NewPostingForm(data, actor=actor, at=at)
            self.rows = rows_of(data)
        else:
            self.form = EditPostingForm(
                data, actor=actor, at=at, assignment=assignment, initial=initial_of(assignment)
            )
            stored = list(assignment.deliverable_requests.order_by("position", "pk"))
            self.rows = rows_of(
                data, initial=initial_rows(stored, assignment.zone), extra=1 if stored else 3
            )

    def is_valid(self) -> bool:
        """Whether everything is good; the due times are checked once the rest is."""
        valid = [self.form.is_valid(), self.rows.is_valid()]
        if not all(valid):
            return False
        data = self.form.cleaned_data
        self.rows.place(data["time_zone"], starts_at=data["starts_at"])
        return self.rows.all_good()

    @property
    def wanted(self) -> list[Wanted]:
        return self.rows.wanted()

    def says_what_is_stored(self) -> bool:
        """Whether saving would change nothing, as when the form was sent twice."""
        assert self.assignment is not None
        stored = {name: getattr(self.assignment, name) for name in FIELDS}
        asked = [
            Wanted(request.title, request.count, request.instructions, request.due_at)
            for request in self.assignment.deliverable_requests.order_by("position", "pk")
        ]
        return self.form.values() == stored and self.wanted == asked

    def more_rows(self) -> None:
        """Show the page again with everything as typed, unchecked, and three more blank rows."""
        typed = typed_in(self.form)
        rows = [typed_in(row) for row in self.rows.forms]
        self.form = _unbound(self.form, typed)
        self.rows = rows_of(initial=rows, extra=3)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known of the posting so far."""
        source = self.form.cleaned_data if self.form.is_bound else self.form.initial
        place = source.get("place", "on_site")
        return {**source, "on_site": place == "on_site"}

    @property
    def points(self) -> list[Point]:
        """What a worker looks for, and whether it is there."""
        if self.rows.is_bound:
            asking = [row for row in self.rows.forms if row.is_valid() and row.asks]
        else:
            asking = [row for row in self.rows.forms if row.initial.get("title")]
        return completeness.of_posting(self.facts, asking)

    @property
    def points_done(self) -> int:
        return sum(point.done for point in self.points)

    @property
    def fee_rate(self) -> Decimal:
        return self.assignment.fee_rate if self.assignment else settings.PLATFORM_FEE_RATE

    @property
    def quote(self) -> Quote | None:
        """What it costs at most; None until there is a price."""
        facts = self.facts
        terms = Terms(
            facts.get("pricing") or PricingType.FLAT,
            facts.get("flat_price"),
            facts.get("hourly_rate"),
            facts.get("max_hours"),
        )
        return quoting.of_terms(terms, self.fee_rate) if terms.most else None

    @property
    def terms_sentence(self) -> str:
        """When the money moves, in words."""
        days = int(self.facts.get("terms_days") or 0)
        if days:
            return f"Counts against your credit when sent; due {days} days after approval."
        return "Set aside from your balance when sent; paid when you approve."


def typed_in(form: forms.BaseForm) -> dict[str, Any]:
    """Everything as it was typed, to show it again without judging it."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def _unbound(form: PostingForm, typed: dict[str, Any]) -> PostingForm:
    more = {"assignment": form.assignment} if isinstance(form, EditPostingForm) else {}
    return type(form)(actor=form.actor, at=form.at, initial=typed, **more)
