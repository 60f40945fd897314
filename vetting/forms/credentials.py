"""Handing in a credential, filtering the queues, and deciding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Company, WorkerProfile
from core.files import ALLOWED_WORDS, CleanUpload
from core.forms import DayField, KeyedForm, MoneyInput, UploadsField
from core.money import CENT
from core.paging import CursorField
from core.places import STATES
from core.text_fields import LineField
from vetting.credential_states import Stage
from vetting.credentials import MOST_DOCUMENTS
from vetting.models import Credential, CredentialDocument, CredentialKind, Family
from vetting.queries.credentials import companies_asking, loose

MOST_INSURED = Decimal("100000000.00")


class KeptUploadsField(UploadsField):
    """Several files, each judged alone; ``good`` are at hand even where others are refused."""

    def clean(self, data: Any, initial: Any = None) -> list[CleanUpload]:  # type: ignore[override]
        self.good: list[CleanUpload] = []
        refused: list[str] = []
        uploads = [item for item in data or [] if item]
        if len(uploads) > self.most:
            raise ValidationError(f"Add at most {self.most} files at a time.", code="too_many")
        for upload in uploads:
            try:
                self.good += super().clean([upload])
            except ValidationError as error:
                refused += error.messages
        if refused:
            raise ValidationError(refused)
        return self.good


class WhichForm(forms.Form):
    """Which kind is to be added, and for which client; what nobody knows is left out."""

    kind = forms.ModelChoiceField(
        CredentialKind.objects.none(), to_field_name="slug", required=False
    )
    company = forms.ModelChoiceField(Company.objects.all(), to_field_name="slug", required=False)

    def __init__(self, query: Any) -> None:
        super().__init__({"kind": query.get("kind", ""), "company": query.get("for", "")})
        kinds: Any = self.fields["kind"]
        kinds.queryset = CredentialKind.objects.in_use()


class CredentialForm(KeyedForm):
    """What one kind asks for. ``kept`` are files of an earlier try, ``removed`` those of the
    credential itself that are taken off."""

    company = forms.ModelChoiceField(
        Company.objects.none(), to_field_name="slug", label="For which client?",
        empty_label="Choose a client", help_text="Each client looks at this one itself.",
        error_messages={"required": "Choose the client that asks for it.",
                        "invalid_choice": "Choose a client from the list."},
    )  # fmt: skip
    issuer = LineField(max_length=120, label="Issued by")
    number = LineField(max_length=60)
    region = forms.ChoiceField(
        choices=[("", "Choose a state"), *STATES], label="State",
        error_messages={"required": "Choose the state it holds in."},
    )  # fmt: skip
    amount = MoneyInput(
        least=CENT, most=MOST_INSURED, label="Insured amount",
        help_text="What the policy covers for each occurrence.",
    )  # fmt: skip
    issued_on = DayField(required=False, label="Valid from")
    expires_on = DayField(
        label="Expires on", help_text="Its last valid day.",
        error_messages={"required": "Give the day it expires, as the document says."},
    )  # fmt: skip
    documents = KeptUploadsField(
        required=False, most=MOST_DOCUMENTS,
        help_text=f"A photo or a PDF of the whole page; up to {MOST_DOCUMENTS} files of 25 MB: "
        f"{ALLOWED_WORDS}.",
    )  # fmt: skip
    kept = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    removed = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    is_shown = forms.BooleanField(required=False, label="Clients may know of it")

    use_required_attribute = False

    def __init__(
        self, *args: Any, kind: CredentialKind, worker: WorkerProfile, today: date,
        credential: Credential | None = None, asking: Company | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.kind, self.today = kind, today
        super().__init__(*args, **kwargs)
        self._leave_out(credential)
        if "company" in self.fields:
            companies: Any = self.fields["company"]
            companies.queryset = companies_asking(kind, worker, asking)
        self.own = list(credential.documents.filter(removed_at=None)) if credential else []
        self.loose = loose(worker, self._posted("kept"))
        self._offer(self.own, self.loose)
        self.fields["is_shown"].help_text = SHOWN_HELP[
            "check" if kind.is_check else "identity" if kind.is_confidential else "open"
        ]

    def _leave_out(self, credential: Credential | None) -> None:
        """Only what the kind asks for stands on the form."""
        kind = self.kind
        asked = {
            "company": kind.by_company and credential is None, "issuer": kind.needs_issuer,
            "number": kind.needs_number, "region": kind.needs_state, "amount": kind.needs_amount,
            "expires_on": kind.has_expiry,
        }  # fmt: skip
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]

    def _offer(
        self, own: Sequence[CredentialDocument], parked: Sequence[CredentialDocument]
    ) -> None:
        fields: Any = self.fields
        fields["removed"].choices = [(row.reference, row.name) for row in (*own, *parked)]
        fields["kept"].choices = [(row.reference, row.name) for row in parked]
        self.initial.setdefault("kept", [row.reference for row in parked])

    def _posted(self, name: str) -> Sequence[str]:
        getlist = getattr(self.data, "getlist", None)
        return getlist(name)[: 3 * MOST_DOCUMENTS] if getlist else self.data.get(name, [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("issued_on"), data.get("expires_on")
        if begins and ends and begins > ends:
            self.add_error("expires_on", "It cannot expire before it begins. Check both dates.")
        elif ends and ends < self.today:
            self.add_error(
                "expires_on", "This has expired already. Hand in the renewed one, with its date."
            )
        left = {row.reference for row in (*self.own, *self.loose)} - set(data.get("removed", ()))
        if (
            not left
            and not self.good
            and self.kind.needs_document
            and "documents" not in self.errors
        ):
            self.add_error("documents", "Add the document: a photo or a PDF of the whole page.")
        return data

    @property
    def good(self) -> list[CleanUpload]:
        field: Any = self.fields["documents"]
        return getattr(field, "good", [])

    def keep(self, rows: Iterable[CredentialDocument]) -> None:
        """Show files that were just parked as kept, so that they are sent along next time."""
        self.loose = [*self.loose, *rows]
        self._offer(self.own, self.loose)
        self.data = self.data.copy()
        self.data.setlist("kept", [row.reference for row in self.loose])

    @property
    def facts(self) -> dict[str, Any]:
        names = ("issuer", "number", "region", "amount", "issued_on", "expires_on", "is_shown")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}

    @property
    def handed_in(self) -> dict[str, Any]:
        """The files, as the verbs take them."""
        removed = set(self.cleaned_data["removed"])
        kept = [row.reference for row in self.loose if row.reference not in removed]
        return {"documents": self.good, "kept": kept}

    @property
    def taken_off(self) -> list[str]:
        return [row.reference for row in self.own if row.reference in self.cleaned_data["removed"]]


SHOWN_HELP = {
    "check": "They read that it is clear, and nothing else: no date, no document, and nothing at "
    "all where it is not. Hidden it meets no requirement.",
    "identity": "They read that your identity is verified, never the document. Hidden it meets no "
    "requirement.",
    "open": "While it is valid it stands on your profile with its facts and its document. Hidden "
    "it meets no requirement.",
}


class QueueForm(forms.Form):
    """The reviewers' queue."""

    QUEUES = (("waiting", "Waiting"), ("returned", "With the worker"), ("expiring", "Expiring"),
              ("decided", "Decided"))  # fmt: skip
    queue = forms.ChoiceField(choices=QUEUES, required=False, widget=forms.HiddenInput)
    q = LineField(label="Worker or reference", required=False, max_length=80)
    family = forms.ChoiceField(choices=[("", "All"), *Family.choices], required=False, label="Kind")
    after = CursorField()
    before = CursorField()


