"""A transcript on paper."""

from __future__ import annotations

from django.conf import settings
from reportlab.platypus import Flowable

from core.dates import moment_words
from core.files import CleanUpload
from core.paper import QUIET, heading, load_fonts, printed, text
from messaging.transcript import MOST, Transcript


def transcript_pdf(transcript: Transcript) -> CleanUpload:
    """The PDF, as a file that can be handed out or put forward as evidence."""
    load_fonts()
    assignment = transcript.assignment
    about = [
        text(transcript.title, 11, bold=True),
        text(f"About {assignment.reference}, “{assignment.title}”", color=QUIET),
    ]
    made = f"Made {moment_words(transcript.made_at, transcript.zone)} by {transcript.made_by}"
    parts: list[Flowable | list[Flowable]] = [heading("Transcript", made, about)]
    if transcript.left_out:
        parts.append(text(f"Only the newest {MOST:,} messages are here.", bold=True))
    parts += [_message(line) for line in transcript.lines]
    if not transcript.lines:
        parts.append(text("Nothing was said."))
    parts.append([text(line, 8, color=QUIET) for line in closing(transcript)])
    content = printed(f"{transcript.title}, {assignment.reference}", parts)
    return CleanUpload(content, transcript.file_name, "application/pdf", len(content))


def closing(transcript: Transcript) -> list[str]:
    """What stands below the last message."""
    number = len(transcript.lines)
    return [
        f"{number} message{'s' * (number != 1)}. Nothing posted on {settings.SITE_NAME} can be "
        "edited or deleted; these are the words as they were posted, oldest first, with times in "
        f"the zone of the site ({transcript.zone}).",
        "With the notes of the side that made it." if transcript.with_notes else
        "Without the notes that one side keeps to itself.",
        f"SHA-256 of the messages and their files: {transcript.seal}",
    ]  # fmt: skip


def _message(line: dict[str, object]) -> list[Flowable]:
    note = line["note"]
    marks = [str(line["flag"])] if line["flag"] else []
    if isinstance(note, dict):
        marks.append(f"{note['word']}: {note['readers']}")
    who = f"{line['author']}, {line['role']}"
    parts: list[Flowable] = [text(who, bold=True), text(str(line["moment"]), 8, color=QUIET)]
    parts += [text(mark, 8, bold=True) for mark in marks]
    if line["body"]:
        parts.append(text(str(line["body"])))
    files = line["files"]
    assert isinstance(files, list)
    for file in files:
        parts.append(text(f"File: {file['name']} ({file['size']:,} bytes)"))
        parts.append(text(f"SHA-256 {file['checksum']}", 7, color=QUIET))
    return parts
