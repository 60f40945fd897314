"""Arranging cases: kind and priority, links, merging, withdrawing for a side, holds, reminders."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activity.models import Event
from assignments.models import Hold
from escalations import casework
from escalations.casework.deciding import MergedAway
from escalations.casework.holding import AnotherHolds, NothingToHold, NotOnHold
from escalations.casework.reminding import NobodyIsAsked, RemindedAlready
from escalations.casework.sorting import (
    NoSuchCase,
    NotAKindForItsSide,
    NotOfOneAssignment,
    OtherHasEnded,
    SameIsOpen,
    TheSameCase,
    other_case,
)
from escalations.casework.steps import CaseClosed
from escalations.models import CaseEntry
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def case(submitted, wanda):
    return opened(submitted, wanda)


@pytest.fixture
def other(case, alice):
    return opened(case.assignment, alice, kind="deliverables", at=case.opened_at + HOUR)


@pytest.fixture
def later(case):
    return case.opened_at + 3 * HOUR


def bodies(actor, case):
    return list(
        CaseEntry.objects.visible_to(actor).filter(case=case).values_list("body", flat=True)
    )


def test_a_case_is_filed_as_another_kind_and_both_sides_read_it(case, olga, wanda, later):
    case = casework.refile(case, kind="approval_late", priority=1, by=olga, at=later)
    assert (case.kind, case.priority, case.assignee) == ("approval_late", 1, olga.user)
    assert "Changed the kind from payment dispute to approval late." in bodies(wanda, case)
    assert "Changed the priority from high to urgent." in bodies(olga, case)
    assert "Changed the priority from high to urgent." not in bodies(wanda, case)
    kinds = Event.objects.about(case).values_list("kind", flat=True)
    assert {"case.kind_changed", "case.priority_changed"} <= set(kinds)


def test_changing_nothing_writes_nothing(case, olga, later):
    before = case.entries.count()
    casework.refile(case, kind=case.kind, priority=case.priority, words="x", by=olga, at=later)
    assert case.entries.count() == before


def test_a_kind_the_side_may_not_open_is_refused(case, olga, later):
    with pytest.raises(NotAKindForItsSide, match="worker"):
        casework.refile(case, kind="no_show", priority=2, by=olga, at=later)


def test_a_kind_that_is_open_already_is_refused(case, wanda, olga, later):
    same = opened(case.assignment, wanda, kind="approval_late")
    with pytest.raises(SameIsOpen, match=same.label):
        casework.refile(case, kind="approval_late", priority=2, by=olga, at=later)


@pytest.mark.parametrize("written", ["C-{n}", "c-{n}", " {n} "])
def test_the_other_case_is_named_by_its_number(written, case, other):
    assert other_case(case, written.format(n=other.number)) == other


@pytest.mark.parametrize("written", ["", "C-", "C-99999999", "²", "9" * 30, "x"])
def test_a_number_of_no_case_is_refused(written, case):
    with pytest.raises(NoSuchCase):
        other_case(case, written)


def test_a_case_is_not_the_other_one_of_itself(case):
    with pytest.raises(TheSameCase):
        other_case(case, case.label)


def test_linking_twice_from_either_end_keeps_one_link(case, other, olga, wanda, later):
    first = casework.link(case, other=other, words="Same visit", by=olga, at=later)
    again = casework.link(other, other=case, by=olga, at=later)
    assert first == again
    assert f"Linked to {other.label}: Same visit" in bodies(olga, case)
    assert not any("Linked" in body for body in bodies(wanda, case))
    casework.unlink(other, other=case, by=olga, at=later)
    casework.unlink(other, other=case, by=olga, at=later)
    assert case.links_to_later.count() == 0
    assert Event.objects.filter(kind="case.unlinked").count() == 1


def test_merging_ends_one_case_and_both_sides_read_why(case, other, olga, wanda, alice, later):
    casework.merge(case, into=other, words="Both are about one job.", by=olga, at=later)
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.status, case.merged_into, case.closed_at) == ("withdrawn", other, later)
    assert other.status == "in_review"
    assert other.first_answered_at == later
    for actor in (wanda, alice):
        assert any(f"Merged this case into {other.label}" in body for body in bodies(actor, case))
        assert "Both are about one job." in bodies(actor, other)


def test_merging_again_changes_nothing(case, other, olga, later):
    for _ in range(2):
        casework.merge(case, into=other, words="One.", by=olga, at=later)
    assert Event.objects.filter(kind="case.merged").count() == 1


def test_the_hold_of_a_merged_case_goes_over(submitted, wanda, alice, olga):
    case = opened(submitted, wanda)
    other = opened(submitted, alice, kind="conduct")
    assert (case.hold is not None, other.hold) == (True, None)
    casework.merge(case, into=other, words="One.", by=olga, at=case.opened_at + HOUR)
    other.refresh_from_db()
    assert other.hold_id == case.hold_id
    assert other.hold.released_at is None
    casework.withdraw(other, by=alice, at=case.opened_at + 2 * HOUR)
    assert not Hold.objects.filter(assignment=submitted, released_at=None).exists()


def test_cases_of_two_assignments_are_not_merged(case, alice, wanda, olga, later, at):
    elsewhere = opened(work.in_stage("pending_approval", alice, wanda, at=at), wanda)
    with pytest.raises(NotOfOneAssignment, match=elsewhere.label):
        casework.merge(case, into=elsewhere, words="One.", by=olga, at=later)


def test_nothing_is_merged_into_a_case_that_ended(case, other, alice, olga, later):
    casework.withdraw(other, by=alice, at=later)
    with pytest.raises(OtherHasEnded):
        casework.merge(case, into=other, words="One.", by=olga, at=later)


def test_a_merged_case_is_not_reopened(case, other, olga, later):
    casework.merge(case, into=other, words="One.", by=olga, at=later)
    with pytest.raises(MergedAway, match=other.label):
        casework.reopen(case, words="Again.", by=olga, at=later + HOUR)


def test_staff_withdraw_for_the_side_that_asked(case, olga, alice, later):
    casework.withdraw_for(case, words="She called and asked us to.", by=olga, at=later)
    case.refresh_from_db()
    assert (case.status, case.hold.released_at) == ("withdrawn", later)
    assert "She called and asked us to." in bodies(alice, case)
    assert "Withdrew the case for Wanda Wells." in bodies(alice, case)
    casework.withdraw_for(case, words="Again.", by=olga, at=later)
    assert Event.objects.filter(kind="case.withdrawn_for").count() == 1


def test_a_hold_is_lifted_and_placed_again_with_words_to_both(case, olga, alice, later):
    case = casework.lift_hold(case, words="The amount is not in question.", by=olga, at=later)
    assert case.hold is None
    assert case.first_answered_at == later
    with pytest.raises(NotOnHold):
        casework.lift_hold(case, words="Again.", by=olga, at=later)
    case = casework.hold_money(case, words="It is after all.", by=olga, at=later + HOUR)
    assert case.hold.released_at is None
    assert casework.hold_money(case, words="Again.", by=olga, at=later).hold == case.hold
    assert "It is after all." in bodies(alice, case)


def test_a_hold_that_another_case_rests_on_is_not_lifted(case, other, olga, later):
    with pytest.raises(AnotherHolds, match=other.label):
        casework.lift_hold(case, words="Free.", by=olga, at=later)


def test_money_that_has_moved_is_not_held(alice, wanda, olga, at):
    case = opened(work.in_stage("paid", alice, wanda, at=at), wanda)
    with pytest.raises(NothingToHold):
        casework.hold_money(case, words="Wait.", by=olga, at=case.opened_at + HOUR)


def test_whoever_was_asked_is_reminded_but_not_every_hour(case, olga, wanda, later):
    with pytest.raises(NobodyIsAsked):
        casework.remind(case, by=olga, at=later)
    casework.ask_party(case, side="company", question="Who was there?", by=olga, at=later)
    casework.remind(case, words="We still need this.", by=olga, at=later + HOUR)
    assert "Reminded the client of the answer awaited." in bodies(wanda, case)
    assert Event.objects.get(kind="case.reminded").data["sides"] == ["company"]
    with pytest.raises(RemindedAlready):
        casework.remind(case, by=olga, at=later + 2 * HOUR)
    casework.remind(case, by=olga, at=later + 6 * HOUR)


def test_of_a_proposal_only_the_side_that_has_not_answered_is_reminded(case, olga, wanda, later):
    casework.propose(case, effect="no_money", words="Nothing.", by=olga, at=later)
    casework.answer_proposal(case, accept=False, by=wanda, at=later + HOUR)
    casework.remind(case, by=olga, at=later + 2 * HOUR)
    assert Event.objects.get(kind="case.reminded").data["sides"] == ["company"]


def test_an_ended_case_is_not_arranged_any_more(case, other, wanda, olga, lena, later):
    casework.withdraw(case, by=wanda, at=later)
    for act in (
        lambda: casework.refile(case, kind="other", priority=1, by=olga, at=later),
        lambda: casework.merge(case, into=other, words="x", by=olga, at=later),
        lambda: casework.hold_money(case, words="x", by=olga, at=later),
        lambda: casework.lift_hold(case, words="x", by=olga, at=later),
        lambda: casework.remind(case, by=olga, at=later),
        lambda: casework.hand_over(case, to=lena.user, words="x", by=olga, at=later),
    ):
        with pytest.raises(CaseClosed):
            act()
