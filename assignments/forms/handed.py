"""What a client hands over with a posting: documents to read, parts to work with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from accounts.models import Company
from assignments import uploads
from assignments.contents import PART_FIELDS, GivenDocument, GivenPart
from assignments.forms.work import EachUploadField
from assignments.models import Document
from core.files import ALLOWED_WORDS, CleanUpload
from core.forms import MoneyInput
from core.text_fields import LineField

MOST_DOCUMENTS = 20
MOST_PARTS = 30
GONE = "“{name}” was added more than a day ago without saving and is gone. Add it again."
TOO_MANY = f"At most {MOST_DOCUMENTS} documents fit on one assignment. Take some off first."


class MaybeUploadsField(EachUploadField):
    """No file is fine."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return super().clean(data) if data else None


class DocumentsForm(forms.Form):
    """The documents as rows of tokens, and files to add.

    A file is stored as soon as it has come and is good, so that an error elsewhere on the page
    does not lose it: from then on a signed token stands for it, and the posting takes it over
    when it is saved.
    """

    files = MaybeUploadsField(
        required=False,
        most=10,
        label="Add documents",
        help_text=f"Plans, photos, guides; up to 10 at a time, 25 MB each: {ALLOWED_WORDS}.",
    )
    audience = forms.ChoiceField(
        choices=Document.Audience, required=False, label="Who may read what you add"
    )

    use_required_attribute = False
    prefix = "document"

    def __init__(
        self,
        data: Any,
        came: Any,
        *,
        company: Company,
        at: datetime,
        given: Iterable[GivenDocument] = (),
    ) -> None:
        super().__init__(data, came)
        self.company, self.at = company, at
        self.salt = f"assignments.document:{company.pk}"
        self.folder = f"documents/{company.slug}"
        self.coming: list[CleanUpload] = []
        self.gone: list[str] = []
        self.given = self._posted() if data is not None else list(given)
        if data is not None:
            self._take_in()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each document with the token that stands for it on the page."""
        return [
            {"given": one, "token": signing.dumps(asdict(one), salt=self.salt, compress=True),
             "private": one.audience == Document.Audience.WORKER}
            for one in self.given
        ]  # fmt: skip

    def _posted(self) -> list[GivenDocument]:
        """What the page named and did not take off; a token that is not ours is passed over."""
        removed = set(self.data.getlist("document_removed"))
        private = set(self.data.getlist("document_private"))
        found = []
        for position, token in enumerate(self.data.getlist("document")[: MOST_DOCUMENTS + 1]):
            if str(position) in removed:
                continue
            try:
                one = GivenDocument(**signing.loads(token, salt=self.salt))
            except (signing.BadSignature, ValueError, TypeError):
                continue
            worker_only = str(position) in private
            audience = Document.Audience.WORKER if worker_only else Document.Audience.EVERYBODY
            found.append(replace(one, audience=str(audience)))
        return self._still_there(found)

    def _still_there(self, named: list[GivenDocument]) -> list[GivenDocument]:
        """Without files of a page that was left open for more than a day."""
        there = uploads.still_there([one.path for one in named], at=self.at) if named else set()
        self.gone = [one.name for one in named if one.path not in there]
        return [one for one in named if one.path in there]

    def _take_in(self) -> None:
        """Store what came and is good."""
        if not self.files.getlist("document-files"):
            return
        self.is_valid()
        audience = self.cleaned_data.get("audience") or str(Document.Audience.EVERYBODY)
        for upload in self.coming:
            path = uploads.keep(upload, self.folder, company_id=self.company.pk, at=self.at)
            self.given.append(
                GivenDocument(path, upload.name, upload.content_type, upload.size, audience)
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self.gone:
            self.add_error(None, GONE.format(name=name))
        came = data.get("files")
        if came is None:
            return data
        if len(self.given) + len(came.good) > MOST_DOCUMENTS:
            raise ValidationError(TOO_MANY)
        self.coming = came.good
        for sentence in came.refused:
            self.add_error("files", sentence)
        return data

    def contents(self) -> tuple[GivenDocument, ...]:
        return tuple(self.given)


class PartForm(forms.Form):
    """One part; a row without a name is none."""

    name = LineField(max_length=120, required=False, label="Part")
    number = LineField(max_length=60, required=False, label="Part number")
    value = MoneyInput(required=False)
    carrier = LineField(max_length=60, required=False)
    tracking = LineField(max_length=60, required=False, label="Tracking number")
    return_wanted = forms.BooleanField(required=False, label="We want it back")
    key = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rest = ("number", "value", "carrier", "tracking", "return_wanted")
        if "name" in data and not data["name"] and any(data.get(name) for name in rest):
            self.add_error("name", "Say what this is, or clear the rest of this row.")
        return data


class PartRows(forms.BaseFormSet):
    def parts(self) -> tuple[GivenPart, ...]:
        """Every named part, in the order of the rows."""
        return tuple(
            GivenPart(**form.cleaned_data) for form in self.forms if form.cleaned_data.get("name")
        )


def part_rows(
    data: Any = None, *, initial: Iterable[dict[str, Any]] | None = None, extra: int = 1
) -> PartRows:
    """The rows as posted, or as given with ``extra`` blank ones after them."""
    factory = forms.formset_factory(
        PartForm,
        formset=PartRows,
        extra=extra,
        max_num=MOST_PARTS,
        validate_max=True,
        absolute_max=MOST_PARTS + 10,
    )
    return factory(
        data,
        initial=list(initial) if initial is not None and data is None else None,
        prefix="parts",
        error_messages={
            "missing_management_form": "The rows of parts were out of date. "
            "Check them and send the form again."
        },
    )


def initial_parts(parts: Iterable[GivenPart]) -> list[dict[str, Any]]:
    names = (*PART_FIELDS, "key")
    return [{name: getattr(part, name) for name in names} for part in parts]


class VersionForm(forms.Form):
    """Which parts the writer saw; a form without it saw none."""

    seen = LineField(max_length=40, required=False, widget=forms.HiddenInput)


class LegForm(forms.Form):
    """One step on the way of a part: which part, what happened, and how it travels."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("ship", "receive", "return", "take_back")]
    )
    part = forms.IntegerField(min_value=1, max_value=2**31)
    carrier = LineField(max_length=60, required=False)
    tracking = LineField(max_length=60, required=False, label="Tracking number")

    use_required_attribute = False
