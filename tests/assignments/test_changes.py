"""Changes to agreed work: asked, answered, taken back, added; and what each does to the money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from activity.models import Event
from assignments import lifecycle
from assignments.applications import PriceIsFixed
from assignments.changes import (
    AskedAlready,
    BeyondAnyBudget,
    NothingAsked,
    NotOpen,
    NotYoursToAnswer,
    NotYoursToWithdraw,
    OnlyExpenses,
)
from assignments.closing import AboveApproveLimit, ClaimChanged
from assignments.contents import Contents
from assignments.models import Assignment, ChangeRequest
from assignments.moves import IllegalMove, OnHold
from assignments.quoting import of_budget
from assignments.rescheduling import EndsInThePast, InThePast, NoSuchTimes, NothingChanges
from assignments.routing import AboveSendLimit
from assignments.working import ExpensesAboveAgreed
from payments import audit
from payments.models import Reservation
from payments.reservations import CreditExceeded, InsufficientCash
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound():
    """The books are sound, and what is reserved is the most that may be paid, with its fee."""

    def check(assignment: Assignment) -> Assignment:
        found = Assignment.objects.select_related("reservation").get(pk=assignment.pk)
        assert list(audit.findings()) == []
        if found.reservation.closed_at is None:
            assert found.reservation.amount == of_budget(found).total
        return found

    return check


@pytest.fixture
def ask(wanda, at):
    """A request of the worker's for an expense, or for what is named."""

    def asked(assignment, kind="add_expense", amount="30", **more):
        verb = lifecycle.VERBS[kind]
        if "quantity" not in more:
            more["amount"] = Decimal(amount)
        return verb(assignment, reason="Parking", by=wanda, at=at, **more)

    return asked


# What is asked for


def test_asking_changes_nothing_until_it_is_accepted(assigned, ask, sound):
    change = ask(assigned)
    found = sound(assigned)
    assert (change.status, change.side, found.expenses) == ("open", "worker", 0)


def test_an_accepted_expense_is_reserved_with_its_fee(assigned, ask, alice, at, sound):
    lifecycle.accept_change(ask(assigned), by=alice, at=at)
    found = sound(assigned)
    assert (found.budget, found.expenses, found.most_pay) == (250, 30, 280)
    assert found.reservation.amount == Decimal("308.00")


def test_a_higher_flat_budget_raises_the_price(assigned, ask, alice, at, sound):
    lifecycle.accept_change(ask(assigned, "raise_budget", "50.50"), by=alice, at=at)
    found = sound(assigned)
    assert found.flat_price == found.budget == Decimal("300.50")


@pytest.mark.parametrize(
    "price, quantity, budget, words",
    [
        (work.BY_THE_UNIT, "10", "600.00", "up to 50"),
        (work.TWO_RATES, "1.5", "340.00", "up to 5.5 more"),
        ({"pricing": "hourly", "flat_price": None, "hourly_rate": Decimal("33.33"),
          "max_hours": Decimal("3.33")}, "0.33", "121.99", "up to 3.66 hours"),
    ],
)  # fmt: skip
def test_counted_prices_grow_by_hours_or_units(
    alice, wanda, at, ask, funds, sound, price, quantity, budget, words
):
    funds(alice.company, 2000)
    posted = work.sent(work.draft(alice, at=at, **price), alice, at=at)
    given = work.assigned(posted, alice, wanda, at=at)

    change = ask(given, "raise_budget", quantity=Decimal(quantity))
    asked_for = change.amount
    lifecycle.accept_change(change, by=alice, at=at)

    found = sound(given)
    assert found.budget == Decimal(budget) and words in found.terms.sentence()
    assert asked_for == found.budget - given.budget


def test_what_the_client_adds_takes_effect_at_once(in_progress, alice, at, sound):
    change = lifecycle.add_bonus(
        in_progress, amount=Decimal(40), reason="Thank you", by=alice, at=at
    )
    assert (change.status, change.side) == ("accepted", "client")
    assert sound(in_progress).bonus == 40
    assert Event.objects.about(in_progress).filter(kind="change.added").count() == 1


def test_the_same_form_sent_twice_adds_once(assigned, alice, at, sound):
    add = {"amount": Decimal(40), "reason": "Thanks", "by": alice, "at": at, "key": "k-1"}
    assert lifecycle.add_bonus(assigned, **add) == lifecycle.add_bonus(assigned, **add)
    assert sound(assigned).bonus == 40


