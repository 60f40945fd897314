"""Money from the client's card to the worker's bank, and what is owed on terms, in the browser.

The days are counted from the fifth of the coming month at 15:00 UTC, whenever the test runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.actors import Actor
from assignments.models import Assignment
from notifications.models import Notice
from payments import audit, credit, payouts, refunds, statements
from payments.models import Invoice, LedgerAccount, Payout, Refund
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash
from tests.journeys.conftest import Person, sign_in, with_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)
BANK = {"holder": "Sam Ortiz", "routing_number": "021000021"}


@pytest.fixture
def fifth() -> datetime:
    """The fifth of the month that comes after the next few days."""
    month = (timezone.now() + 5 * DAY).replace(day=28) + 5 * DAY
    return month.replace(day=5, hour=15, minute=0, second=0, microsecond=0)


@pytest.fixture
def ruth(fifth) -> Actor:
    company = people.company("Bright Bakeries")
    return with_password(people.member(company, "Ruth Okafor", ["administrator"], at=fifth))


@pytest.fixture
def sam(fifth) -> Actor:
    return with_password(people.worker("Sam Ortiz", at=fifth))


@pytest.fixture
def signed_in(person) -> Callable[[Actor], Person]:
    """A browser of their own, signed in now; a worker's is a phone's."""

    def make(actor: Actor) -> Person:
        somebody = person(phone=actor.is_worker)
        sign_in(somebody, actor.user)
        return somebody

    return make


def balance(kind: str) -> Decimal:
    return LedgerAccount.objects.get(kind=kind).balance


def done_by(worker: Actor, assignment: Assignment, client: Actor, *, at: datetime) -> Assignment:
    """Assigned, worked and submitted, as other journeys show in the browser."""
    found = work.assigned(Assignment.objects.get(pk=assignment.pk), client, worker, at=at)
    return work.submitted(work.in_progress(found, worker), worker)


def pays_out(worker: Person, amount: str) -> Payout:
    worker.opens("/earnings/payouts/")
    worker.writes(amount=amount)
    worker.presses("Pay out", exact=True)
    return Payout.objects.order_by("pk").last()


def adds_bank_account(worker: Person, number: str) -> None:
    worker.writes(**BANK, account_number=number, repeated=number)
    worker.presses("Save", exact=True)
    worker.sees("Your bank account is saved.")


def test_from_the_clients_card_to_the_workers_bank(fifth, ruth, sam, signed_in, behind_the_pages):
    """Funds, send, approve, paid; a payout that fails, one that comes back, one that arrives;
    what is left goes back to the card."""
    with time_machine.travel(fifth) as clock:
        draft = work.draft(ruth, at=fifth)
        client = signed_in(ruth)
        client.opens("/payments/funds/")
        client.writes(amount="500.00")
        client.presses("Add funds")
        client.opens(f"/assignments/{draft.reference}/routing/")
        client.presses("Send and set aside $275.00")
        assert (balance("company_cash"), balance("company_reserved")) == (225, 275)

        done = done_by(sam, draft, ruth, at=fifth)
        clock.move_to(done.submitted_at + timedelta(hours=2))
        client.opens(f"/assignments/{draft.reference}/approval/")
        client.presses("Approve and pay $275.00")
        behind_the_pages()
        client.opens("/payments/invoices/")
        client.sees("Paid")

        worker = signed_in(sam)
        worker.opens("/earnings/")
        worker.follows("Pay out $250.00")
        worker.follows("Add a bank account")
        adds_bank_account(worker, "000123456789")
        worker.opens("/earnings/details/tax/")
        worker.writes(name="Samuel Ortiz", number="123-45-6789")
        worker.chooses("kind", "ssn")
        worker.presses("Save", exact=True)

        pays_out(worker, "100.13")
        worker.sees("The bank did not take $100.13. It is back in your earnings.")
        worker.follows("Check the bank account")
        adds_bank_account(worker, "000987654321")

        sent = pays_out(worker, "100.53")
        worker.sees("$100.53 is on its way to")
        assert balance("worker_earnings") == Decimal("149.47")
        for _ in range(3):
            clock.shift(timedelta(seconds=61))
            payouts.sweep(at=timezone.now())
        behind_the_pages()
        sent.refresh_from_db()
        assert sent.status == "returned" and balance("worker_earnings") == 250
        assert Notice.objects.filter(recipient=sam.user, title__icontains="payout").exists()
        worker.opens(f"/earnings/payouts/{sent.reference}/")
        worker.sees("The money is in your earnings again")
        worker.sees("The account is closed. Add another one.")
        worker.follows("Check the bank account")
        adds_bank_account(worker, "000555544443")

        arrived = pays_out(worker, "250.00")
        clock.shift(timedelta(seconds=61))
        payouts.sweep(at=timezone.now())
        worker.opens(f"/earnings/payouts/{arrived.reference}/")
        worker.sees(re.compile("Paid"))
        assert (balance("worker_earnings"), balance("payout_in_transit")) == (0, 0)

        client.opens("/payments/refunds/")
        client.sees("$225.00 is unused, $225.00 of it can go back")
        client.writes(amount="225.01")
        client.presses("Take back")
        client.sees("You can take back $225.00 at most.")
        client.writes(amount="225.00")
        client.presses("Take back")
        client.sees("$225.00 is going back to where it came from.")
        refunds.sweep(at=timezone.now())
        client.opens("/payments/refunds/")
        client.sees("Sent back")
        assert Refund.objects.get().is_sent
        assert balance("company_cash") == 0 and list(audit.findings()) == []


def test_terms_block_statement_and_auto_pay(fifth, ruth, sam, signed_in, behind_the_pages):
    """Seven days past due new work is blocked until the invoice is paid; the next one stands on
    the statement of the month and is paid by itself on its day."""
    company = ruth.company
    credit.set_limit(company, Decimal(600), by=ruth, at=fifth)
    with time_machine.travel(fifth) as clock:
        first = work.draft(ruth, at=fifth, terms_days=7)
        client = signed_in(ruth)
        client.opens(f"/assignments/{first.reference}/routing/")
        client.presses("Send and commit $275.00")
        done = done_by(sam, first, ruth, at=fifth)
        clock.move_to(done.submitted_at + timedelta(hours=1))
        client.opens(f"/assignments/{first.reference}/approval/")
        client.presses(re.compile("Approve, pay by"))
        bill = Invoice.objects.get()
        assert bill.is_open and bill.terms_days == 7

        late = timezone.now().replace(
            year=bill.due_on.year, month=bill.due_on.month, day=bill.due_on.day, hour=12
        )
        clock.move_to(late + 6 * DAY)
        second = work.draft(ruth, at=timezone.now(), terms_days=30)
        client = signed_in(ruth)
        client.opens("/payments/")
        client.sees("Past due")
        assert client.page.get_by_text("New assignments are blocked").count() == 0

        clock.move_to(late + 7 * DAY)
        client.opens("/payments/")
        client.sees("New assignments are blocked")
        client.opens(f"/assignments/{second.reference}/routing/")
        client.presses("Send and commit $275.00")
        client.sees(re.compile(f"Invoice {bill.label} was due on .* and is 7 days past due"))
        second.refresh_from_db()
        assert second.status == "draft"

        client.opens("/payments/")
        client.follows("Open the invoice")
        client.follows("Pay $275.00")
        client.follows("Add $275.00")
        client.presses("Add funds")
        client.opens(f"{bill.get_absolute_url()}payment/")
        client.presses("Pay $275.00")
        client.opens("/payments/")
        assert client.page.get_by_text("New assignments are blocked").count() == 0
        client.opens(f"/assignments/{second.reference}/routing/")
        client.presses("Send and commit $275.00")
        second.refresh_from_db()
        assert second.status == "sent"

        client.opens("/payments/paying/")
        client.chooses("statements", "month")
        client.page.locator("main [name='auto_pay']").check()
        client.presses("Save", exact=True)
        done = done_by(sam, second, ruth, at=timezone.now())
        clock.move_to(done.submitted_at + timedelta(hours=1))
        client = signed_in(ruth)
        client.opens(f"/assignments/{second.reference}/approval/")
        client.presses(re.compile("Approve, pay by"))
        owed = Invoice.objects.exclude(pk=bill.pk).get()

        clock.move_to((fifth + 30 * DAY).replace(day=1, hour=6))
        assert statements.sweep(at=timezone.now()) == 1
        client = signed_in(ruth)
        client.opens("/payments/statements/")
        client.follows("ST-0001")
        client.sees("2 invoices, $550.00 in all, $275.00 of it still owed")

        add_cash(company, Decimal(300), at=timezone.now())
        due = timezone.now().replace(
            year=owed.due_on.year, month=owed.due_on.month, day=owed.due_on.day
        )
        assert statements.sweep_auto_pay(at=due - DAY) == 0
        clock.move_to(due)
        assert statements.sweep_auto_pay(at=timezone.now()) == 1
        behind_the_pages()
        client = signed_in(ruth)
        client.opens("/payments/statements/1/")
        client.sees("nothing owed any more")
        assert Notice.objects.filter(recipient=sam.user).exists()
        worker = signed_in(sam)
        worker.opens("/earnings/")
        worker.sees("Pay out $500.00")
        assert balance("company_cash") == 25 and list(audit.findings()) == []
