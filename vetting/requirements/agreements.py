"""The requirement that a worker has signed an agreement of the company, as it reads now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.models import Agreement, AgreementSignature
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import ONE_BY_ONE, Finding, On, Reading, Values, ValuesForm

GONE = "This agreement is archived. Bring it back, or remove the requirement."


class AgreementForm(ValuesForm):
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(),
        to_field_name="reference",
        empty_label="Choose an agreement",
        error_messages={
            "required": "Choose an agreement.",
            "invalid_choice": "Choose an agreement from the list.",
        },
        help_text="You write agreements under “Agreements”.",
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        chosen: Any = self.fields["agreement"]
        chosen.queryset = Agreement.objects.in_use().filter(company=company).order_by("title", "pk")

    def values(self) -> dict[str, Any]:
        agreement = self.cleaned_data["agreement"]
        return {"agreement": agreement.reference, "title": agreement.title}


class AgreementSigned(Reading):
    slug = "agreement"
    label = "Has signed an agreement"
    heading = "Credentials and agreements"
    help = "The version in force: after a new one is published workers sign again."
    form = AgreementForm
    refers = "agreement"

    def sentence(self, values: Values) -> str:
        return f"Has signed “{values.get('title') or 'an agreement'}”"

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        own = AgreementSignature.objects.filter(version__agreement=OuterRef("pk"), worker=worker)
        rows = Agreement.objects.in_use().filter(
            company=on.company, reference__in=[values["agreement"] for values in asked]
        )
        known: dict[str, Any] = {
            row.reference: row
            for row in rows.annotate(signed=ArraySubquery(own.values("version__number")))
        }
        return [_finding(known.get(values["agreement"])) for values in asked]

    def condition(self, values: Values, on: On) -> Q:
        signed = _signed(values["agreement"], on.company)
        return Q(Exists(signed.filter(ONE_BY_ONE, worker=OuterRef("pk"))))

    def met(self) -> Q:
        return Q(Exists(_signed(said("agreement"), WORK.company).filter(worker=WORK.worker)))

    def remedy(self, values: Values) -> tuple[str, str]:
        return reverse("vetting:agreement", args=[values["agreement"]]), "Read and sign it"

    def present(self, keys: Collection[str]) -> QuerySet[Any, Any]:
        return Agreement.objects.in_use().filter(reference__in=keys).values_list("reference")

    def gone(self, values: Values, company: Company) -> str:
        rows = Agreement.objects.in_use().filter(company=company)
        return "" if rows.filter(reference=values.get("agreement", "")).exists() else GONE


def _finding(agreement: Any) -> Finding:
    """``agreement`` carries the numbers of the versions ``signed``; None where it is gone."""
    if agreement is None:
        reason = "This agreement is not used any more. Ask the client to change what is asked."
        return Finding(met=False, reason=reason, for_client=GONE)
    where = agreement.get_absolute_url()
    if agreement.current in agreement.signed:
        return Finding(met=True, reason=f"You have signed “{agreement}”.")
    if agreement.signed:
        reason = f"“{agreement}” has a new version since you signed it."
        older = "Signed an older version"
        return Finding(False, reason, where, "Read and sign it again", older)
    reason = f"You have not signed “{agreement}” yet."
    return Finding(False, reason, where, "Read and sign it", "Not signed")


def _signed(reference: Any, company: Any) -> QuerySet[AgreementSignature, AgreementSignature]:
    """Signatures under the version in force of this agreement."""
    return AgreementSignature.objects.filter(
        version__agreement__reference=reference,
        version__agreement__company=company,
        version__agreement__archived_at=None,
        version__number=F("version__agreement__current"),
    )