def test_one_open_request_of_a_kind(assigned, ask, alice, at):
    ask(assigned)
    with pytest.raises(AskedAlready):
        ask(assigned)
    with pytest.raises(AskedAlready):
        lifecycle.add_expense(assigned, amount=Decimal(5), reason="Toll", by=alice, at=at)
    assert ask(assigned, "add_bonus").status == "open"
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(kind="add_bonus").update(kind="add_expense")


def test_one_that_nobody_answered_in_time_makes_way(assigned, ask, alice, wanda, at):
    first = ask(assigned, expires_at=at + timedelta(hours=2))
    later = at + timedelta(hours=2)
    with pytest.raises(NotOpen, match="expired"):
        lifecycle.accept_change(first, by=alice, at=later)
    again = {"amount": Decimal(9), "reason": "Toll", "by": wanda, "at": later}
    assert lifecycle.add_expense(assigned, **again).status == "open"
    first.refresh_from_db()
    assert first.status == "lapsed"


def test_where_the_price_is_fixed_only_expenses_are_asked_for(alice, wanda, at, ask, funds):
    funds(alice.company, 1000)
    fixed = work.sent(work.draft(alice, at=at, price_is_fixed=True), alice, at=at)
    given = work.assigned(fixed, alice, wanda, at=at)
    for kind in ("raise_budget", "add_bonus"):
        with pytest.raises(OnlyExpenses, match="only expenses may be asked for") as refused:
            ask(given, kind)
        assert isinstance(refused.value, PriceIsFixed)
    assert ask(given).status == "open"
    lifecycle.raise_budget(given, amount=Decimal(10), reason="Fair", by=alice, at=at)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_and_less_than_nothing_are_refused(assigned, ask, amount):
    for kind in ("add_expense", "add_bonus", "raise_budget"):
        with pytest.raises(NothingAsked):
            ask(assigned, kind, amount)


def test_what_no_assignment_may_pay_is_refused(assigned, ask):
    with pytest.raises(BeyondAnyBudget):
        ask(assigned, amount="999999")
    with pytest.raises(BeyondAnyBudget):
        ask(assigned, "raise_budget", "999999")


@pytest.mark.parametrize("stage", ["pending_approval", "paid", "cancelled"])
def test_the_budget_is_raised_only_before_the_work_is_handed_over(stage, alice, wanda, at, ask):
    done = work.in_stage(stage, alice, wanda, at=at)
    with pytest.raises(IllegalMove):
        ask(done, "raise_budget")


# Answers


def test_only_the_other_side_answers_and_only_the_own_takes_back(assigned, ask, alice, wanda, at):
    change = ask(assigned)
    for verb in (
        lambda: lifecycle.accept_change(change, by=wanda, at=at),
        lambda: lifecycle.decline_change(change, reason="No", by=wanda, at=at),
    ):
        with pytest.raises(NotYoursToAnswer):
            verb()
    with pytest.raises(NotYoursToWithdraw):
        lifecycle.withdraw_change(change, by=alice, at=at)
    assert lifecycle.withdraw_change(change, by=wanda, at=at).status == "withdrawn"


def test_a_declined_request_keeps_the_reason_and_moves_nothing(assigned, ask, alice, at, sound):
    change = lifecycle.decline_change(ask(assigned), reason="Not agreed", by=alice, at=at)
    assert (change.status, change.answer) == ("declined", "Not agreed")
    assert sound(assigned).most_pay == 250


def test_answering_again_is_harmless_and_another_answer_is_refused(
    assigned, ask, alice, wanda, at, sound
):
    change = ask(assigned)
    lifecycle.accept_change(change, by=alice, at=at)
    lifecycle.accept_change(change, by=alice, at=at)
    assert sound(assigned).expenses == 30
    with pytest.raises(NotOpen, match="accepted"):
        lifecycle.withdraw_change(change, by=wanda, at=at)
    with pytest.raises(NotOpen):
        lifecycle.decline_change(change, reason="Too late", by=alice, at=at)


def test_accepting_needs_the_cash(assigned, ask, alice, at, sound):
    change = ask(assigned, amount="900")
    with pytest.raises(InsufficientCash) as refused:
        lifecycle.accept_change(change, by=alice, at=at)
    assert refused.value.missing == Decimal("265.00")
    assert sound(assigned).expenses == 0
    assert ChangeRequest.objects.get().status == "open"


def test_accepting_on_terms_needs_the_credit(alice, wanda, at, ask, sound):
    on_terms = work.draft(alice, at=at, terms_days=30, flat_price=Decimal(4000))
    given = work.assigned(work.sent(on_terms, alice, at=at), alice, wanda, at=at)
    with pytest.raises(CreditExceeded):
        lifecycle.accept_change(ask(given, amount="600"), by=alice, at=at)
    assert sound(given).reservation.basis == Reservation.Basis.CREDIT


