"""Every move from every status: it does what the table says, or is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.actors import SYSTEM, Actor
from activity.models import Event
from assignments import labelling, lifecycle
from assignments.contents import Contents, GivenPart
from assignments.models import (
    Application,
    Assignment,
    AssignmentField,
    AssignmentLabel,
    ChangeRequest,
    Deliverable,
    Hold,
    Label,
    Missing,
    Part,
    SendBack,
    Visit,
)
from assignments.parts import version_of
from assignments.states import MOVES, Status
from assignments.waterfall import StepWanted
from core.errors import DomainError
from core.files import check_upload
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """One assignment in one stage, and everybody who may act on it."""

    assignment: Assignment
    client: Actor
    worker: Actor
    staff: Actor
    at: datetime

    @property
    def application(self) -> Application:
        standing = self.assignment.applications.filter(worker=self.worker.worker).first()
        if standing:
            return standing
        terms = self.assignment.terms
        return Application.objects.create(
            assignment=self.assignment, worker=self.worker.worker, pricing=terms.pricing,
            flat_price=terms.flat_price, starts_at=self.assignment.starts_at,
            ends_at=self.assignment.ends_at, applied_at=self.at,
        )  # fmt: skip

    def planned(self) -> Assignment:
        """The assignment, with a plan running where one can be."""
        if self.assignment.status == Status.SENT:
            lifecycle.plan(self.assignment, [StepWanted(30)], by=self.client, at=self.at)
        return self.assignment

    def asked(self, kind: str) -> ChangeRequest:
        """A request of the worker's, open whatever the status is."""
        return ChangeRequest.objects.create(
            assignment=self.assignment, kind=kind, side="worker", key=f"matrix-{kind}",
            reason="Parking", amount=Decimal(15), asked_by=self.worker.user, asked_at=self.at,
        )  # fmt: skip

    @property
    def question(self) -> AssignmentField:
        """A question that the worker has not answered yet."""
        return work.question(self.assignment, self.client, at=self.at)

    def hold(self) -> Hold:
        standing = self.assignment.holds.first()
        return standing or lifecycle.hold(
            self.assignment, kind="dispute", reason="Case", by=self.staff, at=self.at
        )


