"""What the client's board may be asked for; every parameter of ``/assignments/`` goes here."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import QuerySet

from accounts.actors import Actor
from assignments.forms.find_work import DayField
from assignments.label_rules import RULES
from assignments.models import Assignment
from assignments.queries import board, board_lists
from assignments.queries.find_work import matching
from assignments.states import Status
from core.paging import Key
from core.text_fields import LineField

ORDERS = [
    ("newest", "Newest first"),
    ("soonest", "Starting first"),
    ("latest", "Starting last"),
]
SIZES = [(30, "30 rows"), (75, "75 rows"), (150, "150 rows")]
NAMES_BESIDE = ("sort", "rows_shown")
"""Asked for above the list and not in the panel of filters."""

WHERE = [("site", "On site"), ("remote", "Remote")]


VALUE = re.compile(r"[A-Z]{1,2}-[0-9A-Z]{1,9}|[0-9]{1,18}")
"""How a choice of the company's own is written in an address: a reference or a key."""

ENTRIES = ("customer", "project")


class WordsFilter(django_filters.CharFilter):
    field_class = LineField


class DayFilter(django_filters.DateFilter):
    field_class = DayField


def lists_of(actor: Actor, chosen: Collection[str] = ()) -> board_lists.Lists:
    """What the company chooses from, read once a request however many boards are asked for."""
    assert actor.company is not None
    if "board_lists" not in actor.asked:
        actor.asked["board_lists"] = board_lists.offered(actor.company, chosen)
    return actor.asked["board_lists"]


class BoardFilter(django_filters.FilterSet):
    """Days are days of the person's own time zone, like every date they read."""

    words = WordsFilter(label="Words or number", method="of_words", max_length=100)
    status = django_filters.ChoiceFilter(
        label="Status", choices=Status.choices, widget=forms.HiddenInput
    )
    needs = django_filters.ChoiceFilter(
        label="What waits for you",
        choices=[(name, label) for name, (label, _) in board.NEEDS.items()],
        method="of_need",
        empty_label="Anything",
    )
    owner = django_filters.ChoiceFilter(label="Looked after by", choices=[], empty_label="Anybody")
    worker = WordsFilter(label="Worker’s name", method="of_worker", max_length=80)
    starts_from = DayFilter(label="Starts from", method="of_first_day")
    starts_to = DayFilter(label="Starts by", method="of_last_day")
    customer = django_filters.ChoiceFilter(
        label="Customer", choices=[], method="of_entry", empty_label="Any customer"
    )
    project = django_filters.ChoiceFilter(
        label="Project", choices=[], method="of_entry", empty_label="Any project"
    )
    industry = django_filters.ChoiceFilter(label="Industry", choices=[], empty_label="Any industry")
    where = django_filters.ChoiceFilter(
        label="Where", choices=WHERE, method="of_place", empty_label="On site or remote"
    )
    label = django_filters.ChoiceFilter(
        label="Label", choices=[], method="of_label", empty_label="With or without"
    )
    sort = django_filters.ChoiceFilter(
        label="Order", choices=ORDERS, method="keep_all", widget=forms.HiddenInput
    )
    rows_shown = django_filters.TypedChoiceFilter(
        label="Rows", choices=SIZES, coerce=int, method="keep_all", widget=forms.HiddenInput
    )

    class Meta:
        model = Assignment
        fields: list[str] = []

    def __init__(self, data: Any, *, actor: Actor, at: datetime, **kwargs: Any) -> None:
        assert actor.company is not None and actor.user is not None
        super().__init__(data, queryset=board.for_board(actor.company), **kwargs)
        self.at, self.company = at, actor.company
        self.zone = ZoneInfo(actor.user.time_zone)
        asked = [str(data.get(name, "")) for name in (*ENTRIES, "label", "owner")] if data else []
        self._offer(lists_of(actor, [words for words in asked if VALUE.fullmatch(words)]))

    def _offer(self, own: board_lists.Lists) -> None:
        """What is the company's own to choose from; a list it does not keep is not asked for."""
        self.form.fields["owner"].choices = own["owner"]
        self.form.fields["industry"].choices = own["industry"]
        self.form.fields["label"].choices = [
            (board.ANY_RULE, "Anything that needs attention"),
            *((rule.name, rule.label) for rule in RULES.values()),
            *own["label"],
        ]
        for name in ENTRIES:
            self.form.fields[name].choices = own[name]
            if not own[name]:
                self.form.fields[name].widget = forms.HiddenInput()

    @property
    def rows(self) -> QuerySet[Assignment]:
        """The matching rows; a field that cannot be read is reported and left out."""
        self.form.is_valid()
        return self.filter_queryset(self.queryset)

    def filter_queryset(self, queryset: QuerySet[Assignment]) -> QuerySet[Assignment]:
        for name, value in self.form.cleaned_data.items():
            if name in self.filters:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    @property
    def order(self) -> list[Key]:
        return board.ORDERS[self.form.cleaned_data.get("sort") or "newest"]

    @property
    def size(self) -> int:
        """How many rows a page shows."""
        return int(self.form.cleaned_data.get("rows_shown") or SIZES[0][0])

    @property
    def asked(self) -> str:
        """What is set, as a query string in a fixed order; only what can be read."""
        self.form.is_valid()
        set_values = [
            (name, str(self.form.data.get(name, "")).strip())
            for name in self.filters
            if self.form.cleaned_data.get(name) not in (None, "")
        ]
        return urlencode([(name, value) for name, value in set_values if value])

    def keep_all(self, rows: Any, name: str, value: Any) -> QuerySet[Assignment]:
        return rows

    def of_need(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return board.needing(rows, value, at=self.at)

    def of_label(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return board.labelled(rows, value)

    def of_entry(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return rows.filter(**{f"{name}__reference": value})

    def of_place(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return rows.filter(on_site=value == "site")

    def of_words(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return matching(rows, value, of=self.company)

    def of_worker(self, rows: Any, name: str, value: str) -> QuerySet[Assignment]:
        return board.of_worker_named(rows, value)

    def of_first_day(self, rows: Any, name: str, value: date) -> QuerySet[Assignment]:
        return rows.filter(starts_at__gte=datetime.combine(value, time(), self.zone))

    def of_last_day(self, rows: Any, name: str, value: date) -> QuerySet[Assignment]:
        after = datetime.combine(value + timedelta(days=1), time(), self.zone)
        return rows.filter(starts_at__lt=after)
