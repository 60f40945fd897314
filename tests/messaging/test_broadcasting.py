import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from activity import reactions
from assignments import lifecycle
from messaging import broadcasting, queries, reading
from messaging.models import Broadcast, Message, Thread
from notifications import bouncing, delivering
from notifications.bouncing import Report
from notifications.models import Delivery, MailReport, Notice
from notifications.queries import mailed_to_applicants
from tests.factories import accounts as people
from tests.factories import assignments as work


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def sent(alice, wanda, walt, now):
    """Two applied."""
    made = work.in_stage("sent", alice, wanda, at=now)
    for who in (wanda, walt):
        work.application(made, who, at=now)
    return made


@pytest.fixture
def tell(alice, now):
    def told(assignment, body="We choose on Friday.", **more):
        more = {"by": alice, "at": now, "key": str(uuid.uuid4()), **more}
        return broadcasting.send(assignment, body=body, **more)

    return told


def figures(assignment):
    row = queries.broadcasts_about(assignment).get()
    return (row.told, row.read, row.answered, row.passed_over)


def test_every_applicant_gets_it_in_a_thread_of_their_own(sent, tell, alice, wanda, walt, say, now):
    say(sent, wanda, "May I bring a helper?", at=now)
    made = tell(sent)
    assert {m.thread.worker for m in made.messages.all()} == {wanda.worker, walt.worker}
    assert Thread.objects.filter(assignment=sent).count() == 2
    while reactions.dispatch(at=now):
        pass
    for who in (wanda, walt):
        notice = Notice.objects.filter(recipient=who.user, title__contains="New message").get()
        assert "We choose on Friday." in notice.body


def test_it_answers_nobody_and_makes_nobody_wait(sent, tell, wanda, walt, say, now):
    say(sent, wanda, "May I bring a helper?", at=now)
    tell(sent, at=now + timedelta(hours=1))
    waits = dict(Thread.objects.values_list("worker", "waiting_for"))
    assert waits == {wanda.worker.pk: "company", walt.worker.pk: ""}
    assert not Message.objects.filter(thread__waiting_since__gt=now).exists()


def test_the_figures_say_who_read_answered_and_could_not_be_told(sent, tell, wanda, walt, say, now):
    gone = people.worker("Gina Gone", at=now)
    work.application(sent, gone, at=now)
    gone.user.is_active = False
    gone.user.save(update_fields=["is_active"])
    made = tell(sent)
    assert figures(sent) == (2, 0, 0, 1)
    threads = {m.thread.worker_id: m.thread for m in made.messages.select_related("thread")}
    reading.mark_read(threads[walt.worker.pk], by=walt, at=now)
    assert figures(sent) == (2, 1, 0, 1)
    say(sent, wanda, "Fine", at=now)
    assert figures(sent) == (2, 2, 1, 1)


def test_the_page_says_what_became_of_the_mails(sent, tell, alice, wanda, walt, client_of, now):
    for body in ("First.", "Second."):
        tell(sent, body=body)
    while reactions.dispatch(at=now):
        pass
    words = " ".join(
        client_of(alice).get(f"/assignments/{sent.reference}/broadcasts/").text.split()
    )
    assert words.count("e-mails sent 0, 2 on their way") == 2
    second = Broadcast.objects.latest("pk")
    Delivery.objects.filter(notice__recipient=walt.user, notice__body__contains="Second.").update(
        status="dead"
    )
    delivering.deliver(at=now)
    back = Report("1", MailReport.Kind.BOUNCED, wanda.user.email.upper(), "No such user")
    bouncing.hear("signed", back, at=now + timedelta(hours=1))
    figures = mailed_to_applicants(Broadcast.objects.all())
    assert figures[second.pk] == {"mailed": 1, "returned": 1, "waiting": 0, "failed": 1}
    page = client_of(alice).get(f"/assignments/{sent.reference}/broadcasts/").text
    assert page.count("1 came back") == 2 and page.count("1 failed") == 1


def test_the_same_key_again_tells_nobody_twice(sent, tell, client_of, alice):
    session = client_of(alice)
    page = session.get(f"/assignments/{sent.reference}/broadcasts/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    for _ in range(2):
        fields = {"key": key, "body": "Once"}
        assert session.post(f"/assignments/{sent.reference}/broadcasts/", fields).status_code == 302
    assert Broadcast.objects.count() == 1 and Message.objects.count() == 2


def test_only_so_many_a_day(sent, tell, now):
    for _ in range(broadcasting.MOST_A_DAY):
        tell(sent)
    with pytest.raises(broadcasting.TooOften):
        tell(sent)
    tell(sent, at=now + timedelta(hours=25))


def test_nobody_to_tell_and_too_late_are_said(alice, wanda, tell, client_of, now):
    empty = work.in_stage("sent", alice, wanda, at=now)
    with pytest.raises(broadcasting.NobodyApplied):
        tell(empty)
    page = client_of(alice).get(f"/assignments/{empty.reference}/broadcasts/").content.decode()
    assert "Nobody has applied" in page
    done = work.in_stage("assigned", alice, wanda, at=now)
    with pytest.raises(broadcasting.NoLongerSent):
        tell(done)


def test_who_withdrew_is_not_told(sent, tell, walt, wanda, now):
    lifecycle.withdraw(sent.applications.get(worker=walt.worker), by=walt, at=now)
    assert {m.thread.worker for m in tell(sent).messages.all()} == {wanda.worker}


@pytest.mark.parametrize(
    "body, words",
    [
        ("", "Write what the applicants"),
        ("x" * 3_001, "at most 3000"),
        ("a\x00b", "Null characters"),
    ],
)
def test_bad_input_is_answered_beside_the_field(sent, alice, client_of, body, words):
    fields = {"key": str(uuid.uuid4()), "body": body}
    answer = client_of(alice).post(f"/assignments/{sent.reference}/broadcasts/", fields)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Broadcast.objects.exists()


def test_contact_details_are_flagged(sent, alice, client_of):
    fields = {"key": str(uuid.uuid4()), "body": "Call 614 555 0114"}
    page = client_of(alice).post(
        f"/assignments/{sent.reference}/broadcasts/", fields, follow=True
    ).content.decode()  # fmt: skip
    assert "seems to hold contact details" in page
    assert Message.objects.filter(has_contact_details=True).count() == 2


@pytest.mark.parametrize("number", [1, 30])
def test_telling_and_looking_cost_the_same_whatever_the_number(
    number, alice, wanda, now, client_of, django_assert_max_num_queries
):
    job = work.in_stage("sent", alice, wanda, at=now)
    for place in range(number):
        work.application(job, people.worker(f"Worker {place}", at=now), at=now)
    with django_assert_max_num_queries(18):
        made = broadcasting.send(job, body="Hello", key="k", by=alice, at=now)
    assert made.told == number
    session = client_of(alice)
    session.get(f"/assignments/{job.reference}/broadcasts/")
    with django_assert_max_num_queries(12):
        session.get(f"/assignments/{job.reference}/broadcasts/")
