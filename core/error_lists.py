"""Every error of a form in one list, each with the control it belongs to."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField


@dataclass(frozen=True, slots=True)
class ListedError:
    """One line of the error summary; without ``target`` it belongs to the form as a whole."""

    message: str
    label: str = ""
    target: str = ""


def control_id(field: BoundField) -> str:
    """The id of the first control of a field: groups of radios and boxes have one each."""
    if field.is_hidden:
        return ""
    return field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else "")


def listed_errors(form: Any) -> list[ListedError]:
    """The errors of a form, or of a formset and all its forms; empty when it is valid."""
    if hasattr(form, "management_form"):
        own = [ListedError(str(message)) for message in form.non_form_errors()]
        return own + [error for part in form.forms for error in listed_errors(part)]
    found = [ListedError(str(message)) for message in form.non_field_errors()]
    for field in form:
        target = control_id(field)
        label = str(field.label or field.name)
        found += [ListedError(str(message), label, target) for message in field.errors]
    return found
