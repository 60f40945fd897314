"""Who gets a new case: kind, load, skill, absence, and never somebody with an interest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Membership
from escalations import casework
from escalations.casework.assigning import MOST_AT_ONCE, NotYoursToHandOver, TooManyAtOnce
from escalations.casework.desk import HasAnInterest
from escalations.casework.sharing_out import CannotWorkCases, NobodyFits, working_day
from escalations.models import Absence, Agent, Interest
from tests.escalations.making import opened
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def agent(actor: Actor, *kinds: str, **fields) -> Agent:
    return Agent.objects.create(user=actor.user, kinds=list(kinds), **fields)


@pytest.fixture
def fresh(alice, wanda, at):
    """Opens a case about an assignment of its own."""

    def make(**given):
        return opened(work.in_stage("pending_approval", alice, wanda, at=at), wanda, **given)

    return make


def test_without_agents_a_new_case_is_nobodys(fresh):
    assert fresh().assignee is None


def test_a_new_case_goes_to_the_agent_and_stays_open_until_taken(fresh, olga):
    agent(olga)
    case = fresh()
    assert (case.assignee, case.status) == (olga.user, "open")
    line = case.entries.get(body="Assigned the case to Olga Olsen, by routing.")
    assert (line.visibility, line.author) == ("staff", None)
    case = casework.take(case, by=olga, at=case.opened_at + HOUR)
    assert case.status == "in_review"


def test_whoever_knows_the_kind_comes_before_whoever_takes_all(fresh, olga, lena):
    agent(olga)
    agent(lena, "payment_dispute")
    assert [fresh().assignee for _ in range(3)] == [lena.user] * 3


def test_a_kind_nobody_knows_stays_unassigned(fresh, olga):
    agent(olga, "rating")
    assert fresh().assignee is None


def test_cases_are_shared_by_the_room_each_has(fresh, olga, lena):
    agent(olga, most_open=4)
    agent(lena, most_open=2)
    given = [fresh().assignee for _ in range(6)]
    assert given.count(olga.user) == 4
    assert given.count(lena.user) == 2
    assert fresh().assignee is None, "nobody has room"


def test_ended_cases_leave_room(fresh, olga, wanda):
    agent(olga, most_open=1)
    first = fresh()
    casework.withdraw(first, by=wanda, at=first.opened_at + HOUR)
    assert fresh().assignee == olga.user


def test_the_absent_are_passed_over_on_their_last_day_too(fresh, olga):
    row = agent(olga)
    day = working_day(fresh().opened_at)
    away = Absence.objects.create(agent=row, first_on=day - 3 * DAY, last_on=day)
    assert fresh().assignee is None
    away.last_on = day - DAY
    away.save()
    assert fresh().assignee == olga.user


def test_who_takes_no_new_cases_or_left_the_team_is_passed_over(fresh, olga, lena):
    agent(olga, takes_new=False)
    agent(lena)
    lena.user.groups.clear()
    assert fresh().assignee is None


def interested(olga, acme, wanda, how: str) -> None:
    began = acme.created_at
    if "member" in how:
        left = began if how == "former member" else None
        Membership.objects.create(
            user=olga.user, company=acme, roles=["viewer"], joined_at=began, removed_at=left
        )
    elif how == "declared the client":
        Interest.objects.create(agent=olga.user.desk_agent, company=acme, words="My brother’s")
    else:
        Interest.objects.create(agent=olga.user.desk_agent, worker=wanda.worker, words="A friend")


@pytest.mark.parametrize(
    "how", ["member", "former member", "declared the client", "declared the worker"]
)
def test_never_to_an_agent_with_an_interest(how, fresh, olga, lena, acme, wanda):
    agent(olga)
    interested(olga, acme, wanda, how)
    case = fresh()
    assert case.assignee is None
    for act in (
        lambda: casework.take(case, by=olga, at=case.opened_at),
        lambda: casework.assign(case, to=olga.user, by=lena, at=case.opened_at),
        lambda: casework.hand_over(case, to=olga.user, words="x", by=lena, at=case.opened_at),
    ):
        with pytest.raises(HasAnInterest, match="Olga Olsen"):
            act()
    assert not olga.can("escalations.work", case)
    assert not Actor.as_staff(olga.user).can("escalations.read", case)
    assert lena.can("escalations.work", case)


def test_a_worker_who_is_staff_too_never_gets_their_own_case(fresh, wanda, olga):
    wanda.user.is_staff = True
    wanda.user.save()
    wanda.user.groups.set(olga.user.groups.all())
    agent(wanda)
    assert fresh().assignee is None


def test_routing_again_leaves_whoever_has_it(fresh, olga, lena):
    agent(olga)
    case = fresh()
    agent(lena, "payment_dispute")
    assert casework.route(case, at=case.opened_at).assignee == olga.user


def test_routing_by_hand_says_when_nobody_fits(fresh):
    with pytest.raises(NobodyFits):
        casework.route(fresh(), at=fresh().opened_at)


def test_handing_over_leaves_a_note_for_staff_alone(fresh, olga, lena, wanda):
    case = fresh()
    when = case.opened_at + HOUR
    casework.take(case, by=olga, at=when)
    case = casework.hand_over(case, to=lena.user, words="Photos are missing.", by=olga, at=when)
    assert case.assignee == lena.user
    note = case.entries.get(body="Photos are missing.")
    assert (note.kind, note.visibility) == ("note", "staff")


def test_a_case_of_somebody_else_is_handed_over_by_a_lead_only(fresh, olga, lena):
    otto = people.agent("Otto Orr")
    case = casework.take(fresh(), by=olga, at=fresh().opened_at)
    with pytest.raises(NotYoursToHandOver, match="Olga Olsen"):
        casework.hand_over(case, to=otto.user, words="x", by=otto, at=case.opened_at)
    casework.hand_over(case, to=otto.user, words="x", by=lena, at=case.opened_at)
    case.refresh_from_db()
    assert case.assignee == otto.user


def test_handing_over_to_an_outsider_is_refused(fresh, olga, alice):
    case = casework.take(fresh(), by=olga, at=fresh().opened_at)
    with pytest.raises(CannotWorkCases):
        casework.hand_over(case, to=alice.user, words="x", by=olga, at=case.opened_at)


def test_many_are_assigned_each_for_itself(fresh, olga, lena, wanda):
    cases = [fresh() for _ in range(3)]
    casework.withdraw(cases[1], by=wanda, at=cases[1].opened_at)
    shared = casework.assign_many(cases, to=olga.user, by=lena, at=cases[0].opened_at + HOUR)
    assert [bool(one.refusal) for one in shared] == [False, True, False]
    assert "withdrawn" in shared[1].refusal


def test_many_are_routed_and_whoever_had_one_keeps_it_where_nobody_fits(fresh, olga, lena):
    case = casework.take(fresh(), by=lena, at=fresh().opened_at)
    shared = casework.assign_many([case], to=None, by=lena, at=case.opened_at)
    assert "finds nobody" in shared[0].refusal
    case.refresh_from_db()
    assert case.assignee == lena.user
    agent(olga)
    casework.assign_many([case], to=None, by=lena, at=case.opened_at)
    case.refresh_from_db()
    assert case.assignee == olga.user


def test_more_than_fit_at_once_are_refused(fresh, olga, lena):
    with pytest.raises(TooManyAtOnce):
        casework.assign_many(
            [fresh()] * (MOST_AT_ONCE + 1), to=olga.user, by=lena, at=fresh().opened_at
        )
