"""How and when people are told: quiet hours, a daily digest, and mails that are stopped."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actors import Actor
from activity import reactions
from assignments import lifecycle
from messaging import posting
from notifications import delivering
from notifications.models import Preference
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.journeys.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MESSAGES = "message.posted:email"


@pytest.fixture
def ruth(_world) -> Actor:
    company = people.company("Bright Bakeries", credit_limit=9000)
    return people.member(company, "Ruth Okafor", ["administrator"], at=timezone.now())


@pytest.fixture
def sam(_world) -> Actor:
    return people.worker("Sam Ortiz", at=timezone.now())


def mails_to(who: Actor, at: datetime) -> list[str]:
    """Let the workers do what is due; the subjects of the mails that this person got."""
    before = len(mail.outbox)
    while reactions.dispatch(at=at):
        pass
    while delivering.deliver(at=at).handled:
        pass
    return [letter.subject for letter in mail.outbox[before:] if who.user.email in letter.to]


def chooses_daily_messages(somebody: Person) -> None:
    choice = somebody.page.locator(f"[name='{MESSAGES}']")
    topic = somebody.page.locator("details.topic", has=choice)
    if not topic.evaluate("one => one.open"):
        topic.locator("summary").click()
    choice.select_option("daily")
    somebody.presses("Save what you are told")


def test_quiet_hours_and_a_digest(signed_in, ruth, sam):
    now = timezone.now()
    job = work.in_stage("pending_approval", ruth, sam, at=now - timedelta(days=3))
    mails_to(sam, now)
    worker = signed_in(sam, phone=True)
    worker.opens("/settings/notifications/")
    worker.writes(quiet_from="22:00", quiet_until="07:00")
    worker.chooses("digest_hour", "18")
    worker.presses("Save hours")
    chooses_daily_messages(worker)
    assert Preference.objects.get().choice == "daily"

    day = now.astimezone(ZoneInfo(sam.user.time_zone)).date() + timedelta(days=1)

    def on_the_clock(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        zone = ZoneInfo(sam.user.time_zone)
        return datetime.combine(day + timedelta(days=days), time(hour, minute), zone)

    for hour in (9, 13):
        said = on_the_clock(hour)
        posting.post(
            assignment=job, worker=sam.worker, body=f"At {hour}", by=ruth, at=said, key=str(hour)
        )
        assert mails_to(sam, said + timedelta(minutes=5)) == []
    assert mails_to(sam, on_the_clock(17, 59)) == []
    [gathered] = mails_to(sam, on_the_clock(18))
    assert gathered.endswith("2 notifications")
    assert mails_to(sam, on_the_clock(18, 10)) == []

    night = on_the_clock(23)
    lifecycle.send_back(job, note="The photo is too dark.", by=ruth, at=night)
    assert mails_to(sam, night) == mails_to(sam, on_the_clock(6, 59, days=1)) == []
    [told] = mails_to(sam, on_the_clock(7, days=1))
    assert job.title in told or "sent back" in told
    worker.opens("/notifications/")
    worker.sees(told)


def test_a_mail_is_stopped_by_its_link_and_started_again(person, signed_in, ruth, sam):
    at = timezone.now()
    job = work.in_stage("assigned", ruth, sam, at=at)
    mails_to(ruth, at)

    def say(number: int) -> list[str]:
        moment = at + timedelta(hours=number)
        posting.post(
            assignment=job, worker=sam.worker, body="Which door?", by=sam, at=moment,
            key=str(number),
        )  # fmt: skip
        return mails_to(ruth, moment + timedelta(minutes=10))

    assert len(say(1)) == 1
    way_out = re.search(r"<https?://[^/]+(/.+)>", mail.outbox[-1].extra_headers["List-Unsubscribe"])
    stranger = person(phone=True)
    stranger.opens(way_out[1])
    stranger.presses("Stop them")
    stranger.sees("You get no more mails of this kind")
    assert say(2) == []
    client = signed_in(ruth)
    client.opens("/settings/notifications/")
    assert client.page.locator(f"[name='{MESSAGES}']").input_value() == "off"
    stranger.presses("Send them again")
    stranger.sees("Stop mails of this kind?")
    assert len(say(3)) == 1
