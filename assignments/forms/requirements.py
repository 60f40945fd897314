"""Choosing the requirement sets that an assignment asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Company
from vetting.queries.requirements import to_choose

PLAIN_KEY = re.compile(r"[0-9]{1,18}")


class SetsField(forms.TypedMultipleChoiceField):
    """The company's sets by their keys; those asked on all assignments are named in ``always``."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": "One of these sets is not there any more. Choose again."
    }

    def __init__(self, **kwargs: Any) -> None:
        self.always: list[str] = []
        super().__init__(coerce=int, required=False, empty_value=[], **kwargs)

    def offer(self, company: Company, *, also: Iterable[Any]) -> None:
        """Offer the sets in use, and those that are chosen already (one query)."""
        known = [int(key) for key in map(str, also) if PLAIN_KEY.fullmatch(key)]
        sets = list(to_choose(company, also=known))
        self.choices = [(one.pk, one.name) for one in sets if not one.on_all]
        self.always = [one.name for one in sets if one.on_all]

    def clean(self, value: Any) -> list[int]:
        return sorted(super().clean(value))