ATTEMPTS: dict[str, Callable[[Scene], Any]] = {
    "edit": lambda s: lifecycle.edit(
        s.assignment, Contents({"title": "Replace two switches"}), revision=s.assignment.revision,
        by=s.client, at=s.at,
    ),
    "duplicate": lambda s: lifecycle.duplicate(s.assignment, by=s.client, at=s.at),
    "delete": lambda s: lifecycle.delete(s.assignment, by=s.client, at=s.at),
    "send": lambda s: lifecycle.send(s.assignment, by=s.client, at=s.at),
    "invite": lambda s: lifecycle.invite(
        s.assignment, workers=[people.worker("Nina New").worker], by=s.client, at=s.at
    ),
    "route": lambda s: lifecycle.skip_ahead(s.planned(), by=s.client, at=s.at),
    "plan_routing": lambda s: lifecycle.plan(
        s.assignment, [StepWanted(30)], by=s.client, at=s.at
    ),
    "stop_routing": lambda s: lifecycle.stop(s.planned(), by=s.client, at=s.at),
    "apply": lambda s: lifecycle.apply(s.assignment, by=people.worker("Nina New"), at=s.at),
    "withdraw": lambda s: lifecycle.withdraw(s.application, by=s.worker, at=s.at),
    "decline": lambda s: lifecycle.decline(s.assignment, by=s.worker, at=s.at),
    "accept": lambda s: _accept(s),
    "decline_application": lambda s: lifecycle.decline_application(
        s.application, reason="Too far away", by=s.client, at=s.at
    ),
    "shortlist": lambda s: lifecycle.shortlist(
        s.application, starred=True, by=s.client, at=s.at
    ),
    "expire": lambda s: _expire(s),
    "assign": lambda s: lifecycle.assign(s.application, by=s.client, at=s.at),
    "confirm": lambda s: lifecycle.confirm(s.assignment, by=s.worker, at=s.at),
    "unconfirm": lambda s: _unconfirm(s),
    "on_my_way": lambda s: _on_my_way(s),
    "correct_visit": lambda s: _correct(s, s.worker),
    "amend_visit": lambda s: _correct(s, s.client),
    "change_parts": lambda s: lifecycle.change_parts(
        s.assignment, [GivenPart("Switch")], seen=version_of([]), by=s.client, at=s.at
    ),
    "ship_part": lambda s: lifecycle.ship(
        _part(s), carrier="UPS", tracking="1Z", by=s.client, at=s.at
    ),
    "receive_part": lambda s: lifecycle.receive(_part(s), by=s.worker, at=s.at),
    "return_part": lambda s: lifecycle.return_part(
        _part(s), carrier="UPS", tracking="1Z", by=s.worker, at=s.at
    ),
    "take_back_part": lambda s: lifecycle.take_back(_part(s), by=s.client, at=s.at),
    "accept_deliverable": lambda s: lifecycle.accept_deliverable(
        _a_file(s), by=s.client, at=s.at
    ),
    "refuse_deliverable": lambda s: lifecycle.refuse_deliverable(
        _a_file(s), reason="Blurred", by=s.client, at=s.at
    ),
    "tick_off": lambda s: _tick(s),
    "complete_for": lambda s: lifecycle.complete_for(
        s.assignment, reason="No phone", resolution="Done", without_missing=True,
        by=s.client, at=s.at,
    ),
    "put_on_hold": lambda s: lifecycle.put_on_hold(
        s.assignment, reason="No power", by=s.client, at=s.at
    ),
    "take_off_hold": lambda s: _take_off_hold(s),
    "start": lambda s: _start(s),
    "check_in": lambda s: _check_in_again(s),
    "check_out": lambda s: lifecycle.check_out(s.assignment, by=s.worker, at=s.at),
    "hand_in": lambda s: lifecycle.hand_in(
        s.assignment.deliverable_requests.get(), check_upload(work.photo()), by=s.worker, at=s.at
    ),
    "remove_deliverable": lambda s: _remove(s),
    "relabel": lambda s: lifecycle.relabel(
        s.assignment, [_label(s)], by=s.client, at=s.at
    ),
    "resolve_label": lambda s: lifecycle.resolve_label(
        AssignmentLabel.objects.create(
            assignment=s.assignment, rule="late", since=s.at, opened_at=s.at
        ),
        note="Called them", by=s.client, at=s.at,
    ),
    "fill_in": lambda s: lifecycle.fill_in(
        s.assignment, {s.question.pk: "7"}, by=s.worker, at=s.at
    ),
    "submit": lambda s: _submit(s),
    "send_back": lambda s: lifecycle.send_back(s.assignment, note="Blurred", by=s.client, at=s.at),
    "approve": lambda s: lifecycle.approve(s.assignment, by=s.client, at=s.at),
    "pay": lambda s: lifecycle.pay(s.assignment, by=s.client, at=s.at),
    "reschedule": lambda s: lifecycle.reschedule(
        s.assignment, starts_at=s.at + timedelta(days=1), ends_at=s.at + timedelta(days=2),
        reason="Rain", by=s.worker, at=s.at,
    ),
    "raise_budget": lambda s: lifecycle.raise_budget(
        s.assignment, amount=Decimal(20), reason="More ports", by=s.worker, at=s.at
    ),
    "add_expense": lambda s: lifecycle.add_expense(
        s.assignment, amount=Decimal(15), reason="Parking", by=s.worker, at=s.at
    ),
    "add_bonus": lambda s: lifecycle.add_bonus(
        s.assignment, amount=Decimal(10), reason="Early", by=s.worker, at=s.at
    ),
    "accept_change": lambda s: lifecycle.accept_change(s.asked("add_bonus"), by=s.client, at=s.at),
    "accept_money": lambda s: lifecycle.accept_change(s.asked("add_expense"), by=s.client, at=s.at),
    "decline_change": lambda s: lifecycle.decline_change(
        s.asked("add_bonus"), reason="Not agreed", by=s.client, at=s.at
    ),
    "withdraw_change": lambda s: lifecycle.withdraw_change(
        s.asked("add_bonus"), by=s.worker, at=s.at
    ),
    "cancel": lambda s: lifecycle.cancel(
        s.assignment, reason="other", note="Not needed", by=s.client, at=s.at
    ),
    "unassign": lambda s: lifecycle.unassign(
        s.assignment, reason="plans_changed", note="Our plans changed", by=s.client, at=s.at
    ),
    "back_out": lambda s: lifecycle.back_out(
        s.assignment, reason="illness", note="I am ill", by=s.worker, at=s.at
    ),
    "restore_budget": lambda s: _restore(s),
    "void": lambda s: lifecycle.void(s.assignment, note="Posted twice", by=s.client, at=s.at),
    "hold": lambda s: lifecycle.hold(
        s.assignment, kind="dispute", reason="Case", by=s.staff, at=s.at
    ),
    "release": lambda s: lifecycle.release(s.hold(), by=s.staff, at=s.at),
    "close_unpaid": lambda s: lifecycle.close_unpaid(
        s.assignment, note="Nothing was done", by=s.staff, at=s.at
    ),
}  # fmt: skip

