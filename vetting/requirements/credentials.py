"""Requirements about what a worker has proved: a credential of a kind, and who they are.

A credential counts where it is verified, valid on the day of the work, and known to clients.
Of checks and identity a client reads no more than met or not: never whether one is missing,
waiting, over, hidden or failed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from core.fields import MoneyField
from core.forms import MoneyInput
from core.money import format_money
from core.places import STATES
from vetting.models import Credential, CredentialKind, Family
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import Finding, On, Reading, Values, ValuesForm

GONE = "This kind of credential is not used any more. Remove the requirement."
STATE_NAMES = dict(STATES)


class CredentialForm(ValuesForm):
    kind = forms.ModelChoiceField(
        CredentialKind.objects.exclude(family=Family.IDENTITY),
        to_field_name="slug",
        label="Credential",
        empty_label="Choose a credential",
        error_messages={
            "required": "Choose a credential.",
            "invalid_choice": "Choose a credential from the list.",
        },
    )
    amount = MoneyInput(
        required=False, label="Insured for at least", most=Decimal(100_000_000),
        help_text="Only for insurance.",
    )  # fmt: skip
    region = forms.ChoiceField(
        choices=[("", "Any"), *STATES], required=False, label="For the state",
        help_text="Only for credentials that hold in one state.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.queryset = kinds.queryset.in_use()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind and data.get("amount") and not kind.needs_amount:
            self.add_error("amount", f"“{kind}” carries no insured amount. Leave this empty.")
        if kind and data.get("region") and not kind.needs_state:
            self.add_error("region", f"“{kind}” is not given for a state. Choose “Any”.")
        return data

    def values(self) -> dict[str, Any]:
        kind, amount = self.cleaned_data["kind"], self.cleaned_data["amount"]
        return {
            "kind": kind.slug,
            **told_of(kind),
            "amount": str(amount) if amount else "",
            "region": self.cleaned_data["region"],
        }


def told_of(kind: CredentialKind) -> dict[str, Any]:
    """What a requirement keeps of a kind of credential, so that a sentence needs no query."""
    return {"name": kind.name, "by_company": kind.by_company}


class HasCredential(Reading):
    slug = "credential"
    label = "Has a credential"
    heading = "Credentials and agreements"
    help = "Verified, and valid on the day of the work. Of checks you learn only met or not."
    asks = frozenset({"day"})
    form = CredentialForm
    refers = "kind"

    def sentence(self, values: Values) -> str:
        words = str(values.get("name") or "A credential")
        words = words[:1].upper() + words[1:]
        if values.get("region"):
            words += f" for {STATE_NAMES.get(values['region'], values['region'])}"
        if values.get("amount"):
            words += f" of at least {format_money(Decimal(values['amount']), 'USD')}"
        return words

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        kinds = Q(slug__in=[values["kind"] for values in asked])
        known = {kind.slug: (kind, own) for kind, own in _kinds_with_own(worker, kinds, on)}
        reason = "This kind of credential is not used any more. Ask the client to change it."
        gone = Finding(met=False, reason=reason, for_client=GONE)
        return [
            finding(*known[values["kind"]], on, values) if values["kind"] in known else gone
            for values in asked
        ]

    def condition(self, values: Values, on: On) -> Q:
        return Q(Exists(_valid(on, kind__slug=values["kind"], **_asked(values))))

    def remedy(self, values: Values) -> tuple[str, str]:
        add = f"{reverse('vetting:new_credential')}?{urlencode({'kind': values['kind']})}"
        return add, "Add it"

    def is_per_company(self, values: Values) -> bool:
        return bool(values.get("by_company"))

    def present(self, keys: Collection[str]) -> QuerySet[Any, Any]:
        return CredentialKind.objects.in_use().filter(slug__in=keys).values_list("slug")

    def met(self) -> Q:
        insured = Cast(NullIf(said("amount"), Value("")), MoneyField())
        region = Coalesce(NullIf(said("region"), Value("")), F("region"))
        none = Value(Decimal(), MoneyField())
        enough = GreaterThanOrEqual(Coalesce("amount", none), Coalesce(insured, none))
        fits = Q(enough, region=region)
        return Q(Exists(_own().filter(fits, kind__slug=said("kind"))))

    def gone(self, values: Values, company: Company) -> str:
        found = CredentialKind.objects.in_use().filter(slug=values.get("kind", ""))
        return "" if found.exists() else GONE


class IdentityVerified(Reading):
    slug = "identity"
    label = "Identity is verified"
    heading = "Credentials and agreements"
    help = "Our staff have looked at an identity document. You never see it."
    asks = frozenset({"day"})

    def sentence(self, values: Values) -> str:
        return "Identity is verified"

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        found = _kinds_with_own(worker, Q(family=Family.IDENTITY), on)
        if not found:
            reason = "Identities cannot be verified at the moment."
            return [Finding(met=False, reason=reason, for_client=GONE)] * len(asked)
        own = sorted((one for _, some in found for one in some), key=lambda one: -one.pk)
        return [finding(found[0][0], own, on, {})] * len(asked)

    def remedy(self, values: Values) -> tuple[str, str]:
        return reverse("vetting:new_credential"), "Verify your identity"

    def condition(self, values: Values, on: On) -> Q:
        return Q(Exists(_valid(on, kind__family=Family.IDENTITY)))

    def met(self) -> Q:
        return Q(Exists(_own().filter(kind__family=Family.IDENTITY)))

    def gone(self, values: Values, company: Company) -> str:
        return (
            "" if CredentialKind.objects.in_use().filter(family=Family.IDENTITY).exists() else GONE
        )


READ = ("id", "reference", "status", "region", "amount", "issued_on", "expires_on", "is_shown")


def _kinds_with_own(
    worker: WorkerProfile, wanted: Q, on: On
) -> list[tuple[CredentialKind, list[Credential]]]:
    """Kinds in use, each with what the worker has of it, the latest first (one query)."""
    mine = Q(credentials__company=None) | Q(credentials__company=on.company)
    own = FilteredRelation("credentials", condition=mine & Q(credentials__worker=worker))
    rows: Any = CredentialKind.objects.in_use().filter(wanted).annotate(own=own)
    found: dict[int, tuple[CredentialKind, list[Credential]]] = {}
    rows = rows.annotate(**{f"own_{name}": F(f"own__{name}") for name in READ})
    for row in rows.order_by("position", "name", "pk", "-own_id"):
        _, had = found.setdefault(row.pk, (row, []))
        if row.own_id is not None:
            had.append(Credential(kind=row, **{name: getattr(row, f"own_{name}") for name in READ}))
    return list(found.values())


def _valid(on: On, **wanted: Any) -> QuerySet[Credential, Credential]:
    rows = Credential.objects.valid_on(on.day).shown_to(on.company)
    return rows.filter(worker=OuterRef("pk"), kind__archived_at=None, **wanted)


def _own() -> QuerySet[Credential, Credential]:
    """The same beside a row of work: of the worker who asks, on the day of the work."""
    mine = Q(company=None) | Q(company=WORK.company)
    rows = Credential.objects.valid_on(WORK.day).filter(mine, is_shown=True, worker=WORK.worker)
    return rows.filter(kind__archived_at=None)


def _asked(values: Values) -> dict[str, Any]:
    """The parts of a credential itself that are asked for, as a filter."""
    asked: dict[str, Any] = {}
    if values.get("amount"):
        asked["amount__gte"] = Decimal(values["amount"])
    if values.get("region"):
        asked["region"] = values["region"]
    return asked


Lack = tuple[str, str, Credential | None]
NONE_YET: Lack = ("", "Add it", None)
RENEW = "Renew it"


def finding(kind: CredentialKind, own: Sequence[Credential], on: On, values: Values) -> Finding:
    """What the worker reads: the nearest they have to it, and where to go on from there."""
    fits = [one for one in own if _fits(one, values)]
    valid = [one for one in fits if one.is_valid_on(on.day)]
    if any(one.is_shown for one in valid):
        return Finding(met=True, reason=f"Your “{kind}” is verified.")
    lack: Lack
    if valid:
        lack = "is verified, but you do not let clients know of it", "Show it to clients", valid[0]
    elif own and not fits:
        lack = "does not cover what is asked for", "Add another one", None
    else:
        lack = next(filter(None, (_lack(one, on.day) for one in fits)), NONE_YET)
    what, label, at = lack
    url = at.get_absolute_url() if at else ""
    if at and label == RENEW:
        url = reverse("vetting:renew_credential", args=[at.reference])
    place = {"kind": kind.slug} | ({"for": on.company.slug} if kind.by_company else {})
    return Finding(
        met=False,
        reason=f"You have no “{kind}” yet." if lack is NONE_YET else f"Your “{kind}” {what}.",
        fix_url=url or f"{reverse('vetting:new_credential')}?{urlencode(place)}",
        fix_label=label,
        for_client="Not confirmed" if kind.is_confidential else f"No valid “{kind}”",
    )


def _lack(one: Credential, day: date) -> Lack | None:
    """Why this one does not count on that day; None for one that was withdrawn."""
    if one.is_waiting:
        return "waits for review", "See where it stands", one
    if one.was_returned:
        return "needs something more", "See what is missing", one
    if one.was_refused:
        return "was not accepted", "See why", one
    if one.is_verified and one.expires_on and one.is_over_on(day):
        return f"is valid until {_written(one.expires_on)} only", RENEW, one
    if one.is_verified and one.issued_on:
        return f"is valid from {_written(one.issued_on)} on only", "Add an earlier one", None
    return None


def _fits(one: Credential, values: Values) -> bool:
    if values.get("region") and one.region != values["region"]:
        return False
    if values.get("amount"):
        return one.amount is not None and one.amount >= Decimal(values["amount"])
    return True


def _written(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
