"""A worker's credentials: adding, changing, renewing, showing and withdrawing them.

Every verb of the worker locks their profile, so that a form sent twice is taken once; those
about one credential lock its row too, as its review does in ``vetting.reviewing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from activity.record import record
from core.dates import zone_of
from core.errors import DomainError
from core.files import CleanUpload, store
from core.references import candidate, unused
from vetting.credential_states import MOVES, Stage, allowed
from vetting.models import Credential, CredentialDocument, CredentialKind

FACTS = ("issuer", "number", "region", "amount", "issued_on", "expires_on", "is_shown")
MOST_DOCUMENTS = 10
LOOSE_FOR = timedelta(days=1)
"""How long a file waits for the rest of its form to be put right."""


class KindGone(DomainError):
    message = "“{kind}” cannot be added any more. Choose another kind."


class DocumentMissing(DomainError):
    message = "Add the document: a photo or a PDF of the whole page."
    field = "documents"


class TooManyDocuments(DomainError):
    message = f"Keep at most {MOST_DOCUMENTS} files. Take one off first."
    field = "documents"


class AlreadyExpired(DomainError):
    message = "This expired on {day}. Hand in the renewed one, with its new date."
    field = "expires_on"


class RenewedAlready(DomainError):
    message = "A renewal of this is there already. Open that one to change it."


class NotNow(DomainError):
    message = "You cannot do this now: it is {standing}. Reload the page to see what has happened."


def today_of(worker: WorkerProfile, at: datetime) -> date:
    """The day it is where the worker lives."""
    return at.astimezone(zone_of(worker.user.time_zone)).date()


@transaction.atomic
def park(uploads: Sequence[CleanUpload], *, by: Actor, at: datetime) -> list[CredentialDocument]:
    """Keep files whose form was refused, so that nobody chooses them again."""
    return _stored(uploads, _worker(by), None, at)


@transaction.atomic
def add(
    kind: CredentialKind, facts: Mapping[str, Any], *, key: str, by: Actor, at: datetime,
    company: Company | None = None, renews: Credential | None = None,
    documents: Sequence[CleanUpload] = (), kept: Iterable[str] = (),
) -> Credential:  # fmt: skip
    """Hand in a credential for review; the same ``key`` again returns the first one.

    1. Refused: a kind no longer in use, a day of expiry that is over, a missing document.
    2. The row, then its documents: the new ones and those ``kept`` by an earlier try.
    3. ``credential.added``, for the company's history only where it is handed in to a company.
    """
    worker = _locked_worker(by)
    if made := Credential.objects.filter(key=key, worker=worker).first():
        return made
    if kind.archived_at is not None:
        raise KindGone(kind=str(kind))
    if renews and renews.renewals.exclude(status__in=(Stage.REFUSED, Stage.WITHDRAWN)).exists():
        raise RenewedAlready
    assert kind.by_company == (company is not None)
    _check_expiry(facts, worker, at)
    credential = Credential.objects.create(
        worker=worker, kind=kind, company=company, reference=unused(Credential, "K"), key=key,
        renews=renews, submitted_at=at, **{name: facts[name] for name in FACTS if name in facts},
    )  # fmt: skip
    _stored(documents, worker, credential, at)
    _attach(kept, credential)
    _check_documents(credential)
    _record("credential.added", credential, by=by, at=at, renewal=renews is not None)
    return credential


@transaction.atomic
def change(
    credential: Credential, facts: Mapping[str, Any], *, by: Actor, at: datetime,
    documents: Sequence[CleanUpload] = (), kept: Iterable[str] = (),
    removed: Iterable[str] = (),
) -> Credential:  # fmt: skip
    """Put right what is not decided, and hand it in again: a reviewer looks at it anew."""
    worker = _locked_worker(by)
    credential = _movable(credential, "change", worker)
    _check_expiry(facts, worker, at)
    changed = [name for name in FACTS if name in facts and facts[name] != getattr(credential, name)]
    for name in changed:
        setattr(credential, name, facts[name])
    credential.documents.filter(reference__in=list(removed)).update(removed_at=at)
    _stored(documents, worker, credential, at)
    _attach(kept, credential)
    _check_documents(credential)
    credential.status = MOVES["change"].target
    credential.submitted_at, credential.revision = at, credential.revision + 1
    credential.save(update_fields=["status", "submitted_at", "revision", *changed])
    _record(MOVES["change"].event, credential, by=by, at=at, changed=changed)
    return credential


@transaction.atomic
def withdraw(credential: Credential, *, by: Actor, at: datetime) -> Credential:
    """Take it back: it counts for nothing from now on, and no client opens its documents."""
    credential = _own(credential, _locked_worker(by))
    if credential.status == Stage.WITHDRAWN:
        return credential
    credential = _movable(credential, "withdraw", credential.worker)
    credential.status = MOVES["withdraw"].target
    credential.revision += 1
    credential.save(update_fields=["status", "revision"])
    _record(MOVES["withdraw"].event, credential, by=by, at=at)
    return credential


@transaction.atomic
def show(credential: Credential, shown: bool, *, by: Actor, at: datetime) -> Credential:
    """Let clients know of it, or not. What they may not know of meets no requirement."""
    credential = _own(credential, _locked_worker(by))
    if credential.is_shown != shown:
        credential.is_shown = shown
        credential.save(update_fields=["is_shown"])
        _record("credential.shown" if shown else "credential.hidden", credential, by=by, at=at)
    return credential


def drop_loose(*, at: datetime) -> int:
    """Delete files that were never handed in; returns how many."""
    rows = CredentialDocument.objects.filter(credential=None, added_at__lt=at - LOOSE_FOR)
    with transaction.atomic():
        loose = list(rows.select_for_update(skip_locked=True)[:500])
        CredentialDocument.objects.filter(pk__in=[row.pk for row in loose]).delete()
    for row in loose:
        default_storage.delete(str(row.file.name))
    return len(loose)


def _worker(by: Actor) -> WorkerProfile:
    if by.worker is None:
        raise ValueError("only a worker hands in their own credentials")
    return by.worker


def _locked_worker(by: Actor) -> WorkerProfile:
    rows = WorkerProfile.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("user").get(pk=_worker(by).pk)


def _own(credential: Credential, worker: WorkerProfile) -> Credential:
    rows = Credential.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("kind", "worker__user").get(pk=credential.pk, worker=worker)


def _movable(credential: Credential, move: str, worker: WorkerProfile) -> Credential:
    credential = _own(credential, worker)
    if not allowed(move, credential.status):
        raise NotNow(standing=credential.get_status_display().lower())
    return credential


def _check_expiry(facts: Mapping[str, Any], worker: WorkerProfile, at: datetime) -> None:
    over: date | None = facts.get("expires_on")
    if over and over < today_of(worker, at):
        raise AlreadyExpired(day=f"{over:%B} {over.day}, {over.year}")


def _check_documents(credential: Credential) -> None:
    number = credential.documents.filter(removed_at=None).count()
    if not number and credential.kind.needs_document:
        raise DocumentMissing
    if number > MOST_DOCUMENTS:
        raise TooManyDocuments


def _attach(kept: Iterable[str], credential: Credential) -> None:
    CredentialDocument.objects.filter(
        reference__in=list(kept), worker=credential.worker, credential=None
    ).update(credential=credential)


def _stored(
    uploads: Sequence[CleanUpload],
    worker: WorkerProfile,
    credential: Credential | None,
    at: datetime,
) -> list[CredentialDocument]:
    rows = [
        CredentialDocument(
            worker=worker, credential=credential, reference=candidate("D", 12),
            file=store(upload, "credentials"), name=upload.name,
            content_type=upload.content_type, size=upload.size, added_at=at,
        )
        for upload in uploads
    ]  # fmt: skip
    return CredentialDocument.objects.bulk_create(rows)


def _record(
    kind: str, credential: Credential, /, *, by: Actor, at: datetime, **data: object
) -> None:
    record(
        kind, credential, by=by, at=at, company_key=credential.company_id,
        credential=str(credential.kind), **data,
    )  # fmt: skip
