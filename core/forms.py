"""Forms: how they are drawn, fields that several apps share, and how refusals reach them."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import TemplatesSetting

from core.dates import zone_of
from core.errors import DomainError
from core.files import (
    ALLOWED,
    PICTURES,
    CleanUpload,
    UploadRefused,
    check_picture,
    check_upload,
)
from core.money import CENT, ZERO, format_money
from core.wall_clock import moments_of, moved, on_wall


class ProjectRenderer(TemplatesSetting):
    """``{{ form }}`` is the error summary and every field group; see templates/django/forms."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"


class DateInput(forms.DateInput):
    """A browser's own date picker; the value is ISO in both directions."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A browser's own time picker, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeLocalInput(forms.DateTimeInput):
    """A browser's own date-and-time picker; the zone is the one the form activates."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Cards:
    """Choices drawn as cards; a label ``"Title|explanation"`` gets a second line."""

    template_name = "django/forms/widgets/choice_cards.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)  # type: ignore[misc]
        title, _, explanation = str(option["label"]).partition("|")
        option["label"], option["explanation"] = title, explanation
        return option


class ChoiceCards(Cards, forms.RadioSelect):
    """Radio buttons drawn as cards."""


class CheckCards(Cards, forms.CheckboxSelectMultiple):
    """Boxes to tick drawn as cards."""


class DayField(forms.DateField):
    """A day of our century, so that the days around it can be worked out."""

    widget = DateInput
    default_validators = [
        MinValueValidator(date(2000, 1, 1), "Choose a day from the year 2000 on."),
        MaxValueValidator(date(2100, 1, 1), "Choose a day before the year 2100."),
    ]


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Show a verb's refusal where it belongs: beside ``error.field``, else above the form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, str(error))
    form.refused = error  # type: ignore[attr-defined]


def refused_in(form: forms.BaseForm) -> DomainError | None:
    """The refusal that the form shows, if it shows one."""
    return getattr(form, "refused", None)


def missing_in(form: forms.BaseForm) -> Decimal | None:
    """The money that the refused act lacked, where that is why."""
    return getattr(refused_in(form), "missing", None)


class Refusals(AbstractContextManager[None]):
    """See :func:`refusals_in`."""

    def __init__(self, form: forms.BaseForm, not_ours: tuple[type[DomainError], ...]) -> None:
        self.form, self.not_ours = form, not_ours

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, DomainError) or isinstance(error, self.not_ours):
            return False
        refuse(self.form, error)
        return True


def refusals_in(form: forms.BaseForm, *, not_ours: tuple[type[DomainError], ...] = ()) -> Refusals:
    """Try a verb: its refusal ends the block, is shown in the form, and the page goes on below.

    So the block ends with what follows success, a message and a redirect. A second verb stands
    below it, where ``refused_in`` is None: its refusal is none of the form's. What is ``not_ours``
    to show is raised on.
    """
    return Refusals(form, not_ours)


class KeyField(forms.UUIDField):
    """A key made when the form is shown, so that a second submit finds the first one's result.

    Cleans to text. A missing or broken key is refused once and replaced on the page, so that
    sending the form again works.
    """

    widget = forms.HiddenInput
    default_error_messages = {
        "required": "This page was out of date. Check what you typed and send it again.",
        "invalid": "This page was out of date. Check what you typed and send it again.",
    }

    def clean(self, value: Any) -> str:
        return str(super().clean(value))

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return str(uuid.UUID(str(data)))
        except ValueError:
            return str(uuid.uuid4())


class KeyedForm(forms.Form):
    """A form whose effect may happen only once: it carries a hidden ``key``."""

    key = KeyField(initial=uuid.uuid4)