def test_a_members_limits_bind_what_they_accept(assigned, ask, cody, acme, at):
    with pytest.raises(AboveApproveLimit, match=r"\$100\.00"):
        lifecycle.accept_change(ask(assigned, amount="100.01"), by=cody, at=at)
    careful = people.member(acme, "Cara Cole", ["manager"], at=at, send_limit=Decimal(260))
    bonus = ask(assigned, "add_bonus", "10.01")
    with pytest.raises(AboveSendLimit, match=r"\$260\.01"):
        lifecycle.accept_change(bonus, by=careful, at=at)


def test_a_dispute_holds_money_but_not_time(assigned, ask, alice, wanda, olga, at):
    change = ask(assigned)
    lifecycle.hold(assigned, kind="dispute", reason="A case", by=olga, at=at)
    with pytest.raises(OnHold):
        lifecycle.accept_change(change, by=alice, at=at)
    with pytest.raises(OnHold):
        lifecycle.add_bonus(assigned, amount=Decimal(5), reason="Sorry", by=alice, at=at)
    later = assigned.starts_at + timedelta(days=1)
    moved = lifecycle.reschedule(
        assigned, starts_at=later, ends_at=later + timedelta(hours=2), reason="Rain", by=wanda,
        at=at,
    )  # fmt: skip
    assert lifecycle.accept_change(moved, by=alice, at=at).status == "accepted"


# Times


def test_a_new_time_is_that_of_the_assignment_once_accepted(assigned, alice, wanda, at):
    request = assigned.deliverable_requests.get()
    request.due_at = assigned.ends_at
    request.save()
    start = assigned.starts_at + timedelta(days=2)

    change = lifecycle.reschedule(
        assigned, starts_at=start, ends_at=start + timedelta(hours=4), reason="Rain", by=alice,
        at=at,
    )  # fmt: skip
    assert Assignment.objects.get(pk=assigned.pk).starts_at == assigned.starts_at

    lifecycle.accept_change(change, by=wanda, at=at)
    found = Assignment.objects.get(pk=assigned.pk)
    assert (found.starts_at, found.ends_at) == (start, start + timedelta(hours=4))
    request.refresh_from_db()
    assert request.due_at == assigned.ends_at + timedelta(days=2)


@pytest.mark.parametrize("hours, kept", [(4, True), (80, False)])
def test_agreeing_on_a_time_confirms_one_that_is_near(alice, wanda, at, funds, hours, kept):
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, wants_confirmation=True)
    given = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    lifecycle.confirm(given, by=wanda, at=at)
    start = at + timedelta(hours=hours)
    change = lifecycle.reschedule(
        given, starts_at=start, ends_at=start + timedelta(hours=2), reason="Rain", by=wanda, at=at
    )
    lifecycle.accept_change(change, by=alice, at=at)
    assert bool(Assignment.objects.get(pk=given.pk).confirmed_at) is kept


def test_times_that_make_no_sense_are_refused(assigned, wanda, at):
    def moved(start, hours):
        return lifecycle.reschedule(
            assigned, starts_at=start, ends_at=start + timedelta(hours=hours), reason="Rain",
            by=wanda, at=at,
        )  # fmt: skip

    with pytest.raises(InThePast):
        moved(at - timedelta(hours=1), 3)
    with pytest.raises(EndsInThePast):
        moved(at, 0)
    with pytest.raises(NoSuchTimes):
        moved(at + timedelta(days=1), -1)
    with pytest.raises(NoSuchTimes):
        moved(at + timedelta(days=1), 24 * 181)
    with pytest.raises(NoSuchTimes):
        moved(at + timedelta(days=800), 1)
    with pytest.raises(NothingChanges):
        moved(assigned.starts_at, 4)


def test_a_time_that_has_passed_cannot_be_agreed_to_any_more(assigned, alice, wanda, at):
    start = at + timedelta(hours=5)
    change = lifecycle.reschedule(
        assigned, starts_at=start, ends_at=start + timedelta(hours=2), reason="Rain", by=wanda,
        at=at,
    )  # fmt: skip
    with pytest.raises(InThePast):
        lifecycle.accept_change(change, by=alice, at=start + timedelta(minutes=1))


