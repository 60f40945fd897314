import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from messaging import queries
from messaging.models import Message, Thread
from tests.factories import assignments as work

HTMX = {"HTTP_HX_REQUEST": "true"}


def address(assignment):
    return f"/assignments/{assignment.reference}/messages/"


def written(body="Hello", **more):
    return {"key": str(uuid.uuid4()), "body": body, **more}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def current(alice, wanda, now):
    """An assignment of today, for pages that read the clock."""
    return work.in_stage("assigned", alice, wanda, at=now)


@pytest.fixture
def session(client_of, wanda):
    return client_of(wanda)


def test_a_message_is_posted_and_leads_back(current, wanda, client_of):
    answer = client_of(wanda).post(address(current), written("On my way", origin="conversation"))
    assert answer.status_code == 302
    assert answer["Location"] == f"{address(current)}#messages"
    assert Message.objects.get().body == "On my way"


def test_the_client_chooses_whose_conversation(alice, wanda, walt, client_of, now):
    sent = work.in_stage("sent", alice, wanda, at=now)
    for who in (wanda, walt):
        work.application(sent, who, at=now)
    session = client_of(alice)
    page = session.get(address(sent), {"worker": walt.worker.reference})
    assert "Messages with Walt Webb" in page.content.decode()
    assert "Wanda Wells" in page.content.decode()
    session.post(
        address(sent), written("Hello Walt", worker=walt.worker.reference, visibility="parties")
    )
    assert Thread.objects.get().worker == walt.worker
    assert session.get(address(sent), {"worker": "W-ZZZZZZ"}).status_code == 404


def test_a_worker_never_reaches_the_thread_of_another(alice, wanda, walt, client_of, now, say):
    sent = work.in_stage("sent", alice, wanda, at=now)
    for who in (wanda, walt):
        work.application(sent, who, at=now)
    say(sent, wanda, "My secret price", at=now)
    session = client_of(walt)
    page = session.get(address(sent), {"worker": wanda.worker.reference}).content.decode()
    assert "My secret price" not in page and "Wanda" not in page
    session.post(address(sent), written("Hi", worker=wanda.worker.reference))
    assert Message.objects.get(body="Hi").thread.worker == walt.worker


@pytest.mark.parametrize("who", ["cody", "abel"])
def test_members_without_the_permission_read_but_do_not_write(current, who, client_of, request):
    session = client_of(request.getfixturevalue(who))
    page = session.get(address(current))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    answer = session.post(address(current), written(worker=current.worker.reference))
    assert answer.status_code == 403
    assert not Message.objects.exists()


def test_strangers_find_nothing(current, charlie, walt, client_of, client):
    for who in (charlie, walt):
        assert client_of(who).get(address(current)).status_code == 404
        assert client_of(who).post(address(current), written()).status_code == 404
    assert client.get(address(current)).status_code == 302
    assert client.get("/inbox/")["Location"].startswith("/accounts/login/")


