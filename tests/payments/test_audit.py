"""``check_ledger``: silent on right books, and it names each fault that is planted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actors import SYSTEM
from payments import audit, credit_notes, funding, payouts, refunds
from tests.factories import assignments as work
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(alice, wanda, at) -> dict[str, object]:
    """A company with work paid, invoiced, reserved for, and cancelled."""
    stages = ("paid", "invoiced", "pending_approval", "cancelled")
    made = {stage: work.in_stage(stage, alice, wanda, at=at) for stage in stages}
    payouts.request(make_payable(wanda, at=at), None, key="k", by=wanda, at=at)
    funding.add(company=alice.company, amount=Decimal(5), method="card", key="f", by=alice, at=at)
    refunds.request(alice.company, Decimal(2), key="r", by=alice, at=at)
    credit_notes.issue(made["paid"].invoice, Decimal(1), reason="x", by=SYSTEM, at=at)
    return made


@contextmanager
def unguarded() -> Iterator[Callable[..., None]]:
    """Writes as a repair by hand might, with every trigger asleep and the floor taken up."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE payments_ledgeraccount DROP CONSTRAINT ledger_account_floor")
        cursor.execute("ALTER TABLE payments_invoice DROP CONSTRAINT invoice_adds_up")
        yield lambda sql, *values: cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


FAULTS = {
    "unbalanced_transfer": (
        "UPDATE payments_posting SET amount = amount + 1 WHERE id = (SELECT max(p.id) FROM "
        "payments_posting p JOIN payments_ledgeraccount a ON a.id = p.account_id "
        "WHERE a.kind = 'platform_fees')"
    ),
    "foreign_currency": (
        "UPDATE payments_ledgeraccount SET currency = 'EUR' WHERE kind = 'worker_earnings'"
    ),
    "balance_differs": (
        "UPDATE payments_ledgeraccount SET balance = balance + 5 WHERE kind = 'worker_earnings'"
    ),
    "negative_balance": (
        "UPDATE payments_ledgeraccount SET balance = -1 WHERE kind = 'company_cash'"
    ),
    "reserved_differs": (
        "UPDATE payments_reservation SET amount = amount + 10 WHERE basis = 'cash' "
        "AND closed_at IS NULL"
    ),
    "invoice_paid_wrongly": (
        "UPDATE payments_invoice SET total = total + 1 WHERE paid_at IS NOT NULL"
    ),
    "payment_without_invoice": (
        "UPDATE payments_invoice SET transfer_id = NULL, paid_at = NULL "
        "WHERE paid_at IS NOT NULL"
    ),
    "invoice_lines_differ": (
        "UPDATE payments_invoiceline SET amount = amount - 1 WHERE kind = 'fee'"
    ),
    "invoice_number_gap": "UPDATE payments_invoice SET number = number + 7 WHERE number = 1",
    "refund_posted_wrongly": "UPDATE payments_refund SET amount = amount - 1",
    "refunded_more_than_added": "UPDATE payments_refund SET amount = amount + 100",
    "refund_transfer_without_refund": "DELETE FROM payments_refund",
    "payout_posted_wrongly": "UPDATE payments_payout SET amount = amount - 1",
    "credit_note_posted_wrongly": (
        "UPDATE payments_creditnote SET worker_amount = 9000, total = 9000 + fee_amount"
    ),
    "adjustment_posted_wrongly": "UPDATE payments_transfer SET kind = 'adjustment'",
    "provider_event_unmatched": "UPDATE payments_providerevent SET error = 'no funding'",
    "provider_differs": "UPDATE payments_providerevent SET kind = 'payout.paid'",
    "in_transit_differs": "UPDATE payments_payout SET amount = amount - 1",
    "payout_transfer_without_payout": "DELETE FROM payments_payout",
    "status_without_money": (
        "UPDATE payments_invoice SET transfer_id = NULL, paid_at = NULL "
        "WHERE paid_at IS NOT NULL"
    ),
    "reserved_after_the_end": (
        "UPDATE payments_reservation SET closed_at = NULL WHERE reference IN "
        "(SELECT reference FROM assignments_assignment WHERE status = 'cancelled')"
    ),
}  # fmt: skip


def names() -> set[str]:
    return {finding.check.name for finding in audit.findings()}


def test_right_books_have_no_findings(books, capsys):
    call_command("check_ledger")

    assert "The books are right" in capsys.readouterr().out


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_name(books, fault):
    assert names() == set()

    with unguarded() as write:
        write(FAULTS[fault])

    assert fault in names()
    with pytest.raises(CommandError, match="findings in the books"):
        call_command("check_ledger")


def test_settled_funds_without_their_transfer_are_found(acme, alice, at):
    added = funding.add(company=acme, amount=Decimal(100), method="card", key="k", by=alice, at=at)
    assert added.status == "settled"

    with unguarded() as write:
        write("UPDATE payments_funding SET amount = 90 WHERE id = %s", added.pk)

    assert "funding_posted_wrongly" in names()


def test_every_check_has_a_planted_fault():
    planted = {*FAULTS, "funding_posted_wrongly"}

    assert {check.name for check in audit.CHECKS} == planted


def test_the_postings_are_read_once_whatever_is_asked_of_them():
    asked = [statement.count("payments_posting") for statement in audit.statements()]
    assert [count for count in asked if count] == [1]


def test_one_fault_many_times_is_listed_up_to_a_limit(books, monkeypatch):
    with unguarded() as write:
        write("UPDATE payments_ledgeraccount SET currency = 'EUR'")
    foreign = [one for one in audit.findings() if one.check.name == "foreign_currency"]
    assert len(foreign) > 2

    monkeypatch.setattr(audit, "MOST_OF_A_KIND", 2)

    assert [one.check.name for one in audit.findings()].count("foreign_currency") == 2
