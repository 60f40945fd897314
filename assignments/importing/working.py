"""What a worker does with an import, under a lease; each step is one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, Q

from accounts.actors import SYSTEM, Actor
from activity.record import record_many
from assignments import asked, contents, labelling, posting, snapshots
from assignments.importing.noting import drafts_of, forget, note, require_drafts
from assignments.importing.refusals import InUse, LostTheClaim
from assignments.models import Assignment, FieldSet, Import, ImportRow
from assignments.models.imports import IN_THE_BACKGROUND, Stage
from conduct import acceptance
from core.errors import DomainError
from core.references import many_unused

LEASE = timedelta(minutes=10)
MOST_TRIES = 3
AT_ONCE = 500
"""Rows that are read or written in one go: what bounds the memory of a worker."""


@transaction.atomic
def claim(*, at: datetime) -> Import | None:
    """The oldest import that waits for a worker and that nobody holds; counts the try.

    One whose every try broke off is refused for good.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    waiting = Import.objects.filter(free, stage__in=IN_THE_BACKGROUND)
    found = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if found is None:
        return None
    if found.tries >= MOST_TRIES:
        give_up(found, "The work on it broke off several times. Try it again later.", at=at)
        return None
    found.claim, found.lease_until, found.tries = uuid.uuid4(), at + LEASE, found.tries + 1
    found.save(update_fields=["claim", "lease_until", "tries"])
    return found


def held(imported: Import) -> Import:
    """The import under lock, as long as it is ours; raises ``LostTheClaim``."""
    locked = Import.objects.locked(imported.pk)
    if locked.claim != imported.claim or locked.stage != imported.stage:
        raise LostTheClaim
    return locked


def hand_on(imported: Import, stage: Stage, *, at: datetime, **facts: Any) -> Import:
    """End our work on it: note the facts, set the next stage, free it. In a transaction."""
    for name, value in facts.items():
        setattr(imported, name, value)
    imported.stage, imported.claim, imported.lease_until, imported.tries = stage, None, None, 0
    imported.save(update_fields=["stage", "claim", "lease_until", "tries", *facts])
    if stage not in IN_THE_BACKGROUND:
        kind = "import.stopped" if imported.note else f"import.{stage}"
        note(imported, kind, by=SYSTEM, at=at, bad=imported.rows_bad, why=imported.note)
    return imported


def give_up(imported: Import, why: str, *, at: datetime) -> Import:
    """What cannot be done: back to where the person can act, with the reason."""
    if imported.stage == Stage.UNDOING:
        return hand_on(imported, Stage.CREATED, at=at, note=why[:500])
    if imported.stage == Stage.CREATING:
        return hand_on(imported, Stage.CHECKED, at=at, note=why[:500])
    if imported.stage == Stage.CHECKING:
        return hand_on(imported, Stage.MAPPING, at=at, note=why[:500])
    return hand_on(imported, Stage.REFUSED, at=at, note=why[:500], ended_at=at)


@transaction.atomic
def refuse(imported: Import, why: str, *, at: datetime) -> Import:
    """End our work on what turned out to be impossible."""
    return give_up(held(imported), why, at=at)


@transaction.atomic
def done_reading(imported: Import, shape: dict[str, Any], rows: int, *, at: datetime) -> Import:
    """Note how the file is written; the choices of the import it is like are taken over."""
    locked = held(imported)
    stage = Stage.MAPPING
    if locked.like and locked.like.choices and _same_headings(locked.like.shape, shape):
        locked.choices, locked.defaults = locked.like.choices, locked.like.defaults
        stage = Stage.CHECKING
    return hand_on(
        locked, stage, at=at, shape=shape, rows_in_all=rows,
        choices=locked.choices, defaults=locked.defaults,
    )  # fmt: skip


