import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from core.errors import DomainError
from core.forms import KeyedForm, MoneyInput, UploadField, UploadsField, refuse, zoned


class NoteForm(KeyedForm):
    body = forms.CharField(max_length=20)


def test_a_key_is_made_when_the_form_is_shown_and_kept_when_it_comes_back():
    shown = NoteForm()
    key = str(shown["key"].value())
    assert key in str(shown["key"])
    back = NoteForm({"key": key, "body": "hello"})
    assert back.is_valid()
    assert back.cleaned_data["key"] == key
    assert back["key"].value() == key


@pytest.mark.parametrize("broken", ["", "x", "1' OR 1", "\x00"])
def test_a_broken_key_is_refused_once_and_replaced(broken):
    form = NoteForm({"key": broken, "body": "hello"})
    assert not form.is_valid()
    assert "out of date" in str(form.errors["key"])
    assert uuid.UUID(form["key"].value())


def test_nul_bytes_are_refused_beside_the_field():
    form = NoteForm({"key": str(uuid.uuid4()), "body": "a\x00b"})
    assert list(form.errors) == ["body"]


def test_a_refusal_stands_beside_its_field_or_above_the_form():
    class TooLong(DomainError):
        message = "Too long."
        field = "body"

    form = NoteForm({"key": str(uuid.uuid4()), "body": "hello"})
    refuse(form, TooLong())
    refuse(form, DomainError("Not now."))
    assert form.errors["body"] == ["Too long."]
    assert form.non_field_errors() == ["Not now."]


@pytest.mark.parametrize(
    "typed, amount",
    [("250", "250.00"), ("1,234.50", "1234.50"), (" $80 ", "80.00"), ("0.01", "0.01"),
     ("1000000", "1000000.00"), ("3.100", "3.10")],
)  # fmt: skip
def test_amounts_are_read_as_people_type_them(typed, amount):
    assert str(MoneyInput().clean(typed)) == amount


@pytest.mark.parametrize(
    "typed, words",
    [
        ("", "Fill this in"),
        ("-5", "cannot be negative"),
        ("−5", "cannot be negative"),
        ("0", r"Enter \$0.01 or more"),
        ("1.005", "two digits after the point"),
        ("1000000.01", r"Enter \$1,000,000.00 or less"),
        ("1e999999", "or less"),
        ("1e-999999", "or more"),
        ("NaN", "Enter an amount"),
        ("Infinity", "Enter an amount"),
        ("twelve", "Enter an amount"),
        ("\x00", "Enter an amount"),
    ],
)
def test_amounts_that_cannot_be_are_refused_with_words(typed, words):
    with pytest.raises(ValidationError, match=words):
        MoneyInput().clean(typed)


def test_an_optional_amount_may_be_left_out_and_bounds_can_be_set():
    assert MoneyInput(required=False).clean("") is None
    assert MoneyInput(least=Decimal("0.00")).clean("0") == Decimal("0.00")
    with pytest.raises(ValidationError, match=r"CA\$10.00 or less"):
        MoneyInput(most=Decimal(10), currency="CAD").clean("11")


def test_times_are_read_in_their_zone():
    assert zoned(datetime(2026, 11, 24, 9), "America/Chicago").astimezone(UTC) == datetime(
        2026, 11, 24, 15, tzinfo=UTC
    )


def test_a_time_that_the_clocks_skip_is_refused_with_words():
    with pytest.raises(ValidationError, match=r"There is no 2:30 AM on March 14.*3:30 AM"):
        zoned(datetime(2027, 3, 14, 2, 30), "America/New_York")


def test_a_time_that_occurs_twice_means_the_first():
    assert zoned(datetime(2026, 11, 1, 1, 30), "America/New_York").astimezone(UTC) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "moment, zone",
    [
        (datetime(2026, 1, 1), "Mars/Olympus"),
        (datetime(2026, 1, 1), "../etc/passwd"),
        (datetime(2026, 1, 1), ""),
        (datetime(1, 1, 1), "Asia/Tokyo"),
        (datetime(9999, 12, 31, 23), "America/New_York"),
    ],
)
def test_unknown_zones_and_impossible_years_are_refused(moment, zone):
    with pytest.raises(ValidationError):
        zoned(moment, zone)


class FilesForm(forms.Form):
    one = UploadField(required=False)
    many = UploadsField(required=False, most=2)


def files(**given):
    return MultiValueDict(
        {name: [SimpleUploadedFile(*file) for file in some] for name, some in given.items()}
    )


def test_uploads_clean_to_checked_files():
    form = FilesForm(
        {}, files(one=[("a.txt", b"hello")], many=[("b.txt", b"x"), ("c.csv", b"1,2")])
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["one"].content == b"hello"
    assert [clean.name for clean in form.cleaned_data["many"]] == ["b.txt", "c.csv"]


def test_no_uploads_clean_to_nothing():
    form = FilesForm({}, files())
    assert form.is_valid()
    assert form.cleaned_data == {"one": None, "many": []}


def test_every_bad_file_is_named_beside_its_field():
    form = FilesForm({}, files(one=[("a.exe", b"MZ")], many=[("b.txt", b""), ("c.svg", b"<svg>")]))
    assert not form.is_valid()
    assert "a.exe" in str(form.errors["one"])
    assert "b.txt" in str(form.errors["many"]) and "c.svg" in str(form.errors["many"])


def test_too_many_files_are_refused():
    form = FilesForm({}, files(many=[(f"{n}.txt", b"x") for n in range(3)]))
    assert form.errors["many"] == ["Add at most 2 files at a time."]
