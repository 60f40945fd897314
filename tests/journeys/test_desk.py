"""The escalation desk in the browser: two agents at once by keyboard, a merge, and a reopening."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations import casework
from escalations.models import CannedAnswer, Case
from tests.escalations.making import opened
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.journeys.conftest import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_world"),
]
DESK = "/admin/escalations/case/"


@pytest.fixture
def world(sides):
    """A client, a worker, and work that waits for approval."""
    ruth, sam = sides
    at = timezone.now() - timedelta(days=9)
    done = work.in_stage("pending_approval", ruth, sam, at=at)
    return ruth, sam, done


def on_case(agent: Person, case: Case) -> Person:
    agent.opens(f"{DESK}{case.pk}/change/")
    return agent


def keys(agent: Person, *pressed: str) -> None:
    for key in pressed:
        agent.page.keyboard.press(key)


def test_two_agents_at_one_case_with_nothing_but_keys(signed_in, world):
    _, sam, done = world
    case = opened(done, sam, at=timezone.now() - timedelta(hours=2))
    CannedAnswer.objects.create(title="We have it", body="Dear {worker}, we have your case.")
    olga, lena = signed_in(people.agent("Olga Olsen")), signed_in(people.lead("Lena Lund"))

    olga.opens(DESK)
    keys(olga, "j", "Enter")
    olga.page.wait_for_url(f"**{DESK}{case.pk}/change/")
    on_case(lena, case).sees("Olga Olsen has this case open too")
    keys(olga, "?")
    olga.sees("Keys of the desk")
    keys(olga, "Escape", "r")
    olga.page.get_by_text("Canned answers", exact=True).first.click()
    olga.page.get_by_role("link", name="We have it").first.click()
    olga.page.keyboard.type(" We look at it today.")

    keys(lena, "n")
    lena.page.keyboard.type("The photos are there.")
    keys(lena, "Control+Enter")
    lena.sees("The note is kept")

    keys(olga, "Control+Enter")
    olga.sees("Lena Lund kept a note")
    typed = olga.page.locator("[name=reply-body]").input_value()
    assert typed == "Dear Sam Ortiz, we have your case. We look at it today."
    assert not case.entries.filter(body=typed).exists()
    olga.page.locator("[name=reply-body]").focus()
    keys(olga, "Control+Enter")
    olga.sees("Your reply was sent")
    assert case.entries.filter(body=typed).count() == 1
    case.refresh_from_db()
    assert str(case.assignee) == "Olga Olsen"


def test_a_case_is_merged_decided_and_reopened(signed_in, world):
    ruth, sam, done = world
    first = opened(done, sam, at=timezone.now() - timedelta(hours=3))
    second = opened(done, ruth, kind="deliverables", at=timezone.now() - timedelta(hours=2))
    agent = on_case(signed_in(people.agent("Olga Olsen")), second)
    client, worker = signed_in(ruth), signed_in(sam, phone=True)
    agent.page.on("dialog", lambda dialog: dialog.accept())

    agent.page.get_by_text("Merge into another case").click()
    agent.writes(merge__other="C-1", merge__words="Both are about the photos.")
    agent.presses("Merge", exact=True)
    agent.sees("There is no such case")
    agent.writes(merge__other=first.label)
    agent.presses("Merge", exact=True)
    agent.sees(f"goes on in {first.label}")
    client.opens(f"/cases/{second.label}/")
    client.follows(first.label)
    client.sees("Both are about the photos.")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.merged_into, first.hold.released_at) == (first, None)

    case = on_case(agent, first)
    case.sees("was merged into this case")
    now = timezone.now()
    by = people.agent("Otto Orr")
    casework.decide(first, effect="as_it_is", words="The photos are there.", by=by, at=now)
    on_case(agent, first).page.locator("#acts").get_by_text("Reopen").first.click()
    agent.writes(reopen__words="A file came in by mail.")
    agent.presses("Reopen the case")
    agent.sees(f"{first.label} is open again")
    worker.opens(f"/cases/{first.label}/")
    worker.sees("A file came in by mail.")
    first.refresh_from_db()
    assert (first.status, first.round) == ("in_review", 2)
