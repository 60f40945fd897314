"""Writing in a thread; nothing posted is ever edited or deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.actors import Actor
from accounts.models import WorkerProfile
from activity.record import record
from assignments.models import Assignment
from assignments.states import ENDED, Status
from core.dates import moment_words
from core.errors import DomainError
from core.files import CleanUpload, store, thumbnail_of
from core.references import unused
from messaging import contact_details
from messaging.mentioning import name_in
from messaging.models import Attachment, Message, Thread
from messaging.queries import is_in_touch, side_of
from messaging.reading import mark_read

FOLDER = "messages"
LONGEST = 10_000
THUMBNAIL = (480, 360)
MAY_CHOOSE = {
    Message.Side.COMPANY: (Message.Visibility.PARTIES, Message.Visibility.COMPANY),
    Message.Side.WORKER: (Message.Visibility.PARTIES,),
    Message.Side.STAFF: (Message.Visibility.PARTIES, Message.Visibility.STAFF),
}
"""To whom each side may address a message."""


class NotSentYet(DomainError):
    message = "Nobody can read messages on a draft. Send the assignment first."


class TakenBack(DomainError):
    message = "The assignment was taken back, so nobody can write here any more."


class Closed(DomainError):
    message = (
        "This conversation closed on {day}, {days} days after the assignment ended. "
        "What was said stays readable."
    )


class NotInTouch(DomainError):
    message = (
        "Messages are open to workers who applied, were invited or are assigned. "
        "Nobody can write in this conversation now."
    )


class NothingSaid(DomainError):
    message = "Write a message or add a file."
    field = "body"


class TooLong(DomainError):
    message = "A message has at most 10,000 characters. Shorten it or send it in two."
    field = "body"


class KeyTaken(DomainError):
    message = "This page was out of date. Reload it and send your message again."


class NotYourAudience(DomainError):
    message = "You cannot address a message to these readers. Choose who reads it."
    field = "visibility"


def closed_because(assignment: Assignment, *, at: datetime) -> DomainError | None:
    """Why nobody may write about this assignment now, or None while it is open."""
    if assignment.status == Status.DRAFT:
        return NotSentYet()
    if assignment.status == Status.VOIDED:
        return TakenBack()
    ended_at = assignment.cancelled_at or assignment.paid_at
    if ended_at:
        closes_at = ended_at + timedelta(days=settings.MESSAGES_OPEN_DAYS)
        if at > closes_at:
            day = moment_words(closes_at, assignment.time_zone, "date")
            return Closed(day=day, days=settings.MESSAGES_OPEN_DAYS)
    return None


def post(
    *,
    assignment: Assignment,
    worker: WorkerProfile,
    body: str,
    by: Actor,
    at: datetime,
    key: str,
    files: Sequence[CleanUpload] = (),
    visibility: str = Message.Visibility.PARTIES,
) -> Message:
    """Write in the thread of the company with this worker; the same key again is one message.

    Files are stored before the transaction, which then opens the thread if need be, writes
    the message with its attachments, moves whose answer is awaited, marks the thread read
    for the author, and records ``message.posted`` (``message.noted`` for a note that the
    worker does not read), with who is named by an @. Raises ``Closed`` and its kin,
    ``NotInTouch``, ``NothingSaid``.
    """
    if twin := _twin(assignment, worker, key, by):
        return twin
    _require_open(assignment, worker, at=at)
    body = body.strip()
    if not body and not files:
        raise NothingSaid
    if len(body) > LONGEST:
        raise TooLong
    if visibility not in MAY_CHOOSE[Message.Side(side_of(by))]:
        raise NotYourAudience
    kept = [_keep(clean) for clean in files]
    try:
        return _write(assignment, worker, body, kept, visibility, by=by, at=at, key=key)
    except BaseException:
        _forget(kept)
        raise


def _keep(clean: CleanUpload) -> Attachment:
    """The file stored, a picture with its small copy; the row is written with its message."""
    small = thumbnail_of(clean, THUMBNAIL)
    return Attachment(
        file=store(clean, FOLDER),
        name=clean.name,
        content_type=clean.content_type,
        size=clean.size,
        checksum=hashlib.sha256(clean.content).hexdigest(),
        thumbnail=store(small, FOLDER) if small else "",
    )


def _forget(kept: Sequence[Attachment]) -> None:
    for attachment in kept:
        for file in (attachment.file, attachment.thumbnail):
            if file.name:
                default_storage.delete(file.name)


@transaction.atomic
def _write(
    assignment: Assignment,
    worker: WorkerProfile,
    body: str,
    kept: Sequence[Attachment],
    visibility: str,
    *,
    by: Actor,
    at: datetime,
    key: str,
) -> Message:
    assert by.user is not None
    thread, _ = Thread.objects.get_or_create(
        assignment=assignment,
        worker=worker,
        defaults={
            "company_id": assignment.company_id, "opened_at": at, "last_message_at": at,
        },
    )  # fmt: skip
    thread = Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)
    if twin := _twin(assignment, worker, key, by):
        _forget(kept)
        return twin
    message = Message.objects.create(
        thread=thread,
        company_id=assignment.company_id,
        author=by.user,
        side=side_of(by),
        visibility=visibility,
        body=body,
        has_contact_details=gives_contact_details(assignment, body, visibility),
        posted_at=at,
        key=key,
    )
    _attach(message, kept)
    named = name_in(message, thread, by=by)
    waited = _move_on(thread, assignment, message, at=at)
    mark_read(thread, by=by, at=at)
    noted = visibility != Message.Visibility.PARTIES
    record(
        "message.noted" if noted else "message.posted", assignment,
        by=by, at=at, company_key=assignment.company_id, thread=thread.pk, message=message.pk,
        side=str(message.side), visibility=str(visibility), worker=worker.reference,
        contact_details=message.has_contact_details,
        **({} if waited is None else {"waited": waited}),
        **({"named": [one.user_id for one in named]} if named else {}),
    )  # fmt: skip
    return message


def _twin(assignment: Assignment, worker: WorkerProfile, key: str, by: Actor) -> Message | None:
    """The message that this key already made, for the same author in the same thread."""
    found = Message.objects.filter(key=key).select_related("thread").first()
    if found is None:
        return None
    same = (found.thread.assignment_id, found.thread.worker_id, found.author_id)
    if same != (assignment.pk, worker.pk, by.user_id):
        raise KeyTaken
    return found


def _require_open(assignment: Assignment, worker: WorkerProfile, *, at: datetime) -> None:
    if refused := closed_because(assignment, at=at):
        raise refused
    if not is_in_touch(assignment, worker):
        raise NotInTouch


def gives_contact_details(assignment: Assignment, body: str, visibility: str) -> bool:
    """Before anybody is assigned, contact details in a shared message are flagged."""
    return (
        assignment.status == Status.SENT
        and visibility == Message.Visibility.PARTIES
        and contact_details.mentioned_in(body)
    )


def _attach(message: Message, kept: Sequence[Attachment]) -> None:
    for attachment in kept:
        attachment.message = message
        attachment.reference = unused(Attachment, "F", 10)
    Attachment.objects.bulk_create(kept)


def _move_on(
    thread: Thread, assignment: Assignment, message: Message, *, at: datetime
) -> float | None:
    """Keep whose answer is awaited; returns the seconds a worker waited for this reply.

    A note changes nothing; neither does a message of staff but for the thread's place in
    the inbox. The wait counts from the first unanswered message. Once the assignment has
    ended a message starts no wait: most are thanks.
    """
    if message.visibility != Message.Visibility.PARTIES:
        return None
    waited = None
    if message.side == Message.Side.COMPANY and thread.waiting_for == "company":
        assert thread.waiting_since is not None
        waited = (at - thread.waiting_since).total_seconds()
    other = {"company": "worker", "worker": "company"}.get(message.side)
    if other and thread.waiting_for != other:
        ended = assignment.status in ENDED
        thread.waiting_for, thread.waiting_since = ("", None) if ended else (other, at)
    if other:
        thread.settled_by = ""
    thread.last_message_at = max(at, thread.last_message_at)
    thread.save(update_fields=["waiting_for", "waiting_since", "settled_by", "last_message_at"])
    return waited
