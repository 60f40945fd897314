"""Members asked anew: who lapses and is back, when, with which notices, in how many statements."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts import people as profiles
from activity.models import Event
from notifications import reminders
from tests.bench.jobs import CONTROL
from tests.factories import accounts as people
from tests.notifications.moments import DAY, TICK, tell_everything, told
from tests.vetting.pools import asking, speak, standing
from vetting import groups, rechecking, requirement_sets
from vetting.models import Group, GroupMembership
from vetting.requirements import registry
from vetting.requirements.registry import Finding, Kind, ValuesForm
from vetting.states import MOVES, Membership

pytestmark = pytest.mark.django_db


class Ticket(Kind):
    """A stand-in for what runs out: valid through the day written as the worker's phone."""

    slug, label, asks, form = "ticket", "Has a ticket", frozenset({"day"}), ValuesForm

    def sentence(self, values):
        return "Has a ticket"

    def check(self, worker, values, on):
        return Finding(met=worker.phone >= on.day.isoformat(), reason="It ran out.")

    def condition(self, values, on):
        return Q(phone__gte=on.day.isoformat())


@pytest.fixture
def ticket(monkeypatch):
    monkeypatch.setitem(registry._kinds, "ticket", Ticket())
    return {"ticket": {}}


def valid_through(worker, day: date) -> None:
    worker.worker.phone = day.isoformat()
    worker.worker.save(update_fields=["phone"])


@pytest.fixture
def group(alice, wanda, at):
    speak(wanda, "Spanish")
    group = asking(alice, at=at)
    groups.apply(group, by=wanda, at=at)
    groups.approve(group, [wanda.worker], by=alice, at=at)
    return group


@pytest.mark.parametrize("status", Membership.values)
@pytest.mark.parametrize("meets", [True, False])
def test_the_check_makes_the_moves_of_the_table_and_no_others(alice, wanda, at, status, meets):
    speak(wanda, *["Spanish"] * meets)
    group = asking(alice, at=at)
    GroupMembership.objects.create(
        group=group, worker=wanda.worker, status=status, changed_at=at, joined_at=at
    )
    rechecking.recheck(group, at=at)
    name = "come_back" if meets else "lapse"
    move = MOVES[name]
    if status in move.sources:
        assert standing(group, wanda) == move.target
        assert Event.objects.order_by("pk").last().kind == move.event
    else:
        assert standing(group, wanda) == status


def test_a_change_of_the_profile_lapses_and_returns_with_notices(group, alice, wanda, at):
    tell_everything(at)
    profiles.change_worker(wanda.worker, {"languages": []}, by=wanda, at=at)
    tell_everything(at)
    assert standing(group, wanda) == "lapsed"
    assert told(wanda)[-1] == "Your membership in “Installers” has lapsed"
    assert told(alice)[-1] == "1 member of “Installers” lapsed"
    profiles.change_worker(wanda.worker, {"languages": ["Spanish"]}, by=wanda, at=at + DAY)
    tell_everything(at + DAY)
    row = GroupMembership.objects.get(group=group)
    assert (row.status, row.reason, row.changed_at) == ("member", "", at + DAY)
    assert told(wanda)[-1] == "You are a member of “Installers” again"


def test_a_changed_set_asks_everybody_in_its_groups(group, alice, wanda, at):
    wanted = group.requirement_set
    tell_everything(at)
    row = requirement_sets.add(wanted, "language", {"language": "French"}, by=alice, at=at)
    tell_everything(at)
    assert standing(group, wanda) == "lapsed"
    requirement_sets.remove(row, by=alice, at=at)
    tell_everything(at)
    assert standing(group, wanda) == "member"


def test_a_set_taken_from_the_group_brings_everybody_back(group, alice, wanda, at):
    speak(wanda)
    rechecking.recheck(group, at=at)
    assert standing(group, wanda) == "lapsed"
    groups.edit(group, {"requirement_set": None}, by=alice, at=at)
    tell_everything(at)
    assert standing(group, wanda) == "member"


def test_an_exception_holds_until_it_is_ended(group, alice, wanda, at):
    speak(wanda)
    rechecking.recheck(group, at=at)
    groups.admit(group, [wanda.worker], note="Learns it", by=alice, at=at)
    rechecking.recheck(group, at=at)
    assert standing(group, wanda) == "member"
    [override] = group.requirement_set.overrides.all()
    requirement_sets.end_override(override, by=alice, at=at)
    tell_everything(at)
    assert standing(group, wanda) == "lapsed"


def test_an_archived_group_is_left_alone(group, alice, wanda, at):
    groups.archive(group, by=alice, at=at)
    speak(wanda)
    assert rechecking.recheck(group, at=at) == 0
    assert standing(group, wanda) == "member"


