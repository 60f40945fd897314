"""What a worker handed over for approval: times, deliverables, resolution, hours and amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from assignments import amounts, quoting
from assignments.claiming import visited_hours
from assignments.models import (
    Assignment,
    AssignmentField,
    Deliverable,
    DeliverableRequest,
    SendBack,
    Visit,
)
from assignments.quoting import Quote
from core.money import ZERO


@dataclass(frozen=True)
class Submission:
    """Everything a client looks at before approving, read in four queries."""

    assignment: Assignment
    visits: list[Visit]
    requests: list[DeliverableRequest]
    send_backs: list[SendBack]
    answers: list[AssignmentField]
    quote: Quote

    @property
    def hours_on_site(self) -> Decimal:
        return visited_hours(self.visits)

    @property
    def claimed_words(self) -> str:
        """The hours or units, and their rates; nothing for a flat price."""
        return amounts.claimed_words(self.assignment) if self.assignment.quantity_claimed else ""

    @property
    def titles(self) -> list[str]:
        """What was asked for, by its title: files, and the fields that the worker fills in."""
        fields = [row.label for row in self.answers if row.is_for_page]
        return [*(asked.title for asked in self.requests), *fields]

    @property
    def refused_titles(self) -> list[str]:
        """What has a file among it that the client refused."""
        return [
            asked.title
            for asked in self.requests
            if any(file.is_refused for file in asked.handed_in)  # type: ignore[attr-defined]
        ]

    @property
    def below_budget(self) -> Decimal:
        """How much less than what was agreed the worker asks for."""
        return self.assignment.most_pay - self.quote.pay

    @property
    def rows(self) -> list[dict[str, object]]:
        """What is paid, line by line: the price, expenses and bonus, and the fee."""
        assignment, quote = self.assignment, self.quote
        parts = [
            ("Price", assignment.price_claimed),
            ("Expenses", assignment.expenses_claimed),
            ("Bonus", assignment.bonus),
            (quote.fee_words, quote.fee),
        ]
        return [{"label": word, "amount": amount} for word, amount in parts if amount]

    @property
    def released(self) -> Decimal:
        """What comes back of what was set aside."""
        reservation = self.assignment.reservation
        if reservation is None or reservation.closed_at:
            return ZERO
        return reservation.amount - self.quote.total


def of(assignment: Assignment) -> Submission:
    """The submission as it stands."""
    handed_in = Deliverable.objects.standing().order_by("handed_in_at", "pk")
    requests = assignment.deliverable_requests.prefetch_related(
        Prefetch("deliverables", handed_in.select_related("handed_in_by"), to_attr="handed_in")
    )
    return Submission(
        assignment=assignment,
        visits=list(assignment.visits.current().order_by("checked_in_at", "pk")),
        requests=list(requests.order_by("position", "pk")),
        send_backs=list(
            assignment.send_backs.select_related("sent_back_by").order_by("sent_back_at", "pk")
        ),
        answers=list(assignment.asked.current().in_order()),
        quote=quoting.quote(assignment.amount_claimed or ZERO, assignment.fee_rate),
    )
