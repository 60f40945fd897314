"""What a person chose: by which way, when, and once a day; read when it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications import choosing, delivering, digests, telling
from notifications.kinds import all_kinds, rows_for
from notifications.models import Delivery, Digest, Notice, Preference, Reach
from notifications.people import sides_of
from notifications.quiet import end_of_quiet
from notifications.topics import is_necessary
from tests.factories import accounts as people
from tests.notifications.moments import DAY, HOUR

pytestmark = pytest.mark.django_db
CHICAGO = "America/Chicago"
PAGE = "/settings/notifications/"


def told(actor, at, kind="message.posted", key="k", title="New message") -> Notice:
    notice = Notice(
        recipient=actor.user, kind=kind, title=title, key=key, made_at=at,
        body="First line.\n\nSecond line.",
    )  # fmt: skip
    return telling.keep([notice], by_mail=[actor.user_id])[0]


def chose(actor, at, choice, kind="message.posted", way="email") -> None:
    Preference.objects.update_or_create(
        person=actor.user, kind=kind, way=way, defaults={"choice": choice, "chosen_at": at}
    )


def lives_in(actor, zone) -> None:
    actor.user.time_zone = zone
    actor.user.save()


def quiet(actor, start=22, end=7) -> Reach:
    return Reach.objects.create(
        person=actor.user, quiet_from=time(start), quiet_until=time(end), digest_hour=8
    )


def at_clock(zone, *when, fold=0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    "when,end",
    [
        ((2026, 6, 1, 21, 59), None),
        ((2026, 6, 1, 22, 0), (2026, 6, 2, 7, 0)),
        ((2026, 6, 2, 6, 59), (2026, 6, 2, 7, 0)),
        ((2026, 6, 2, 7, 0), None),
        ((2026, 3, 7, 23, 0), (2026, 3, 8, 7, 0)),
        ((2026, 10, 31, 23, 0), (2026, 11, 1, 7, 0)),
    ],
)
def test_quiet_hours_go_over_midnight_and_by_the_clock_on_the_wall(when, end):
    reach = Reach(quiet_from=time(22), quiet_until=time(7))
    found = end_of_quiet(reach, CHICAGO, at_clock(CHICAGO, *when))
    assert found == (at_clock(CHICAGO, *end).astimezone(UTC) if end else None)


def test_quiet_hours_that_end_where_the_clocks_change():
    skipped = Reach(quiet_from=time(1), quiet_until=time(2, 30))
    found = end_of_quiet(skipped, CHICAGO, at_clock(CHICAGO, 2026, 3, 8, 1, 30))
    assert found == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)
    twice = Reach(quiet_from=time(0), quiet_until=time(1, 30))
    second = at_clock(CHICAGO, 2026, 11, 1, 1, 10, fold=1)
    assert end_of_quiet(twice, CHICAGO, second) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_a_zone_that_nobody_knows_counts_as_utc():
    reach = Reach(quiet_from=time(22), quiet_until=time(7))
    at = datetime(2026, 6, 1, 23, tzinfo=UTC)
    assert end_of_quiet(reach, "Mars/Base", at) == datetime(2026, 6, 2, 7, tzinfo=UTC)


def test_what_falls_in_quiet_hours_waits_for_their_end(wanda, mailoutbox):
    lives_in(wanda, CHICAGO)
    quiet(wanda)
    night = at_clock(CHICAGO, 2026, 6, 1, 23)
    told(wanda, night)
    assert delivering.deliver(at=night).put_off == 1
    morning = at_clock(CHICAGO, 2026, 6, 2, 7)
    assert delivering.deliver(at=morning - timedelta(seconds=1)).handled == 0
    assert delivering.deliver(at=morning).sent == 1
    assert Delivery.objects.get().tries == 1


def test_what_must_not_wait_does_not(wanda, mailoutbox):
    lives_in(wanda, CHICAGO)
    quiet(wanda)
    night = at_clock(CHICAGO, 2026, 6, 1, 23)
    told(wanda, night, "assignment.cancelled")
    assert delivering.deliver(at=night).sent == 1


def test_who_moves_between_claim_and_sending_is_asked_by_the_new_clock(wanda, mailoutbox):
    lives_in(wanda, CHICAGO)
    quiet(wanda)
    noon = at_clock(CHICAGO, 2026, 6, 1, 12)
    told(wanda, noon)
    lives_in(wanda, "Asia/Tokyo")
    assert delivering.deliver(at=noon).put_off == 1
    assert Delivery.objects.get().due_at == at_clock("Asia/Tokyo", 2026, 6, 2, 7)


def test_what_is_switched_off_is_not_queued_and_not_sent(wanda, at, mailoutbox):
    told(wanda, at, key="before")
    chose(wanda, at, "off")
    assert delivering.deliver(at=at).dropped == 1
    assert not told(wanda, at, key="after").deliveries.exists()


@pytest.mark.parametrize("kind", ["payout.paid", "bank_account.added", "case.decided"])
def test_what_is_necessary_cannot_be_switched_off(wanda, at, mailoutbox, kind):
    for way in ("email", "in_app"):
        chose(wanda, at, "off", kind, way)
    Reach.objects.create(person=wanda.user, only_necessary_since=at)
    assert told(wanda, at, kind).in_app
    assert delivering.deliver(at=at).sent == 1


def test_necessary_mails_only(wanda, at, mailoutbox):
    told(wanda, at, key="before")
    Reach.objects.create(person=wanda.user, only_necessary_since=at)
    told(wanda, at, key="after")
    assert (delivering.deliver(at=at).dropped, mailoutbox) == (1, [])


def test_what_is_off_in_the_app_goes_by_the_other_ways_and_is_not_counted(wanda, at, client_of):
    chose(wanda, at, "off", way="in_app")
    notice = told(wanda, at, title="Only by mail")
    assert notice.deliveries.count() == 1 and notice.read_at
    assert "Only by mail" not in client_of(wanda).get("/notifications/").text


def test_the_digest_gathers_a_day_into_one_mail_never_twice(wanda, mailoutbox):
    lives_in(wanda, CHICAGO)
    chose(wanda, at_clock(CHICAGO, 2026, 6, 1, 8), "daily")
    for hour in (9, 15, 23):
        moment = at_clock(CHICAGO, 2026, 6, 1, hour)
        told(wanda, moment, key=str(hour), title=f"Message of {hour}")
        assert delivering.deliver(at=moment).put_off == 1
    morning = at_clock(CHICAGO, 2026, 6, 2, 8)
    assert delivering.deliver(at=morning - timedelta(seconds=1)).handled == 0
    assert delivering.deliver(at=morning).sent == 1
    assert delivering.deliver(at=morning + DAY).handled == 0
    [mail] = mailoutbox
    assert mail.subject.endswith("3 notifications")
    assert "* Message of 9\n  First line. Second line.\n  http" in mail.body
    assert '<p class="quiet" dir="auto">First line. Second line.</p>' in mail.alternatives[0][0]
    for text in (mail.body, mail.alternatives[0][0]):
        assert all(f"Message of {hour}" in text for hour in (9, 15, 23))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}


def test_a_digest_that_was_begun_takes_nothing_more(wanda, mailoutbox, settings):
    lives_in(wanda, "UTC")
    eight = datetime(2026, 6, 1, 8, tzinfo=UTC)
    chose(wanda, eight - HOUR, "daily")
    told(wanda, eight - HOUR, key="a")
    delivering.deliver(at=eight - HOUR)
    backend, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "tests.notifications.test_delivering.Refusing",
    )
    assert delivering.deliver(at=eight).failed == 1
    settings.EMAIL_BACKEND = backend
    told(wanda, eight, key="b")
    assert delivering.deliver(at=eight + timedelta(minutes=1)).sent == 1
    assert Digest.objects.count() == 2
    assert delivering.deliver(at=eight + DAY).sent == 1
    assert [mail.body.count("* New message") for mail in mailoutbox] == [1, 1]
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 2


def test_a_digest_moves_with_its_hour_and_its_reader(wanda):
    lives_in(wanda, "UTC")
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    chose(wanda, noon, "daily")
    told(wanda, noon)
    delivering.deliver(at=noon)
    choosing.set_hours(
        wanda.user, quiet_from=None, quiet_until=None, digest_hour=18, only_necessary=False,
        by=wanda, at=noon,
    )  # fmt: skip
    digest = Digest.objects.get()
    assert digest.due_at == datetime(2026, 6, 2, 18, tzinfo=UTC)
    lives_in(wanda, "America/Los_Angeles")
    assert delivering.deliver(at=digest.due_at).sent == 0
    assert delivering.deliver(at=digest.due_at + 7 * HOUR).sent == 1


def test_what_is_switched_off_after_gathering_is_not_in_the_digest(wanda, mailoutbox):
    lives_in(wanda, "UTC")
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    chose(wanda, noon, "daily")
    told(wanda, noon)
    delivering.deliver(at=noon)
    chose(wanda, noon, "off")
    assert delivering.deliver(at=noon + DAY).dropped == 1
    assert (Digest.objects.get().status, Delivery.objects.get().status) == ("dropped", "dropped")
    assert mailoutbox == []


def test_a_dead_digest_can_be_tried_again(wanda, mailoutbox):
    lives_in(wanda, "UTC")
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    chose(wanda, noon, "daily")
    told(wanda, noon)
    delivering.deliver(at=noon)
    Digest.objects.update(status="dead", tries=6)
    delivering.retry(Digest.objects.get(), at=noon + DAY)
    assert delivering.deliver(at=noon + DAY).sent == 1


def test_the_page_saves_what_differs_and_shows_it_again(wanda, client_of):
    page = client_of(wanda)
    shown = page.get(PAGE)
    form = shown.context["events"]
    data = {name: "on" for name in form.fields if name.endswith(":in_app")}
    data |= {name: form[name].initial for name in form.fields if name.endswith(":email")}
    data |= {"which": "events", "message.posted:email": "daily"}
    del data["rating.given:in_app"]
    for _ in range(2):
        assert page.post(PAGE, data).status_code == 302
    rows = Preference.objects.values_list("kind", "way", "choice").order_by("kind")
    assert list(rows) == [("message.posted", "email", "daily"), ("rating.given", "in_app", "off")]
    again = page.get(PAGE).context["events"]
    assert again["message.posted:email"].initial == "daily"
    assert again["rating.given:in_app"].initial is False


def test_a_worker_sees_what_concerns_workers_and_why_some_is_fixed(wanda, alice, client_of):
    worker, client = (client_of(who).get(PAGE).text for who in (wanda, alice))
    assert "Reminder: a check-in is missed" in worker and "Reminder: a check-in" not in client
    assert "A worker applied for" not in worker
    assert "Money that moves" in worker
    assert "payout.paid:email" not in worker


@pytest.mark.parametrize(
    "data,words",
    [
        ({"quiet_from": "22:00"}, "Give both times"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "Choose another time"),
        ({"quiet_from": "x\0", "quiet_until": "25:00"}, "Enter a valid time"),
        ({"digest_hour": "24"}, "Select a valid choice"),
        ({"digest_hour": "\u202e"}, "Select a valid choice"),
    ],
)
def test_wrong_hours_are_said_beside_the_field(wanda, client_of, data, words):
    answer = client_of(wanda).post(PAGE, {"which": "hours", "digest_hour": "8"} | data)
    assert answer.status_code == 200 and words in answer.text
    assert not Reach.objects.exists()


def test_hours_are_saved_once(wanda, client_of):
    data = {"which": "hours", "quiet_from": "22:00", "quiet_until": "06:30", "digest_hour": "18"}
    for _ in range(2):
        assert client_of(wanda).post(PAGE, data).status_code == 302
    reach = Reach.objects.get()
    assert (reach.quiet_from, reach.quiet_until, reach.digest_hour) == (time(22), time(6, 30), 18)


def test_wrong_choices_change_nothing(wanda, client_of):
    data = {"which": "events", "message.posted:email": "\0always"}
    assert client_of(wanda).post(PAGE, data).status_code == 200
    assert not Preference.objects.exists()


def test_every_kind_has_words_of_its_own_and_a_topic():
    for kind in all_kinds():
        for _, words in kind.labels:
            assert words and "{" not in words and words[0].isupper(), kind
        assert kind.topic.name != "other", kind.name
    assert {kind.name for kind in all_kinds() if is_necessary(kind.name)} >= {"payout.paid"}


def test_a_person_who_is_nothing_yet_chooses_among_all():
    topics = rows_for(people.user("Nora New"), is_member=False)
    assert {topic.name for topic, _ in topics} >= {"work", "money", "messages"}


def test_the_hour_of_the_digest_is_eight_unless_chosen(wanda):
    assert digests.hour_of(wanda.user) == 8


def test_each_line_of_the_audience_table_says_on_which_side_its_people_are():
    """A function that says nothing is found when the page is drawn, not taken for the client's."""
    sides = {side for kind in all_kinds() for side in kind.sides}
    assert sides == {"company", "worker", "staff"}
    with pytest.raises(KeyError):
        sides_of(lambda fact: [])
