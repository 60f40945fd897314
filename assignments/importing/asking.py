"""What a person does with an import: upload, choose, create, undo, put aside."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.actors import Actor
from assignments.importing.noting import drafts_of, forget, note, require_drafts
from assignments.importing.refusals import HasErrors, NotNow, TooLarge
from assignments.models import Import, ImportMapping
from assignments.models.imports import Stage
from conduct import acceptance
from core.csv_files import Unreadable, check_beginning
from core.files import clean_name
from core.references import unused

MOVES = {
    "choose": frozenset({Stage.MAPPING, Stage.CHECKED}),
    "create": frozenset({Stage.CHECKED}),
    "undo": frozenset({Stage.CREATED}),
    "discard": frozenset({Stage.MAPPING, Stage.CHECKED, Stage.REFUSED}),
}
"""From which stage a person may do what; everything else moves in the background."""


@transaction.atomic
def upload(
    file: File, name: str, *, by: Actor, at: datetime, like: Import | None = None,
    reference: str | None = None,
) -> Import:  # fmt: skip
    """Store a file as it is and let it be read in the background.

    ``like`` is an earlier import of the company whose choices hold for this file too where it
    has the same headings. ``reference`` may be chosen beforehand, so that a form sent twice
    uploads once.
    """
    assert by.membership is not None
    acceptance.require(by, at=at)
    if reference and (twin := Import.objects.filter(reference=reference).first()):
        return twin
    if not file.size:
        raise Unreadable("This file is empty. Save the sheet as “CSV UTF-8” and choose it again.")
    if file.size > settings.IMPORT_MAX_BYTES:
        raise TooLarge(most=settings.IMPORT_MAX_BYTES // (1024 * 1024))
    file.seek(0)
    check_beginning(file.read(4096))
    file.seek(0)
    token = uuid.uuid4().hex
    imported = Import.objects.create(
        company=by.membership.company,
        reference=reference or unused(Import, "I"),
        member=by.membership,
        file=default_storage.save(f"imports/{token[:2]}/{token[2:]}.csv", file),
        file_name=clean_name(name),
        size=file.size,
        like=like,
        uploaded_at=at,
    )
    note(imported, "import.uploaded", by=by, at=at)
    return imported


@transaction.atomic
def choose(
    imported: Import, *, columns: dict[str, str], formats: dict[str, str],
    defaults: dict[str, Any] | None, by: Actor, at: datetime, save_as: str = "",
) -> Import:  # fmt: skip
    """Fix what each column holds and how it is written, and let every row be checked.

    ``columns`` maps the index of a column, as text, to a field; ``defaults`` is a snapshot of a
    posting. ``save_as`` keeps columns and formats for the company under that name.
    """
    assert by.user is not None
    imported = _for_move("choose", imported)
    acceptance.require(by, at=at)
    if formats.get("encoding"):
        imported.shape = {**imported.shape, "encoding": formats["encoding"]}
    imported.choices = {"columns": columns, "formats": formats}
    imported.defaults = defaults
    if save_as:
        ImportMapping.objects.update_or_create(
            company=imported.company,
            name=save_as,
            defaults={
                "columns": _by_heading(imported, columns),
                "formats": formats,
                "saved_by": by.user,
                "saved_at": at,
            },
        )
    return _send_on(imported, Stage.CHECKING, ["shape", "choices", "defaults"])


@transaction.atomic
def create(imported: Import, *, by: Actor, at: datetime) -> Import:
    """Let every row become a draft; asked for twice, it happens once."""
    locked = Import.objects.locked(imported.pk)
    if locked.stage in (Stage.CREATING, Stage.CREATED):
        return locked
    locked = _for_move("create", locked)
    acceptance.require(by, at=at)
    if locked.rows_bad or not locked.rows_in_all:
        raise HasErrors(bad=locked.rows_bad or "All")
    note(locked, "import.accepted", by=by, at=at)
    return _send_on(locked, Stage.CREATING)


@transaction.atomic
def undo(imported: Import, *, by: Actor, at: datetime) -> Import:
    """Let every draft of the import be deleted; refused once one of them is more than a draft."""
    locked = Import.objects.locked(imported.pk)
    if locked.stage in (Stage.UNDOING, Stage.UNDONE):
        return locked
    locked = _for_move("undo", locked)
    require_drafts(drafts_of(locked))
    note(locked, "import.undo_asked", by=by, at=at)
    return _send_on(locked, Stage.UNDOING)


@transaction.atomic
def discard(imported: Import, *, by: Actor, at: datetime) -> Import:
    """Put a file aside that became no drafts; its rows and the file itself are deleted."""
    locked = Import.objects.locked(imported.pk)
    if locked.stage == Stage.DISCARDED:
        return locked
    locked = _for_move("discard", locked)
    locked.stage, locked.ended_at = Stage.DISCARDED, at
    locked.save(update_fields=["stage", "ended_at"])
    forget(locked)
    note(locked, "import.discarded", by=by, at=at)
    return locked


def _for_move(name: str, imported: Import) -> Import:
    locked = Import.objects.locked(imported.pk)
    if locked.stage not in MOVES[name]:
        raise NotNow(stage=Stage(locked.stage).label)
    return locked


def _send_on(imported: Import, stage: Stage, fields: Sequence[str] = ()) -> Import:
    imported.stage, imported.note = stage, ""
    imported.tries, imported.lease_until, imported.claim = 0, None, None
    imported.save(update_fields=["stage", "note", "tries", "lease_until", "claim", *fields])
    return imported


def _by_heading(imported: Import, columns: dict[str, str]) -> dict[str, str]:
    """Fields by heading, folded, for the next file of this kind."""
    headings = imported.shape.get("headings", [])
    return {headings[int(index)].strip().casefold(): field for index, field in columns.items()}
