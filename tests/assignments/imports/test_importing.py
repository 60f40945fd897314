"""An import from file to drafts: in the background, all or nothing, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from accounts import team
from activity.models import Event
from assignments import history, import_steps, importing, lifecycle
from assignments.contents import Contents
from assignments.importing import HasErrors, NoLongerDrafts, NotNow, TooLarge
from assignments.models import Assignment, DeliverableRequest, Import, ImportMapping, ImportRow
from core.csv_files import Unreadable
from tests.assignments.imports.files import (
    checked,
    chosen,
    created,
    row,
    text,
    upload_of,
    uploaded,
    worked,
)
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _industry(db):
    people.industry()


class Killed(BaseException):
    """What a worker feels of ``kill -9``: nothing after it runs."""


def dies_after(calls: int, at):
    """A clock that lets its worker die at its n-th look."""
    left = iter(range(calls))

    def clock():
        if next(left, None) is None:
            raise Killed
        return at

    return clock


def test_a_file_becomes_drafts_with_all_that_belongs_to_them(alice, at):
    imported = created(text([row(1), row(2)]), alice, at=at)
    assert imported.stage == "created"
    first, second = Assignment.objects.order_by("title")
    assert (first.status, first.budget, first.created_by) == ("draft", 375, alice.user)
    assert [r.title for r in second.deliverable_requests.order_by("position")] == [
        "Photo", "Signed form",
    ]  # fmt: skip
    (line,) = history.of(first, alice)
    assert line.sentence == "imported the draft from stores.csv"
    assert (
        lifecycle.edit(first, Contents({"title": "New"}), revision=0, by=alice, at=at).title
        == "New"
    )


def test_one_bad_row_and_nothing_is_created(alice, at):
    imported = checked(text([row(1), row(2, Title="")]), alice, at=at)
    assert (imported.stage, imported.rows_bad, imported.rows_good) == ("checked", 1, 1)
    with pytest.raises(HasErrors):
        importing.create(imported, by=alice, at=at)
    assert Assignment.objects.count() == 0


def test_a_repaired_file_takes_the_choices_over(alice, at):
    imported = checked(text([row(1), row(2, Title="")]), alice, at=at)
    again = uploaded(text([row(1), row(2)]), alice, at=at, like=imported)
    assert (again.stage, again.rows_bad, again.choices) == ("checked", 0, imported.choices)
    other = uploaded(text([["x"]], headings=["Title"]), alice, at=at, like=imported)
    assert other.stage == "mapping"


def test_creating_twice_creates_once(alice, at):
    imported = checked(text([row(1)]), alice, at=at)
    for _ in range(2):
        importing.create(imported, by=alice, at=at)
        worked(imported, at=at)
    assert Assignment.objects.count() == 1


def test_the_same_upload_form_sent_twice_is_one_import(alice, at):
    for _ in range(2):
        importing.upload(upload_of("Title\nx"), "a.csv", reference="I-234567", by=alice, at=at)
    assert Import.objects.count() == 1


def test_undo_deletes_every_draft_and_the_file(alice, at):
    imported = created(text([row(1), row(2)]), alice, at=at)
    name = imported.file.name
    importing.undo(imported, by=alice, at=at)
    assert worked(imported, at=at).stage == "undone"
    assert Assignment.objects.count() == DeliverableRequest.objects.count() == 0
    assert ImportRow.objects.count() == 0 and name
    assert Event.objects.filter(kind="assignment.deleted").count() == 2


def test_the_stored_file_goes_once_the_undo_is_committed(
    alice, at, django_capture_on_commit_callbacks
):
    imported = created(text([row(1)]), alice, at=at)
    assert default_storage.exists(imported.file.name)
    importing.undo(imported, by=alice, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        worked(imported, at=at)
    assert not default_storage.exists(imported.file.name)


def test_undo_is_refused_once_a_row_is_more_than_a_draft(alice, at, funds):
    imported = created(text([row(1), row(2)]), alice, at=at)
    funds(alice.company, 1000)
    sent = lifecycle.send(Assignment.objects.order_by("pk")[0], by=alice, at=at)
    with pytest.raises(NoLongerDrafts, match=sent.reference):
        importing.undo(imported, by=alice, at=at)
    assert Assignment.objects.count() == 2


def test_a_row_sent_between_the_wish_and_the_undo_keeps_everything(alice, at, funds):
    imported = created(text([row(1), row(2)]), alice, at=at)
    funds(alice.company, 1000)
    importing.undo(imported, by=alice, at=at)
    lifecycle.send(Assignment.objects.order_by("pk")[0], by=alice, at=at)
    imported = worked(imported, at=at)
    assert imported.stage == "created" and "no longer a draft" in imported.note
    assert Assignment.objects.count() == 2


def test_a_draft_deleted_by_hand_does_not_hinder_the_undo(alice, at):
    imported = created(text([row(1), row(2)]), alice, at=at)
    lifecycle.delete(Assignment.objects.order_by("pk")[0], by=alice, at=at)
    importing.undo(imported, by=alice, at=at)
    assert worked(imported, at=at).stage == "undone"


@pytest.mark.parametrize("looks", range(1, 5))
def test_a_worker_killed_while_checking_leaves_it_to_the_next(alice, at, looks, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    imported = uploaded(text(row(n) for n in range(5)), alice, at=at)
    importing.choose(imported, columns={"0": "title"}, formats={}, defaults=None, by=alice, at=at)
    with pytest.raises(Killed):
        import_steps.run_one(clock=dies_after(looks, at))
    assert import_steps.run_one(clock=lambda: at) is None  # the lease still holds
    later = at + importing.LEASE
    assert worked(imported, at=later).stage == "checked"
    numbers = imported.rows.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [2, 3, 4, 5, 6]
    assert (imported.rows_done, imported.rows_bad) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_creating_leaves_nothing_behind(alice, at, monkeypatch):
    monkeypatch.setattr(importing.working, "AT_ONCE", 2)
    imported = checked(text(row(n) for n in range(5)), alice, at=at)
    importing.create(imported, by=alice, at=at)

    def die(count: int) -> None:
        assert Assignment.objects.count() == count
        raise Killed

    claimed = importing.claim(at=at)
    with pytest.raises(Killed):
        importing.publish(claimed, at=at, tell=die)
    assert (
        Assignment.objects.count() == Event.objects.filter(kind="assignment.created").count() == 0
    )
    imported.refresh_from_db()
    assert imported.stage == "creating"
    assert worked(imported, at=at + importing.LEASE).stage == "created"
    assert Assignment.objects.count() == 5


def test_a_worker_that_lost_its_lease_stops_without_a_trace(alice, at):
    imported = checked(text([row(1)]), alice, at=at)
    importing.create(imported, by=alice, at=at)
    slow = importing.claim(at=at)
    worked(imported, at=at + importing.LEASE)
    with pytest.raises(importing.LostTheClaim):
        importing.publish(slow, at=at)
    assert Assignment.objects.count() == 1


def test_what_breaks_off_again_and_again_is_given_up_with_a_reason(alice, at):
    imported = importing.upload(upload_of(text([row()])), "a.csv", by=alice, at=at)
    for number in range(importing.MOST_TRIES):
        assert importing.claim(at=at + number * importing.LEASE)
    assert importing.claim(at=at + importing.MOST_TRIES * importing.LEASE) is None
    imported.refresh_from_db()
    assert imported.stage == "refused" and "broke off" in imported.note


def test_a_reference_taken_since_the_check_is_replaced(alice, at, draft):
    imported = checked(text([row(1)]), alice, at=at)
    imported.rows.update(reference=draft.reference)
    importing.create(imported, by=alice, at=at)
    assert worked(imported, at=at).stage == "created"
    assert importing.drafts_of(imported).get() != draft
    assert Assignment.objects.count() == 2


def test_whoever_may_no_longer_post_creates_nothing(alice, mona, at):
    imported = checked(text([row(1)]), mona, at=at)
    importing.create(imported, by=mona, at=at)
    team.change_member(
        mona.membership, roles=["viewer"], send_limit=None, approve_limit=None, by=alice, at=at
    )
    imported = worked(imported, at=at)
    assert imported.stage == "checked" and "may no longer post" in imported.note
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize(
    "content,words",
    [
        ("Title\n", "no rows"),
        ("Title\nA\0B\n", "NUL"),
        (b"Title\n" + b"x" * 10_000_000, "longer than a row"),
        ('Title\n"A\nB\n', "never closed"),
        ("Title\n" + "x\n" * 10_001, "10,001 rows"),
    ],
    ids=["headings", "nul", "endless", "open", "many"],
)
def test_a_hostile_file_is_refused_by_the_worker(alice, at, content, words):
    if isinstance(content, str) and "\0" in content:
        with pytest.raises(Unreadable, match=words):
            uploaded(content, alice, at=at)
        return
    imported = uploaded(content, alice, at=at)
    assert imported.stage == "refused" and words in imported.note
    importing.discard(imported, by=alice, at=at)


def test_a_file_above_the_limit_is_not_stored(alice, at, settings):
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    with pytest.raises(TooLarge, match="1 MB"):
        importing.upload(upload_of(b"a,b\n" * 300_000), "a.csv", by=alice, at=at)
    assert Import.objects.count() == 0


def test_every_row_may_be_bad(alice, at, settings):
    imported = checked(text(["?"] * 10 for _ in range(300)), alice, at=at)
    assert (imported.stage, imported.rows_bad) == ("checked", 300)


def test_windows_text_is_asked_about_and_read_as_answered(alice, at):
    content = text([row(1, **{"Site name": "Café Größe"})]).encode("cp1252")
    imported = uploaded(content, alice, at=at)
    assert imported.shape["encoding"] == "" and "Café" in imported.shape["readings"]["cp1252"]
    imported = chosen(imported, alice, at=at, formats={"encoding": "cp1252"})
    assert imported.rows.get().content["site_name"] == "Café Größe"


def test_a_wrong_answer_about_the_encoding_goes_back_to_the_question(alice, at):
    content = text([row(1, Title="caf\x8d")]).encode("latin-1")
    imported = chosen(uploaded(content, alice, at=at), alice, at=at, formats={"encoding": "cp1252"})
    assert imported.stage == "mapping" and "do not belong" in imported.note
    imported = chosen(imported, alice, at=at, formats={"encoding": "mac_roman"})
    assert imported.stage == "checked"


def test_a_mapping_is_kept_by_name_and_replaced(alice, at):
    for _ in range(2):
        imported = uploaded(text([row(1)]), alice, at=at)
        chosen(imported, alice, at=at, save_as="Stores")
    kept = ImportMapping.objects.get()
    assert kept.columns["zip code"] == "postal_code"


def test_moves_from_the_wrong_stage_are_refused(alice, at):
    imported = created(text([row(1)]), alice, at=at)
    for verb in (importing.discard,):
        with pytest.raises(NotNow):
            verb(imported, by=alice, at=at)
    undone = uploaded(text([row(1)]), alice, at=at)
    with pytest.raises(NotNow):
        importing.create(undone, by=alice, at=at)
    with pytest.raises(NotNow):
        importing.undo(undone, by=alice, at=at)


def test_imports_of_others_do_not_wait_for_a_held_one(alice, charlie, at):
    first = importing.upload(upload_of(text([row(1)])), "a.csv", by=alice, at=at)
    importing.claim(at=at)
    second = importing.upload(upload_of(text([row(1)])), "b.csv", by=charlie, at=at)
    assert worked(second, at=at + timedelta(seconds=1)).stage == "mapping"
    first.refresh_from_db()
    assert first.stage == "reading"