def test_work_under_way_may_end_later(in_progress, alice, wanda):
    now = in_progress.starts_at + timedelta(hours=1)
    change = lifecycle.reschedule(
        in_progress, starts_at=in_progress.starts_at,
        ends_at=in_progress.ends_at + timedelta(hours=3), reason="A part is late", by=wanda, at=now,
    )  # fmt: skip
    lifecycle.accept_change(change, by=alice, at=now)
    found = Assignment.objects.get(pk=in_progress.pk)
    assert found.ends_at == in_progress.ends_at + timedelta(hours=3)


# From there to the invoice


def test_what_can_no_longer_be_asked_for_lapses_as_the_work_moves_on(
    in_progress, ask, wanda, alice, at
):
    ask(in_progress, "raise_budget")
    ask(in_progress, "add_bonus")
    done = work.submitted(in_progress, wanda)
    assert set(done.changes.values_list("kind", "status")) == {
        ("raise_budget", "lapsed"), ("add_bonus", "open"),
    }  # fmt: skip
    work.approved(done, alice)
    assert not done.changes.filter(status="open").exists()


def test_expenses_and_bonus_stand_on_the_invoice_line_by_line(in_progress, ask, wanda, alice, at):
    lifecycle.accept_change(ask(in_progress), by=alice, at=at)
    lifecycle.add_bonus(in_progress, amount=Decimal(20), reason="Early", by=alice, at=at)
    done = work.submitted(in_progress, wanda)
    assert done.amount_claimed == 300

    invoice = work.approved(done, alice).invoice

    lines = [(line.kind, line.description, line.amount) for line in invoice.lines.order_by("pk")]
    assert lines == [
        ("price", "Replace a network switch", Decimal("250.00")),
        ("expense", "Expense: Parking", Decimal("30.00")),
        ("bonus", "Bonus: Early", Decimal("20.00")),
        ("fee", "Service fee, 10% of worker pay", Decimal("30.00")),
    ]


def test_expenses_are_claimed_as_they_came(in_progress, ask, wanda, alice, at, sound):
    lifecycle.accept_change(ask(in_progress), by=alice, at=at)
    with pytest.raises(ExpensesAboveAgreed, match=r"\$30\.00"):
        work.submitted(in_progress, wanda, expenses=Decimal("30.01"))


def test_less_expense_than_agreed_is_one_line_and_the_rest_comes_back(
    in_progress, ask, wanda, alice, at, sound
):
    lifecycle.accept_change(ask(in_progress), by=alice, at=at)
    done = work.submitted(in_progress, wanda, expenses=Decimal("12.40"))
    invoice = work.approved(done, alice).invoice
    assert invoice.lines.get(kind="expense").amount == Decimal("12.40")
    assert invoice.worker_amount == Decimal("262.40")
    assert sound(in_progress).status == "paid"


def test_a_bonus_after_submission_is_claimed_with_the_rest(submitted, alice, at, sound):
    lifecycle.add_bonus(submitted, amount=Decimal(25), reason="Well done", by=alice, at=at)
    found = sound(submitted)
    assert found.amount_claimed == 275
    with pytest.raises(ClaimChanged):
        lifecycle.approve(found, claimed=Decimal(250), by=alice, at=found.submitted_at)
    assert lifecycle.approve(found, by=alice, at=found.submitted_at).invoice.worker_amount == 275


def test_what_was_agreed_with_one_who_left_is_off(in_progress, ask, wanda, walt, alice, at, sound):
    lifecycle.accept_change(ask(in_progress), by=alice, at=at)
    ask(in_progress, "add_bonus")
    later = in_progress.starts_at + timedelta(hours=1)
    gone = lifecycle.unassign(in_progress, reason="no_show", note="Left", by=alice, at=later)
    found = sound(gone)
    assert (found.expenses, found.reservation.amount) == (0, Decimal("275.00"))
    assert not gone.changes.filter(status="open").exists()

    again = {"starts_at": later + timedelta(days=1), "ends_at": later + timedelta(days=1, hours=4)}
    edited = lifecycle.edit(gone, Contents(again), revision=gone.revision, by=alice, at=later)
    given = lifecycle.assign(work.application(edited, walt, at=later), by=alice, at=later)
    lifecycle.add_bonus(given, amount=Decimal(20), reason="Early", by=alice, at=later)
    done = work.submitted(work.in_progress(given, walt), walt)
    lines = work.approved(done, alice).invoice.lines
    assert not lines.filter(kind="expense").exists() and lines.get(kind="bonus").amount == 20


def test_the_database_refuses_a_claim_above_what_was_agreed(submitted):
    with pytest.raises(IntegrityError, match="assignment_claim"), transaction.atomic():
        Assignment.objects.filter(pk=submitted.pk).update(amount_claimed=Decimal("250.01"))
