"""Every act that takes money or credit is refused with what is missing, to the cent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.actors import SYSTEM
from assignments import lifecycle
from assignments.claiming import HoursAboveBudget, UnitsAboveBudget
from assignments.closing import AboveApproveLimit
from assignments.models import Assignment, ChangeRequest
from assignments.pricing import Terms
from assignments.working import SomethingMissing
from payments import audit, credit, reservations, subjects
from payments.models import CompanyBooks, LedgerAccount
from payments.refusals import CreditExceeded, InsufficientCash
from tests.assignments.pages import words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db
SHORT = Decimal("0.01")


def send(by, worker, at, terms):
    draft = work.draft(by, at=at, terms_days=terms)
    return lambda: work.sent(draft, by, at=at), Decimal(275)


def assign_for_more(by, worker, at, terms):
    sent = work.sent(work.draft(by, at=at, terms_days=terms), by, at=at)
    bid = work.application(sent, worker, at=at, terms=Terms("flat", flat_price=Decimal(300)))
    return lambda: lifecycle.assign(bid, by=by, at=at), Decimal(55)


def accept_an_expense(by, worker, at, terms):
    assigned = work.in_stage("assigned", by, worker, at=at, terms_days=terms)
    asked = lifecycle.add_expense(
        assigned, amount=Decimal("40.00"), reason="Parking", by=worker, at=at
    )
    return lambda: lifecycle.accept_change(asked, by=by, at=at), Decimal(44)


def raise_the_budget(by, worker, at, terms):
    assigned = work.in_stage("assigned", by, worker, at=at, terms_days=terms)
    return lambda: lifecycle.raise_budget(
        assigned, amount=Decimal(10), reason="More ports", by=by, at=at
    ), Decimal(11)


def add_a_bonus(by, worker, at, terms):
    submitted = work.in_stage("pending_approval", by, worker, at=at, terms_days=terms)
    return lambda: lifecycle.add_bonus(
        submitted, amount=Decimal(20), reason="Thanks", by=by, at=at
    ), Decimal(22)


ACTS = [send, assign_for_more, accept_an_expense, raise_the_budget, add_a_bonus]


@pytest.mark.parametrize("terms", [0, 30])
@pytest.mark.parametrize("act", ACTS)
def test_a_cent_too_little_is_named_and_changes_nothing(act, terms, alice, wanda, at, funds, acme):
    """A cent short is refused with that cent; with it, the act goes through."""
    funds(acme, 1000)
    run, cost = act(alice, wanda, at, terms)
    leave_only(acme, cost - SHORT, terms, at)
    before = state_of(acme)
    refusal = CreditExceeded if terms else InsufficientCash
    with pytest.raises(refusal) as refused:
        run()
    assert refused.value.missing == SHORT and "$0.01" in str(refused.value)
    assert state_of(acme) == before
    if terms:
        CompanyBooks.objects.filter(company=acme).update(credit_limit=credit.exposure(acme) + cost)
    else:
        funds(acme, SHORT)
    run()
    assert list(audit.findings()) == []
    left = CompanyBooks.objects.get(company=acme).credit_limit - credit.exposure(acme)
    assert (left if terms else cash_of(acme)) == 0


def leave_only(company, amount, terms, at) -> None:
    """Use up the cash, or lower the credit limit, until this much is left."""
    if terms:
        limit = credit.exposure(company) + amount
        CompanyBooks.objects.filter(company=company).update(credit_limit=limit)
        return
    reservations.reserve(
        company=company, amount=cash_of(company) - amount, terms_days=0, reference="T-1",
        key="rest", by=SYSTEM, at=at,
    )  # fmt: skip


def cash_of(company) -> Decimal:
    return LedgerAccount.objects.get(company=company, kind="company_cash").balance


def state_of(company) -> tuple:
    """What a refusal must leave as it was."""
    rows = Assignment.objects.order_by("pk").values_list(
        "status", "worker", "budget", "expenses", "bonus", "reservation__amount"
    )
    changes = ChangeRequest.objects.order_by("pk").values_list("status", flat=True)
    return cash_of(company), credit.exposure(company), list(rows), list(changes)


def test_paying_says_what_is_missing_for_one_and_for_several(
    alice, wanda, at, acme, client_of, funds
):
    first, second = (work.in_stage("invoiced", alice, wanda, at=at) for _ in range(2))
    leave_only(acme, Decimal("274.99"), 0, at)
    with pytest.raises(InsufficientCash) as refused:
        subjects.pay(first.invoice, by=alice, at=at)
    assert refused.value.missing == SHORT
    numbers = {"number": [first.invoice.number, second.invoice.number]}
    page = client_of(alice).get(reverse("payments:pay_several"), numbers)
    assert "$275.01" in words_of(page)
    funds(acme, SHORT)
    assert subjects.pay(first.invoice, by=alice, at=at).paid_at


@pytest.mark.django_db(transaction=True)
def test_approving_on_terms_and_sending_at_once_never_pass_the_limit(alice, mona, wanda, at, acme):
    """What a reservation frees when it is invoiced is owed in the same moment."""
    submitted = work.in_stage("pending_approval", alice, wanda, at=at, terms_days=30)
    drafts = [work.draft(alice, at=at, terms_days=30) for _ in range(2)]
    CompanyBooks.objects.filter(company=acme).update(credit_limit=Decimal(550))
    outcomes = race(
        lambda: lifecycle.approve(submitted, by=mona, at=submitted.submitted_at),
        *[lambda draft=draft: work.sent(draft, alice, at=at) for draft in drafts],
    )
    assert [outcome.won for outcome in outcomes].count(True) == 2 and outcomes[0].won
    (lost,) = [outcome.refusal for outcome in outcomes if not outcome.won]
    assert isinstance(lost, CreditExceeded) and lost.missing == Decimal(275)
    assert credit.exposure(acme) == Decimal(550)


def test_a_fee_for_cancelling_is_pay_and_within_what_one_may_approve(alice, wanda, at, acme):
    assigned = work.in_stage("assigned", alice, wanda, at=at)
    max_hundred = people.member(acme, "Milo Marsh", ["manager"], approve_limit=Decimal(100), at=at)
    late = assigned.starts_at - timedelta(hours=2)
    cancel = {"reason": "site_not_ready", "note": "Closed.", "by": max_hundred, "at": late}
    with pytest.raises(AboveApproveLimit, match=r"up to \$100.00, and this is \$125.00"):
        lifecycle.cancel(assigned, fee=Decimal(125), **cancel)
    assert lifecycle.cancel(assigned, fee=Decimal("62.50"), **cancel).status == "cancelled"


@pytest.fixture
def by_the_unit(alice, wanda, at, funds):
    funds(alice.company, 1000)
    draft = work.draft(
        alice, at=at, pricing="unit", flat_price=None, unit_price=Decimal(12), max_units=40,
        unit_name="device", deliverables=False,
    )  # fmt: skip
    return work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)


def test_units_need_a_visit_and_those_beyond_the_agreed_a_higher_budget(
    by_the_unit, alice, wanda, at
):
    work_, done = by_the_unit, {"resolution": "Done.", "by": wanda}
    lifecycle.check_in(work_, by=wanda, at=work_.starts_at)
    with pytest.raises(SomethingMissing, match=r"[Cc]heck"):
        lifecycle.submit(work_, units=Decimal(3), at=work_.starts_at, **done)
    out = work_.starts_at + timedelta(hours=2)
    lifecycle.check_out(work_, by=wanda, at=out)
    with pytest.raises(UnitsAboveBudget, match="ask for a higher budget"):
        lifecycle.submit(work_, units=Decimal(41), at=out, **done)
    asked = lifecycle.raise_budget(work_, quantity=Decimal(2), reason="Two more", by=wanda, at=out)
    lifecycle.accept_change(asked, by=alice, at=out)
    assert lifecycle.submit(work_, units=Decimal(41), at=out, **done).amount_claimed == 492


def test_overtime_is_paid_only_after_a_higher_budget(alice, wanda, at, funds):
    """Six hours are agreed, seven were worked and checked in."""
    funds(alice.company, 1000)
    draft = work.draft(
        alice, at=at, pricing="hourly", flat_price=None, hourly_rate=Decimal(40),
        max_hours=Decimal(6), deliverables=False,
    )  # fmt: skip
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    lifecycle.check_in(assigned, by=wanda, at=assigned.starts_at)
    out = assigned.starts_at + timedelta(hours=7)
    lifecycle.check_out(assigned, by=wanda, at=out)
    done = {"resolution": "Done.", "hours": Decimal(7), "by": wanda, "at": out}
    with pytest.raises(HoursAboveBudget):
        lifecycle.submit(assigned, **done)
    asked = lifecycle.raise_budget(
        assigned, quantity=Decimal(1), reason="The rack was full", by=wanda, at=out
    )
    with pytest.raises(HoursAboveBudget):
        lifecycle.submit(assigned, **done)
    lifecycle.accept_change(asked, by=alice, at=out)
    lifecycle.submit(assigned, **done)
    approved = lifecycle.approve(assigned, by=alice, at=out)
    (hours, fee) = approved.invoice.lines.order_by("pk")
    assert (hours.kind, hours.quantity, hours.amount) == ("hours", 7, 280)
    assert (fee.amount, approved.invoice.total) == (28, 308)
    assert list(audit.findings()) == []