DONE_ALREADY: dict[str, set[str]] = {
    "send": {"sent"},
    "assign": {"assigned"},
    "accept": {"assigned"},
    "start": {"in_progress"},
    "check_out": {"pending_approval", "invoiced", "paid"},
    "submit": {"pending_approval"},
    "complete_for": {"pending_approval"},
    "approve": {"invoiced", "paid"},
    "pay": {"paid"},
    "cancel": {"cancelled"},
    "void": {"voided"},
    "close_unpaid": {"cancelled"},
}
"""Where doing it once more is harmless: the verb returns what stands, and records nothing."""


GOES_ON = {"approve": Status.PAID, "complete_for": Status.PENDING_APPROVAL}
"""On immediate terms, as here, approving makes the invoice and pays it in the same breath; what
the client completes is submitted in the same breath."""


def _label(scene: Scene) -> Label:
    return labelling.add_label(name="Key", tone="info", icon="tag", by=scene.client, at=scene.at)


def _accept(scene: Scene) -> Assignment:
    Assignment.objects.filter(pk=scene.assignment.pk).update(first_to_accept=True)
    return lifecycle.accept(
        scene.assignment, revision=scene.assignment.revision, by=scene.worker, at=scene.at
    )


def _restore(scene: Scene) -> Assignment:
    Assignment.objects.filter(pk=scene.assignment.pk).update(
        posted_terms={"pricing": "flat", "flat_price": "200.00"}
    )
    return lifecycle.restore_budget(scene.assignment, by=scene.client, at=scene.at)


def _expire(scene: Scene) -> Application:
    application = scene.application
    Application.objects.filter(pk=application.pk).update(expires_at=scene.at)
    return lifecycle.expire(application, by=SYSTEM, at=scene.at)


def _start(scene: Scene) -> Assignment:
    Assignment.objects.filter(pk=scene.assignment.pk).update(wants_check_in=False)
    return lifecycle.start(scene.assignment, by=scene.worker, at=scene.at)


def _check_in_again(scene: Scene) -> Any:
    scene.assignment.visits.update(checked_out_at=scene.at)
    return lifecycle.check_in(scene.assignment, by=scene.worker, at=scene.at)


def _part(scene: Scene) -> Part:
    return scene.assignment.parts.create(name="Switch", return_wanted=True)


def _unconfirm(scene: Scene) -> Assignment:
    Assignment.objects.filter(pk=scene.assignment.pk).update(confirmed_at=scene.at)
    return lifecycle.unconfirm(scene.assignment, by=scene.worker, at=scene.at)


def _on_my_way(scene: Scene) -> Assignment:
    scene.assignment.visits.update(checked_out_at=scene.at)
    return lifecycle.on_my_way(
        scene.assignment, arriving_at=scene.at + timedelta(minutes=20), by=scene.worker, at=scene.at
    )


def _correct(scene: Scene, by: Actor) -> Visit:
    start = scene.assignment.starts_at
    visit = scene.assignment.visits.first() or Visit.objects.create(
        assignment=scene.assignment, worker=scene.worker.worker, checked_in_at=start
    )
    Visit.objects.filter(pk=visit.pk).update(checked_out_at=start + timedelta(hours=1))
    return lifecycle.correct_visit(
        visit, checked_in_at=start, checked_out_at=start + timedelta(hours=3),
        reason="Forgot to check out", by=by, at=scene.at,
    )  # fmt: skip


