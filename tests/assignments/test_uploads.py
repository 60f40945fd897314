"""Files of postings that were never saved are removed after a day; what is in use stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import recurring, snapshots, templating, uploads
from assignments.contents import GivenDocument
from assignments.models import Assignment, Document, Upload
from assignments.recurrence import WEEKLY, Pattern
from core.files import check_upload
from tests.assignments.pages import errors_of, hidden, typed, words_of
from tests.factories import assignments as work
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NEW = "/assignments/new/"
DAY = timedelta(days=1)


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def plan(name="plan.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"The rack stands left of the door.", content_type="text/plain")


def kept(alice, at, name="plan.txt") -> str:
    """A file that came with a form."""
    clean = check_upload(plan(name))
    return uploads.keep(clean, "documents/acme", company_id=alice.company.pk, at=at)


def typed_but_not_saved(as_alice) -> str:
    """The token of a file on a page that came back with an error."""
    page = as_alice.post(NEW, typed(title="", **{"document-files": [plan()]}))
    return page.context["sheet"].documents.rows[0]["token"]


def save(as_alice, token):
    reference = hidden(as_alice, NEW, "reference")
    return as_alice.post(NEW, typed(reference=reference, document=token))


def test_what_was_never_saved_is_removed_after_a_day_and_not_before(as_alice, at):
    typed_but_not_saved(as_alice)
    path = Upload.objects.get().path
    assert uploads.sweep(at=at + DAY - timedelta(seconds=1)) == 0
    assert default_storage.exists(path)
    assert uploads.sweep(at=at + DAY) == 1
    assert not default_storage.exists(path) and not Upload.objects.exists()
    assert uploads.sweep(at=at + DAY) == 0


def test_what_was_saved_stays_for_good(as_alice, at):
    save(as_alice, typed_but_not_saved(as_alice))
    document = Document.objects.get()
    assert uploads.sweep(at=at + DAY) == 0
    assert default_storage.exists(str(document.file)) and not Upload.objects.exists()
    assert as_alice.get(f"{document.assignment.get_absolute_url()}documents/{document.pk}/")


def test_what_a_template_or_a_series_holds_stays(alice, draft, at):
    in_template, in_series, nowhere = (kept(alice, at, f"{n}.txt") for n in range(3))
    for path in (in_template, in_series):
        content = snapshots.of_assignment(draft)
        content["documents"] = [vars(GivenDocument(path, "plan.txt", "text/plain", 3))]
        if path == in_template:
            templating.keep("Weekly", content, by=alice, at=at)
        else:
            pattern = Pattern(WEEKLY, draft.starts_at.date())
            recurring.begin(content, pattern, days_ahead=3, routing=None, by=alice, at=at)
    assert uploads.sweep(at=at + DAY) == 1
    there = [default_storage.exists(path) for path in (in_template, in_series, nowhere)]
    assert there == [True, True, False]


def test_an_answer_of_a_workers_field_stays(as_alice, client_of, alice, wanda, assigned, at):
    question = work.question(assigned, alice, at=at, kind="file")
    url = f"{assigned.get_absolute_url()}fields/"
    client_of(wanda).post(url, {f"own-f{question.pk}": plan("serials.txt")})
    question.refresh_from_db()
    assert question.value and Upload.objects.count() == 1
    assert uploads.sweep(at=at + DAY) == 0
    assert default_storage.exists(question.value["path"])


def test_a_page_left_open_for_longer_says_that_the_file_is_gone(as_alice, at, today):
    token = typed_but_not_saved(as_alice)
    uploads.sweep(at=at + DAY)
    page = save(as_alice, token)
    assert "“plan.txt” was added more than a day ago" in errors_of(page)
    assert not Assignment.objects.exists() and "Add it again" in words_of(page)
    assert save(as_alice, "").status_code == 302, "without the file it is saved"


def test_work_on_the_page_keeps_its_files(as_alice, at, today):
    token = typed_but_not_saved(as_alice)
    today.move_to(at + timedelta(hours=20))
    as_alice.post(NEW, typed(title="", document=token))
    assert uploads.sweep(at=at + timedelta(hours=30)) == 0
    today.move_to(at + timedelta(hours=30))
    assert save(as_alice, token).status_code == 302
    assert Document.objects.exists()


def test_a_sweep_that_dies_is_finished_by_the_next(alice, at, monkeypatch):
    first, second = kept(alice, at), kept(alice, at)

    class Killed(BaseException):
        pass

    def killed(path):
        raise Killed

    monkeypatch.setattr(uploads.default_storage, "delete", killed, raising=False)
    with pytest.raises(Killed):
        uploads.sweep(at=at + DAY)
    monkeypatch.undo()
    assert Upload.objects.filter(removed_at__isnull=False).count() == 2
    assert uploads.still_there([first, second], at=at + DAY) == set(), "no form may save them now"
    assert uploads.sweep(at=at + DAY) == 2 and not Upload.objects.exists()


def test_one_that_the_storage_does_not_give_up_stops_no_other(alice, at, monkeypatch):
    paths = [kept(alice, at) for _ in range(3)]
    delete = default_storage.delete

    def stubborn(path):
        if path == paths[0]:
            raise OSError
        delete(path)

    monkeypatch.setattr(uploads.default_storage, "delete", stubborn, raising=False)
    assert uploads.sweep(at=at + DAY) == 2
    assert [row.path for row in Upload.objects.all()] == [paths[0]]


def test_looking_for_users_is_one_statement_however_many_are_due(alice, at):
    counts = []
    for many in (1, 30):
        for _ in range(many):
            document = work.document(work.draft(alice, at=at))
            Upload.objects.create(path=str(document.file), company=alice.company, stored_at=at)
        with CaptureQueriesContext(connection) as captured:
            assert uploads.sweep(at=at + DAY) == 0
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_saving_against_the_sweep_keeps_the_file_or_says_it_is_gone(alice, at):
    for _ in range(4):
        path = kept(alice, at - DAY)
        race(
            lambda p=path: uploads.still_there([p], at=at),
            lambda: uploads.sweep(at=at),
        )
        there = path in uploads.still_there([path], at=at)
        assert there == default_storage.exists(path)
