"""The board as a spreadsheet: the same rows, streamed, with nothing that a program would run."""

from __future__ import annotations

import csv
import io

import pytest

from assignments.models import Assignment
from assignments.queries import board, export
from core.paging import walk
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = "/assignments/export.csv"


def read(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_sheet_holds_the_rows_that_the_filters_find(client_of, alice, paid, at):
    work.draft(alice, at=at, title="Paint a fence")
    response = client_of(alice).get(URL, {"status": "paid"})
    assert response["Content-Disposition"].endswith('assignments-2026-11-10.csv"')
    (row,) = read(response)
    assert row["Number"] == paid.reference
    assert (row["Status"], row["Worker"], row["Worker pay"]) == ("Paid", "Wanda Wells", "250.00")
    assert row["Start"] == f"{paid.starts_at.astimezone(paid.zone):%Y-%m-%d %H:%M}"
    assert [r["Title"] for r in read(client_of(alice).get(URL, {"words": "fence"}))] == [
        "Paint a fence"
    ]


def test_cells_that_look_like_formulas_are_neutralised(client_of, alice, at):
    work.draft(alice, at=at, title="=HYPERLINK(1)", site_name="@SUM(A1)")
    (row,) = read(client_of(alice).get(URL))
    assert (row["Title"], row["Site"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")


def test_nobody_exports_what_they_do_not_see(client_of, charlie, wanda, draft):
    assert read(client_of(charlie).get(URL)) == []
    assert client_of(wanda).get(URL).status_code == 403


@pytest.mark.parametrize("order", ["newest", "soonest", "latest"])
def test_walking_in_chunks_meets_every_row_once_and_in_order(alice, at, order):
    for n in range(7):
        work.draft(alice, at=at, title=str(n % 3), deliverables=False)
    keys = board.ORDERS[order]
    expected = list(board.for_board(alice.company).order_by(*(key.order for key in keys)))
    for chunk in (1, 2, 3, 7, 8):
        assert list(walk(board.for_board(alice.company), keys, chunk=chunk)) == expected


def test_rows_cost_queries_by_the_chunk_and_not_by_the_row(
    alice, wanda, at, django_assert_num_queries, monkeypatch
):
    for stage in ("paid", "invoiced", "draft", "sent", "cancelled"):
        work.in_stage(stage, alice, wanda, at=at)
    rows = export.rows_of(Assignment.objects.all(), board.ORDERS["newest"])
    with django_assert_num_queries(1):
        assert len(list(rows)) == 5