class CompanyQueueForm(forms.Form):
    """A company's own queue."""

    status = forms.ChoiceField(
        choices=[("", "All"), *((s.value, s.label) for s in Stage if s != Stage.WITHDRAWN)],
        required=False,
    )
    q = LineField(label="Worker", required=False, max_length=80)
    after = CursorField()
    before = CursorField()


class DecisionForm(forms.Form):
    """A reviewer's decision on what they have seen; ``act`` is the button pressed."""

    ACTS = ("verify", "ask_again", "refuse")
    act = forms.ChoiceField(
        choices=[(act, act) for act in ACTS],
        error_messages={"required": "Choose what to do.", "invalid_choice": "Choose what to do."},
    )
    revision = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    expires_on = DayField(label="Expires on, as the document says")
    amount = MoneyInput(most=MOST_INSURED, label="Insured amount, as the document says")
    reason = LineField(
        required=False, max_length=500, label="Reason",
        help_text="Needed for asking again and for not accepting. The worker reads it.",
    )  # fmt: skip

    def __init__(self, *args: Any, credential: Credential, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "revision": credential.revision, "expires_on": credential.expires_on,
            "amount": credential.amount,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        if not credential.kind.has_expiry:
            del self.fields["expires_on"]
        if not credential.kind.needs_amount:
            del self.fields["amount"]
        if self.data and self.data.get("act") != "verify":
            for name in {"expires_on", "amount"} & set(self.fields):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        silent = not data.get("reason") and "reason" not in self.errors
        if data.get("act") in ("refuse", "ask_again") and silent:
            self.add_error("reason", "Say in a sentence what is wrong or missing.")
        return data
