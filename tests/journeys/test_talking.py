"""What people say to each other: live between two browsers, in public, and when nobody answers."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.actors import Actor
from messaging.models import Message, Question
from notifications import reminders
from notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ruth(_world) -> Actor:
    company = people.company("Bright Bakeries")
    return people.member(company, "Ruth Okafor", ["administrator"], at=timezone.now())


@pytest.fixture
def sam(_world) -> Actor:
    return people.worker("Sam Ortiz", at=timezone.now())


def test_a_message_arrives_while_the_other_one_writes(signed_in, ruth, sam):
    job = work.in_stage("assigned", ruth, sam, at=timezone.now())
    address = f"/assignments/{job.reference}/messages/"
    client, worker = signed_in(ruth), signed_in(sam, phone=True)
    client.opens(address)
    worker.opens(address)
    worker.sees("Nothing has been said yet")
    worker.writes(body="I am half way through thi")
    worker.page.locator("textarea").focus()
    client.writes(body="Use the back door")
    client.presses("Send message")
    worker.sees("Use the back door")
    assert worker.page.get_by_text("Nothing has been said yet").count() == 0
    assert worker.page.locator("textarea").input_value() == "I am half way through thi"
    assert worker.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert "New message from Ruth Okafor." in worker.page.locator("[aria-live]").all_inner_texts()

    client.page.locator("[name=visibility][value=company]").check()
    client.sees("Only Bright Bakeries and staff read this")
    client.writes(body="He is on time")
    client.presses("Keep note")
    client.sees("He is on time")
    worker.writes(body="Which floor?")
    worker.presses("Send message")
    client.sees("Which floor?")
    assert worker.page.get_by_text("He is on time").count() == 0
    assert client.page.locator(".msg").count() == 3
    assert Message.objects.count() == 3


def test_a_question_is_answered_in_public(signed_in, ruth, sam, behind_the_pages):
    nina = people.worker("Nina New", at=timezone.now())
    job = work.in_stage("sent", ruth, sam, at=timezone.now())
    asker, client, other = signed_in(sam, phone=True), signed_in(ruth), signed_in(nina)
    asker.opens(f"/assignments/{job.reference}/")
    asker.page.locator("#questions textarea").fill("Is there a lift?")
    asker.presses("Ask the client")
    behind_the_pages()
    client.opens("/inbox/?show=waiting")
    client.sees("Is there a lift?")
    client.follows(re.compile("asks publicly"))
    client.page.locator("#questions textarea").fill("Yes, at the loading dock.")
    client.presses("Answer", exact=True)
    assert Question.objects.get().answered_at
    other.opens(f"/assignments/{job.reference}/")
    other.sees("Yes, at the loading dock.")
    assert "Sam Ortiz" not in other.page.content()
    behind_the_pages()
    assert Notice.objects.filter(recipient=sam.user, title__contains="answered").exists()


def test_nobody_answers_until_the_second_reminder(client_of, ruth, sam, behind_the_pages):
    """Without a browser: what the clock does is the point, not the page."""
    asked = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    with time_machine.travel(asked, tick=False):
        job = work.in_stage("assigned", ruth, sam, at=asked - timedelta(hours=1))
        address = f"/assignments/{job.reference}/messages/"
        client_of(sam).post(address, written("Which door?"))
        behind_the_pages()
    told = {}
    for hours in (23, 24, 47, 48, 60):
        with time_machine.travel(asked + timedelta(hours=hours), tick=False):
            reminders.sweep(at=timezone.now())
            told[hours] = Notice.objects.filter(
                recipient=ruth.user, title__contains="for your answer"
            ).count()
    assert told == {23: 0, 24: 1, 47: 1, 48: 2, 60: 2}
    with time_machine.travel(asked + timedelta(hours=61), tick=False):
        session = client_of(ruth)
        page = session.get("/inbox/?show=waiting").content.decode()
        assert "Which door?" in page and "3 days ago" in page
        session.post(address, written("The left one.", worker=sam.worker.reference))
        behind_the_pages()
        assert "Nobody is waiting" in session.get("/inbox/?show=waiting").content.decode()
        scorecard = session.get("/scorecard/").content.decode()
    assert re.search(r"Response time.{0,600}?2\.5 days", scorecard, re.DOTALL)


def written(body: str, **more: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "body": body, "visibility": "parties", **more}
