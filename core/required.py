"""What an empty required field says, in our words, for every form of the site.

A form's own ``error_messages`` still win: they know what is asked for.
"""

from django import forms

WORDS: dict[type[forms.Field], str] = {
    forms.Field: "Fill this in.",
    forms.ChoiceField: "Choose one.",
    forms.MultipleChoiceField: "Choose at least one.",
    forms.ModelMultipleChoiceField: "Choose at least one.",
    forms.BooleanField: "Tick this to go on.",
    forms.FileField: "Choose a file.",
    forms.DateField: "Give a date.",
    forms.TimeField: "Give a time.",
    forms.DateTimeField: "Give a date and a time.",
}


def say_what_to_do() -> None:
    """Replace Django's sentence in each kind of field; run once, when the apps are ready."""
    for kind, words in WORDS.items():
        kind.default_error_messages = {**kind.default_error_messages, "required": words}
