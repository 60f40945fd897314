"""The kinds of a company's own fields: each says how it is asked, kept and read.

``value`` is the JSON that is kept; None where nothing was answered. One class a kind; a new
kind is a class here and a word in ``models.custom.Definition.Kind``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from core.dates import date_words
from core.files import ALLOWED_WORDS, CleanUpload, UploadRefused, check_upload
from core.forms import DayField, FileInput
from core.text_fields import TextField

FEW = 6
"""Up to so many choices stand open; more are folded into a list."""


class Question(Protocol):
    """What a kind reads of a definition."""

    label: str
    kind: str
    required: bool
    help: str
    choices: Any


@dataclass(frozen=True)
class Shelf:
    """What keeps files while a form is filled in, and whose token stands for them.

    ``holds``: whether what was kept at that path can still be saved.
    """

    salt: str
    keep: Callable[[CleanUpload], str]
    holds: Callable[[str], bool]


class Kind:
    """``stored`` and ``shown`` translate between the form and what is kept."""

    icon = "text-cursor-input"

    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        raise NotImplementedError

    def stored(self, cleaned: Any) -> Any:
        return cleaned or None

    def shown(self, value: Any) -> Any:
        return value

    def words(self, value: Any) -> str:
        return str(value)


class Text(Kind):
    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        return TextField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))


class Number(Kind):
    """Kept as text, so that no digit is lost."""

    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        return NumberField(max_digits=16, decimal_places=4, widget=forms.TextInput(attrs=attrs))

    def stored(self, cleaned: Decimal | None) -> Any:
        return None if cleaned is None else str(cleaned)

    def shown(self, value: Any) -> Any:
        return None if value is None else Decimal(value)

    def words(self, value: Any) -> str:
        return f"{Decimal(value):,}"


class Date(Kind):
    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        return DayField()

    def stored(self, cleaned: date | None) -> Any:
        return cleaned and cleaned.isoformat()

    def shown(self, value: Any) -> Any:
        return value and date.fromisoformat(value)

    def words(self, value: Any) -> str:
        return date_words(date.fromisoformat(value))


class Choice(Kind):
    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        choices = [(choice, choice) for choice in asked.choices]
        if len(choices) <= FEW:
            if not asked.required:
                choices.append(("", "No answer"))
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
        return forms.ChoiceField(choices=[("", "Choose…"), *choices])


class Choices(Kind):
    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        choices = [(choice, choice) for choice in asked.choices]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)

    def words(self, value: Any) -> str:
        return ", ".join(value)


class YesNo(Kind):
    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        choices = [("yes", "Yes"), ("no", "No")]
        if not asked.required:
            choices.append(("", "No answer"))
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)

    def stored(self, cleaned: str) -> Any:
        return {"yes": True, "no": False}.get(cleaned)

    def shown(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, "")

    def words(self, value: Any) -> str:
        return "Yes" if value else "No"


class OneFile(Kind):
    """Kept as where it is stored, its name, type and size."""

    def field(self, asked: Question, shelf: Shelf) -> forms.Field:
        return KeptFileField(shelf)

    def words(self, value: Any) -> str:
        return str(value["name"])


KINDS: Mapping[str, Kind] = {
    "text": Text(),
    "number": Number(),
    "date": Date(),
    "choice": Choice(),
    "choices": Choices(),
    "yes_no": YesNo(),
    "file": OneFile(),
}


def field_of(asked: Question, shelf: Shelf, *, required: bool) -> forms.Field:
    """The form field of a question; ``required`` where an empty answer is refused."""
    field = KINDS[asked.kind].field(asked, shelf)
    field.label, field.required = asked.label, required
    field.help_text = asked.help or field.help_text
    field.widget.is_required = False
    field.optional = not asked.required  # type: ignore[attr-defined]
    return field


def words_of(kind: str, value: Any) -> str:
    """The answer in words; nothing where there is none."""
    return "" if value is None else KINDS[kind].words(value)


class NumberField(forms.DecimalField):
    """A number as people type it: ``1,234.5``, ``-3``."""

    default_error_messages = {"invalid": "Enter a number such as 12 or 1,234.5."}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace(",", "").replace("\u2212", "-")
        return super().to_python(value)


GONE = "“{name}” was added more than a day ago without saving and is gone. Add it again."


class KeptFileInput(FileInput):
    """A file picker beside the file that has come already; a signed token stands for it."""

    template_name = "django/forms/widgets/kept_file.html"

    def __init__(self, salt: str) -> None:
        super().__init__()
        self.salt = salt

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return (
            files.get(name) if files else None,
            data.get(f"{name}-kept"),
            (f"{name}-removed" in data),
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def format_value(self, value: Any) -> Any:
        return None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        if value:
            token = signing.dumps(value, salt=self.salt, compress=True)
            context["widget"]["kept"] = {"name": value["name"], "token": token}
        return context


class KeptFileField(forms.Field):
    """One file, stored as soon as it has come and is good: an error elsewhere does not lose it.

    Cleans to what ``OneFile`` keeps, or to None.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.kept: dict[str, Any] | None = None
        super().__init__(
            widget=KeptFileInput(shelf.salt), help_text=f"25 MB at most: {ALLOWED_WORDS}."
        )

    def clean(self, value: Any) -> dict[str, Any] | None:
        upload, token, removed = value or (None, "", False)
        self.kept = None if removed else self._named(token)
        if self.kept and not self.shelf.holds(self.kept["path"]):
            gone, self.kept = GONE.format(name=self.kept["name"]), None
            if not isinstance(upload, UploadedFile):
                raise ValidationError(gone, code="gone")
        if isinstance(upload, UploadedFile):
            try:
                clean = check_upload(upload)
            except UploadRefused as refused:
                raise ValidationError(str(refused), code="refused")
            path = self.shelf.keep(clean)
            self.kept = {
                "path": path, "name": clean.name, "content_type": clean.content_type,
                "size": clean.size,
            }  # fmt: skip
        if self.required and self.kept is None:
            raise ValidationError(self.error_messages["required"], code="required")
        return self.kept

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self.kept or self.prepare_value(data)

    def prepare_value(self, value: Any) -> Any:
        """What stands there: what is stored, what a token stands for, or what has just come."""
        if not isinstance(value, tuple):
            return value
        with contextlib.suppress(ValidationError):
            self.clean(value)
        return self.kept

    def _named(self, token: str | None) -> dict[str, Any] | None:
        """The file behind a token; one that is not ours stands for none."""
        try:
            found = signing.loads(token or "", salt=self.shelf.salt)
        except (signing.BadSignature, ValueError):
            return None
        return found if isinstance(found, dict) else None
