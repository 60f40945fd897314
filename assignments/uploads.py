"""Files that came with a form: kept at once, and swept a day later where nothing was saved."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q

from assignments.models import Document, Upload
from core import files
from core.files import CleanUpload

KEPT_FOR = timedelta(days=1)
RENEWED_AFTER = timedelta(hours=1)
BATCH = 100
log = logging.getLogger(__name__)

IN_USE = """
SELECT upload.id
  FROM assignments_upload AS upload
 WHERE upload.id = ANY(%(keys)s)
   AND (EXISTS (SELECT FROM assignments_document AS document WHERE document.file = upload.path)
        OR EXISTS (
           SELECT FROM assignments_assignmentfield AS answer
            WHERE answer.kind = 'file' AND (answer.value ->> 'path') = upload.path)
        OR EXISTS (
           SELECT FROM assignments_template AS kept
            WHERE kept.company_id = upload.company_id
              AND strpos(kept.content::text, upload.path) > 0)
        OR EXISTS (
           SELECT FROM assignments_series AS series
             JOIN assignments_seriespart AS part ON part.series_id = series.id
            WHERE series.company_id = upload.company_id
              AND strpos(part.content::text, upload.path) > 0)
        OR EXISTS (
           SELECT FROM assignments_series AS series
             JOIN assignments_seriesdate AS day ON day.series_id = series.id
            WHERE series.company_id = upload.company_id
              AND strpos(day.content::text, upload.path) > 0)
        OR EXISTS (
           SELECT FROM assignments_import AS import
            WHERE import.company_id = upload.company_id
              AND strpos(import.defaults::text, upload.path) > 0))
"""
"""Whatever may hold a file of a posting. What is only in a form is in none of them."""


def keep(clean: CleanUpload, folder: str, *, company_id: int, at: datetime) -> str:
    """Store a file of a form that is not saved yet; returns its storage name.

    The row is there before the file, so that no file is ever without one.
    """
    path = files.place_of(clean, folder)
    Upload.objects.create(path=path, company_id=company_id, stored_at=at)
    return files.store_at(clean, path)


def still_there(paths: Collection[str], *, at: datetime) -> set[str]:
    """Which of these files can still be saved with a posting; their day begins anew."""
    known = dict(Upload.objects.filter(path__in=paths).values_list("path", "removed_at"))
    waiting = Upload.objects.filter(path__in=paths, removed_at=None)
    waiting.filter(stored_at__lt=at - RENEWED_AFTER).update(stored_at=at)
    rest = {path for path in paths if path not in known}
    documents = Document.objects.filter(file__in=rest).values_list("file", flat=True)
    saved = set(documents) if rest else set()
    found = {path for path in rest if path in saved or default_storage.exists(path)}
    return found | {path for path, removed_at in known.items() if removed_at is None}


def sweep(*, at: datetime) -> int:
    """Remove the files whose posting was never saved; returns how many.

    1. Under lock: let go of what is in use, mark the rest as removed, so that no form can save
    it any more. 2. Outside: delete the files. 3. Delete their rows. Stopped in the middle, the
    next sweep begins at 2 for what is marked.
    """
    removed, after = 0, 0
    while keys := _marked(after, at=at):
        after = max(keys)
        for upload in Upload.objects.filter(pk__in=keys, removed_at__isnull=False):
            try:
                default_storage.delete(upload.path)
            except OSError:
                log.exception("the upload %s could not be removed", upload.pk)
                continue
            upload.delete()
            removed += 1
    return removed


@transaction.atomic
def _marked(after: int, *, at: datetime) -> list[int]:
    over = Q(removed_at__isnull=False) | Q(stored_at__lte=at - KEPT_FOR)
    due = Upload.objects.filter(over, pk__gt=after).select_for_update(skip_locked=True)
    keys = [row.pk for row in due.order_by("pk")[:BATCH]]
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, {"keys": keys})
        used = [key for (key,) in cursor.fetchall()]
    Upload.objects.filter(pk__in=used, removed_at=None).delete()
    Upload.objects.filter(pk__in=keys, removed_at=None).update(removed_at=at)
    return keys
