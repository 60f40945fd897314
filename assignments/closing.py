"""The end of the work: approve, pay, cancel, and the holds that make these wait."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from activity.record import recorded_together
from assignments import additions, reasons
from assignments.models import Assignment, Cancellation, Deliverable, Hold, Reason
from assignments.moves import check, finish, lock
from assignments.states import Status
from conduct import acceptance
from core.compiled import Compiled
from core.errors import DomainError
from core.money import ZERO, format_money, is_exact
from payments import invoicing, reservations
from payments.models import Invoice, InvoiceLine, Reservation


class AboveApproveLimit(DomainError):
    message = (
        "You may approve up to {limit}, and this is {amount}. "
        "Ask an administrator to raise your limit or to approve it."
    )


class AmountOutOfRange(DomainError):
    message = "Enter an amount between {least} and {most}, in dollars and cents."
    field = "amount"


class RefusedFile(DomainError):
    message = "You refused “{name}”. Send the work back to have it replaced, or accept the file."


class ClaimChanged(DomainError):
    message = (
        "What is to be paid changed after you opened the page: an expense or a bonus was added. "
        "Check the amounts again."
    )


class SubmittedAnew(DomainError):
    message = "The worker submitted this anew after you opened the page. Check it again."


@transaction.atomic
@recorded_together()
def approve(
    assignment: Assignment,
    *,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
    submitted_at: datetime | None = None,
    claimed: Decimal | None = None,
) -> Assignment:
    """Accept the work and issue its invoice; on immediate terms pay it in the same breath.

    ``amount`` of worker pay differs from what was asked for only by a decision of staff.
    ``submitted_at`` and ``claimed`` are the submission and its amount that were seen:
    ``SubmittedAnew`` where they are others.
    Refused under a dispute hold and above the member's limit. Approving twice issues one
    invoice.
    """
    assignment = lock(assignment)
    if assignment.status in (Status.INVOICED, Status.PAID):
        return assignment
    check("approve", assignment)
    if submitted_at is not None and submitted_at != assignment.submitted_at:
        raise SubmittedAnew
    if claimed is not None and claimed != assignment.amount_claimed:
        raise ClaimChanged
    acceptance.require(by, at=at)
    _require_nothing_refused(assignment, by)
    amount = assignment.amount_claimed if amount is None else amount
    assert amount is not None
    require_range(amount, most=assignment.amount_claimed or ZERO, assignment=assignment)
    _require_approve_limit(amount, assignment, by)
    assignment.invoice = invoice_for(assignment, amount, by=by, at=at)
    assignment.approved_at, assignment.approved_by = at, by.user
    fields, at_once = ["invoice", "approved_at", "approved_by"], assignment.terms_days == 0
    finish(
        "approve",
        assignment,
        by=by,
        at=at,
        amount=str(amount),
        invoice=assignment.invoice.label,
        fields=fields,
        save=not at_once,
    )
    if at_once:
        return _pay_at_once(assignment, fields, by=by, at=at)
    if assignment.reservation:
        reservations.release(assignment.reservation, by=by, at=at)
    return assignment


@transaction.atomic
def pay(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """Pay the invoice of an approved assignment from the company's cash."""
    assignment = lock(assignment)
    if assignment.status == Status.PAID:
        return assignment
    check("pay", assignment)
    acceptance.require(by, at=at)
    return _pay(assignment, by=by, at=at)


@transaction.atomic
def cancel(
    assignment: Assignment,
    *,
    reason: str,
    note: str,
    by: Actor,
    at: datetime,
    fee: Decimal = ZERO,
) -> Assignment:
    """End an assignment that has a worker, with a fee of the client's choice for them.

    The fee is invoiced under the assignment's terms, at once on immediate ones; the rest
    of what was reserved is free again. It is pay, so a member gives no more than they may
    approve (``AboveApproveLimit``). ``reason`` is a code; the mark it leaves on the
    company's scorecard is fixed now.
    """
    assignment = lock(assignment)
    if assignment.status == Status.CANCELLED:
        return assignment
    check("cancel", assignment)
    if fee:
        require_range(fee, most=assignment.most_pay, assignment=assignment)
        _require_approve_limit(fee, assignment, by)
    return _cancel("cancel", assignment, reason=reason, note=note, fee=fee, by=by, at=at)


