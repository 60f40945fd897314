"""Form fields for what people type: a line, a text, a list of words."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class TextField(forms.CharField):
    """Several lines of text; the length counts a line break once, as the browser does."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        return attrs | {"data-count": True} if self.max_length else attrs


class LineField(forms.CharField):
    """One line of text: white space shrinks to one space, so that none can break a header.

    Control characters are refused, those that turn the direction of writing too: with them one
    name can be made to look like another.
    """

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(unicodedata.category(c) == "Cc" or c in TURNING for c in value):
            raise ValidationError("Use letters, digits and signs that print.", code="unprintable")


TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks and overrides of the direction of writing."""


class WordsField(forms.CharField):
    """A list of short names, typed with commas between them; cleans to a list."""

    def __init__(self, *, most: int = 20, longest: int = 40, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(max_length=most * (longest + 2), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        typed = super().clean(value)
        words: dict[str, str] = {}
        for word in typed.replace("\n", ",").split(","):
            tidy = " ".join(word.split())
            if tidy:
                words.setdefault(tidy.casefold(), tidy)
        if len(words) > self.most:
            raise ValidationError(f"Name at most {self.most}.", code="too_many")
        for word in words.values():
            if len(word) > self.longest:
                raise ValidationError(
                    f"“{word[:20]}…” is too long: use at most {self.longest} characters for each "
                    "and put commas between them.",
                    code="too_long",
                )
        return list(words.values())
