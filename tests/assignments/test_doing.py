"""Doing the work: on the way, times set right, files judged, holds, completing for the worker."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from assignments import checklist, history, lifecycle
from assignments.closing import RefusedFile
from assignments.holding import StartHasPassed
from assignments.models import Deliverable, Missing, Visit
from assignments.moves import OnHold
from assignments.queries.detail import attached_to
from assignments.visiting import InTheFuture, NoSuchTimes, Overlaps
from assignments.working import (
    AlreadyThere,
    NoSuchArrival,
    SomethingMissing,
    TooEarlyToConfirm,
)
from core.files import check_upload
from scorecards import scoring
from scorecards.models import WorkerScorecard
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def card_of(worker, at):
    scoring.refresh_worker(worker.worker, at=at)
    return WorkerScorecard.objects.get(worker=worker.worker, window="recent")


# Confirming and setting out


def test_confirming_opens_three_days_before_and_may_be_taken_back(alice, wanda, at):
    far = at + timedelta(days=10)
    times = {"starts_at": far, "ends_at": far + HOUR, "wants_confirmation": True}
    assigned = work.in_stage("assigned", alice, wanda, at=at, **times)
    with pytest.raises(TooEarlyToConfirm, match="Nov 17, 2026, 10:00 AM EST"):
        lifecycle.confirm(assigned, by=wanda, at=at)
    lifecycle.confirm(assigned, by=wanda, at=far - timedelta(hours=72))
    back = lifecycle.unconfirm(assigned, by=wanda, at=far - HOUR)
    assert back.confirmed_at is None
    lifecycle.unconfirm(assigned, by=wanda, at=far - HOUR)
    assert Event.objects.filter(kind="assignment.unconfirmed").count() == 1
    tell_everything(at)
    assert len(told(alice, "assignment.unconfirmed")) == 1


def test_being_on_the_way_is_told_shown_and_forgotten_on_arrival(assigned, alice, wanda):
    start = assigned.starts_at
    arrival = start + 25 * MINUTE
    said = lifecycle.on_my_way(assigned, arriving_at=arrival, note="Road works", by=wanda, at=start)
    assert said.arriving_at == arrival
    assert "is on the way, arriving 10:25 AM EST" in [
        line.sentence for line in history.of(assigned, alice)
    ]
    tell_everything(start)
    notice = alice.user.notices.get(kind="assignment.on_my_way")
    assert notice.body == "Arriving 10:25 AM EST. Road works"
    lifecycle.check_in(assigned, by=wanda, at=arrival)
    assigned.refresh_from_db()
    assert assigned.arriving_at is None
    with pytest.raises(AlreadyThere):
        lifecycle.on_my_way(assigned, arriving_at=arrival + HOUR, by=wanda, at=arrival)


@pytest.mark.parametrize("minutes", [-5, 12 * 60 + 1])
def test_an_arrival_is_near_and_still_to_come(assigned, wanda, minutes):
    start = assigned.starts_at
    with pytest.raises(NoSuchArrival):
        lifecycle.on_my_way(assigned, arriving_at=start + minutes * MINUTE, by=wanda, at=start)


# Times


@pytest.fixture
def visited(assigned, wanda):
    """Twenty minutes late, two hours on site."""
    lifecycle.check_in(assigned, by=wanda, at=assigned.starts_at + 20 * MINUTE)
    return lifecycle.check_out(assigned, by=wanda, at=assigned.starts_at + 2 * HOUR)


def corrected(visit, by, at, **times):
    values = {"checked_in_at": visit.checked_in_at, "checked_out_at": visit.checked_out_at}
    return lifecycle.correct_visit(visit, reason="My phone was flat", by=by, at=at,
                                   **values | times)  # fmt: skip


def test_a_correction_keeps_what_was_and_leaves_being_on_time_alone(visited, alice, wanda):
    start = visited.assignment.starts_at
    later = start + 5 * HOUR
    corrected(visited, wanda, later, checked_in_at=start, checked_out_at=start + 4 * HOUR)
    visit = Visit.objects.get()
    assert visit.hours == Decimal("4.00")
    assert visit.arrived_at == start + 20 * MINUTE
    assert card_of(wanda, later).on_time == 0.0
    [shown] = attached_to(visited.assignment, alice).visits
    [before] = shown.corrected
    assert (before.was_checked_in_at, before.by) == (start + 20 * MINUTE, "Wanda Wells")
    tell_everything(later)
    assert len(told(alice, "assignment.visit_corrected")) == 1


def test_moving_the_start_afterwards_changes_nothing_about_being_on_time(visited, wanda):
    assignment = visited.assignment
    for hours in (-3, 3):
        type(assignment).objects.filter(pk=assignment.pk).update(
            starts_at=assignment.starts_at + hours * HOUR,
            ends_at=assignment.ends_at + hours * HOUR,
        )
        assert card_of(wanda, assignment.starts_at + 6 * HOUR).on_time == 0.0


def test_the_client_corrects_too_and_the_worker_is_told(visited, alice, wanda):
    at = visited.assignment.starts_at + 3 * HOUR
    corrected(visited, alice, at, checked_out_at=visited.checked_out_at - HOUR)
    tell_everything(at)
    assert len(told(wanda, "assignment.visit_corrected")) == 1
    assert told(alice, "assignment.visit_corrected") == []


def test_times_that_cannot_have_been_are_refused(visited, wanda):
    start = visited.assignment.starts_at
    at = start + 3 * HOUR
    for times, refusal in (
        ({"checked_in_at": at + MINUTE}, InTheFuture),
        ({"checked_out_at": at + MINUTE}, NoSuchTimes),
        ({"checked_out_at": start}, NoSuchTimes),
        ({"checked_in_at": start - timedelta(days=2)}, NoSuchTimes),
    ):
        with pytest.raises(refusal):
            corrected(visited, wanda, at, **times)
    lifecycle.check_in(visited.assignment, by=wanda, at=at)
    with pytest.raises(Overlaps):
        corrected(visited, wanda, at + HOUR, checked_out_at=at + MINUTE)


# Deliverables


def test_a_refused_file_is_missing_until_it_is_replaced(submitted, alice, wanda):
    at = submitted.submitted_at + HOUR
    file = Deliverable.objects.get()
    lifecycle.refuse_deliverable(file, reason="Blurred", by=alice, at=at)
    with pytest.raises(RefusedFile):
        lifecycle.approve(submitted, by=alice, at=at)
    lifecycle.send_back(submitted, note="See the photo", missing=["A sharp photo"], by=alice, at=at)
    tell_everything(at)
    assert told(wanda, "assignment.deliverable_refused") == [
        "Acme refused “rack.txt” for “Replace a network switch”"
    ]
    undone = [item.label for item in checklist.for_submission(submitted) if not item.done]
    assert undone == ["Hand in: Photo of the rack", "Put right: A sharp photo"]

    request = submitted.deliverable_requests.get()
    lifecycle.hand_in(request, check_upload(work.photo("sharp.txt")), by=wanda, at=at)
    with pytest.raises(SomethingMissing, match="A sharp photo"):
        lifecycle.submit(submitted, resolution="Again", by=wanda, at=at)
    item = Missing.objects.get()
    for done in (True, False, True):
        lifecycle.tick_off(item, done=done, by=wanda, at=at)
    again = lifecycle.submit(submitted, resolution="Again", by=wanda, at=at)
    assert lifecycle.approve(again, by=alice, at=at).status == "paid"


def test_a_refused_file_is_late_when_its_replacement_is(in_progress, alice, wanda):
    due = in_progress.starts_at + 2 * HOUR
    in_progress.deliverable_requests.update(due_at=due)
    request = in_progress.deliverable_requests.get()
    file = lifecycle.hand_in(request, check_upload(work.photo()), by=wanda, at=due - HOUR)
    assert card_of(wanda, due + HOUR).deliverables_on_time == 1.0
    lifecycle.refuse_deliverable(file, reason="Blurred", by=alice, at=due)
    assert card_of(wanda, due + HOUR).deliverables_on_time == 0.0


# Holds


def test_a_hold_stops_the_work_and_every_clock(in_progress, alice, wanda):
    start = in_progress.starts_at
    due = start + 2 * HOUR
    in_progress.deliverable_requests.update(due_at=due)
    lifecycle.put_on_hold(in_progress, reason="No power", by=alice, at=start + HOUR)
    assert Visit.objects.get().checked_out_at == start + HOUR
    for act in (
        lambda: lifecycle.check_in(in_progress, by=wanda, at=due),
        lambda: lifecycle.submit(in_progress, resolution="x", by=wanda, at=due),
    ):
        with pytest.raises(OnHold):
            act()
    assert card_of(wanda, due + 9 * HOUR).deliverables_on_time is None
    lifecycle.take_off_hold(in_progress, by=alice, at=due + 9 * HOUR)
    request = in_progress.deliverable_requests.get()
    lifecycle.hand_in(request, check_upload(work.photo()), by=wanda, at=due + 9 * HOUR)
    assert card_of(wanda, due + 10 * HOUR).deliverables_on_time == 1.0
    tell_everything(due)
    assert len(told(wanda, "assignment.held")) == len(told(wanda, "assignment.released")) == 1
    assert wanda.user.notices.get(kind="assignment.held").body.startswith("No power")


def test_a_check_in_after_a_hold_over_the_start_is_on_time(assigned, alice, wanda):
    start = assigned.starts_at
    lifecycle.put_on_hold(assigned, reason="No key", by=alice, at=start - HOUR)
    with pytest.raises(StartHasPassed):
        lifecycle.take_off_hold(assigned, by=alice, at=start + HOUR)
    held = assigned.holds.get()
    lifecycle.release(held, by=alice, at=start + HOUR)
    lifecycle.check_in(assigned, by=wanda, at=start + HOUR + 10 * MINUTE)
    assert card_of(wanda, start + 2 * HOUR).on_time == 1.0


def test_holding_twice_is_one_hold_and_releasing_nothing_does_nothing(assigned, alice, at):
    first = lifecycle.put_on_hold(assigned, reason="No key", by=alice, at=at)
    assert lifecycle.put_on_hold(assigned, reason="Again", by=alice, at=at) == first
    for _ in range(2):
        lifecycle.take_off_hold(assigned, by=alice, at=at)
    assert Event.objects.filter(kind="assignment.released").count() == 1


# Completing for the worker


def test_the_client_completes_it_and_approval_follows(assigned, alice, wanda):
    start = assigned.starts_at
    at = start + 6 * HOUR
    request = assigned.deliverable_requests.get()
    done = lifecycle.complete_for(
        assigned, reason="The app did not work", resolution="All swapped",
        visits=[(start, start + 2 * HOUR)], files=[(request, check_upload(work.photo()))],
        by=alice, at=at,
    )  # fmt: skip
    assert (done.status, done.amount_claimed, done.started_at) == (
        "pending_approval", Decimal("250.00"), start,
    )  # fmt: skip
    assert card_of(wanda, at).on_time is None, "written down, not pressed"
    tell_everything(at)
    assert told(wanda, "assignment.completed_for") == [
        "Acme completed “Replace a network switch” for you"
    ]
    assert "completed the work for the worker" in [
        line.sentence for line in history.of(done, wanda)
    ]
    assert lifecycle.approve(done, by=alice, at=at).status == "paid"


def test_what_is_missing_is_named_unless_the_client_goes_without(assigned, alice):
    at = assigned.starts_at + 6 * HOUR
    why = {"reason": "x", "resolution": "y", "by": alice, "at": at}
    with pytest.raises(SomethingMissing, match="Photo of the rack"):
        lifecycle.complete_for(assigned, **why)
    assigned.refresh_from_db()
    assert assigned.status == "assigned" and not assigned.visits.exists()
    done = lifecycle.complete_for(assigned, without_missing=True, **why)
    assert done.status == "pending_approval"


def test_on_hold_it_cannot_be_completed(assigned, alice):
    at = assigned.starts_at
    lifecycle.put_on_hold(assigned, reason="No key", by=alice, at=at)
    with pytest.raises(OnHold):
        lifecycle.complete_for(assigned, reason="x", resolution="y", by=alice, at=at)


# Releasing a hold with new times


@pytest.fixture
def proposed(assigned, alice):
    """On hold over the start; two days later is proposed."""
    start = assigned.starts_at
    lifecycle.put_on_hold(assigned, reason="No key", by=alice, at=start - HOUR)
    later = start + timedelta(days=2)
    lifecycle.take_off_hold(
        assigned, starts_at=later, ends_at=later + 4 * HOUR, reason="The key is back",
        by=alice, at=start + HOUR,
    )  # fmt: skip
    return assigned.changes.get()


def test_new_times_are_asked_for_and_the_hold_waits_for_the_answer(proposed, alice, wanda):
    assignment = proposed.assignment
    assert (proposed.kind, proposed.status, proposed.reason) == (
        "reschedule", "open", "The key is back",
    )  # fmt: skip
    assert assignment.holds.get().released_at is None
    with pytest.raises(OnHold):
        lifecycle.check_in(assignment, by=wanda, at=assignment.starts_at + 2 * HOUR)
    tell_everything(assignment.starts_at)
    assert len(told(wanda, "change.asked")) == 1


def test_a_yes_moves_the_times_and_ends_the_hold(proposed, wanda):
    at = proposed.asked_at + HOUR
    lifecycle.accept_change(proposed, by=wanda, at=at)
    assignment = type(proposed.assignment).objects.get()
    assert assignment.starts_at == proposed.starts_at
    assert assignment.holds.get().released_at == at
    lifecycle.check_in(assignment, by=wanda, at=assignment.starts_at)
    assert card_of(wanda, assignment.starts_at).on_time == 1.0


def test_a_no_takes_the_worker_off_without_a_mark(proposed, alice, wanda, walt):
    at = proposed.asked_at + HOUR
    lifecycle.decline_change(proposed, reason="I am away then", by=wanda, at=at)
    assignment = type(proposed.assignment).objects.get()
    left = assignment.unassignments.get()
    assert (assignment.status, assignment.worker) == ("sent", None)
    assert (left.side, left.mark, left.reason_id) == ("worker", "none", "new_times_declined")
    assert assignment.starts_at == proposed.starts_at
    assert assignment.holds.get().released_at == at
    card = card_of(wanda, at)
    assert (card.cancelled, card.cancelled_late, card.abandoned) == (0, 0, 0)
    tell_everything(at)
    assert len(told(alice, "assignment.backed_out")) == 1
    assert work.assigned(assignment, alice, walt, at=at).worker == walt.worker


def test_a_request_that_has_nothing_to_do_with_the_hold_leaves_it(assigned, alice, wanda, at):
    later = assigned.starts_at + timedelta(days=1)
    asked = lifecycle.reschedule(
        assigned, starts_at=later, ends_at=later + HOUR, reason="School", by=wanda, at=at
    )
    lifecycle.put_on_hold(assigned, reason="No key", by=alice, at=at)
    lifecycle.decline_change(asked, reason="No", by=alice, at=at)
    assigned.refresh_from_db()
    assert assigned.worker == wanda.worker
    assert assigned.holds.get().released_at is None
