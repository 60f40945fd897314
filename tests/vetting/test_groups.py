"""Groups: every move from every standing, whom a group is shown to, and several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from activity.models import Event
from core.errors import DomainError
from tests.factories import accounts as people
from vetting import groups, marks
from vetting.models import Group, GroupMembership
from vetting.states import MOVES, Membership

pytestmark = pytest.mark.django_db

STANDINGS = [None, *Membership.values]


@pytest.fixture
def group(alice, at) -> Group:
    return groups.create(name="Installers", kind="public", by=alice, at=at)


@pytest.fixture
def private(alice, at) -> Group:
    return groups.create(name="Short list", kind="private", by=alice, at=at)


def stand(group, worker, status, *, by, at) -> None:
    """Put a worker where they are to stand, whatever the verbs would say."""
    if status is not None:
        joined = at if status in ("member", "lapsed") else None
        GroupMembership.objects.create(
            group=group, worker=worker.worker, status=status, changed_by=by.user, changed_at=at,
            joined_at=joined,
        )  # fmt: skip


def standing(group, worker) -> str | None:
    rows = GroupMembership.objects.filter(group=group, worker=worker.worker)
    return rows.values_list("status", flat=True).first()


ATTEMPTS: dict[str, Callable[..., Any]] = {
    "invite": lambda g, c, w, at: groups.invite(g, [w.worker], by=c, at=at),
    "apply": lambda g, c, w, at: groups.apply(g, by=w, at=at),
    "accept": lambda g, c, w, at: groups.accept(g, by=w, at=at),
    "refuse": lambda g, c, w, at: groups.refuse(g, by=w, at=at),
    "approve": lambda g, c, w, at: groups.approve(g, [w.worker], by=c, at=at),
    "decline": lambda g, c, w, at: groups.decline(g, [w.worker], reason="Full", by=c, at=at),
    "leave": lambda g, c, w, at: groups.leave(g, by=w, at=at),
    "remove": lambda g, c, w, at: groups.remove(g, [w.worker], reason="Away", by=c, at=at),
}
"""Each verb; ``add`` and ``take_back`` are what invite and remove do in other cases."""

ALSO = {
    ("invite", "applied"): "approve",
    ("apply", "invited"): "accept",
    ("remove", "invited"): "take_back",
}
"""Where a verb does what another move says: both sides want the same."""


@pytest.mark.parametrize("verb", ATTEMPTS)
@pytest.mark.parametrize("status", STANDINGS)
def test_a_verb_does_what_the_table_says_or_says_why_not(group, alice, wanda, at, verb, status):
    stand(group, wanda, status, by=alice, at=at)
    known = Event.objects.count()
    move = MOVES[ALSO.get((verb, status), verb)]
    refused = ""
    try:
        outcome = ATTEMPTS[verb](group, alice, wanda, at)
    except DomainError as refusal:
        refused = str(refusal)
    else:
        refused = " ".join(why for _, why in getattr(outcome, "refused", ()))
    if status in move.sources:
        assert not refused
        assert standing(group, wanda) == move.target
        assert Event.objects.order_by("pk").last().kind == move.event
        return
    assert standing(group, wanda) == status
    assert Event.objects.count() == known
    assert refused or status == move.target or (verb, status) == ("apply", "member")


def test_every_move_has_an_attempt():
    elsewhere = {"add", "join", "request", "lapse", "come_back"}
    assert set(ATTEMPTS) | set(ALSO.values()) | elsewhere == set(MOVES)


def test_into_a_private_group_workers_are_put_at_once(private, alice, wanda, walt, at):
    outcome = groups.invite(private, [wanda.worker, walt.worker], by=alice, at=at)
    assert [row.status for row in outcome.changed] == ["member", "member"]
    assert Event.objects.filter(kind="group.added").count() == 1
    with pytest.raises(groups.NotPublic):
        groups.apply(private, by=people.worker("Nina New"), at=at)


def test_one_act_moves_whom_it_can_and_names_the_others(group, alice, acme, wanda, walt, at):
    marks.mark_worker(walt.worker, "blocked", by=alice, at=at)
    own = people.worker("Otto Own")
    acme.memberships.create(user=own.user, roles=["viewer"], joined_at=at)
    nina = people.worker("Nina New")
    groups.invite(group, [nina.worker], by=alice, at=at)
    everybody = [wanda.worker, walt.worker, own.worker, nina.worker]
    outcome = groups.invite(group, everybody, by=alice, at=at)
    assert outcome.workers == [wanda.worker.reference]
    assert {str(worker): why for worker, why in outcome.refused} == {
        "Walt Webb": "is blocked",
        "Otto Own": "is a member of your company",
        "Nina New": "is invited and has not answered yet",
    }


def test_whom_the_company_took_out_it_must_ask_back(group, alice, wanda, at):
    stand(group, wanda, "member", by=alice, at=at)
    groups.remove(group, [wanda.worker], reason="Late twice", by=alice, at=at)
    with pytest.raises(groups.TakenOut, match="Acme took you out"):
        groups.apply(group, by=wanda, at=at)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    assert groups.accept(group, by=wanda, at=at).status == "member"


def test_whoever_left_or_was_asked_in_vain_may_apply_again(group, alice, wanda, walt, at):
    stand(group, wanda, "member", by=alice, at=at)
    groups.leave(group, by=wanda, at=at)
    assert groups.apply(group, by=wanda, at=at).status == "applied"
    groups.invite(group, [walt.worker], by=alice, at=at)
    groups.remove(group, [walt.worker], reason="Asked by mistake", by=alice, at=at)
    assert groups.apply(group, note="Me too", by=walt, at=at).reason == "Me too"


def test_a_blocked_worker_neither_sees_nor_joins_a_public_group(group, alice, wanda, walt, at):
    marks.mark_worker(wanda.worker, "blocked", by=alice, at=at)
    assert not Group.objects.visible_to(wanda).exists()
    assert Group.objects.visible_to(walt).exists()
    with pytest.raises(groups.NotForYou):
        groups.apply(group, by=wanda, at=at)


def test_who_sees_which_group(group, private, alice, charlie, wanda, walt, olga, at):
    closed = groups.create(name="By invitation", kind="invitation", by=alice, at=at)
    groups.invite(closed, [wanda.worker], by=alice, at=at)
    groups.invite(private, [wanda.worker], by=alice, at=at)

    def seen(actor):
        return set(Group.objects.visible_to(actor))

    assert seen(alice) == seen(olga) == {group, private, closed}
    assert seen(charlie) == set()
    assert seen(wanda) == {group, closed}
    assert seen(walt) == {group}
    groups.refuse(closed, by=wanda, at=at)
    groups.archive(group, by=alice, at=at)
    assert seen(wanda) == set()


def test_an_archived_group_takes_nobody_in_until_it_is_back(group, alice, wanda, at):
    groups.archive(group, by=alice, at=at)
    for attempt in ("invite", "apply"):
        with pytest.raises(groups.Archived):
            ATTEMPTS[attempt](group, alice, wanda, at)
    twin = groups.create(name="installers", kind="private", by=alice, at=at)
    with pytest.raises(groups.NameTaken):
        groups.restore(group, by=alice, at=at)
    groups.edit(twin, {"name": "Others"}, by=alice, at=at)
    assert groups.restore(group, by=alice, at=at).archived_at is None


def test_a_name_is_used_once_whatever_its_capitals(group, alice, charlie, at):
    with pytest.raises(groups.NameTaken):
        groups.create(name="INSTALLERS", kind="public", by=alice, at=at)
    assert groups.create(name="Installers", kind="public", by=charlie, at=at)
    other = groups.create(name="Other", kind="public", by=alice, at=at)
    with pytest.raises(groups.NameTaken):
        groups.edit(other, {"name": "installers"}, by=alice, at=at)
    groups.edit(other, {"name": "OTHER"}, by=alice, at=at)


def test_several_workers_cost_no_more_than_one(group, alice, at, django_assert_max_num_queries):
    one = people.worker("One Only")
    with django_assert_max_num_queries(18) as few:
        groups.invite(group, [one.worker], by=alice, at=at)
    many = [people.worker(f"Worker {n}").worker for n in range(30)]
    with django_assert_max_num_queries(len(few.captured_queries)):
        groups.invite(group, many, by=alice, at=at)