def _a_file(scene: Scene) -> Deliverable:
    request = scene.assignment.deliverable_requests.get()
    return request.deliverables.first() or request.deliverables.create(
        assignment=scene.assignment, file="deliverables/x.txt", name="x.txt",
        content_type="text/plain", size=1, handed_in_by=scene.worker.user, handed_in_at=scene.at,
    )  # fmt: skip


def _tick(scene: Scene) -> Missing:
    back = SendBack.objects.create(
        assignment=scene.assignment, note="Blurred", sent_back_by=scene.client.user,
        sent_back_at=scene.at,
    )  # fmt: skip
    item = Missing.objects.create(send_back=back, text="A photo of the rack")
    return lifecycle.tick_off(item, done=True, by=scene.worker, at=scene.at)


def _take_off_hold(scene: Scene) -> Assignment:
    Hold.objects.create(
        assignment=scene.assignment, kind="schedule", reason="No power", placed_at=scene.at
    )
    Assignment.objects.filter(pk=scene.assignment.pk).update(is_window=True)
    return lifecycle.take_off_hold(scene.assignment, by=scene.client, at=scene.at)


def _remove(scene: Scene) -> Any:
    return lifecycle.remove(_a_file(scene), by=scene.worker, at=scene.at)


def _submit(scene: Scene) -> Assignment:
    if scene.assignment.status == Status.IN_PROGRESS:
        return work.submitted(scene.assignment, scene.worker)
    return lifecycle.submit(scene.assignment, resolution="Done.", by=scene.worker, at=scene.at)


@pytest.fixture
def scene(request, alice, wanda, olga, at) -> Scene:
    assignment = work.in_stage(request.param, alice, wanda, at=at)
    add_cash(alice.company, Decimal(1000), at=at)
    return Scene(assignment, alice, wanda, olga, at=at + timedelta(days=4))


@pytest.mark.parametrize("scene", Status.values, indirect=True)
def test_every_move_from_a_status(scene: Scene, subtests: pytest.Subtests) -> None:
    """One scene for all moves: each is tried on it and taken back."""
    for move in MOVES:
        with subtests.test(move), transaction.atomic():
            _tried(replace(scene, assignment=Assignment.objects.get(pk=scene.assignment.pk)), move)
            transaction.set_rollback(True)


def _tried(scene: Scene, move: str) -> None:
    before = scene.assignment.status
    if move in ("send", "edit"):
        scene.at -= timedelta(days=4)
    if before in MOVES[move].sources:
        _allowed(scene, move, before)
    elif before in DONE_ALREADY.get(move, ()):
        _harmless(scene, move, before)
    else:
        _refused(scene, move, before)


def _allowed(scene: Scene, move: str, before: str) -> None:
    pk = scene.assignment.pk
    known = set(Event.objects.values_list("pk", flat=True))

    ATTEMPTS[move](scene)

    kinds = set(Event.objects.exclude(pk__in=known).values_list("kind", flat=True))
    assert MOVES[move].event in kinds
    if move == "delete":
        assert not Assignment.objects.filter(pk=pk).exists()
        return
    after = Assignment.objects.get(pk=pk)
    assert after.status == (GOES_ON.get(move) or MOVES[move].target or before)


def _harmless(scene: Scene, move: str, before: str) -> None:
    known = Event.objects.count()

    ATTEMPTS[move](scene)

    assert Assignment.objects.get(pk=scene.assignment.pk).status == before
    assert Event.objects.count() == known


def _refused(scene: Scene, move: str, before: str) -> None:
    with pytest.raises(DomainError) as refusal:
        ATTEMPTS[move](scene)

    assert Status(before).label.lower() in str(refusal.value)
    assert Assignment.objects.get(pk=scene.assignment.pk).status == before


def test_every_move_has_a_verb() -> None:
    assert set(lifecycle.VERBS) == set(MOVES) == set(ATTEMPTS)
