import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.files import check_upload
from escalations.models import Evidence
from messaging import transcript
from messaging.models import Attachment
from messaging.queries import conversations
from tests.escalations.making import opened
from tests.factories import assignments as work

PLAN = hashlib.sha256(b"Back door").hexdigest()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now - timedelta(hours=2))


@pytest.fixture
def talked(current, alice, wanda, olga, say, now):
    """Both sides, a file, a note of the company and one of staff."""
    plan = check_upload(SimpleUploadedFile("plan.txt", b"Back door"))
    say(current, wanda, "Which door?\nשלום 😀 <b>", at=now - timedelta(hours=1))
    say(current, alice, "See the plan", worker=wanda.worker, files=[plan], at=now)
    say(current, alice, "She is slow", worker=wanda.worker, visibility="company", at=now)
    say(current, olga, "Watched by staff", worker=wanda.worker, visibility="staff", at=now)
    return current


def address(assignment, more=""):
    return f"/assignments/{assignment.reference}/messages/transcript/{more}"


def seal_for(assignment, actor, now, **more):
    found = conversations(assignment, actor)[0]
    return transcript.of(found, actor, at=now, **more).seal


def test_both_sides_get_the_same_words_and_the_same_seal(
    talked, alice, wanda, olga, client_of, now
):
    seals = {seal_for(talked, who, now) for who in (alice, wanda, olga)}
    assert len(seals) == 1
    for who in (alice, wanda, olga):
        page = client_of(who).get(address(talked)).content.decode()
        assert "Which door?" in page and "שלום 😀 &lt;b&gt;" in page
        assert PLAN in page and seals == {seal_for(talked, who, now)}
        assert "She is slow" not in page and "Watched by staff" not in page
        assert "America/" in page


def test_notes_of_the_own_side_are_added_on_request_and_change_the_seal(
    talked, alice, wanda, client_of, now
):
    page = client_of(alice).get(address(talked), {"notes": "on"}).content.decode()
    assert "She is slow" in page and "Watched by staff" not in page
    assert "Do not hand it over" in page
    assert (
        "She is slow" not in client_of(wanda).get(address(talked), {"notes": "on"}).content.decode()
    )
    assert seal_for(talked, alice, now, with_notes=True) != seal_for(talked, alice, now)


def test_the_pdf_is_a_pdf_for_those_who_may_read(talked, alice, walt, charlie, client_of):
    answer = client_of(alice).get(address(talked, "pdf/"))
    assert answer.content.startswith(b"%PDF-") and answer["Content-Type"] == "application/pdf"
    assert talked.reference in answer["Content-Disposition"]
    for who in (walt, charlie):
        assert client_of(who).get(address(talked, "pdf/")).status_code == 404


def test_a_long_message_fits_on_paper(current, wanda, say, client_of, now):
    say(current, wanda, "A long line of words. " * 450, at=now)
    assert client_of(wanda).get(address(current, "pdf/")).status_code == 200


def test_old_files_without_a_checksum_are_read_for_it(talked, alice, client_of):
    Attachment.objects.update(checksum="")
    assert PLAN in client_of(alice).get(address(talked)).content.decode()
    attached = Attachment.objects.get()
    attached.file.storage.delete(attached.file.name)
    assert "the file is missing" in client_of(alice).get(address(talked)).content.decode()


@pytest.mark.parametrize("query", ["?worker=%00", "?worker=W-ZZZZZZ", "?notes=%00"])
def test_broken_addresses_are_no_fault(talked, alice, client_of, query):
    assert client_of(alice).get(address(talked, query)).status_code in (200, 404)


@pytest.mark.parametrize("number", [1, 30])
def test_a_transcript_costs_the_same_whatever_its_length(
    number, current, alice, wanda, say, client_of, now, django_assert_max_num_queries
):
    for _ in range(number):
        plan = check_upload(SimpleUploadedFile("plan.txt", b"x"))
        say(current, wanda, "Look", files=[plan], at=now)
    session = client_of(alice)
    session.get(address(current))
    with django_assert_max_num_queries(12):
        assert session.get(address(current)).content.decode().count("plan.txt") == number


def test_a_transcript_becomes_evidence_of_an_open_case_once(talked, alice, wanda, client_of, now):
    case = opened(talked, wanda, at=now)
    session = client_of(wanda)
    page = session.get(address(talked)).content.decode()
    assert f"Add to case {case.label}" in page
    form = session.get(f"/cases/{case.label}/").context["forms"]["transcript"]
    fields = {"transcript-key": form["key"].value()}
    for _ in range(2):
        answer = session.post(f"/cases/{case.label}/evidence/transcript/", fields)
        assert answer.status_code == 302
    kept = Evidence.objects.get()
    assert kept.side == "worker" and kept.name.startswith(f"messages-{talked.reference}")
    assert kept.file.open().read(5) == b"%PDF-"
    assert client_of(alice).get(f"/cases/{case.label}/").content.decode().count(kept.name) >= 1


def test_without_words_there_is_nothing_to_put_forward(current, wanda, client_of, now):
    case = opened(current, wanda, at=now)
    session = client_of(wanda)
    key = session.get(f"/cases/{case.label}/").context["forms"]["transcript"]["key"].value()
    answer = session.post(
        f"/cases/{case.label}/evidence/transcript/", {"transcript-key": key}, follow=True
    )
    assert "Nothing was said between the two sides" in answer.content.decode()
    assert not Evidence.objects.exists()
