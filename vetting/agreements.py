"""A company's agreements: writing and publishing them, and a worker's signature."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from core.errors import DomainError
from core.references import unused
from vetting.models import (
    Agreement,
    AgreementSignature,
    AgreementVersion,
    CompanyMark,
    Standing,
)


class TitleTaken(DomainError):
    message = "You have an agreement of this title already. Choose another title."
    field = "title"


class PublishedMeanwhile(DomainError):
    message = (
        "{who} published version {number} while you wrote. Compare your text with it and publish "
        "again: what you wrote is still here."
    )
    field = "text"


class NothingNew(DomainError):
    message = "The text is the one in force. Change it, or go back."
    field = "text"


class PutAway(DomainError):
    message = "“{title}” is archived. Bring it back first."


class NotOpenToYou(DomainError):
    message = "This agreement is not open for signing any more."


class NotTheLatest(DomainError):
    message = "Version {number} was published while you read. Read it below, then sign that one."


class NotYourName(DomainError):
    message = "Type your name as it stands in your profile: {name}."
    field = "typed_name"


@transaction.atomic
def create(*, title: str, text: str, by: Actor, at: datetime) -> Agreement:
    """A new agreement of the actor's company, its first version in force at once."""
    assert by.company is not None and by.user is not None
    agreement = Agreement(
        company=by.company, reference=unused(Agreement, "AG"), title=title, current=1,
        created_by=by.user, created_at=at,
    )  # fmt: skip
    _saved(agreement)
    _version(agreement, 1, text, "", by=by, at=at)
    _record("agreement.created", agreement, by=by, at=at, title=title)
    return agreement


@transaction.atomic
def publish(
    agreement: Agreement, *, text: str, based_on: int, note: str = "", by: Actor, at: datetime
) -> AgreementVersion:
    """Put a new wording in force: whoever signed an earlier one is told and asked to sign again.

    ``based_on`` is the version that was being changed; where another was published meanwhile,
    ``PublishedMeanwhile``. Old signatures stay under the version they were given for.
    """
    agreement = _locked(agreement)
    if agreement.archived_at is not None:
        raise PutAway(title=agreement.title)
    latest = agreement.versions.select_related("published_by").get(number=agreement.current)
    if latest.text == text:
        raise NothingNew
    if latest.number != based_on:
        raise PublishedMeanwhile(who=str(latest.published_by), number=latest.number)
    version = _version(agreement, latest.number + 1, text, note, by=by, at=at)
    agreement.current = version.number
    agreement.save(update_fields=["current"])
    _record(
        "agreement.published", agreement, by=by, at=at, title=agreement.title,
        number=version.number, **({"note": note} if note else {}),
    )  # fmt: skip
    return version


@transaction.atomic
def archive(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """Put it away: nobody signs it, and requirements that ask for it let nobody pass."""
    agreement = _locked(agreement)
    if agreement.archived_at is None:
        agreement.archived_at = at
        agreement.save(update_fields=["archived_at"])
        _record("agreement.archived", agreement, by=by, at=at, title=agreement.title)
    return agreement


@transaction.atomic
def restore(agreement: Agreement, *, by: Actor, at: datetime) -> Agreement:
    """Bring it back with its signatures; ``TitleTaken`` where its title is in use again."""
    agreement = _locked(agreement)
    if agreement.archived_at is not None:
        agreement.archived_at = None
        _saved(agreement, ["archived_at"])
        _record("agreement.restored", agreement, by=by, at=at, title=agreement.title)
    return agreement


@transaction.atomic
def sign(
    agreement: Agreement, *, number: int, typed_name: str, by: Actor, at: datetime,
    ip_address: str | None = None,
) -> AgreementSignature:  # fmt: skip
    """Sign the version that was read; signing it twice returns the first signature.

    1. The agreement is locked, so that publishing and signing meet in one order.
    2. Refused: an archived one, one of a company that has blocked the worker, a version that is
       not the latest, a name that is not the worker's.
    3. The signature with the typed name, the moment and the address; ``agreement.signed``.
    """
    worker = by.worker
    if worker is None or by.user is None:
        raise ValueError("only a worker signs")
    agreement = _locked(agreement)
    given = AgreementSignature.objects.filter(
        version__agreement=agreement, version__number=number, worker=worker
    )
    if signed := given.select_related("version").first():
        return signed
    if agreement.archived_at is not None or _is_blocked(agreement, worker):
        raise NotOpenToYou
    if number != agreement.current:
        raise NotTheLatest(number=agreement.current)
    if _plain(typed_name) != _plain(by.user.full_name):
        raise NotYourName(name=by.user.full_name)
    signature = AgreementSignature.objects.create(
        version=agreement.versions.get(number=number), worker=worker, typed_name=typed_name,
        reference=unused(AgreementSignature, "S", 8), signed_at=at, ip_address=ip_address,
    )  # fmt: skip
    _record(
        "agreement.signed", agreement, by=by, at=at, title=agreement.title, number=number,
        worker=worker.reference, signature=signature.reference,
    )  # fmt: skip
    return signature


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _is_blocked(agreement: Agreement, worker: WorkerProfile) -> bool:
    marks = CompanyMark.objects.filter(company=agreement.company, worker=worker)
    return marks.filter(standing=Standing.BLOCKED).exists()


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("company").get(pk=agreement.pk)


def _saved(agreement: Agreement, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            agreement.save(update_fields=fields)
    except IntegrityError as broken:
        if "agreement_title_once" in str(broken):
            raise TitleTaken from None
        raise


def _version(
    agreement: Agreement, number: int, text: str, note: str, *, by: Actor, at: datetime
) -> AgreementVersion:
    assert by.user is not None
    return AgreementVersion.objects.create(
        agreement=agreement, number=number, text=text, note=note, published_by=by.user,
        published_at=at,
    )  # fmt: skip


def _record(kind: str, agreement: Agreement, /, *, by: Actor, at: datetime, **data: object) -> None:
    record(kind, agreement, by=by, at=at, company_key=agreement.company_id, **data)
