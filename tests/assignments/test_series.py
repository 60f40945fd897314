"""Series: dates written once each, ahead of time; skipped, moved, changed; paused and ended."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts import team
from activity.models import Event
from assignments import contents, history, lifecycle, recurring, snapshots
from assignments.contents import Contents, GivenDocument, GivenPart, Wanted
from assignments.models import Assignment, Series, SeriesDate
from assignments.occurrences import plan_of
from assignments.posting import ChangedMeanwhile
from assignments.recurrence import DAILY, MONTHLY, WEEKLY, Pattern
from assignments.recurring import AlreadySent, NoSuchDate, RunsOut, SeriesIsOver
from assignments.schedule import Day
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 17)


@pytest.fixture
def content(draft):
    return snapshots.of_assignment(draft)


@pytest.fixture
def weekly(alice, content, at) -> Series:
    """Every Tuesday at 10 from 17 November on, written 14 days ahead; it is the 10th."""
    pattern = Pattern(WEEKLY, TUESDAY)
    return recurring.begin(content, pattern, days_ahead=14, routing=None, by=alice, at=at)


def starts(series: Series) -> list[str]:
    rows = SeriesDate.objects.filter(series=series).exclude(assignment=None).order_by("on")
    return [row.assignment.starts_at.astimezone(NEW_YORK).strftime("%m-%d %H:%M") for row in rows]


def test_what_is_due_is_written_once_and_only_that(weekly, alice, at):
    assert recurring.write_due(at=at) == 2
    assert starts(weekly) == ["11-17 10:00", "11-24 10:00"]
    assert recurring.write_due(at=at) == 0
    assert recurring.write_due(at=at + timedelta(days=7)) == 1
    made = Assignment.objects.latest("pk")
    assert (made.status, made.owner, made.created_by) == ("draft", alice.user, alice.user)
    assert [r.title for r in made.deliverable_requests.all()] == ["Photo of the rack"]
    assert history.of(made, alice)[0].sentence == (
        f"had the draft written by series {weekly.reference}"
    )


def test_the_time_on_the_wall_stays_when_the_clocks_change(alice, content, at):
    pattern = Pattern(DAILY, date(2027, 3, 12), count=4)
    series = recurring.begin(content, pattern, days_ahead=0, routing=None, by=alice, at=at)
    recurring.write_due(at=datetime(2027, 3, 12, 5, tzinfo=NEW_YORK))
    recurring.write_due(at=datetime(2027, 3, 15, 5, tzinfo=NEW_YORK))
    assert starts(series) == ["03-12 10:00", "03-15 10:00"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_each_date_once(weekly, at):
    outcomes = race(
        lambda: recurring.write_next(weekly, at=at), lambda: recurring.write_next(weekly, at=at)
    )
    assert sorted(outcome.result for outcome in outcomes) == [0, 2]
    assert len(starts(weekly)) == 2


def test_a_sweep_that_breaks_off_leaves_whole_dates(weekly, at, monkeypatch):
    real = recurring.lifecycle.create

    def breaks(*args, **kwargs):
        real(*args, **kwargs)
        raise RuntimeError("the worker died here")

    with monkeypatch.context() as broken:
        broken.setattr(recurring.lifecycle, "create", breaks)
        with pytest.raises(RuntimeError):
            recurring.write_due(at=at)
    assert starts(weekly) == [] and SeriesDate.objects.count() == 0
    assert recurring.write_due(at=at) == 2


def test_dates_that_passed_during_a_standstill_are_left_out_in_words(weekly, at):
    recurring.write_due(at=at + timedelta(days=15))
    first = weekly.dates.get(on=TUESDAY)
    assert (first.assignment, first.note) == (None, recurring.PASSED)
    assert starts(weekly) == ["12-01 10:00", "12-08 10:00"]


def test_each_date_may_be_sent_by_itself(alice, content, at, funds):
    funds(alice.company, 1000)
    routing = {"on_marketplace": True, "first_to_accept": True}
    series = recurring.begin(
        content, Pattern(WEEKLY, TUESDAY), days_ahead=10, routing=routing, by=alice, at=at
    )
    recurring.write_due(at=at)
    sent = series.dates.get().assignment
    assert (sent.status, sent.first_to_accept) == ("sent", True)


def test_what_cannot_be_sent_stays_a_draft_and_somebody_is_told(alice, content, at):
    series = recurring.begin(
        content, Pattern(WEEKLY, TUESDAY), days_ahead=10, routing={"on_marketplace": True},
        by=alice, at=at,
    )  # fmt: skip
    assert recurring.write_due(at=at) == 1
    row = series.dates.get()
    assert row.assignment.status == "draft" and "$275.00" in row.note
    event = Event.objects.get(kind="series.not_sent")
    assert event.subject_key == row.assignment.pk and event.data["note"] == row.note


def test_whoever_may_no_longer_post_pauses_the_series(alice, mona, content, at):
    series = recurring.begin(
        content, Pattern(WEEKLY, TUESDAY), days_ahead=14, routing=None, by=mona, at=at
    )
    team.remove(mona.membership, by=alice, at=at)
    assert recurring.write_due(at=at) == 0
    series.refresh_from_db()
    assert series.state == "paused" and "no longer a member" in series.note
    recurring.resume(series, by=alice, at=at)
    assert recurring.write_due(at=at) == 2


def test_a_skipped_date_is_not_written_and_can_be_taken_back(weekly, alice, at):
    recurring.skip(weekly, TUESDAY, by=alice, at=at)
    assert recurring.write_due(at=at) == 1
    recurring.restore(weekly, TUESDAY, by=alice, at=at)
    assert recurring.write_due(at=at) == 1
    assert starts(weekly) == ["11-17 10:00", "11-24 10:00"]


def test_skipping_a_written_date_deletes_its_draft_but_never_a_sent_one(weekly, alice, at, funds):
    funds(alice.company, 1000)
    recurring.write_due(at=at)
    first, second = (row.assignment for row in weekly.dates.order_by("on"))
    recurring.skip(weekly, TUESDAY, by=alice, at=at)
    assert not Assignment.objects.filter(pk=first.pk).exists()
    lifecycle.send(second, by=alice, at=at)
    with pytest.raises(AlreadySent, match=second.reference):
        recurring.skip(weekly, date(2026, 11, 24), by=alice, at=at)


def test_one_date_is_moved_and_the_others_stay(weekly, alice, at):
    recurring.write_due(at=at)
    to = datetime(2026, 11, 18, 14, 0, tzinfo=NEW_YORK)
    recurring.change_date(weekly, TUESDAY, starts_at=to, by=alice, at=at)
    assert starts(weekly) == ["11-18 14:00", "11-24 10:00"]
    moved = weekly.dates.get(on=TUESDAY).assignment
    assert moved.ends_at - moved.starts_at == timedelta(hours=4)
    later = datetime(2026, 12, 2, 8, 0, tzinfo=NEW_YORK)
    recurring.change_date(weekly, date(2026, 12, 1), starts_at=later, by=alice, at=at)
    recurring.write_due(at=at + timedelta(days=9))
    assert starts(weekly)[-1] == "12-02 08:00"


def test_only_this_one_or_all_following_are_changed(weekly, alice, content, at):
    recurring.write_due(at=at)
    own = {**snapshots.moved(content, datetime(2026, 11, 17, 10, tzinfo=NEW_YORK)), "title": "Own"}
    recurring.change_date(weekly, TUESDAY, content=own, by=alice, at=at)
    titles = lambda: list(  # noqa: E731
        weekly.dates.order_by("on").values_list("assignment__title", flat=True)
    )
    assert titles() == ["Own", content["title"]]
    recurring.change_following(
        weekly, date(2026, 11, 24), content={**content, "title": "From now on"}, revision=0,
        by=alice, at=at,
    )  # fmt: skip
    recurring.write_due(at=at + timedelta(days=7))
    assert titles() == ["Own", "From now on", "From now on"]


def test_another_rule_rewrites_drafts_and_spares_what_is_sent(weekly, alice, content, at, funds):
    funds(alice.company, 1000)
    recurring.write_due(at=at)
    sent = weekly.dates.get(on=TUESDAY).assignment
    lifecycle.send(sent, by=alice, at=at)
    pattern = Pattern(WEEKLY, TUESDAY, weekdays=(2,))
    recurring.change_following(weekly, TUESDAY, pattern=pattern, revision=0, by=alice, at=at)
    recurring.write_due(at=at)
    assert starts(weekly) == ["11-17 10:00", "11-18 10:00"]
    recurring.write_due(at=at + timedelta(days=2))
    assert starts(weekly) == ["11-17 10:00", "11-18 10:00", "11-25 10:00"]


def test_a_change_counts_only_the_times_that_are_left(alice, content, at):
    series = recurring.begin(
        content, Pattern(WEEKLY, TUESDAY, count=3), days_ahead=90, routing=None, by=alice, at=at
    )
    recurring.change_following(
        series, date(2026, 11, 24), content={**content, "title": "New"}, revision=0, by=alice, at=at
    )
    recurring.write_due(at=at)
    assert starts(series) == ["11-17 10:00", "11-24 10:00", "12-01 10:00"]


def test_the_31st_stays_the_31st_when_february_is_changed(alice, content, at):
    series = recurring.begin(
        content, Pattern(MONTHLY, date(2027, 1, 31)), days_ahead=0, routing=None, by=alice, at=at
    )
    recurring.change_following(
        series, date(2027, 2, 28), content={**content, "title": "New"}, revision=0, by=alice, at=at
    )
    found = [on for _, on in zip(range(4), plan_of(series).dates(), strict=False)]
    assert [(on.month, on.day) for on in found] == [(1, 31), (2, 28), (3, 31), (4, 30)]


def test_somebody_elses_change_is_not_lost(weekly, alice, content, at):
    recurring.adjust(weekly, days_ahead=3, routing=None, revision=0, by=alice, at=at)
    with pytest.raises(ChangedMeanwhile):
        recurring.adjust(weekly, days_ahead=9, routing=None, revision=0, by=alice, at=at)


def test_paused_writes_nothing_and_ended_never_again(weekly, alice, at):
    recurring.pause(weekly, by=alice, at=at)
    assert recurring.write_due(at=at) == 0
    recurring.resume(weekly, by=alice, at=at)
    assert recurring.write_due(at=at) == 2
    recurring.end(weekly, by=alice, at=at)
    assert recurring.write_due(at=at + timedelta(days=30)) == 0
    for act in (recurring.resume, recurring.end):
        if act is recurring.resume:
            with pytest.raises(SeriesIsOver):
                act(weekly, by=alice, at=at)
        else:
            assert act(weekly, by=alice, at=at).state == "ended"


def test_a_draft_deleted_by_hand_is_not_written_again(weekly, alice, at):
    recurring.write_due(at=at)
    lifecycle.delete(weekly.dates.get(on=TUESDAY).assignment, by=alice, at=at)
    assert recurring.write_due(at=at) == 0
    assert starts(weekly) == ["11-24 10:00"]


def test_a_rule_without_a_date_to_come_and_a_day_without_one_are_refused(
    weekly, alice, content, at
):
    with pytest.raises(RunsOut):
        recurring.begin(
            content, Pattern(WEEKLY, date(2026, 1, 6), count=2), days_ahead=1, routing=None,
            by=alice, at=at,
        )  # fmt: skip
    with pytest.raises(NoSuchDate):
        recurring.skip(weekly, date(2026, 11, 18), by=alice, at=at)


def test_a_form_sent_twice_begins_one_series(alice, content, at):
    for _ in range(2):
        recurring.begin(
            content, Pattern(WEEKLY, TUESDAY), days_ahead=1, routing=None, reference="S-234567",
            by=alice, at=at,
        )  # fmt: skip
    assert Series.objects.count() == 1


def test_snapshots_carry_all_that_a_posting_holds_there_and_back(alice, at):
    made = work.draft(alice, at=at, dress_code="Black shirt")
    start = made.starts_at
    whole = Contents(
        contents.of(made).fields,
        deliverables=(Wanted("Photo", 2, "Close up", start + timedelta(hours=1)),),
        days=(
            Day(start, start + timedelta(hours=2)),
            Day(start + timedelta(days=1), start + timedelta(days=1, hours=3)),
        ),
        documents=(GivenDocument("documents/ab/cd.pdf", "Plan.pdf", "application/pdf", 12),),
        parts=(GivenPart("Switch", "SW-24", Decimal("310.00"), return_wanted=True),),
        asked=(),
    )
    made = lifecycle.edit(made, whole, revision=0, by=alice, at=at)
    again = snapshots.contents_of(json.loads(json.dumps(snapshots.of_assignment(made))))
    copy = lifecycle.create(again, by=alice, at=at)
    assert contents.of(copy) == contents.of(made)
    assert copy.day_count == 2


def test_a_snapshot_forgets_no_kind_of_rows():
    kinds = {one.name for one in fields(Contents)} - {"fields", "labels"}
    assert set(snapshots.ROWS) == kinds


def test_the_parts_of_a_template_are_not_shipped_yet(alice, at):
    made = work.draft(alice, at=at)
    shipped = Contents(parts=(GivenPart("Switch", carrier="UPS", tracking="1Z"),))
    made = lifecycle.edit(made, shipped, revision=0, by=alice, at=at)
    (part,) = snapshots.of_assignment(made)["parts"]
    assert (part["carrier"], part["tracking"], part["key"]) == ("", "", None)


def test_a_series_of_several_days_moves_each_of_them(alice, content, at):
    begun = datetime.fromisoformat(content["starts_at"])
    days = [
        {"starts_at": begun + timedelta(days=n), "ends_at": begun + timedelta(days=n, hours=2)}
        for n in (0, 1)
    ]
    content["days"] = [{name: at.isoformat() for name, at in day.items()} for day in days]
    series = recurring.begin(
        content, Pattern(WEEKLY, TUESDAY), days_ahead=10, routing=None, by=alice, at=at
    )
    recurring.write_due(at=at)
    made = series.dates.get().assignment
    shown = [d.starts_at.astimezone(NEW_YORK).strftime("%m-%d %H:%M") for d in made.work_days.all()]
    assert shown == ["11-17 10:00", "11-18 10:00"] and made.day_count == 2
