"""An empty required field says what to do, in the words of its kind."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from core.forms import DayField, KeyField, MoneyInput


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (forms.CharField(), "Fill this in."),
        (MoneyInput(), "Fill this in."),
        (forms.TypedChoiceField(choices=[("a", "A")]), "Choose one."),
        (forms.MultipleChoiceField(choices=[("a", "A")]), "Choose at least one."),
        (forms.BooleanField(), "Tick this to go on."),
        (forms.FileField(), "Choose a file."),
        (DayField(), "Give a date."),
        (forms.TimeField(), "Give a time."),
        (forms.DateTimeField(), "Give a date and a time."),
    ],
)
def test_an_empty_field_says_what_to_do(field, words):
    with pytest.raises(ValidationError) as refused:
        field.clean(None)
    assert refused.value.messages == [words]


def test_a_fields_own_words_win():
    with pytest.raises(ValidationError, match="out of date"):
        KeyField().clean("")
    with pytest.raises(ValidationError, match="Say why"):
        forms.CharField(error_messages={"required": "Say why."}).clean("")


def test_the_log_in_form_of_the_library_speaks_so_too(rf):
    form = import_string("allauth.account.forms.LoginForm")({}, request=rf.get("/"))
    assert form.errors["login"] == ["Fill this in."]