def _same_headings(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the choices made for one file hold for another, encoding included."""
    same = all(old.get(name) == new.get(name) for name in ("headings", "separator"))
    return same and bool(new.get("encoding"))


@transaction.atomic
def done_checking(imported: Import, *, at: datetime) -> Import:
    return hand_on(held(imported), Stage.CHECKED, at=at, note="")


@transaction.atomic
def stage_rows(imported: Import, rows: Sequence[ImportRow], *, at: datetime) -> None:
    """Keep checked rows, prolong the lease, and count on; each good row gets its reference."""
    locked = held(imported)
    good = [row for row in rows if not row.is_bad]
    for row, reference in zip(good, many_unused(Assignment, "A", len(good)), strict=True):
        row.reference = reference
    ImportRow.objects.bulk_create(rows)
    locked.rows_done += len(rows)
    locked.rows_bad += len(rows) - len(good)
    locked.lease_until = at + LEASE
    locked.save(update_fields=["rows_done", "rows_bad", "lease_until"])


@transaction.atomic
def begin_checking(imported: Import) -> Import:
    """Forget what an earlier try has checked."""
    locked = held(imported)
    locked.rows.all().delete()
    locked.rows_done = locked.rows_bad = 0
    locked.save(update_fields=["rows_done", "rows_bad"])
    return locked


@transaction.atomic
def publish(
    imported: Import, *, at: datetime, tell: Callable[[int], None] = lambda count: None
) -> Import:
    """Create the draft of every row, with its events, in this one transaction.

    Acts for the member who uploaded the file, and only where they may still post. ``tell``
    hears how many are written, for a progress bar; nobody else sees any before the end.
    """
    locked = held(imported)
    by = Actor.as_client(locked.member)
    if locked.member.removed_at or not locked.member.user.is_active:
        return give_up(locked, "Whoever uploaded the file is no longer a member.", at=at)
    if not by.can("assignments.create"):
        return give_up(locked, "Whoever uploaded the file may no longer post.", at=at)
    acceptance.require(by, at=at)
    _renew_taken_references(locked)
    rows = locked.rows.order_by("number").values_list("reference", "content")
    written = 0
    batch: list[tuple[str, Any]] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            written += _write(locked, batch, by=by, at=at)
            tell(written)
            batch = []
    written += _write(locked, batch, by=by, at=at)
    return hand_on(locked, Stage.CREATED, at=at, created_at=at, rows_done=written, note="")


@transaction.atomic
def take_back(imported: Import, *, at: datetime) -> Import:
    """Delete every draft of the import, or none where one of them is more than a draft now."""
    locked = held(imported)
    by = Actor.as_client(locked.member)
    drafts = list(drafts_of(locked).select_for_update().order_by("pk"))
    try:
        require_drafts(drafts)
        with transaction.atomic():
            keys = [draft.pk for draft in drafts]
            record_many(
                "assignment.deleted", drafts, by=by, at=at, company_key=locked.company_id,
                imported=locked.reference,
            )  # fmt: skip
            contents.drop_rows(*drafts)
            Assignment.objects.filter(pk__in=keys).delete()
    except ProtectedError:
        return give_up(locked, str(InUse()), at=at)
    except DomainError as refused:
        return give_up(locked, str(refused), at=at)
    undone = hand_on(locked, Stage.UNDONE, at=at, ended_at=at, note="")
    forget(undone)
    return undone


def _write(imported: Import, batch: list[tuple[str, Any]], *, by: Actor, at: datetime) -> int:
    made: list[Assignment] = []
    rows = [snapshots.rows_of(content) for _, content in batch]
    for (reference, content), row in zip(batch, rows, strict=True):
        draft = Assignment(
            company_id=imported.company_id,
            reference=reference,
            created_by_id=imported.member.user_id,
            created_at=at,
            fee_rate=settings.PLATFORM_FEE_RATE,
            **snapshots.columns_of(content),
        )
        posting.tidy(draft)
        contents.settle_times(draft, row)
        made.append(draft)
    Assignment.objects.bulk_create(made)
    sets = asked.sets_of(imported.company)
    contents.write_first_rows(
        ((draft, _with_questions(draft, row, sets)) for draft, row in zip(made, rows, strict=True)),
        by=by,
        at=at,
    )
    labelling.put_on_new(
        [(draft, row.labels) for draft, row in zip(made, rows, strict=True) if row.labels],
        by=by,
        at=at,
    )
    record_many(
        "assignment.created", made, by=by, at=at, company_key=imported.company_id,
        imported=imported.file_name,
    )  # fmt: skip
    return len(made)


def _with_questions(
    draft: Assignment, rows: contents.Contents, sets: Sequence[FieldSet]
) -> contents.Contents:
    """Where the file says nothing of the company's own fields, customer and project decide."""
    if rows.asked is not None:
        return rows
    wanted = asked.by_default(sets, customer=draft.customer_id, project=draft.project_id)
    return replace(rows, asked=wanted)


def _renew_taken_references(imported: Import) -> None:
    """Another posting may have got a reference since the check: such a row gets a new one."""
    rows = list(imported.rows.filter(reference__in=Assignment.objects.values("reference")))
    if not rows:
        return
    for row, reference in zip(rows, many_unused(Assignment, "A", len(rows)), strict=True):
        row.reference = reference
    ImportRow.objects.bulk_update(rows, ["reference"])