@transaction.atomic
def close_unpaid(
    assignment: Assignment, *, note: str, by: Actor, at: datetime, fee: Decimal = ZERO
) -> Assignment:
    """End submitted or invoiced work by a decision of staff: without pay, or with a fee."""
    assignment = lock(assignment)
    if assignment.status == Status.CANCELLED:
        return assignment
    check("close_unpaid", assignment)
    if assignment.invoice:
        invoicing.withdraw(assignment.invoice, reason=note[:200], by=by, at=at)
    return _cancel(
        "close_unpaid",
        assignment,
        reason=reasons.DECISION,
        note=note,
        fee=fee,
        by=by,
        at=at,
    )


@transaction.atomic
def hold(assignment: Assignment, *, kind: str, reason: str, by: Actor, at: datetime) -> Hold:
    """Place a hold; a second one of the same kind returns the first."""
    assignment = lock(assignment)
    if standing := assignment.holds.filter(kind=kind, released_at=None).first():
        return standing
    check("put_on_hold" if kind == Hold.Kind.SCHEDULE else "hold", assignment)
    placed = Hold.objects.create(
        assignment=assignment, kind=kind, reason=reason, placed_by=by.user, placed_at=at
    )
    finish("hold", assignment, by=by, at=at, kind=kind, reason=reason)
    return placed


@transaction.atomic
def release(held: Hold, *, by: Actor, at: datetime) -> Hold:
    """Release a hold; whatever waited for it may go on."""
    assignment = lock(held.assignment)
    held.refresh_from_db()
    if held.released_at:
        return held
    held.released_at = at
    held.save(update_fields=["released_at"])
    finish("release", assignment, by=by, at=at, kind=held.kind)
    return held


@transaction.atomic
def pay_invoice(invoice: Invoice, *, by: Actor, at: datetime) -> Invoice:
    """Pay an invoice of ours, whichever page asked: the assignment is locked first.

    The invoice of a cancellation fee is paid likewise, and the assignment stays cancelled.
    Registered with ``payments.subjects``.
    """
    assignment = lock(Assignment.objects.get(reference=invoice.reference))
    if assignment.invoice_id == invoice.pk and assignment.status in (Status.INVOICED, Status.PAID):
        pay(assignment, by=by, at=at)
    else:
        acceptance.require(by, at=at)
        invoicing.pay(invoice, by=by, at=at)
    invoice.refresh_from_db()
    return invoice


def invoice_for(assignment: Assignment, amount: Decimal, *, by: Actor, at: datetime) -> Invoice:
    """Bill an amount of worker pay: line by line where it is all that was claimed, and one line
    where a decision of staff made it another."""
    if amount != assignment.amount_claimed:
        decided = invoicing.LineItem(InvoiceLine.Kind.PRICE, assignment.title, Decimal(1), amount)
        return _issue(assignment, [decided], by=by, at=at)
    lines = [*price_lines(assignment), *additions.lines_of(assignment)]
    return _issue(assignment, lines, by=by, at=at)


def price_lines(assignment: Assignment) -> list[invoicing.LineItem]:
    """The price as claimed: hours or units at their rates, or one amount where less was asked."""
    terms, quantity = assignment.terms, assignment.quantity_claimed
    price, one = assignment.price_claimed, Decimal(1)
    lines = [invoicing.LineItem(InvoiceLine.Kind.PRICE, assignment.title, one, price)]
    if terms.is_counted and quantity and price == terms.price_of(quantity):
        kind, words = InvoiceLine.Kind.HOURS, "hours worked"
        if not terms.is_timed:
            kind, words = InvoiceLine.Kind.UNITS, terms.unit_name
        lines = [
            invoicing.LineItem(kind, f"{assignment.title}: {words}", part.quantity, part.rate)
            for part in terms.parts_of(quantity)
        ]
    return lines


def _issue(
    assignment: Assignment, lines: list[invoicing.LineItem], *, by: Actor, at: datetime
) -> Invoice:
    assert assignment.worker is not None
    return invoicing.issue(
        company=assignment.company,
        worker=assignment.worker,
        reference=assignment.reference,
        title=assignment.title,
        lines=lines,
        terms_days=assignment.terms_days,
        fee_rate=assignment.fee_rate,
        by=by,
        at=at,
    )


