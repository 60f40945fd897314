"""The whole posting page as one thing: the form, the rows of deliverables, and their figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.actors import Actor
from assignments import completeness, contents, quoting
from assignments.completeness import Beside, Point
from assignments.contents import Contents, GivenPart, Wanted
from assignments.forms.asked import PostingFields
from assignments.forms.handed import DocumentsForm, PartRows, initial_parts, part_rows
from assignments.forms.labels import PostingLabelsForm
from assignments.forms.posting import EditPostingForm, NewPostingForm, PostingForm, initial_of
from assignments.forms.site import filled_from
from assignments.forms.times import SEVERAL, DayRows, FillDaysForm, day_rows, initial_days
from assignments.forms.wanted import initial_rows, rows_of
from assignments.models import Assignment, Location, LocationContact
from assignments.pricing import Terms
from assignments.queries.catalog import location_choices
from assignments.queries.requirements import effect_of
from assignments.quoting import Quote
from assignments.schedule import span_of
from vetting.queries.requirements import Effect


class Sheet:
    """Form and rows, valid together and shown together.

    ``assignment`` is the one that is edited, or None for a new one, which may start ``like``
    contents that exist already.
    """

    def __init__(
        self,
        data: Any,
        *,
        actor: Actor,
        at: datetime,
        assignment: Assignment | None = None,
        like: Contents | None = None,
        uploads: Any = None,
    ) -> None:
        self.assignment = assignment
        self.stored = contents.of(assignment) if assignment else None
        self.found: list[Location] | None = None
        start = self.stored or like
        initial = initial_of(start) if start else None
        wanted = (start.deliverables or ()) if start else ()
        self.form: PostingForm
        if assignment is None:
            self.form = NewPostingForm(data, actor=actor, at=at, initial=initial)
        else:
            initial = {**(initial or {}), "revision": assignment.revision}
            self.form = EditPostingForm(
                data, actor=actor, at=at, assignment=assignment, initial=initial
            )
        zone = start.fields["time_zone"] if start else ""
        self.rows = rows_of(data, initial=initial_rows(wanted, zone), extra=1 if wanted else 3)
        days = (start.days or ()) if start else ()
        self.days = day_rows(data, initial=initial_days(days, zone), extra=1 if days else 2)
        self.fill = FillDaysForm()
        parts = (start.parts or ()) if start else ()
        self.parts = part_rows(
            data if data is None or "parts-TOTAL_FORMS" in data else None,
            initial=initial_parts(parts),
        )
        self.documents = DocumentsForm(
            data,
            uploads,
            company=actor.company,
            at=at,
            given=(start.documents or ()) if start else (),
        )
        self._uploads, self._start = uploads, start
        self.labels = self._own_labels(data, (start.labels or ()) if start else ())
        self.own = self._own_fields(data)

    def _own_labels(self, data: Any, on: Collection[int]) -> PostingLabelsForm:
        assert self.form.actor.company is not None
        return PostingLabelsForm(data, company=self.form.actor.company, on=on)

    def _own_fields(self, data: Any, initial: Mapping[str, Any] | None = None) -> PostingFields:
        """The company's own fields for the customer and the project that the form names."""
        assert self.form.actor.company is not None
        return PostingFields(
            data,
            self._uploads,
            company=self.form.actor.company,
            stored=(self._start.asked or ()) if self._start else (),
            fixed=self.assignment is not None and not self.assignment.is_draft,
            party=self.form.party,
            initial=initial,
        )

    def is_valid(self) -> bool:
        """Whether everything is good; days and due times are checked once the rest is."""
        valid = [self.form.is_valid(), self.rows.is_valid(), self.documents.is_valid()]
        valid += [self.own.is_valid(), self.labels.is_valid()]
        if self.parts.is_bound:
            valid.append(self.parts.is_valid())
        if self.has_days:
            valid.append(self.days.is_valid())
        if not all(valid):
            return False
        data = self.form.cleaned_data
        if self.has_days:
            self.days.place(data["time_zone"], at=self.form.at)
            if not self.days.all_good():
                return False
            data["starts_at"], data["ends_at"] = span_of(self.days.days())
        self.rows.place(data["time_zone"], starts_at=data["starts_at"])
        return self.rows.all_good()

    @property
    def judged_days(self) -> DayRows | None:
        """The days where they count, for the summary of errors."""
        return self.days if self.has_days else None

    @property
    def judged_parts(self) -> PartRows | None:
        """The parts where they were on the page, for the summary of errors."""
        return self.parts if self.parts.is_bound else None

    @property
    def has_parts(self) -> bool:
        """Whether a row says anything, so that the rows are shown open."""
        if self.parts.is_bound:
            return any(row.has_changed() for row in self.parts.forms) or not self.parts.is_valid()
        return any(row.initial.get("name") for row in self.parts.forms)

    @property
    def has_days(self) -> bool:
        """Whether the work is divided into several days."""
        return str(self.form["schedule"].value()) == SEVERAL

    @property
    def wanted(self) -> list[Wanted]:
        return self.rows.wanted()

    @property
    def contents(self) -> Contents:
        """What is written down; only of a valid sheet."""
        return Contents(
            self.form.values(),
            deliverables=tuple(self.wanted),
            days=self.days.days() if self.has_days else (),
            documents=self.documents.contents(),
            parts=self.parts.parts() if self.parts.is_bound else None,
            asked=self.own.asked,
            labels=self.labels.keys,
        )

    @property
    def saves_location(self) -> bool:
        return bool(self.form.cleaned_data["save_location"])

    def says_what_is_stored(self) -> bool:
        """Whether saving would change nothing, as when the form was sent twice."""
        assert self.assignment is not None
        stored, typed = contents.of(self.assignment), self.contents
        return typed == replace(stored, parts=stored.parts if typed.parts is not None else None)

    def more_rows(self) -> None:
        """Show the page again with everything as typed, unchecked, and three more blank rows."""
        self.retype(extra=3)

    def more_days(self) -> None:
        self.retype(more_days=3)

    def more_parts(self) -> None:
        self.retype(more_parts=2)

    def fill_days(self, data: Any) -> None:
        """Replace the days by those of the pattern; a day typed by hand and not in it stays."""
        fill = FillDaysForm(data)
        if fill.is_valid():
            made = fill.rows()
            dates = {str(row["date"]) for row in made}
            typed = [typed_in(row) for row in self.days.forms]
            kept = [row for row in typed if row["date"] and str(row["date"]) not in dates]
            rows = sorted([*kept, *made], key=lambda row: str(row["date"]))
            self.retype(schedule=SEVERAL)
            self.days = day_rows(initial=rows, extra=0)
        else:
            self.retype(schedule=SEVERAL)
            self.fill = fill

    def retype(
        self, extra: int = 0, more_days: int = 0, more_parts: int = 0, **changes: Any
    ) -> None:
        """Show the page again with everything as typed, but for these changes, unchecked."""
        typed = typed_in(self.form) | changes
        rows = [typed_in(row) for row in self.rows.forms]
        days = [typed_in(row) for row in self.days.forms]
        parts = [typed_in(row) for row in self.parts.forms]
        fill = typed_in(FillDaysForm(self.form.data))
        own = typed_in(self.own.chosen) | typed_in(self.own.form)
        labels = typed_in(self.labels)["labels"]
        self.form = _unbound(self.form, typed)
        self.own = self._own_fields(None, own)
        self.labels.is_bound, self.labels.initial = False, {"labels": labels}
        self.rows = rows_of(initial=rows, extra=extra)
        self.days = day_rows(initial=days, extra=more_days or (0 if days else 2))
        self.parts = part_rows(initial=parts, extra=more_parts or (0 if parts else 1))
        if any(fill.values()):
            self.fill = FillDaysForm(initial=fill)

    def find_locations(self) -> None:
        """Look up the company's locations for the words typed."""
        self.form.is_valid()
        asked = self.form.cleaned_data
        self.found = location_choices(
            self.form.actor.company,
            asked.get("location_words") or "",
            customer=asked.get("customer"),
        )

    def fill_from(self, choice: str) -> None:
        """Fill the site with a saved location: its reference, and the contact's place in line.

        ``LO-7KQ4M2`` or ``LO-7KQ4M2:1``; what is not on the company's list fills nothing.
        """
        reference, _, position = choice.partition(":")
        location = self._location(reference)
        if location is None:
            return self.retype(location="")
        contacts = list(location.contacts.order_by("position"))
        chosen = int(position) if position in map(str, range(len(contacts))) else 0
        changes = filled_from(location, contacts[chosen] if contacts else None)
        if location.customer_id and not typed_in(self.form).get("customer"):
            changes["customer"] = location.customer_id
        return self.retype(**changes)

    @cached_property
    def picked(self) -> Location | None:
        """The saved location that the page names."""
        return self._location(self.form["location"].value())

    @cached_property
    def contacts(self) -> list[LocationContact]:
        """Whom the picked location names."""
        return list(self.picked.contacts.order_by("position")) if self.picked else []

    @cached_property
    def has_locations(self) -> bool:
        return bool(self.form.fields["location"].queryset.exists())

    def _location(self, reference: Any) -> Location | None:
        try:
            found: Location | None = self.form.fields["location"].clean(reference or "")
        except ValidationError:
            return None
        return found

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
        return completeness.of_posting(self.facts, self._beside(asking))

    def _beside(self, asking: Collection[object]) -> Beside:
        """What hangs on it so far, as typed where that makes sense, else as it was stored."""
        start = self._start
        parts = (start.parts or ()) if start else ()
        if self.parts.is_bound:
            rows = [row for row in self.parts.forms if row.is_valid()]
            parts = tuple(
                GivenPart(**row.cleaned_data) for row in rows if row.cleaned_data.get("name")
            )
        days = 1
        if self.has_days and self.days.is_bound:
            days = sum(bool(row["date"].value()) for row in self.days.forms)
        elif self.has_days and start:
            days = len(start.days or ())
        return Beside(asking, parts, self.documents.given, days)

    @property
    def points_done(self) -> int:
        return sum(point.done for point in self.points)

    @property
    def effect(self) -> Effect | None:
        """Whom the chosen requirement sets let through; None where none is chosen."""
        form = self.form
        chosen = form.cleaned_data.get("requirement_sets") if form.is_bound else None
        assert form.actor.company is not None
        if not chosen:
            return None
        return effect_of(
            form.actor.company, chosen, self.facts if self.facts["on_site"] else {}, at=form.at
        )

    @property
    def terms(self) -> Terms:
        """What the worker gets, as far as it is typed and makes sense."""
        return Terms.of(self.facts)

    @property
    def quote(self) -> Quote | None:
        """What it costs at most; None until there is a price."""
        if self.terms.missing or not self.terms.most:
            return None
        return quoting.of_terms(self.terms, self.form.fee_rate)

    @property
    def currency(self) -> str:
        assert self.form.actor.company is not None
        return self.form.actor.company.currency

    @property
    def price_sentence(self) -> str:
        """The worker's price in words, beside the fields; it says what total spend leaves."""
        return self.terms.sentence(self.currency)

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
