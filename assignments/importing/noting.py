"""What both halves of importing share: which drafts, what is recorded, what is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments.importing.refusals import NoLongerDrafts
from assignments.models import Assignment, AssignmentQuerySet, Import
from assignments.states import Status


def drafts_of(imported: Import) -> AssignmentQuerySet:
    """The assignments that the rows have become, as far as they are still there."""
    references = imported.rows.exclude(reference="").values("reference")
    return Assignment.objects.filter(reference__in=references, company=imported.company_id)


def require_drafts(drafts: Iterable[Assignment]) -> None:
    others = [one for one in drafts if one.status != Status.DRAFT]
    if others:
        names = ", ".join(one.reference for one in others[:3])
        raise NoLongerDrafts(
            count=len(others),
            verb="is" if len(others) == 1 else "are",
            names=names + ("…" if len(others) > 3 else ""),
        )


def forget(imported: Import) -> None:
    """Delete the rows now, and the file once this is committed."""
    imported.rows.all().delete()
    name = str(imported.file.name)
    transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def note(imported: Import, kind: str, *, by: Actor, at: datetime, **data: Any) -> None:
    record(
        kind, imported, by=by, at=at, company_key=imported.company_id,
        file=imported.file_name, rows=imported.rows_in_all, **data,
    )  # fmt: skip
