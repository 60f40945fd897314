"""Finding workers, and naming those that were found."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import Industry, WorkerProfile
from core.paging import CursorField
from core.places import Place, place_of
from core.text_fields import LineField

MILES = [(miles, f"{miles} miles") for miles in (10, 25, 50, 100, 250)]


class FindWorkersForm(forms.Form):
    q = LineField(label="Words", required=False, max_length=100, help_text="Name, skill, headline.")
    skill = LineField(required=False, max_length=40)
    industry = forms.ModelChoiceField(
        Industry.objects.order_by("name"),
        required=False,
        to_field_name="slug",
        empty_label="All industries",
    )
    postal_code = LineField(label="Near ZIP code", required=False, max_length=10)
    miles = forms.TypedChoiceField(
        label="Within", choices=MILES, coerce=int, empty_value=50, required=False
    )
    after = CursorField()
    before = CursorField()
    place: Place | None = None

    def __init__(self, data: QueryDict) -> None:
        data = data.copy()
        data.setdefault("miles", "50")
        super().__init__(data)

    def clean_postal_code(self) -> str:
        postal_code: str = self.cleaned_data["postal_code"]
        if postal_code:
            self.place = place_of(postal_code)
            if self.place is None:
                raise ValidationError("We cannot find this ZIP code on the map.", code="unknown")
        return postal_code


class CapacityForm(forms.Form):
    """As whom to act: one of the person's own capacities."""

    def __init__(self, *args: object, values: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as"] = forms.ChoiceField(choices=[(value, value) for value in values])


class WorkersField(forms.ModelMultipleChoiceField):
    """Workers by their public reference."""

    default_error_messages = {
        "invalid_choice": "One of the chosen workers cannot be invited any more. Choose again.",
        "invalid_pk_value": "One of the chosen workers cannot be invited any more. Choose again.",
    }

    def __init__(self, *, most: int = 50, **kwargs: Any) -> None:
        self.most = most
        super().__init__(
            WorkerProfile.objects.none(), to_field_name="reference", required=False, **kwargs
        )

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) > self.most:
            raise ValidationError(f"Choose at most {self.most} workers at a time.")
        return super().clean(value)

    def _check_values(self, value: Any) -> Any:
        """Names who cannot be invited, where it is somebody that a client may see."""
        try:
            return super()._check_values(value)
        except ValidationError as refused:
            if refused.code != "invalid_choice":
                raise
            known = self.queryset.filter(reference__in=value).values("pk")
            out = WorkerProfile.objects.filter(reference__in=value, user__is_active=True)
            names = [str(one) for one in out.exclude(pk__in=known).select_related("user")[:3]]
            if not names:
                raise
            words = f"{' and '.join(names)} cannot be invited at the moment. Choose somebody else."
            raise ValidationError(words, code="invalid_choice") from refused
