"""Work of many rows at once: an import beside ``bulk_create`` of its rows, a streamed export."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Industry, Membership
from activity.models import Event
from assignments import import_steps, importing
from assignments.forms.import_columns import COLUMNS, guess
from assignments.models import Assignment, DeliverableRequest, Import
from assignments.models.imports import IN_THE_BACKGROUND, Stage
from core.references import many_unused
from tests.bench.scene import LARGEST, WORDS, Scene, cookie

ROWS = 10_000
LEAST_RATE = 0.5
MOST_GROWTH = 50
HEADINGS = (
    "Title", "Industry", "Description", "Street", "City", "State", "ZIP code", "Contact on site",
    "Start", "Length in hours", "Price", "Deliverables",
)  # fmt: skip


def run(scene: Scene, *, only: list[str] | None) -> int:
    """Measure what was chosen; returns how many goals are missed."""
    batches = {"import": _import, "export": _export}
    scene.administrator(LARGEST)
    return sum(measure(scene) for name, measure in batches.items() if not only or name in only)


def _import(scene: Scene) -> bool:
    """Draft every row of a checked file, then the same rows by ``bulk_create``; both undone."""
    by = Actor.as_client(_member())
    imported = _uploaded(by)
    with timed() as checking:
        _stepped(imported)
    importing.create(imported, by=by, at=timezone.now())
    with timed() as creating:
        _stepped(imported)
    bulk = min(_bulk_seconds(imported) for _ in range(2))
    refusing = _bad_rows(by)
    importing.undo(imported, by=by, at=timezone.now())
    _stepped(imported)
    assert imported.stage == Stage.UNDONE, imported.note
    ratio = bulk / creating.seconds
    print(
        f"\nimport: {ROWS:,} rows checked at {ROWS / checking.seconds:,.0f}/s; drafts created at "
        f"{ROWS / creating.seconds:,.0f}/s, by bulk_create at {ROWS / bulk:,.0f}/s: "
        f"{ratio:.2f}, at least {LEAST_RATE:.2f}{'  below' if ratio < LEAST_RATE else ''}",
        flush=True,
    )
    print(f"        {ROWS:,} bad rows told of at {ROWS / refusing:,.0f}/s, none of them created")
    return ratio < LEAST_RATE


def _bad_rows(by: Actor) -> float:
    """As many rows with something wrong in each cell that has a rule; the seconds it takes."""
    before = Assignment.objects.count()
    imported = _uploaded(by, _file(price="9" * 900, start="soon", zip_code="zip"))
    with timed() as refusing:
        _stepped(imported, bad=ROWS)
    try:
        importing.create(imported, by=by, at=timezone.now())
    except importing.HasErrors:
        pass
    else:
        raise AssertionError("an import with errors was taken")
    assert Assignment.objects.count() == before
    importing.discard(imported, by=by, at=timezone.now())
    return refusing.seconds


def _member() -> Membership:
    found = Membership.objects.select_related("company", "user").filter(company=LARGEST)
    return found.order_by("pk")[0]


def _uploaded(by: Actor, text: str = "") -> Import:
    """A file, of ``ROWS`` good rows if not another, read and its columns chosen."""
    at = timezone.now()
    file = ContentFile((text or _file()).encode())
    imported = importing.upload(file, "measured.csv", by=by, at=at)
    _stepped(imported)
    columns = {str(index): name for index, name in guess(HEADINGS, COLUMNS).items()}
    assert len(columns) == len(HEADINGS), columns
    return importing.choose(
        imported, columns=columns, formats={"dates": "ymd"}, defaults=None, by=by, at=at
    )


def _stepped(imported: Import, *, bad: int = 0) -> None:
    """Let the background do what waits, until nothing does."""
    while import_steps.run_one(clock=timezone.now):
        pass
    imported.refresh_from_db()
    assert imported.stage not in IN_THE_BACKGROUND and imported.rows_bad == bad, imported.note


def _file(*, price: str = "", start: str = "", zip_code: str = "43215") -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    trades = list(Industry.objects.order_by("pk").values_list("name", flat=True))
    first = timezone.localtime() + timedelta(days=10)
    for number in range(ROWS):
        one, two = WORDS[number % 10], WORDS[number // 10 % 10]
        writer.writerow([
            f"Replace {one} {number}", trades[number % len(trades)],
            f"Replace the {one}, test the {two}, and take photos of both when done.",
            f"{1 + number % 900} High Street", "Columbus", "OH", zip_code, "Priya Rao",
            start or f"{first + timedelta(minutes=15 * (number % 2000)):%Y-%m-%d %H:%M}", "4",
            price or 100 + number % 300, "2 x Photo of the work; Signed work order",
        ])  # fmt: skip
    return written.getvalue()


def _bulk_seconds(imported: Import) -> float:
    """The rows that the import wrote, once more by ``bulk_create`` alone, and taken back."""
    drafts = list(importing.drafts_of(imported).order_by("pk"))
    place = {draft.pk: draft for draft in drafts}
    requests = list(DeliverableRequest.objects.filter(assignment__in=drafts))
    events = list(
        Event.objects.filter(subject_kind="assignments.assignment", subject_key__in=list(place))
    )
    assert len(drafts) == len(events) == ROWS, (len(drafts), len(events))
    of_request = [place[row.assignment_id] for row in requests]
    of_event = [place[row.subject_key] for row in events]
    for draft, reference in zip(drafts, many_unused(Assignment, "A", ROWS), strict=True):
        draft.pk, draft.reference = None, reference
    for row in (*requests, *events):
        row.pk = None
    with transaction.atomic():
        with timed() as writing:
            Assignment.objects.bulk_create(drafts, batch_size=importing.AT_ONCE)
            for request, draft in zip(requests, of_request, strict=True):
                request.assignment = draft
            DeliverableRequest.objects.bulk_create(requests, batch_size=importing.AT_ONCE)
            for event, draft in zip(events, of_event, strict=True):
                event.subject_key = draft.pk
            Event.objects.bulk_create(events, batch_size=importing.AT_ONCE)
        transaction.set_rollback(True)
    return writing.seconds


def _export(scene: Scene) -> bool:
    """All of the largest company's assignments as CSV, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.exporting", cookie(scene.administrator(LARGEST))]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(told.stdout)
    growth = (found["peak"] - found["before"]) / 1024
    print(
        f"\nexport: {found['rows']:,} rows in {found['seconds']:.0f} s "
        f"({found['rows'] / found['seconds']:,.0f}/s); the process grew from "
        f"{found['before'] / 1024:.0f} MB by {growth:.1f} MB at its largest, at most "
        f"{MOST_GROWTH} MB{'  above' if growth > MOST_GROWTH else ''}",
        flush=True,
    )
    return bool(growth > MOST_GROWTH)


class Clock:
    seconds = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    clock, began = Clock(), time.monotonic()
    yield clock
    clock.seconds = time.monotonic() - began
