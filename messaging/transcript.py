"""A conversation as evidence: every message with its time, its files' checksums and one of the
whole, by which a copy can be proved."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.files.storage import default_storage

from accounts.actors import Actor
from assignments.models import Assignment
from core.dates import moment_words
from messaging.models import Attachment, Message
from messaging.panel import words_of
from messaging.queries import Conversation, readable

MOST = 2_000
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a sheet shows. ``seal`` is the SHA-256 of ``canonical``; ``left_out`` says whether older
    messages than the newest ``MOST`` are missing; times are in the site's zone."""

    assignment: Assignment
    conversation: Conversation
    lines: Sequence[dict[str, Any]]
    with_notes: bool
    left_out: bool
    seal: str
    made_at: datetime
    made_by: str

    @property
    def zone(self) -> str:
        return self.assignment.time_zone

    @property
    def title(self) -> str:
        return f"Messages of {self.assignment.company} and {self.conversation.worker}"

    @property
    def file_name(self) -> str:
        return f"messages-{self.assignment.reference}-{self.conversation.worker.reference}.pdf"


def of(
    conversation: Conversation, actor: Actor, *, at: datetime, with_notes: bool = False
) -> Transcript:
    """The transcript of what both sides may read; with the notes of the actor's side on request.

    Costs one query, and the reading of files that were posted before checksums were kept.
    """
    assignment = conversation.assignment
    rows = readable(conversation.thread_id or 0, actor)
    if not with_notes:
        rows = rows.filter(visibility=Message.Visibility.PARTIES)
    found = list(rows.order_by("-pk")[: MOST + 1])
    messages = found[:MOST][::-1]
    _fill_in(messages)
    return Transcript(
        assignment=assignment,
        conversation=conversation,
        lines=[_line(message, assignment, actor) for message in messages],
        with_notes=with_notes,
        left_out=len(found) > MOST,
        seal=hashlib.sha256(canonical(messages).encode()).hexdigest(),
        made_at=at,
        made_by=str(actor.user or ""),
    )


def canonical(messages: Sequence[Any]) -> str:
    """What the seal is of: the same messages give the same text, whoever makes the transcript."""
    return "\n".join("\x1f".join(_sealed(message)) for message in messages)


def _sealed(message: Any) -> list[str]:
    files = [f"{file['name']}={file['checksum']}" for file in message.files or ()]
    moment = message.posted_at.astimezone(UTC).isoformat()
    who = [message.side, message.visibility, str(message.author)]
    return [str(message.pk), moment, *who, message.body, *files]


def _line(message: Any, assignment: Assignment, actor: Actor) -> dict[str, Any]:
    words = words_of(message, assignment, actor)
    role = {
        Message.Side.COMPANY: assignment.company.name,
        Message.Side.WORKER: "Worker",
        Message.Side.STAFF: "Staff",
    }[Message.Side(message.side)]
    return words | {
        "role": role,
        "moment": moment_words(message.posted_at, assignment.time_zone),
        "body": message.body,
        "files": list(message.files or ()),
    }


def _fill_in(messages: Sequence[Any]) -> None:
    """The checksums of files that were posted before they were kept, read from what is stored."""
    bare = {
        file["reference"]: file
        for message in messages
        for file in message.files or ()
        if not file["checksum"]
    }
    for attached in Attachment.objects.filter(reference__in=bare) if bare else ():
        bare[attached.reference]["checksum"] = _checksum(attached.file.name or "")


def _checksum(name: str) -> str:
    seal = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            while block := file.read(BLOCK):
                seal.update(block)
    except FileNotFoundError:
        return "the file is missing"
    return seal.hexdigest()
