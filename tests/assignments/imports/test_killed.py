"""A real worker killed in the middle of an import's write leaves nothing half done."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from activity.models import Event
from activity.tasks import nudge
from assignments import importing
from assignments.models import Assignment, DeliverableRequest, Import, ImportRow
from assignments.tasks import import_files
from tests.assignments.imports.files import checked, row, text, uploaded, worked
from tests.celery_workers import a_worker, broker_is_up, kill, wait_for
from tests.factories import accounts as people

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not broker_is_up(), reason="needs the broker at REDIS_URL"),
]

ROWS = 30
WAITING = """
SELECT pid FROM pg_locks
 WHERE NOT granted AND relation = %s::regclass
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture(autouse=True)
def _industry(published, transactional_db):
    people.industry()


def rows() -> str:
    day = timezone.now() + timedelta(days=30)
    times = {"Start": f"{day:%Y-%m-%d} 09:00", "End": f"{day:%Y-%m-%d} 13:00"}
    return text(row(number, **times) for number in range(ROWS))


def waiting_for(table: str) -> list[int]:
    """The backends that stand before this table until its lock is let go."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [table])
        return [pid for (pid,) in cursor.fetchall()]


def is_gone(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchone() is None


@contextmanager
def killed_before(table: str):
    """A worker that is killed when its transaction has come to this table; done when the
    database has noticed."""
    with a_worker("imports") as worker, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        wait_for(lambda: waiting_for(table), lambda: nudge(import_files))
        (backend,) = waiting_for(table)
        yield
        kill(worker)
    deadline = time.monotonic() + 20
    while not is_gone(backend):
        assert time.monotonic() < deadline, "the killed worker's transaction is still open"
        time.sleep(0.1)


def finished_by_another(imported: Import, stage: str) -> None:
    """The lease runs out, and the next real worker begins the step anew."""
    Import.objects.filter(pk=imported.pk).update(lease_until=timezone.now())

    def is_done() -> bool:
        imported.refresh_from_db()
        return imported.stage == stage

    with a_worker("imports"):
        wait_for(is_done, lambda: nudge(import_files))


def test_killed_while_the_drafts_are_written(alice):
    imported = checked(rows(), alice, at=timezone.now())
    importing.create(imported, by=alice, at=timezone.now())
    with killed_before("activity_event"):
        imported.refresh_from_db()
        assert (imported.stage, imported.tries) == ("creating", 1)
    assert Assignment.objects.count() == DeliverableRequest.objects.count() == 0
    assert not Event.objects.filter(kind="assignment.created").exists()
    imported.refresh_from_db()
    assert imported.stage == "creating" and imported.lease_until

    finished_by_another(imported, "created")
    assert Assignment.objects.count() == ROWS
    assert DeliverableRequest.objects.count() == 2 * ROWS
    assert Event.objects.filter(kind="assignment.created").count() == ROWS
    assert importing.drafts_of(imported).count() == ROWS


def test_killed_while_the_drafts_are_taken_back(alice):
    imported = checked(rows(), alice, at=timezone.now())
    importing.create(imported, by=alice, at=timezone.now())
    worked(imported, at=timezone.now())
    importing.undo(imported, by=alice, at=timezone.now())
    with killed_before("assignments_assignment"):
        pass
    assert Assignment.objects.count() == ROWS
    assert DeliverableRequest.objects.count() == 2 * ROWS
    assert not Event.objects.filter(kind="assignment.deleted").exists()

    finished_by_another(imported, "undone")
    assert Assignment.objects.count() == DeliverableRequest.objects.count() == 0
    assert ImportRow.objects.count() == 0
    assert Event.objects.filter(kind="assignment.deleted").count() == ROWS


def test_a_person_may_try_again_after_the_work_broke_off_for_good(alice):
    imported = checked(rows(), alice, at=timezone.now())
    importing.create(imported, by=alice, at=timezone.now())
    Import.objects.filter(pk=imported.pk).update(tries=importing.MOST_TRIES - 1)
    with killed_before("activity_event"):
        pass
    finished_by_another(imported, "checked")
    assert "broke off" in imported.note and Assignment.objects.count() == 0
    importing.create(imported, by=alice, at=timezone.now())
    assert worked(imported, at=timezone.now()).stage == "created"
    assert Assignment.objects.count() == ROWS


def test_killed_while_the_file_is_read_or_checked(alice, settings, tmp_path):
    """The rows of a try that broke off are forgotten; each is there once in the end."""
    imported = uploaded(rows(), alice, at=timezone.now())
    columns = {str(index): name for index, name in enumerate(
        ("title", "industry", "description", "site_name", "street", "postal_code", "starts_at",
         "ends_at", "flat_price", "wanted"))}  # fmt: skip
    importing.choose(
        imported, columns=columns, formats={}, defaults=None, by=alice, at=timezone.now()
    )
    with killed_before("assignments_importrow"):
        pass
    assert ImportRow.objects.count() == 0
    Import.objects.filter(pk=imported.pk).update(lease_until=timezone.now())
    assert worked(imported, at=timezone.now()).stage == "checked"
    numbers = list(imported.rows.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(2, ROWS + 2)) and imported.rows_bad == 0
