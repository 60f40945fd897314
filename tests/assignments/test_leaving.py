"""A worker leaves an assignment that goes on: what is kept, what follows, what it costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from activity.models import Event
from assignments import history, lifecycle, posted_terms, reasons
from assignments.contents import Contents, Wanted
from assignments.leaving import AlreadyThatBudget, SomebodyElseMeanwhile
from assignments.models import Application, Assignment, Decline, Deliverable, Reason, Visit
from assignments.moves import OnHold
from assignments.pricing import Terms
from assignments.queries import funds as money
from assignments.queries.detail import attached_to
from core.files import check_upload
from payments import audit
from payments.refusals import InsufficientCash
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def taken_off(assignment, by, at, **more):
    why = {"reason": "plans_changed", "note": "The store moves.", **more}
    return lifecycle.unassign(assignment, by=by, at=at, **why)


def test_it_is_sent_again_as_it_was_routed(sent, alice, wanda, walt, at):
    lifecycle.invite(sent, workers=[walt.worker], by=alice, at=at)
    sent.refresh_from_db()
    work.application(sent, walt, at=at)
    assigned = work.assigned(sent, alice, wanda, at=at)

    back = taken_off(assigned, alice, at)

    assert (back.status, back.worker, back.assigned_at) == ("sent", None, None)
    assert back.on_marketplace and back.sent_at == sent.sent_at
    assert back.invitations.filter(worker=walt.worker).exists()
    assert dict(back.applications.values_list("worker__user__full_name", "status")) == {
        "Wanda Wells": "declined", "Walt Webb": "passed_over",
    }  # fmt: skip
    again = work.assigned(back, alice, walt, at=at)
    assert again.worker == walt.worker


def test_what_the_earlier_worker_did_is_kept_apart(in_progress, alice, wanda, walt, client_of):
    at = in_progress.starts_at + HOUR
    request = in_progress.deliverable_requests.get()
    lifecycle.hand_in(request, check_upload(work.photo()), by=wanda, at=at)

    back = lifecycle.back_out(in_progress, reason="illness", note="Fever", by=wanda, at=at + HOUR)

    visit, file = Visit.objects.get(), Deliverable.objects.get()
    assert visit.hours == Decimal("2.00")
    assert visit.unassignment == file.unassignment == back.unassignments.get()
    again = work.assigned(back, alice, walt, at=at + HOUR)
    page = client_of(walt).get(again.get_absolute_url()).content.decode()
    assert "Wanda" not in page and "rack.txt" not in page
    for actor, answer in ((alice, 200), (walt, 404)):
        url = f"{again.get_absolute_url()}deliverables/{file.pk}/"
        assert client_of(actor).get(url).status_code == answer
    page = client_of(alice).get(again.get_absolute_url()).content.decode()
    assert "Earlier workers" in page and "rack.txt" in page and "2.00 hours" in page
    lifecycle.check_in(again, by=walt, at=at + 2 * HOUR)
    assert Visit.objects.current().get().worker == walt.worker


@pytest.fixture
def dearer(alice, wanda, at, funds):
    """Posted at $250, agreed at $300."""
    funds(alice.company, 1000)
    sent = work.sent(work.draft(alice, at=at), alice, at=at)
    terms = Terms("flat", flat_price=Decimal(300))
    return lifecycle.assign(work.application(sent, wanda, at=at, terms=terms), by=alice, at=at)


def test_the_client_chooses_the_posted_price_or_the_agreed_one(dearer, alice, wanda, at, acme):
    assert money.cash_of(acme) == Decimal("670.00")
    back = taken_off(dearer, alice, at, original_budget=True)
    assert (back.flat_price, back.budget) == (Decimal(250), Decimal(250))
    assert money.cash_of(acme) == Decimal("725.00")
    assert back.posted_terms is None


def test_the_agreed_price_may_stay_and_be_put_back_later(dearer, alice, at, acme):
    back = taken_off(dearer, alice, at)
    assert back.budget == Decimal(300) and money.cash_of(acme) == Decimal("670.00")
    assert posted_terms.of(back).most == Decimal(250)
    restored = lifecycle.restore_budget(back, by=alice, at=at)
    assert restored.budget == Decimal(250) and money.cash_of(acme) == Decimal("725.00")
    with pytest.raises(AlreadyThatBudget):
        lifecycle.restore_budget(restored, by=alice, at=at)
    assert list(audit.findings()) == []


def test_a_cheaper_agreement_is_undone_only_with_the_money(alice, wanda, at, funds, acme):
    funds(acme, 275)
    sent = work.sent(work.draft(alice, at=at), alice, at=at)
    bid = work.application(sent, wanda, at=at, terms=Terms("flat", flat_price=Decimal(200)))
    assigned = lifecycle.assign(bid, by=alice, at=at)
    other = work.draft(alice, at=at, flat_price=Decimal(50))
    lifecycle.send(other, by=alice, at=at)
    with pytest.raises(InsufficientCash):
        taken_off(assigned, alice, at, original_budget=True)
    assigned.refresh_from_db()
    assert assigned.status == "assigned" and not assigned.unassignments.exists()
    assert taken_off(assigned, alice, at).budget == Decimal(200)


def test_writing_another_price_forgets_the_posted_one(dearer, alice, at):
    back = taken_off(dearer, alice, at)
    edited = lifecycle.edit(
        back, Contents({"flat_price": Decimal(310)}), revision=back.revision, by=alice, at=at
    )
    assert edited.posted_terms is None


def test_what_is_asked_for_may_change_after_a_worker_has_handed_in_and_left(
    in_progress, alice, wanda
):
    at = in_progress.starts_at + HOUR
    request = in_progress.deliverable_requests.get()
    for name in ("rack.txt", "blurred.txt"):
        file = lifecycle.hand_in(request, check_upload(work.photo(name)), by=wanda, at=at)
    lifecycle.remove(file, by=wanda, at=at - MINUTE)
    back = taken_off(in_progress, alice, at)
    again = at + timedelta(days=1)
    times = {"starts_at": again, "ends_at": again + HOUR}
    wanted = Contents(times, deliverables=(Wanted("Video of the rack"),))
    lifecycle.edit(back, wanted, revision=back.revision, by=alice, at=at)
    [left] = attached_to(back, alice).left
    assert [file["name"] for file in left.files] == ["rack.txt"]


def test_backing_out_leaves_the_workers_lists(assigned, wanda, at):
    lifecycle.back_out(assigned, reason="conflict", note="Sorry", by=wanda, at=at)
    assert Decline.objects.get().worker == wanda.worker
    assert Application.objects.get().status == "withdrawn"


@pytest.mark.parametrize("verb", ["unassign", "back_out"])
def test_a_dispute_keeps_the_worker(assigned, alice, wanda, olga, at, verb):
    lifecycle.hold(assigned, kind="dispute", reason="Case", by=olga, at=at)
    by, reason = (alice, "plans_changed") if verb == "unassign" else (wanda, "illness")
    with pytest.raises(OnHold):
        getattr(lifecycle, verb)(assigned, reason=reason, note="x", by=by, at=at)


@pytest.mark.parametrize("reason", ["illness", "site_not_ready", "nonsense", ""])
def test_a_reason_of_another_act_is_refused(assigned, alice, at, reason):
    with pytest.raises(reasons.NotAReason):
        taken_off(assigned, alice, at, reason=reason)


def test_the_worker_who_was_seen_is_the_one_taken_off(assigned, alice, walt, at):
    with pytest.raises(SomebodyElseMeanwhile):
        taken_off(assigned, alice, at, worker=walt.worker.reference)


def test_leaving_twice_leaves_once(assigned, alice, wanda, at):
    for _ in range(2):
        taken_off(assigned, alice, at)
    assert Event.objects.filter(kind="assignment.unassigned").count() == 1
    other = work.in_stage("assigned", alice, wanda, at=at)
    for _ in range(2):
        lifecycle.back_out(other, reason="illness", note="Ill", by=wanda, at=at)
    assert other.unassignments.count() == 1


def test_each_side_is_told_and_those_passed_over_may_come_back(sent, alice, wanda, walt, at):
    work.application(sent, walt, at=at)
    assigned = work.assigned(sent, alice, wanda, at=at)
    taken_off(assigned, alice, assigned.starts_at, reason="no_show")
    tell_everything(at)
    title = "“Replace a network switch”"
    assert told(wanda, "assignment.unassigned") == [f"Acme took you off {title}"]
    assert told(walt, "assignment.unassigned") == [f"{title} is open again"]
    body = wanda.user.notices.get(kind="assignment.unassigned").body
    assert "The worker did not come" in body and "counts as abandoned" in body

    other = work.in_stage("assigned", alice, wanda, at=at)
    lifecycle.back_out(other, reason="illness", note="Fever.", by=wanda, at=at)
    tell_everything(at)
    assert told(alice, "assignment.backed_out") == [f"Wanda Wells backed out of {title}"]


def test_the_history_tells_the_client_everything_and_the_next_worker_their_own(
    in_progress, alice, wanda, walt
):
    at = in_progress.starts_at + HOUR
    back = taken_off(in_progress, alice, at, reason="agreed")
    again = work.assigned(back, alice, walt, at=at)
    clients = [line.sentence for line in history.of(again, alice)]
    assert "took the worker off: We agreed on it with the worker" in clients
    assert "checked in" in clients
    walts = [line.sentence for line in history.of(again, walt)]
    assert walts == ["sent it to the marketplace", "applied", "assigned Walt Webb"]


def test_establishing_again_keeps_what_staff_changed(assigned):
    Reason.objects.filter(code="illness").update(label="Sick", effect="none", is_active=False)
    reasons.establish()
    changed = Reason.objects.get(code="illness")
    assert (changed.label, changed.effect) == ("Sick", "none")
    assert not reasons.offered("back_out").filter(code="illness").exists()
    assert Assignment.objects.count() == 1
