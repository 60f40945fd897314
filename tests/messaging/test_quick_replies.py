import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from messaging import quick_replies
from messaging.models import Message, QuickReply
from tests.factories import assignments as work


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def keep(alice, now):
    def kept(title="Key", body="Hello {first name}, the key for {title} is at the desk. {me}"):
        return quick_replies.add(title=title, body=body, by=alice, at=now)

    return kept


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_it_is_listed_and_inserted_without_losing_what_was_typed(
    alice, wanda, keep, client_of, now, headers
):
    job = work.in_stage("assigned", alice, wanda, at=now, title="Hang a <b>sign")
    reply = keep()
    session = client_of(alice)
    address = f"/assignments/{job.reference}/messages/"
    typed = {
        "key": str(uuid.uuid4()), "body": "As promised:", "visibility": "company",
        "worker": wanda.worker.reference,
    }  # fmt: skip
    page = session.post(address, {**typed, "quick": "list"}, **headers).content.decode()
    assert f'value="{reply.reference}"' in page and "As promised:</textarea>" in page
    page = session.post(address, {**typed, "quick": reply.reference}, **headers).content.decode()
    assert "As promised:\n\nHello Wanda, the key for Hang a &lt;b&gt;sign is at the desk." in page
    assert "Alice Adams</textarea>" in page
    assert not Message.objects.exists()


def test_files_stay_chosen_or_are_asked_for_again(alice, wanda, keep, client_of, now):
    """htmx keeps the field with its files; a page loaded anew cannot, and says so."""
    job = work.in_stage("assigned", alice, wanda, at=now)
    reply, session = keep(), client_of(alice)
    address = f"/assignments/{job.reference}/messages/"

    def pressed(**headers):
        fields = {
            "quick": reply.reference, "worker": wanda.worker.reference, "body": "",
            "files": SimpleUploadedFile("plan.txt", b"North door"),
        }  # fmt: skip
        return session.post(address, fields, **headers).content.decode()

    kept = pressed(HTTP_HX_REQUEST="true")
    assert "hx-preserve" in kept and "Choose your files again" not in kept
    lost = pressed()
    assert "hx-preserve" not in lost and "Choose your files again" in lost
    sent = {"key": str(uuid.uuid4()), "worker": wanda.worker.reference, "body": "Go"}
    after = session.post(address, sent, HTTP_HX_REQUEST="true").content.decode()
    assert "hx-preserve" not in after


def test_those_of_another_company_and_archived_ones_cannot_be_inserted(
    alice, charlie, wanda, keep, client_of, now
):
    job = work.in_stage("assigned", alice, wanda, at=now)
    other = quick_replies.add(title="Theirs", body="x", by=charlie, at=now)
    gone = quick_replies.shelve(keep(), by=alice, at=now)
    for reference in (other.reference, gone.reference, "QR-NONE", "\x00"):
        fields = {"quick": reference, "worker": wanda.worker.reference}
        answer = client_of(alice).post(f"/assignments/{job.reference}/messages/", fields)
        assert answer.status_code == 404


def test_they_are_written_changed_ordered_archived_and_restored(alice, client_of):
    session = client_of(alice)
    for title in ("One", "Two"):
        fields = {"title": title, "body": "Words"}
        assert session.post("/settings/quick-replies/new/", fields).status_code == 302
    two = QuickReply.objects.get(title="Two")
    address = f"/settings/quick-replies/{two.reference}/"
    session.post(address, {"up": "yes"})
    page = session.get("/settings/quick-replies/").content.decode()
    assert page.index("Two") < page.index("One")
    session.post(address, {"title": "Zwei", "body": "Words for {worker}"})
    session.post(address, {"shelve": "yes"})
    two.refresh_from_db()
    assert two.title == "Zwei" and two.archived_at
    assert "Restore" in session.get("/settings/quick-replies/").content.decode()
    session.post(address, {"shelve": "yes"})
    assert list(QuickReply.objects.offered().values_list("title", flat=True)) == ["One", "Zwei"]


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"title": ""}, "Give it a name"),
        ({"body": ""}, "Write what you say often"),
        ({"body": "Hi {nickname}"}, "cannot be filled in. Use one of: {worker}"),
        ({"title": "x" * 61}, "at most 60"),
        ({"body": "x" * 2_001}, "at most 2000"),
        ({"title": "a\x00"}, "signs that print"),
    ],
)
def test_bad_input_is_answered_beside_the_field(alice, client_of, fields, words):
    sent = {"title": "Key", "body": "At the desk", **fields}
    answer = client_of(alice).post("/settings/quick-replies/new/", sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not QuickReply.objects.exists()


def test_only_so_many_are_kept(keep, monkeypatch):
    monkeypatch.setattr(quick_replies, "MOST", 1)
    keep()
    with pytest.raises(quick_replies.TooMany):
        keep()
