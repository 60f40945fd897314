"""The rows of My work, tab by tab: what is next, or how far it is."""

from __future__ import annotations

from datetime import datetime

from assignments.due import EARLY
from assignments.models import Application, Assignment, Invitation
from assignments.states import Status
from assignments.views.rows import Row, row_of
from assignments.working import confirm_from
from core.dates import date_words, relative_words
from core.money import ZERO, format_money

TONES = {
    Application.Status.OPEN: "info",
    Application.Status.DECLINED: "warning",
    Application.Status.PASSED_OVER: "neutral",
    Application.Status.WITHDRAWN: "neutral",
    Application.Status.EXPIRED: "warning",
}


def to_do(assignment: Assignment, at: datetime) -> Row:
    mark, tone = next_act(assignment, at)
    return row_of(assignment, at=at, mark=mark, tone=tone)


def next_act(assignment: Assignment, at: datetime) -> tuple[str, str]:
    """The same order as on the assignment's page, from the facts the list has read."""
    if assignment.held:
        return "On hold", "neutral"
    if assignment.is_asked:
        return "Answer the client’s request", "warning"
    if assignment.status == Status.ASSIGNED:
        asked = assignment.wants_confirmation and not assignment.confirmed_at
        if asked and at >= confirm_from(assignment):
            return "Confirm", "warning"
        if assignment.starts_at - at > EARLY and not assignment.is_window:
            return f"Starts {relative_words(assignment.starts_at, at)}", "info"
        return ("Check in" if assignment.wants_check_in else "Start work"), "warning"
    if assignment.on_visit:
        return ("Hand in, then check out" if assignment.wanting else "Check out"), "warning"
    if assignment.wants_check_in and not assignment.visited:
        return "Check in", "warning"
    if assignment.wanting:
        return "Hand in", "warning"
    return ("Put right" if assignment.undone else "Submit"), "warning"


def invited(invitation: Invitation, at: datetime) -> Row:
    assignment = invitation.assignment
    mark = "First to accept" if assignment.first_to_accept else "Answer"
    return row_of(
        assignment,
        at=at,
        mark=mark,
        tone="warning",
        terms=f"Invited {relative_words(invitation.invited_at, at)}",
    )


def applied(application: Application, at: datetime) -> Row:
    assignment, status = application.assignment, Application.Status(application.status)
    mark, tone = str(status.label), TONES[status]
    ends = application.expires_at
    if status == Application.Status.OPEN and ends and ends <= at:
        mark, tone = "Expired", "warning"
    kind = "Counteroffer" if application.is_counteroffer else "Applied"
    return row_of(
        assignment,
        at=at,
        mark=mark,
        tone=tone,
        pay=application.terms.sentence(assignment.company.currency),
        terms=f"{kind} {relative_words(application.applied_at, at)}",
        linked=assignment.status == Status.SENT
        and status in (Application.Status.OPEN, Application.Status.EXPIRED),
    )


def waiting(assignment: Assignment, at: datetime) -> Row:
    currency, invoice = assignment.company.currency, assignment.invoice
    if invoice:
        late = invoice.days_past_due(at.date())
        return row_of(
            assignment,
            at=at,
            mark=f"{late} day{'s' * (late != 1)} past due" if late else "Approved",
            tone="bad" if late else "good",
            pay=format_money(invoice.worker_amount, currency),
            terms=f"Due on {date_words(invoice.due_on)}",
        )
    return row_of(
        assignment,
        at=at,
        mark="Waiting for approval",
        tone="info",
        pay=format_money(assignment.amount_claimed or ZERO, currency),
        terms=f"Submitted {relative_words(assignment.submitted_at or at, at)}",
    )


def done(assignment: Assignment, at: datetime) -> Row:
    currency = assignment.company.currency
    if assignment.status == Status.CANCELLED:
        return row_of(
            assignment,
            at=at,
            mark="Cancelled",
            tone="bad",
            pay=format_money(assignment.cancellation.fee, currency),
            terms=f"Cancelled {relative_words(assignment.cancelled_at or at, at)}",
        )
    paid = assignment.invoice.worker_amount if assignment.invoice else ZERO
    return row_of(
        assignment,
        at=at,
        mark="Paid",
        tone="good",
        pay=format_money(paid, currency),
        terms=f"Paid {relative_words(assignment.paid_at or at, at)}",
    )