class MoneyInput(forms.DecimalField):
    """An amount of money as people type it (``1,234.50``, ``$80``), to the cent.

    ``least`` and ``most`` bound it; by default more than nothing, and at most a million.
    """

    def __init__(
        self,
        *,
        least: Decimal = CENT,
        most: Decimal = Decimal("1000000.00"),
        currency: str = "USD",
        **kwargs: Any,
    ) -> None:
        self.least, self.most, self.currency = least, most, currency
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        typed = str(value).strip().replace(",", "").replace("\u2212", "-").removeprefix("$")
        try:
            amount = Decimal(typed)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise ValidationError("Enter an amount such as 250 or 1,234.50.", code="invalid")
        return amount

    def validate(self, value: Decimal | None) -> None:
        forms.Field.validate(self, value)
        if value is None:
            return
        if value < ZERO:
            raise ValidationError("An amount cannot be negative.", code="negative")
        if value < self.least:
            least = format_money(self.least, self.currency)
            raise ValidationError(f"Enter {least} or more.", code="min_value")
        if value > self.most:
            most = format_money(self.most, self.currency)
            raise ValidationError(f"Enter {most} or less.", code="max_value")
        if value != value.quantize(CENT):
            raise ValidationError("Use at most two digits after the point.", code="cents")

    def run_validators(self, value: Decimal | None) -> None:
        """The checks stand in ``validate``, in the order in which a person wants them said."""

    def clean(self, value: Any) -> Decimal | None:
        amount = super().clean(value)
        return amount.quantize(CENT) if amount is not None else None


class FileInput(forms.FileInput):
    """A file picker that asks phones for formats that every browser shows."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ",".join(ALLOWED), **(attrs or {})})


class FilesInput(FileInput):
    allow_multiple_selected = True


class UploadField(forms.FileField):
    """One file; cleans to a ``core.files.CleanUpload`` or to None."""

    widget = FileInput

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:
        upload = super().clean(data, initial)
        return _checked(upload) if upload else None


class UploadsField(forms.FileField):
    """Several files; cleans to a list of ``core.files.CleanUpload``, empty when none is given."""

    widget = FilesInput

    def __init__(self, *, most: int = 10, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[CleanUpload]:  # type: ignore[override]
        uploads: Sequence[UploadedFile] = [item for item in data or [] if item]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            raise ValidationError(f"Add at most {self.most} files at a time.", code="too_many")
        clean, errors = [], []
        for upload in uploads:
            try:
                clean.append(_checked(upload))
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)
        return clean


class PictureField(forms.FileField):
    """One picture; cleans to a ``core.files.CleanUpload`` that is a PNG no larger than ``within``.

    ``most_bytes`` is the most that may be handed in.
    """

    widget = forms.FileInput(attrs={"accept": ",".join(PICTURES)})

    def __init__(self, *, most_bytes: int, within: tuple[int, int], **kwargs: Any) -> None:
        self.most_bytes, self.within = most_bytes, within
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> CleanUpload | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        check = partial(check_picture, most_bytes=self.most_bytes, within=self.within)
        return _checked(upload, check)


def _checked(
    upload: UploadedFile, check: Callable[[UploadedFile], CleanUpload] = check_upload
) -> CleanUpload:
    try:
        return check(upload)
    except UploadRefused as error:
        raise ValidationError(str(error), code="refused")


def zoned(naive: datetime, zone_name: str) -> datetime:
    """The moment a wall clock in that zone means; a time that occurs twice means the first.

    Raises ``ValidationError`` for a time that the change to summer time skips, for an unknown
    zone and for a year that the calendar does not reach.
    """
    try:
        found = moments_of(naive, zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("Choose a time zone from the list.", code="zone")
    except OverflowError:
        raise ValidationError("Choose a date in the near future or past.", code="range")
    if not found:
        later = moved(naive.replace(tzinfo=zone_of(zone_name)), timedelta(0), zone_name)
        back = on_wall(later, zone_name)
        raise ValidationError(
            f"There is no {naive:%-I:%M %p} on {naive:%B} {naive.day}: clocks go forward then. "
            f"Choose {back:%-I:%M %p} or another time.",
            code="gap",
        )
    return found[0]