def _pay(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    assert assignment.invoice is not None
    invoicing.pay(assignment.invoice, by=by, at=at, reservation=_open_cash_reservation(assignment))
    return _paid(assignment, [], by=by, at=at)


def _pay_at_once(
    assignment: Assignment, fields: list[str], *, by: Actor, at: datetime
) -> Assignment:
    """Pay the invoice just issued from what was reserved, and save what approving changed."""
    assert assignment.invoice is not None
    invoicing.pay_at_once(
        assignment.invoice, by=by, at=at, reservation_key=assignment.reservation_id
    )
    return _paid(assignment, fields, by=by, at=at)


def _paid(assignment: Assignment, fields: list[str], *, by: Actor, at: datetime) -> Assignment:
    assert assignment.invoice is not None
    assignment.paid_at = at
    return finish(
        "pay",
        assignment,
        by=by,
        at=at,
        fields=[*fields, "paid_at"],
        amount=str(assignment.invoice.worker_amount),
    )


def _cancel(
    move: str,
    assignment: Assignment,
    *,
    reason: str,
    note: str,
    fee: Decimal,
    by: Actor,
    at: datetime,
) -> Assignment:
    why, late = reasons.named(Reason.Act.CANCEL, reason), assignment.is_late_notice(at)
    Cancellation.objects.create(
        assignment=assignment,
        reason=why,
        note=note,
        late_notice=late,
        mark=reasons.mark_of(why, late=late, started=assignment.starts_at <= at),
        fee=fee,
        cancelled_by=by.user,
        cancelled_at=at,
    )
    assignment.visits.filter(checked_out_at=None).update(checked_out_at=at)
    assignment.cancelled_at = at
    if fee:
        pay_fee(assignment, fee, by=by, at=at)
    if assignment.reservation:
        reservations.release(assignment.reservation, by=by, at=at)
    return finish(
        move,
        assignment,
        by=by,
        at=at,
        reason=reason,
        why=why.label,
        fee=str(fee),
        fields=["cancelled_at", "invoice"],
    )


def pay_fee(assignment: Assignment, fee: Decimal, *, by: Actor, at: datetime) -> None:
    """Invoice a cancellation fee, and pay it at once where the terms are immediate.

    The caller holds the assignment's lock and saves its ``invoice``.
    """
    line = invoicing.LineItem(
        InvoiceLine.Kind.CANCELLATION, f"Cancellation fee: {assignment.title}", Decimal(1), fee
    )
    assignment.invoice = _issue(assignment, [line], by=by, at=at)
    if assignment.terms_days == 0:
        invoicing.pay_at_once(
            assignment.invoice, by=by, at=at, reservation_key=assignment.reservation_id
        )


def _open_cash_reservation(assignment: Assignment) -> Reservation | None:
    standing = assignment.reservation
    if standing and standing.basis == "cash" and standing.closed_at is None:
        return standing
    return None


def require_range(amount: Decimal, *, most: Decimal, assignment: Assignment) -> None:
    if not is_exact(amount) or amount > most:
        currency = assignment.company.currency
        raise AmountOutOfRange(
            least=format_money(Decimal("0.01"), currency), most=format_money(most, currency)
        )


def _require_nothing_refused(assignment: Assignment, by: Actor) -> None:
    """A refused file that nothing has replaced contradicts the client's yes to the whole; staff
    decide as they do."""
    if by.is_staff:
        return
    if name := REFUSED.first(assignment=assignment.pk):
        raise RefusedFile(name=name)


def refused_files(assignment: int | OuterRef) -> QuerySet[Deliverable, Any]:
    counted = Deliverable.objects.counted().filter(request=OuterRef("request")).order_by()
    there = counted.values("request").annotate(number=Count("pk")).values("number")
    refused = (
        Deliverable.objects.standing()
        .filter(assignment=assignment, verdict=Deliverable.Verdict.REFUSED)
        .annotate(there=Coalesce(Subquery(there), 0))
        .filter(there__lt=F("request__count"))
    )
    return refused.order_by("pk").values_list("name", flat=True)[:1]


REFUSED = Compiled(refused_files, assignment=int)
"""The name of the first file that was refused and that nothing has replaced."""


def _require_approve_limit(amount: Decimal, assignment: Assignment, by: Actor) -> None:
    limit = by.membership.approve_limit if by.membership else None
    if limit is not None and amount > limit:
        currency = assignment.company.currency
        raise AboveApproveLimit(
            limit=format_money(limit, currency), amount=format_money(amount, currency)
        )
