"""Two people at once on parts, a company's lists, its series and labels: one outcome, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from assignments import (
    catalog,
    contents,
    labelling,
    lifecycle,
    recurring,
    snapshots,
)
from assignments.contents import GivenPart
from assignments.models import (
    AssignmentLabel,
    Customer,
    Label,
    Location,
    Project,
    Series,
)
from assignments.parts import PartsChanged, version_of
from assignments.recurrence import WEEKLY, Pattern
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3


def wins(outcomes) -> int:
    return sum(outcome.won for outcome in outcomes)


def test_two_members_change_the_parts_and_neither_overwrites_the_other(alice, mona, wanda, at):
    for _ in range(ROUNDS):
        given = work.in_stage("assigned", alice, wanda, at=at)
        seen = version_of(contents.parts_of(given))
        outcomes = race(
            lambda g=given, s=seen: lifecycle.change_parts(
                g, [GivenPart("Switch")], seen=s, by=alice, at=at
            ),
            lambda g=given, s=seen: lifecycle.change_parts(
                g, [GivenPart("Router")], seen=s, by=mona, at=at
            ),
        )
        assert wins(outcomes) == 1
        loser = next(one for one in outcomes if not one.won)
        assert isinstance(loser.refusal, PartsChanged)
        assert given.parts.count() == 1


def test_taking_a_part_off_against_shipping_it_keeps_what_is_on_its_way(alice, mona, wanda, at):
    for _ in range(ROUNDS):
        given = work.in_stage("assigned", alice, wanda, at=at)
        part = given.parts.create(name="Switch")
        seen = version_of(contents.parts_of(given))
        race(
            lambda g=given, s=seen: lifecycle.change_parts(g, [], seen=s, by=alice, at=at),
            lambda p=part: _shipped(p, mona, at),
        )
        left = given.parts.first()
        shipped = Event.objects.about(given).filter(kind="assignment.part_shipped").exists()
        assert (left is not None) == shipped
        assert left is None or left.shipped_at


def _shipped(part, by, at):
    from assignments.models import Part

    try:
        return lifecycle.ship(part, carrier="UPS", tracking="1Z", by=by, at=at)
    except Part.DoesNotExist:
        return None


def test_both_sides_say_that_a_part_arrived_and_it_is_noted_once(alice, wanda, at):
    given = work.in_stage("assigned", alice, wanda, at=at)
    part = given.parts.create(name="Switch")
    race(*[lambda: lifecycle.receive(part, by=wanda, at=at)] * 3)
    assert Event.objects.about(given).filter(kind="assignment.part_received").count() == 1


@pytest.mark.parametrize("model", [Customer, Project])
def test_two_write_down_the_same_name_and_one_entry_stands(model, alice, mona, at):
    outcomes = race(
        lambda: catalog.add(model, {"name": "Brightmart"}, by=alice, at=at),
        lambda: catalog.add(model, {"name": "BRIGHTMART"}, by=mona, at=at),
    )
    assert wins(outcomes) == 1 and model.objects.count() == 1
    loser = next(one for one in outcomes if not one.won)
    assert isinstance(loser.refusal, catalog.NameTaken)


def test_archiving_twice_at_once_is_recorded_once(alice, mona, at):
    place = work.location(alice, at=at)
    outcomes = race(
        lambda: catalog.archive(place, by=alice, at=at),
        lambda: catalog.archive(place, by=mona, at=at),
    )
    assert wins(outcomes) == 2 and Location.objects.get().archived_at == at
    assert Event.objects.filter(kind="location.archived").count() == 1


def test_restoring_against_a_new_one_of_the_name_leaves_one_in_use(alice, mona, at):
    for number in range(ROUNDS):
        name = f"Brightmart {number}"
        old = catalog.add(Customer, {"name": name}, by=alice, at=at)
        catalog.archive(old, by=alice, at=at)
        outcomes = race(
            lambda o=old: catalog.restore(o, by=alice, at=at),
            lambda n=name: catalog.add(Customer, {"name": n}, by=mona, at=at),
        )
        assert wins(outcomes) == 1
        assert Customer.objects.current().filter(name=name).count() == 1


@pytest.fixture
def weekly(alice, draft, at) -> Series:
    pattern = Pattern(WEEKLY, (at + timedelta(days=7)).date())
    content = snapshots.of_assignment(draft)
    return recurring.begin(content, pattern, days_ahead=10, routing=None, by=alice, at=at)


def test_skipping_a_date_against_writing_it_leaves_it_written_or_skipped(weekly, alice, at):
    on = (at + timedelta(days=7)).date()
    outcomes = race(
        lambda: recurring.skip(weekly, on, by=alice, at=at),
        lambda: recurring.write_due(at=at),
    )
    assert wins(outcomes) == 2
    row = weekly.dates.get(on=on)
    assert row.skipped_at is not None and row.assignment is None


def test_ending_against_writing_never_writes_afterwards(weekly, alice, at):
    race(
        lambda: recurring.end(weekly, by=alice, at=at),
        lambda: recurring.write_due(at=at),
    )
    written = weekly.dates.exclude(assignment=None).count()
    assert recurring.write_due(at=at + timedelta(days=30)) == 0
    assert weekly.dates.exclude(assignment=None).count() == written <= 1


def test_two_change_the_rhythm_and_one_of_them_has_to_look_again(weekly, alice, mona, at):
    outcomes = race(
        *[
            lambda by=by, days=days: recurring.adjust(
                weekly, days_ahead=days, routing=None, revision=0, by=by, at=at
            )
            for by, days in ((alice, 3), (mona, 5))
        ]
    )
    assert wins(outcomes) == 1
    weekly.refresh_from_db()
    assert (weekly.revision, weekly.days_ahead in (3, 5)) == (1, True)


def test_two_write_the_same_label_and_one_stands(alice, mona, at):
    facts = {"name": "Rush", "tone": "bad", "icon": "zap", "at": at}
    outcomes = race(*[lambda by=by: labelling.add_label(**facts, by=by) for by in (alice, mona)])
    assert wins(outcomes) == 1 and Label.objects.count() == 1


def test_two_put_the_same_label_on_and_it_is_on_once(alice, mona, draft, at):
    label = labelling.add_label(name="Rush", tone="bad", icon="zap", by=alice, at=at)
    outcomes = race(*[
        lambda by=by: labelling.put_on(draft, label, by=by, at=at) for by in (alice, mona)
    ])  # fmt: skip
    assert wins(outcomes) == 2
    assert AssignmentLabel.objects.filter(resolved_at=None).count() == 1
    assert Event.objects.about(draft).filter(kind="assignment.relabelled").count() == 1
