"""Files that the demonstration's client has imported: one to repair, one that was undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from assignments import import_steps, importing
from assignments.forms.import_columns import guess
from assignments.forms.import_own import Own
from assignments.forms.posting import PostingForm
from assignments.models import Import
from marketplace.demo import catalog
from marketplace.demo.people import Client

HEADINGS = ("Title", "Industry", "Description", "Store", "Address", "ZIP", "Start", "Duration",
            "Price", "Deliverables", "Parts", "Part numbers", "Part values", "Service ticket",
            "Manager on duty")  # fmt: skip


def build(client: Client, *, now: datetime) -> None:
    """Two imports by the company's administrator, made by the verbs and the worker's steps."""
    at = now - timedelta(hours=5)
    stores = _imported("autumn-refresh.csv", _rows(18, at), client, at=at)
    importing.create(stores, by=client.actor, at=at)
    _work(at)
    importing.undo(stores, by=client.actor, at=at + timedelta(minutes=10))
    _work(at + timedelta(minutes=10))
    spoilt = _rows(24, at)
    spoilt[4][5], spoilt[11][8], spoilt[17][6] = "4321", "call me", "31/02/2027 9:00"
    _imported("winter-refresh.csv", spoilt, client, at=now - timedelta(hours=2))


def _imported(name: str, rows: Sequence[Sequence[str]], client: Client, *, at: datetime) -> Import:
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *rows])
    imported = importing.upload(
        ContentFile(out.getvalue().encode(), name=name), name, by=client.actor, at=at
    )
    _work(at)
    assert client.actor.company is not None
    known = Own(client.actor.company).columns(PostingForm(actor=client.actor, at=at).fields)
    columns = {str(index): field for index, field in guess(HEADINGS, known).items()}
    importing.choose(
        imported, columns=columns, formats={"dates": "mdy", "numbers": "point"}, defaults=None,
        save_as="Store sheet", by=client.actor, at=at,
    )  # fmt: skip
    _work(at)
    imported.refresh_from_db()
    return imported


def _work(at: datetime) -> None:
    while import_steps.run_one(clock=lambda: at):
        pass


def _rows(count: int, at: datetime) -> list[list[str]]:
    made = []
    for number in range(count):
        postal_code, street = catalog.SITES[number % len(catalog.SITES)]
        start = at + timedelta(days=20 + number)
        made.append(
            ["Refresh the till network", "Networking and telecom",
             "Replace the till switch, label every port, test each till, photograph the rack.",
             f"Store {200 + number}", street, postal_code, f"{start:%m/%d/%Y} 8:00 AM", "3.5",
             "240.00", "2 x Photo of the rack; Signed work order", "Till switch; Patch cables",
             "SW-24; PC-12", "149.00; 24.00", f"INC-{51_200 + number}", "Morgan"]
        )  # fmt: skip
    return made
