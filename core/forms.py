"""How forms are drawn: the project's renderer, and widgets that browsers know natively."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


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


class ChoiceCards(forms.RadioSelect):
    """Radio buttons drawn as cards; a label ``"Title|explanation"`` gets a second line."""

    template_name = "django/forms/widgets/choice_cards.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        title, _, explanation = str(option["label"]).partition("|")
        option["label"], option["explanation"] = title, explanation
        return option
