import re
from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from core.files import check_upload
from messaging import searching
from messaging.models import WORDS_OF_BODY, WORDS_OF_NAME, Attachment, Message
from tests.factories import assignments as work


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now, title="Hang a sign")


@pytest.fixture
def looks(client_of):
    def looked(who, words, **more):
        return client_of(who).get("/inbox/search/", {"q": words, **more}).content.decode()

    return looked


def found(words, actor):
    return {message.body for message in searching.messages(words, actor)}


def test_words_are_found_by_their_stem_and_marked(current, wanda, say, looks, now):
    say(current, wanda, "I rented two ladders & a <sign", at=now)
    page = looks(wanda, "ladder")
    assert "<mark>ladders</mark>" in page
    assert "&amp; a &lt;sign" in page
    assert "Nothing was said with these words" in looks(wanda, "scaffold")


def test_nobody_finds_what_they_may_not_read(
    current, alice, abel, wanda, walt, charlie, olga, say, looks, now
):
    note = check_upload(SimpleUploadedFile("zebra-secret.txt", b"x"))
    say(current, alice, "Shared zebra", worker=wanda.worker, at=now)
    say(current, alice, "Noted zebra", worker=wanda.worker, visibility="company",
        files=[note], at=now)  # fmt: skip
    say(current, olga, "Staffed zebra", worker=wanda.worker, visibility="staff", at=now)
    assert found("zebra", wanda) == {"Shared zebra"}
    for who in (alice, abel):
        assert found("zebra", who) == {"Shared zebra", "Noted zebra"}
    for who in (walt, charlie):
        assert found("zebra", who) == set()
    assert "zebra-secret" not in looks(wanda, "zebra")
    assert found("secret", wanda) == set()
    assert found("secret", alice) == {"Noted zebra"}
    assert len(found("zebra", olga)) == 3


def test_a_file_is_found_by_a_word_of_its_name(current, wanda, say, looks, now):
    plan = check_upload(SimpleUploadedFile("floor_plan-v2.txt", b"x"))
    say(current, wanda, "", files=[plan], at=now)
    assert "floor_plan-v2.txt" in looks(wanda, "floor")


def test_conversations_are_found_by_person_number_and_title(current, alice, wanda, say, looks, now):
    say(current, wanda, "Good morning", at=now)
    for words in ("Wanda", current.reference.lower(), "hang"):
        page = looks(alice, words)
        assert "Conversations" in page and current.reference in page
    assert "Conversations" in looks(wanda, "Acme")
    assert "Conversations" not in looks(wanda, "Wanda Wells")


def test_a_hit_opens_the_conversation_at_the_message(
    current, alice, wanda, say, looks, client_of, now
):
    for number in range(40):
        say(current, wanda, f"Number {number}", at=now)
    target = Message.objects.get(body="Number 3")
    page = looks(alice, '"number 3"')
    url = re.search(rf'href="([^"]+#message-{target.pk})"', page)[1].replace("&amp;", "&")
    opened = client_of(alice).get(url.partition("#")[0]).content.decode()
    assert f'id="message-{target.pk}"' in opened
    assert "Number 8" in opened and "Number 9" not in opened and "Newest" in opened
    recent = Message.objects.get(body="Number 38")
    address = f"/assignments/{current.reference}/messages/"
    opened = client_of(alice).get(address, {"around": recent.pk}).content.decode()
    assert "Number 39" in opened and "<textarea" in opened


@pytest.mark.parametrize(
    "words, said",
    [
        ("x" * 121, "at most 120 characters"),
        ("a\x00b", "signs that print"),
        ("‮evil", "signs that print"),
    ],
)
def test_words_that_cannot_be_looked_for_are_answered_and_kept(wanda, looks, words, said):
    page = looks(wanda, words)
    assert said in page and words.replace("\x00", "") in page


@pytest.mark.parametrize(
    "words", ["'", '"', "-", "& | !", "the", "<script>", "😀", "שלום", ":*", "\\"]
)
def test_strange_words_find_nothing_quietly(current, wanda, say, looks, words, now):
    say(current, wanda, "Good morning", at=now)
    assert "<script>" not in looks(wanda, words).partition("<main")[2]


def test_results_are_paged(current, wanda, say, client_of, now):
    for number in range(27):
        say(current, wanda, f"ladder {number}", at=now)
    session = client_of(wanda)
    first = session.get("/inbox/search/?q=ladder")
    assert [row["message"].body for row in first.context["rows"]][:2] == ["ladder 26", "ladder 25"]
    second = session.get("/inbox/search/" + first.context["older_url"])
    assert len(second.context["rows"]) == 2


@pytest.mark.parametrize("rows", [1, 25])
def test_looking_costs_the_same_whatever_is_found(
    rows, alice, wanda, say, client_of, now, django_assert_max_num_queries
):
    plan = check_upload(SimpleUploadedFile("ladder.txt", b"x"))
    for _ in range(rows):
        done = work.in_stage("assigned", alice, wanda, at=now)
        say(done, wanda, "ladder", files=[plan], at=now)
    session = client_of(alice)
    session.get("/inbox/search/?q=ladder")
    with django_assert_max_num_queries(10):
        assert len(session.get("/inbox/search/?q=ladder").context["rows"]) == rows


@pytest.mark.parametrize(
    "rows, name",
    [
        (Message.objects.annotate(words=WORDS_OF_BODY), "message_words"),
        (Attachment.objects.annotate(words=WORDS_OF_NAME), "attachment_words"),
    ],
)
def test_the_words_are_served_by_an_index(rows, name, db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    config = "english" if name == "message_words" else "simple"
    assert name in rows.filter(words=SearchQuery("ladder", config=config)).explain()


def test_the_longest_waiting_come_first_with_how_long(alice, wanda, say, client_of, now):
    for hours in (2, 30):
        asked = now - timedelta(hours=hours)
        sent = work.in_stage("assigned", alice, wanda, at=asked - timedelta(days=1))
        say(sent, wanda, f"Asked {hours} hours ago", at=asked)
    page = client_of(alice).get("/inbox/?show=waiting").content.decode()
    assert page.index("Asked 30 hours ago") < page.index("Asked 2 hours ago")
    assert "Asked 1 day ago" in page or "Asked 30 hours ago" in page
    theirs = client_of(wanda).get("/inbox/?show=asked").content.decode()
    assert "Asked 30 hours ago" in theirs and "Waiting for clients" in theirs
    assert "Asked" not in client_of(wanda).get("/inbox/?show=waiting").content.decode()
