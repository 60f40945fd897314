"""A worker's answer and the company's at the same moment: one standing, in real transactions."""

import pytest

from activity.models import Event
from tests.racing import race
from tests.vetting.pools import chosen
from vetting import groups, requirement_sets
from vetting.models import GroupMembership, RequirementSet
from vetting.queries.requirements import sentences_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_applying_while_being_invited_ends_in_one_of_the_two(alice, wanda, at):
    for number in range(4):
        group = groups.create(name=f"Group {number}", kind="public", by=alice, at=at)
        race(
            lambda g=group: groups.apply(g, by=wanda, at=at),
            lambda g=group: groups.invite(g, [wanda.worker], by=alice, at=at),
        )
        row = GroupMembership.objects.get(group=group)
        # Whoever comes second finds that both want it.
        assert row.status == "member"
        assert Event.objects.about(group).filter(kind__in=["group.joined", "group.approved"])


def test_approving_against_withdrawing_leaves_one_outcome(alice, mona, wanda, at):
    for number in range(4):
        group = groups.create(name=f"Group {number}", kind="public", by=alice, at=at)
        groups.apply(group, by=wanda, at=at)
        approved, declined = race(
            lambda g=group: groups.approve(g, [wanda.worker], by=alice, at=at),
            lambda g=group: groups.decline(g, [wanda.worker], reason="No", by=mona, at=at),
        )
        changed = [len(approved.result.changed), len(declined.result.changed)]
        assert sorted(changed) == [0, 1]
        expected = "member" if changed[0] else "declined"
        assert GroupMembership.objects.get(group=group).status == expected


def test_renaming_while_the_set_is_put_in_order_says_the_new_name(alice, at):
    for number in range(4):
        group = groups.create(name=f"Group {number}", kind="public", by=alice, at=at)
        found = chosen(alice, at, "group", group=group.reference)
        second = requirement_sets.add(found, "profile", {}, by=alice, at=at)
        requirement_sets.edit(found, name=f"S{number}", note="", on_all=False, by=alice, at=at)
        race(
            lambda g=group: groups.edit(g, {"name": f"New {g.name}"}, by=alice, at=at),
            lambda row=second: requirement_sets.move(row, up=True, by=alice, at=at),
        )
        said = sentences_of(RequirementSet.objects.get(pk=found.pk))
        assert said == ["Has a complete profile", f"Is a member of “New Group {number}”"]
