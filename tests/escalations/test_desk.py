"""Working a case: take, assign, reply, ask, note, and the clocks these move."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from escalations import casework
from escalations.casework.desk import CannotWorkCases, TakenBySomebodyElse
from escalations.casework.steps import CaseClosed, NotAParty
from escalations.models import CaseEntry
from tests.escalations.making import opened
from tests.factories import accounts as people

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def case(submitted, wanda):
    return opened(submitted, wanda)


@pytest.fixture
def later(case):
    return case.opened_at + 3 * HOUR


def test_taking_a_case_starts_its_review(case, olga, later):
    case = casework.take(case, by=olga, at=later)
    assert (case.status, case.assignee) == ("in_review", olga.user)
    assert case.first_answered_at is None
    assert Event.objects.about(case).filter(kind="case.taken").count() == 1


def test_taking_it_again_changes_nothing(case, olga, later):
    for _ in range(2):
        casework.take(case, by=olga, at=later)
    assert case.entries.filter(body="Started the review of this case.").count() == 1


def test_a_case_somebody_has_is_not_taken_away(case, olga, lena, later):
    casework.take(case, by=olga, at=later)
    with pytest.raises(TakenBySomebodyElse, match="Olga Olsen"):
        casework.take(case, by=lena, at=later)


def test_a_lead_gives_a_case_to_a_member_of_the_team(case, olga, lena, later):
    casework.take(case, by=lena, at=later)
    case = casework.assign(case, to=olga.user, by=lena, at=later)
    assert case.assignee == olga.user
    line = case.entries.get(body="Assigned the case to Olga Olsen.")
    assert line.visibility == "staff"


def test_a_case_goes_only_to_people_who_may_work_it(case, lena, alice, later):
    with pytest.raises(CannotWorkCases):
        casework.assign(case, to=alice.user, by=lena, at=later)


def test_the_first_reply_answers_takes_and_puts_the_update_off(case, olga, later):
    casework.reply(case, body="We are looking at it.", by=olga, at=later)
    case.refresh_from_db()
    assert case.first_answered_at == later
    assert case.update_due_at == later + timedelta(hours=48)
    assert (case.status, case.assignee) == ("in_review", olga.user)


def test_a_reply_to_the_opening_side_answers_but_is_no_update_to_both(case, olga, later):
    due = case.update_due_at
    casework.reply(case, body="Thank you.", to="worker", by=olga, at=later)
    case.refresh_from_db()
    assert case.first_answered_at == later
    assert case.update_due_at == due


def test_a_reply_to_the_other_side_alone_is_no_first_answer(case, olga, later):
    casework.reply(case, body="What happened?", to="company", by=olga, at=later)
    case.refresh_from_db()
    assert case.first_answered_at is None


def test_what_is_said_to_one_side_the_other_does_not_read(case, olga, alice, wanda, later):
    casework.reply(case, body="For the client.", to="company", by=olga, at=later)
    casework.note(case, body="Seems clear.", by=olga, at=later)

    def bodies(actor):
        return set(CaseEntry.objects.visible_to(actor).values_list("body", flat=True))

    assert "For the client." in bodies(alice) - bodies(wanda)
    assert "Seems clear." in bodies(olga) - bodies(alice) - bodies(wanda)


def test_a_party_writes_to_both_or_to_staff_never_to_the_other_alone(case, wanda, later):
    assert casework.reply(case, body="To all.", by=wanda, at=later).visibility == "parties"
    written = casework.reply(case, body="To you.", to="company", by=wanda, at=later)
    assert written.visibility == "worker"


def test_a_repeated_key_writes_once(case, olga, later):
    first = casework.reply(case, body="Hello.", key="k1", by=olga, at=later)
    again = casework.reply(case, body="Hello.", key="k1", by=olga, at=later)
    assert first == again
    assert Event.objects.filter(kind="case.replied").count() == 1


def test_a_stranger_cannot_write(case, charlie, walt, later):
    for actor in (charlie, walt):
        with pytest.raises(NotAParty):
            casework.reply(case, body="Hi.", by=actor, at=later)


def test_asking_a_side_waits_for_its_answer(case, olga, alice, wanda, later):
    casework.ask_party(case, side="company", question="Who was on site?", by=olga, at=later)
    case.refresh_from_db()
    assert case.status == "waiting_client"
    assert case.party_answer_due_at == later + timedelta(hours=48)
    assert case.first_answered_at == later

    casework.reply(case, body="I was not there.", by=wanda, at=later + HOUR)
    case.refresh_from_db()
    assert case.status == "waiting_client"

    casework.reply(case, body="Priya was.", by=alice, at=later + 2 * HOUR)
    case.refresh_from_db()
    assert (case.status, case.party_answer_due_at) == ("in_review", None)


def test_asking_the_other_side_next(case, olga, later):
    casework.ask_party(case, side="company", question="?", by=olga, at=later)
    casework.ask_party(case, side="worker", question="?", by=olga, at=later + HOUR)
    case.refresh_from_db()
    assert case.status == "waiting_worker"


def test_a_closed_case_takes_notes_but_no_replies(case, olga, wanda, later):
    casework.withdraw(case, by=wanda, at=later)
    casework.note(case, body="Withdrawn after a call.", by=olga, at=later)
    for act in (
        lambda: casework.reply(case, body="x", by=olga, at=later),
        lambda: casework.reply(case, body="x", by=wanda, at=later),
        lambda: casework.ask_party(case, side="worker", question="x", by=olga, at=later),
        lambda: casework.take(case, by=olga, at=later),
    ):
        with pytest.raises(CaseClosed):
            act()


def test_every_act_leaves_an_entry_and_an_event(case, olga, lena, wanda, later):
    casework.take(case, by=olga, at=later)
    casework.assign(case, to=lena.user, by=lena, at=later)
    casework.reply(case, body="a", by=lena, at=later)
    casework.note(case, body="b", by=lena, at=later)
    casework.ask_party(case, side="worker", question="c", by=lena, at=later)
    casework.propose(case, effect="no_money", words="d", by=lena, at=later)
    casework.answer_proposal(case, accept=False, by=wanda, at=later)
    casework.decide(case, effect="no_money", words="e", by=lena, at=later + timedelta(days=3))
    casework.reopen(case, words="f", by=lena, at=later + timedelta(days=4))
    casework.withdraw(case, by=wanda, at=later + timedelta(days=5))

    kinds = list(Event.objects.about(case).order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "case.opened", "case.taken", "case.taken", "case.replied", "case.noted", "case.asked",
        "case.proposed", "case.replied", "case.decided", "case.reopened", "case.withdrawn",
    ]  # fmt: skip
    assert case.entries.count() >= len(kinds)


def test_the_team_is_whoever_may_work_cases(olga, lena, alice, db):
    from escalations.team import members

    people.user("Percy Plain", is_staff=True)
    assert list(members()) == [lena.user, olga.user]
