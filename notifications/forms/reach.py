"""What a person chooses about notifications, and the codes that prove a telephone or address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from core.forms import TimeInput
from core.text_fields import LineField
from notifications.choosing import Key
from notifications.confirming import NUMBER
from notifications.digests import DEFAULT_HOUR
from notifications.kinds import Row
from notifications.models import Preference, Reach
from notifications.topics import Topic

Way, Choice = Preference.Way, Preference.Choice
MAIL = [(Choice.ON, "At once"), (Choice.DAILY, "Daily"), (Choice.OFF, "Off")]
HOURS = [(hour, f"{time(hour):%H:%M}") for hour in range(24)]


class PreferencesForm(forms.Form):
    """A field for each kind and way that may be chosen: ``message.posted:email``.

    What is necessary has none in the app and by mail. Fields that were not shown are not asked,
    so that nothing is switched off that the person never saw.
    """

    def __init__(
        self,
        data: Any,
        *,
        topics: list[tuple[Topic, list[Row]]],
        chosen: dict[Key, str],
        ways: tuple[str, ...],
    ) -> None:
        super().__init__(data)
        self.topics, self.ways = topics, ways
        self.defaults: dict[Key, str] = {}
        for _, rows in topics:
            for row in rows:
                for way in self._ways_of(row):
                    self._add(row, way, chosen)

    def _ways_of(self, row: Row) -> Iterator[str]:
        for way in self.ways:
            if not (row.kind.necessary and way in (Way.IN_APP, Way.EMAIL)):
                yield way

    def _add(self, row: Row, way: str, chosen: dict[Key, str]) -> None:
        key = row.kind.name, way
        on = {Way.IN_APP: True, Way.SMS: row.kind.by_sms}.get(way, row.kind.by_mail)
        self.defaults[key] = Choice.ON if on else Choice.OFF
        initial = chosen.get(key, self.defaults[key])
        named = f"{row.label}: {Way(way).label}"
        attrs = {"aria-label": named}
        if way == Way.EMAIL:
            field: forms.Field = forms.ChoiceField(
                choices=MAIL, initial=initial, label=named,
                widget=forms.Select(attrs=attrs),
            )  # fmt: skip
        else:
            field = forms.BooleanField(
                required=False, initial=initial == Choice.ON, label=named,
                widget=forms.CheckboxInput(attrs=attrs),
            )  # fmt: skip
        self.fields[":".join(key)] = field

    def choices(self) -> dict[Key, str]:
        """What was chosen, of a valid form."""
        found = {}
        for key in self.defaults:
            value = self.cleaned_data[":".join(key)]
            if isinstance(value, bool):
                value = Choice.ON if value else Choice.OFF
            found[key] = str(value)
        return found

    def table(self) -> list[dict[str, Any]]:
        """Topics with their rows, each with a cell for every way."""
        return [{"topic": topic, "rows": self._rows(rows)} for topic, rows in self.topics]

    def _rows(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [{"label": row.label, "cells": self._cells(row)} for row in rows]

    def _cells(self, row: Row) -> list[dict[str, Any]]:
        found = []
        for way in self.ways:
            name = f"{row.kind.name}:{way}"
            always = way == Way.IN_APP or row.kind.by_mail
            found.append({
                "way": Way(way).label,
                "field": self[name] if name in self.fields else None,
                "fixed": "Always" if always else "No",
            })  # fmt: skip
        return found


class HoursForm(forms.Form):
    quiet_from = forms.TimeField(label="Quiet from", required=False, widget=TimeInput)
    quiet_until = forms.TimeField(label="Quiet until", required=False, widget=TimeInput)
    digest_hour = forms.TypedChoiceField(label="Daily digest at", choices=HOURS, coerce=int)
    only_necessary = forms.BooleanField(
        label="Send me necessary mails only",
        required=False,
        help_text="Money, security and cases. What you chose below stays, and counts again when "
        "you untick this.",
    )

    def __init__(self, data: Any, *, reach: Reach | None) -> None:
        initial: dict[str, Any] = {"digest_hour": DEFAULT_HOUR}
        if reach:
            initial = {
                name: getattr(reach, name) for name in ("quiet_from", "quiet_until", "digest_hour")
            }
            initial["only_necessary"] = reach.only_necessary_since is not None
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("quiet_from"), given.get("quiet_until")
        if self.errors:
            return given
        if (start is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, "Give both times, or neither.")
        elif start is not None and start == end:
            self.add_error("quiet_until", "Choose another time than the one they begin at.")
        return given


class PhoneForm(forms.Form):
    number = LineField(
        label="Mobile number",
        max_length=30,
        help_text="With the country code: +1 312 555 0199. Numbers without one count as American.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        digits = "".join(sign for sign in typed if sign not in " .-()/")
        if not digits.startswith("+"):
            digits = f"+1{digits.removeprefix('1') if len(digits) == 11 else digits}"
        if not (digits.isascii() and NUMBER.fullmatch(digits)):
            raise ValidationError("Enter a number with its country code, such as +1 312 555 0199.")
        return digits


class CodeForm(forms.Form):
    code = LineField(
        label="Code",
        max_length=12,
        help_text="Six digits.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class BrowserForm(forms.Form):
    """What a browser tells of its subscription; only the services of browsers are believed."""

    endpoint = forms.URLField(max_length=500, assume_scheme="https")
    p256dh = forms.RegexField(r"^[A-Za-z0-9_-]{80,100}$")
    auth = forms.RegexField(r"^[A-Za-z0-9_-]{16,40}$")

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"]
        if not is_push_service(endpoint):
            raise ValidationError("This is no push service of a browser.")
        return endpoint


SERVICES = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)


def is_push_service(endpoint: str) -> bool:
    """HTTPS at the usual port, at one of the services that browsers use."""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").rstrip(".")
    at_home = any(host == name or host.endswith(f".{name}") for name in SERVICES)
    return parts.scheme == "https" and at_home and parts.port in (None, 443)
