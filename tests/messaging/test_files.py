import hashlib
import io
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from core.files import check_upload
from messaging import posting
from messaging.models import Attachment, Message
from tests.factories import assignments as work

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(size=(1200, 800), form="PNG"):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return SimpleUploadedFile("site.png", out.getvalue())


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now)


@pytest.fixture
def posted(current, wanda, say, now):
    """A picture, a PDF and a text in one message."""
    uploads = [picture(), SimpleUploadedFile("plan.pdf", PDF), SimpleUploadedFile("n.txt", b"Hi")]
    message = say(current, wanda, files=[check_upload(one) for one in uploads], at=now)
    return list(message.attachments.order_by("pk"))


def test_a_picture_is_kept_with_a_small_copy_and_every_file_with_its_checksum(posted):
    seen, plan, note = posted
    with Image.open(seen.thumbnail) as small:
        assert (small.format, small.size) == ("WEBP", (480, 320))
    assert not plan.thumbnail and not note.thumbnail
    for attached in posted:
        assert attached.checksum == hashlib.sha256(attached.file.open().read()).hexdigest()


def test_what_a_browser_can_show_is_shown_inertly(posted, alice, client_of):
    session = client_of(alice)
    kinds = {}
    for attached in posted:
        answer = session.get(f"/attachments/{attached.reference}/preview/")
        kinds[attached.name] = (answer["Content-Disposition"].split(";")[0], answer["Content-Type"])
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-store"
    assert kinds == {
        "site.png": ("inline", "image/png"),
        "plan.pdf": ("inline", "application/pdf"),
        "n.txt": ("attachment", "text/plain"),
    }


def test_only_who_reads_the_message_sees_its_pictures(
    posted, alice, wanda, walt, charlie, client_of
):
    seen = posted[0].reference
    for page in ("preview", "thumbnail"):
        for who in (alice, wanda):
            assert client_of(who).get(f"/attachments/{seen}/{page}/").status_code == 200
        for who in (walt, charlie):
            assert client_of(who).get(f"/attachments/{seen}/{page}/").status_code == 404
    assert client_of(alice).get(f"/attachments/{posted[2].reference}/thumbnail/").status_code == 404


def test_the_thread_shows_pictures_small_and_other_kinds_as_cards(
    posted, current, alice, client_of
):
    page = client_of(alice).get(f"/assignments/{current.reference}/messages/").content.decode()
    assert f'src="/attachments/{posted[0].reference}/thumbnail/"' in page
    assert 'alt="Look at site.png"' in page
    assert f'href="/attachments/{posted[1].reference}/preview/"' in page
    assert f"/attachments/{posted[2].reference}/preview/" not in page
    assert "PDF" in page and "Text" in page


def test_a_file_that_is_gone_is_not_found(posted, alice, client_of):
    for name in (posted[0].file.name, posted[0].thumbnail.name):
        default_storage.delete(name)
    for page in ("", "preview/", "thumbnail/"):
        answer = client_of(alice).get(f"/attachments/{posted[0].reference}/{page}")
        assert answer.status_code == 404


def test_a_message_that_fails_leaves_no_small_copy(current, wanda, say, monkeypatch, now):
    kept = []
    monkeypatch.setattr(posting, "_attach", lambda message, files: kept.extend(files) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        say(current, wanda, files=[check_upload(picture())], at=now)
    assert kept[0].thumbnail and not default_storage.exists(kept[0].thumbnail.name)
    assert not default_storage.exists(kept[0].file.name)


@pytest.mark.parametrize("htmx", [True, False])
def test_fifty_files_are_refused_in_words_and_the_text_stays(current, wanda, client_of, htmx):
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(50)]
    fields = {"key": str(uuid.uuid4()), "body": "Fifty of them", "files": files}
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    answer = client_of(wanda).post(f"/assignments/{current.reference}/messages/", fields, **headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "at most 5" in page.lower() or "5 files" in page.lower()
    assert "Fifty of them</textarea>" in page
    assert not Message.objects.exists() and not Attachment.objects.exists()


def test_a_hundred_thousand_letters_are_refused_and_kept(current, wanda, client_of):
    body = "ab cd " * 16_667
    fields = {"key": str(uuid.uuid4()), "body": body}
    answer = client_of(wanda).post(f"/assignments/{current.reference}/messages/", fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "at most 10000 characters" in page and body.strip() in page


@pytest.mark.parametrize("body", ["שלום עולם", "😀👩‍👩‍👧‍👦", "‮kcab", "a" * 10_000, "é\u0301" * 40])
def test_any_script_arrives_as_it_was_written(current, wanda, client_of, body):
    fields = {"key": str(uuid.uuid4()), "body": body}
    answer = client_of(wanda).post(f"/assignments/{current.reference}/messages/", fields)
    assert answer.status_code == 302
    assert Message.objects.get().body == body
    page = client_of(wanda).get(f"/assignments/{current.reference}/messages/").content.decode()
    assert body in page and 'dir="auto"' in page
