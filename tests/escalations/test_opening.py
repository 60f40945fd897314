"""Opening a case: who, until when, once, with or without a hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from activity.models import Event
from assignments import lifecycle
from assignments.models import Hold
from assignments.moves import OnHold
from core.files import check_upload
from escalations import casework
from escalations.casework.opening import (
    AmountMissing,
    NobodyAssigned,
    NotAKindForThisSide,
    NotYoursToWithdraw,
    TooLateToEscalate,
    last_day,
)
from escalations.casework.steps import CaseClosed, NotAParty
from escalations.models import Case, CaseEntry
from escalations.states import CONTEST, KINDS
from tests.escalations.making import AFTER, opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


def holds(assignment):
    return Hold.objects.filter(assignment=assignment, kind="dispute", released_at=None)


def test_a_case_has_a_number_deadlines_a_first_entry_and_an_event(submitted, wanda):
    at = submitted.submitted_at + AFTER
    case = opened(submitted, wanda, at=at)

    assert case.number >= 1001
    assert case.label == f"C-{case.number}"
    assert (case.side, case.status, case.assignee) == ("worker", "open", None)
    assert case.first_answer_due_at == at + timedelta(hours=24)
    assert case.update_due_at == at + timedelta(hours=48)
    assert case.entries.get().body.startswith("Opened the case: payment dispute")
    event = Event.objects.about(case).get()
    assert (event.kind, event.company_key) == ("case.opened", submitted.company_id)


def test_numbers_go_up(submitted, wanda, alice):
    first, second = opened(submitted, wanda), opened(submitted, alice)
    assert second.number == first.number + 1


def test_void_work_has_nobody_to_escalate_about(alice, wanda, at):
    void = work.in_stage("voided", alice, wanda, at=at)
    with pytest.raises(NobodyAssigned):
        opened(void, alice, at=at + AFTER)


def test_submitting_the_form_twice_returns_the_first_case(submitted, wanda):
    first = opened(submitted, wanda)
    again = opened(submitted, wanda, what_happened="Once more.")

    assert again == first
    assert Case.objects.count() == 1
    assert Event.objects.filter(kind="case.opened").count() == 1


def test_each_side_may_have_its_own_case_of_a_kind_on_one_hold(submitted, wanda, alice):
    hers, theirs = opened(submitted, wanda), opened(submitted, alice)

    assert hers != theirs
    assert hers.hold == theirs.hold == holds(submitted).get()


def test_a_closed_case_does_not_stand_in_the_way_of_a_new_one(submitted, wanda):
    first = opened(submitted, wanda)
    casework.withdraw(first, by=wanda, at=submitted.submitted_at + 2 * AFTER)

    second = opened(submitted, wanda, at=submitted.submitted_at + 3 * AFTER)

    assert second != first
    assert holds(submitted).exists()


@pytest.mark.parametrize("stage", ["assigned", "in_progress", "pending_approval", "invoiced"])
def test_a_kind_that_holds_money_places_a_dispute_hold(stage, alice, wanda, at):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    case = opened(assignment, alice)
    assert case.hold == holds(assignment).get()


@pytest.mark.parametrize("stage", ["paid", "cancelled"])
def test_where_the_money_has_moved_nothing_is_held(stage, alice, wanda, at):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    case = opened(assignment, alice)
    assert case.hold is None
    assert not holds(assignment).exists()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {CONTEST}))
def test_only_the_kinds_that_say_so_hold_money(kind, submitted, alice, wanda):
    by = alice if "company" in KINDS[kind].sides else wanda
    case = opened(submitted, by, kind=kind)
    assert (case.hold is not None) == KINDS[kind].holds_money
    assert case.priority == KINDS[kind].priority


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_open_to_its_own_sides_only(kind, submitted, alice, wanda):
    for side, actor in (("company", alice), ("worker", wanda)):
        if side in KINDS[kind].sides:
            continue
        with pytest.raises(NotAKindForThisSide):
            opened(submitted, actor, kind=kind)


def test_a_stranger_is_no_party(submitted, charlie, walt, olga):
    for actor in (charlie, walt, olga):
        with pytest.raises(NotAParty):
            opened(submitted, actor)
    assert not Case.objects.exists()


def test_before_anybody_is_assigned_there_is_nobody_to_escalate_about(sent, alice):
    with pytest.raises(NobodyAssigned):
        opened(sent, alice, at=sent.sent_at)


def test_an_amount_goes_with_the_outcome_that_names_one(submitted, wanda):
    with pytest.raises(AmountMissing):
        opened(submitted, wanda, outcome="pay_amount")
    case = opened(submitted, wanda, outcome="pay_amount", outcome_amount=Decimal("120.00"))
    assert case.outcome_amount == Decimal("120.00")


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Europe/London", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
)
def test_sixty_days_are_counted_on_the_calendar_of_the_site(zone, alice, wanda, at):
    assignment = work.in_stage("assigned", alice, wanda, at=at, time_zone=zone)
    place = ZoneInfo(zone)
    occurred_on = assignment.ends_at.astimezone(place).date()
    last = occurred_on + timedelta(days=60)
    assert last_day(assignment) == last
    midnight = datetime(last.year, last.month, last.day, tzinfo=place) + timedelta(days=1)
    first_moment_after = midnight.astimezone(UTC)

    with pytest.raises(TooLateToEscalate) as refused:
        opened(assignment, alice, at=first_moment_after)
    assert f"{last:%B} {last.day}, {last.year}" in str(refused.value)
    case = opened(assignment, alice, at=first_moment_after - timedelta(microseconds=1))
    assert case.status == "open"


def test_the_sixty_days_run_from_the_latest_of_end_submission_and_cancellation(alice, wanda, at):
    handed_in = work.in_stage("pending_approval", alice, wanda, at=at)
    cancelled = work.in_stage("assigned", alice, wanda, at=at)
    later = cancelled.ends_at + timedelta(days=5)
    cancelled = lifecycle.cancel(cancelled, reason="other", note="Late.", by=alice, at=later)

    assert last_day(handed_in) == (handed_in.ends_at + timedelta(days=60)).date()
    assert last_day(cancelled) == (later + timedelta(days=60)).date()


def test_evidence_is_kept_with_the_side_that_put_it_forward(submitted, wanda, alice):
    case = opened(submitted, wanda, files=[check_upload(work.photo("before.txt"))])
    at = case.opened_at + AFTER
    casework.add_evidence(case, files=[check_upload(work.photo("after.txt"))], by=alice, at=at)

    found = case.evidence.order_by("pk").values_list("name", "side")
    assert list(found) == [("before.txt", "worker"), ("after.txt", "company")]
    assert CaseEntry.objects.filter(case=case, body="Added evidence: “after.txt”.").exists()


def test_the_same_key_adds_evidence_once(submitted, wanda):
    case = opened(submitted, wanda)
    for _ in range(2):
        casework.add_evidence(
            case, files=[check_upload(work.photo())], key="k", by=wanda, at=case.opened_at
        )
    assert case.evidence.count() == 1


def test_no_evidence_after_the_end(submitted, wanda):
    case = casework.withdraw(opened(submitted, wanda), by=wanda, at=submitted.submitted_at + AFTER)
    with pytest.raises(CaseClosed):
        casework.add_evidence(case, files=[check_upload(work.photo())], by=wanda, at=case.closed_at)


def test_withdrawing_releases_the_hold_and_approval_goes_on(submitted, wanda, alice):
    case = opened(submitted, wanda)
    at = case.opened_at + AFTER
    with pytest.raises(OnHold):
        lifecycle.approve(submitted, by=alice, at=at)

    case = casework.withdraw(case, words="We talked.", by=wanda, at=at)

    assert (case.status, case.closed_at) == ("withdrawn", at)
    assert not holds(submitted).exists()
    assert lifecycle.approve(submitted, by=alice, at=at).status == "paid"


def test_withdrawing_twice_is_one_withdrawal(submitted, wanda):
    case = opened(submitted, wanda)
    for _ in range(2):
        casework.withdraw(case, by=wanda, at=case.opened_at + AFTER)
    assert Event.objects.filter(kind="case.withdrawn").count() == 1


def test_the_hold_stays_while_another_case_rests_on_it(submitted, wanda, alice):
    hers, theirs = opened(submitted, wanda), opened(submitted, alice)
    at = hers.opened_at + AFTER

    casework.withdraw(hers, by=wanda, at=at)
    assert holds(submitted).exists()
    casework.withdraw(theirs, by=alice, at=at)
    assert not holds(submitted).exists()


def test_the_other_side_cannot_withdraw(submitted, wanda, alice):
    with pytest.raises(NotYoursToWithdraw):
        casework.withdraw(opened(submitted, wanda), by=alice, at=submitted.submitted_at + AFTER)