def test_who_leaves_one_group_lapses_from_the_group_that_asks_for_it(alice, wanda, at):
    first = groups.create(name="Basics", kind="public", by=alice, at=at)
    groups.apply(first, by=wanda, at=at)
    groups.approve(first, [wanda.worker], by=alice, at=at)
    values = {"group": first.reference, "name": "Basics", "private": False}
    second = asking(alice, at=at, group=values)
    groups.apply(second, by=wanda, at=at)
    groups.approve(second, [wanda.worker], by=alice, at=at)
    tell_everything(at)
    groups.leave(first, by=wanda, at=at)
    tell_everything(at)
    assert standing(second, wanda) == "lapsed"


def test_a_lapse_is_announced_30_7_and_1_days_ahead_to_the_moment(alice, wanda, at, ticket):
    """The ticket is valid through day 40: on day 41 the membership lapses."""
    day = at.date()
    valid_through(wanda, day + timedelta(days=40))
    group = asking(alice, at=at, **ticket)
    groups.apply(group, by=wanda, at=at)
    groups.approve(group, [wanda.worker], by=alice, at=at)
    lapse = day + timedelta(days=41)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    nine = midnight.replace(hour=14)  # where Wanda lives

    def heard(moment) -> int:
        rechecking.recheck(group, at=moment)
        reminders.sweep(at=moment)
        return len(told(wanda, "reminder.membership_lapsing"))

    counts = []
    for ahead in (30, 7, 1):
        due = nine + timedelta(days=41 - ahead)
        counts += [heard(due - TICK), heard(due), heard(due + TICK)]
    assert counts == [0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert GroupMembership.objects.get(group=group).lapses_on == lapse
    assert standing(group, wanda) == "member"
    assert rechecking.recheck(group, at=midnight + 41 * DAY - TICK) == 0
    assert rechecking.recheck(group, at=midnight + 41 * DAY) == 1
    assert standing(group, wanda) == "lapsed"
    assert heard(midnight + 42 * DAY) == 3


def test_a_renewal_stops_the_announcements(alice, wanda, at, ticket):
    valid_through(wanda, at.date() + timedelta(days=20))
    group = asking(alice, at=at, **ticket)
    groups.apply(group, by=wanda, at=at)
    groups.approve(group, [wanda.worker], by=alice, at=at)
    rechecking.recheck(group, at=at)
    row = GroupMembership.objects.get(group=group)
    assert row.lapses_on == at.date() + timedelta(days=21)
    valid_through(wanda, at.date() + timedelta(days=400))
    rechecking.recheck(group, at=at)
    row.refresh_from_db()
    assert row.lapses_on is None
    reminders.sweep(at=at + 14 * DAY)
    assert told(wanda, "reminder.membership_lapsing") == []


def test_every_group_is_asked_once_a_night(group, alice, wanda, at):
    night = at.replace(hour=8, minute=0)
    assert rechecking.sweep(at=night) == 1
    assert rechecking.sweep(at=night + timedelta(hours=23)) == 0
    speak(wanda)
    assert rechecking.sweep(at=night + DAY) == 1
    assert standing(group, wanda) == "lapsed"


A_GROUP = 15
"""Statements, as docs/speed.md says."""


def night_with(workers: int, at) -> int:
    """How many statements a night takes with so many workers more in every group: a quarter of
    them lapses, a quarter comes back, a quarter is going to lapse, a quarter stays."""
    day, found = at.date(), list(Group.objects.order_by("pk"))
    kinds = [("member", -1), ("lapsed", 400), ("member", 20), ("member", 400)] * (workers // 4)
    rows = []
    for n, (status, days) in enumerate(kinds):
        worker = people.worker(f"Worker {workers} {n}", phone=f"{day + timedelta(days=days)}")
        rows += [
            GroupMembership(
                group=group, worker=worker.worker, status=status, changed_at=at - DAY, joined_at=at
            )
            for group in found
        ]
    GroupMembership.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as counted:
        assert rechecking.sweep(at=at) == len(found)
    moved = GroupMembership.objects.filter(changed_at=at).values_list("status")
    assert Counter(moved) == {(s,): len(rows) // 4 for s in ("lapsed", "member")}
    foreseen = GroupMembership.objects.filter(lapses_on=day + timedelta(days=21))
    assert foreseen.count() == len(rows) // 4
    return len([q for q in counted.captured_queries if not q["sql"].startswith(CONTROL)])


def test_a_night_costs_the_same_for_ten_times_the_workers(alice, at, ticket):
    """In two worlds of the same groups, the second with ten times as many workers."""
    for n in range(3):
        wanted = requirement_sets.create(name=f"Set {n}", by=alice, at=at)
        for slug, values in {**ticket, "distance": {"miles": 50}}.items():
            requirement_sets.add(wanted, slug, values, by=alice, at=at)
        groups.create(name=f"Group {n}", kind="public", requirement_set=wanted, by=alice, at=at)
    small, large = night_with(8, at), night_with(80, at + DAY)
    assert small == large <= A_GROUP * 3