def test_who_lost_still_reads_their_own_thread(alice, wanda, walt, client_of, now, say):
    sent = work.in_stage("sent", alice, wanda, at=now)
    work.application(sent, walt, at=now)
    say(sent, walt, "I could come on Friday", at=now)
    work.assigned(sent, alice, wanda, at=now)
    page = client_of(walt).get(address(sent)).content.decode()
    assert "I could come on Friday" in page
    assert "Open the assignment" not in page and "<textarea" not in page


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"body": ""}, "Write a message or add a file."),
        ({"body": "x" * 10_001}, "at most 10000 characters"),
        ({"body": "a\x00b"}, "Null characters are not allowed"),
        ({"key": "broken"}, "out of date"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_nothing_is_lost(
    current, session, fields, words
):
    answer = session.post(address(current), {**written("kept"), **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    if "key" in fields:
        assert "kept</textarea>" in answer.content.decode()
    assert not Message.objects.exists()


def test_a_forbidden_file_is_named_and_the_text_is_kept(current, session):
    upload = SimpleUploadedFile("run.exe", b"MZ\x90")
    answer = session.post(address(current), written("kept", files=[upload]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "run.exe" in page and "kept</textarea>" in page


def test_scripts_in_text_are_only_text(current, session, wanda, say, now):
    say(current, wanda, "<script>alert(1)</script> http://example.test/<b>", at=now)
    page = session.get(address(current)).content.decode()
    assert "<script>alert(1)" not in page
    assert 'rel="nofollow"' in page and "<b>" not in page


def test_a_double_submit_is_one_message(current, session):
    fields = written("Once")
    for _ in range(2):
        assert session.post(address(current), fields).status_code == 302
    assert Message.objects.count() == 1


def test_htmx_gets_the_panel_with_a_fresh_key(current, session):
    fields = written("Quick", origin="assignment")
    page = session.post(address(current), fields, **HTMX).content.decode()
    assert page.lstrip().startswith("<section") and "Quick" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key and key[1] != fields["key"]


def test_a_refusal_of_the_verb_stands_in_the_form(alice, wanda, client_of, now):
    over = work.in_stage("paid", alice, wanda, at=now - timedelta(days=90))
    answer = client_of(wanda).post(address(over), written("Too late?"))
    assert answer.status_code == 422
    assert "This conversation closed on" in answer.content.decode()


def test_the_sender_is_told_about_contact_details(alice, wanda, client_of, now):
    sent = work.in_stage("sent", alice, wanda, at=now)
    work.application(sent, wanda, at=now)
    session = client_of(wanda)
    answer = session.post(
        address(sent), written("Call 614 555 0114", origin="conversation"), follow=True
    )
    assert "seems to hold contact details" in answer.content.decode()
    assert Message.objects.get().has_contact_details
    seen_by_client = client_of(alice).get(address(sent)).content.decode()
    assert "Contact details" not in seen_by_client


def test_looking_does_not_mark_read_but_the_button_does(current, alice, wanda, client_of, say, now):
    message = say(current, wanda, at=now)
    session = client_of(alice)
    page = session.get(address(current)).content.decode()
    assert queries.unread_count(alice) == 1
    assert "Mark as read" in page
    fields = {"worker": wanda.worker.reference, "up_to": message.pk}
    assert session.post(f"{address(current)}read/", fields).status_code == 302
    assert queries.unread_count(alice) == 0
    assert "Mark as read" not in session.get(address(current)).content.decode()


@pytest.mark.parametrize("up_to", ["", "x", "-1", str(2**70), "\x00"])
def test_a_broken_mark_is_not_found(current, session, up_to, wanda, say, now):
    say(current, wanda, at=now)
    assert session.post(f"{address(current)}read/", {"up_to": up_to}).status_code == 404


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=-1", f"?before={2**70}", "?before=%00", "?worker=%00x"]
)
def test_broken_places_in_the_address_show_the_newest(current, session, query, wanda, say, now):
    say(current, wanda, "newest", at=now)
    assert "newest" in session.get(address(current) + query).content.decode()


def test_attachments_reach_only_who_may_read_the_message(
    current, alice, wanda, walt, charlie, olga, client_of, client, now
):
    session = client_of(alice)
    for visibility in ("parties", "company"):
        file = SimpleUploadedFile("plan.txt", b"Back door")
        session.post(
            address(current),
            written("see", visibility=visibility, files=[file], worker=wanda.worker.reference),
        )
    shared, noted = (m.attachments.get() for m in Message.objects.order_by("pk"))
    for attached, readers in ((shared, {alice, wanda, olga}), (noted, {alice, olga})):
        for who in (alice, wanda, walt, charlie, olga):
            answer = client_of(who).get(f"/attachments/{attached.reference}/")
            assert answer.status_code == (200 if who in readers else 404)
    answer = session.get(f"/attachments/{shared.reference}/")
    assert b"".join(answer.streaming_content) == b"Back door"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.get(f"/attachments/{shared.reference}/").status_code == 302
    assert session.get("/attachments/F-NONE/").status_code == 404


def test_a_note_looks_like_one_and_never_reaches_the_worker(current, alice, wanda, client_of):
    client_of(alice).post(
        address(current),
        written("She is slow", visibility="company", worker=wanda.worker.reference),
    )
    assert "Our company only" in client_of(alice).get(address(current)).content.decode()
    assert "She is slow" not in client_of(wanda).get(address(current)).content.decode()
    assert "She is slow" not in client_of(wanda).get("/inbox/").content.decode()


def test_the_inbox_lists_what_is_new_and_what_waits(current, alice, wanda, client_of, say, now):
    session = client_of(alice)
    assert "No conversations yet" in session.get("/inbox/").content.decode()
    say(current, wanda, "Which door?", at=now)
    for query in ("", "?show=unread", "?show=waiting"):
        assert "Which door?" in session.get(f"/inbox/{query}").content.decode()
    say(current, alice, "The back door", at=now)
    assert "The back door" in session.get("/inbox/").content.decode()
    for query in ("?show=unread", "?show=waiting"):
        assert "The back door" not in session.get(f"/inbox/{query}").content.decode()
    assert session.get("/inbox/?show=%00&after=%00").status_code == 200


def test_the_inbox_is_for_clients_and_workers(olga, client_of):
    assert client_of(olga).get("/inbox/").status_code == 403


def test_the_inbox_is_paged(alice, wanda, client_of, say, now):
    for number in range(27):
        assignment = work.draft(alice, at=now)
        thread = Thread.objects.create(
            assignment=assignment, company=alice.company, worker=wanda.worker, opened_at=now,
            last_message_at=now - timedelta(hours=number),
        )  # fmt: skip
        assert thread
    session = client_of(alice)
    first = session.get("/inbox/")
    assert len(first.context["rows"]) == 25
    second = session.get("/inbox/" + first.context["older_url"])
    assert len(second.context["rows"]) == 2
    back = session.get("/inbox/" + second.context["newer_url"])
    assert [t.pk for t, _ in back.context["rows"]] == [t.pk for t, _ in first.context["rows"]]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_inbox_costs_the_same_whatever_its_length(
    rows, alice, wanda, client_of, say, now, django_assert_max_num_queries
):
    for _ in range(rows):
        say(work.in_stage("assigned", alice, wanda, at=now), wanda, at=now)
    session = client_of(alice)
    session.get("/inbox/")
    with django_assert_max_num_queries(10):
        session.get("/inbox/")


@pytest.mark.parametrize("number", [1, 20])
def test_the_panel_of_the_assignment_costs_two_queries(
    number, assigned, alice, wanda, say, at, django_assert_num_queries
):
    from core.files import check_upload

    for _ in range(number):
        note = check_upload(SimpleUploadedFile("plan.txt", b"x"))
        say(assigned, wanda, "Look", files=[note])
    request = RequestFactory().get("/")
    request.actor = alice
    template = Template("{% load messaging_tags %}{% thread_panel assignment %}")
    context = {"request": request, "assignment": assigned, "now": at}
    with django_assert_num_queries(2):
        drawn = template.render(Context(context))
    assert drawn.count("plan.txt") == number
