"""Proving the books: every invariant of the ledger as a question that finds nothing.

The database refuses a wrong book as it is written; this finds what went wrong all the same,
by a restore, a repair by hand or a disabled trigger. Each check is set-based. Those that look at
postings share one statement, so that the largest table is read once however many they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

MOST_OF_A_KIND = 1_000
"""Places that one check lists; more than that is one fault many times."""
WORK_MEM = "16MB"
"""What PostgreSQL may use for one step of a check before it goes to disk."""


@dataclass(frozen=True)
class Check:
    """One invariant: its name, what it means when rows are found, and the statement.

    The statement selects one text a finding, such as the transfer it concerns. One that
    ``asks_postings`` reads ``by_transfer`` and ``by_account`` instead of the table.
    """

    name: str
    meaning: str
    sql: str
    asks_postings: bool = False


@dataclass(frozen=True)
class Finding:
    """One broken invariant and where."""

    check: Check
    where: str

    def __str__(self) -> str:
        return f"{self.check.name}: {self.where} ({self.check.meaning})"


SUMS = """
    WITH sums AS MATERIALIZED (
        SELECT p.transfer_id, p.account_id, count(*) AS postings,
               sum(CASE p.side WHEN 'credit' THEN p.amount ELSE -p.amount END) AS balance,
               sum(p.amount) FILTER (WHERE p.side = 'debit') AS debits,
               sum(p.amount) FILTER (WHERE p.side = 'credit' AND a.kind IN (
                   'worker_earnings', 'platform_fees')) AS earned,
               min(a.currency) AS currency, max(a.currency) AS other_currency
        FROM payments_posting p LEFT JOIN payments_ledgeraccount a ON a.id = p.account_id
        GROUP BY GROUPING SETS ((p.transfer_id), (p.account_id))
    ),
    by_transfer AS NOT MATERIALIZED (SELECT * FROM sums WHERE transfer_id IS NOT NULL),
    by_account AS NOT MATERIALIZED (SELECT * FROM sums WHERE account_id IS NOT NULL)
"""
"""All that is asked of postings, in one pass over them."""


def _not_as_its_status_says(kind: str, *, ended: str) -> str:
    """Payouts and refunds move in the same three steps: started, sent, and brought back."""
    return f"""
        SELECT '{kind} ' || o.reference FROM payments_{kind} o
        JOIN payments_transfer t ON t.id = o.transfer_id
        LEFT JOIN payments_transfer s ON s.id = o.sent_id
        LEFT JOIN payments_transfer r ON r.id = o.restored_id
        WHERE t.kind <> '{kind}' OR t.amount <> o.amount
           OR (s.id IS NOT NULL AND (s.kind <> '{kind}_sent' OR s.amount <> o.amount))
           OR (r.id IS NOT NULL AND (r.kind <> '{kind}_returned' OR r.amount <> o.amount))
           OR (o.status = '{ended}') <> (s.id IS NOT NULL AND r.id IS NULL)
           OR (o.status IN ('failed', 'returned')) <> (r.id IS NOT NULL)
        """  # noqa: S608 - made of constants


CHECKS = [
    Check(
        "unbalanced_transfer",
        "its debits are not its credits, or it has fewer than two postings",
        """
        SELECT 'transfer ' || coalesce(t.key, s.transfer_id::text) FROM payments_transfer t
        FULL JOIN by_transfer s ON s.transfer_id = t.id
        WHERE s.postings IS NULL OR s.postings < 2 OR s.balance <> 0
           OR s.debits IS DISTINCT FROM t.amount
        """,
        asks_postings=True,
    ),
    Check(
        "foreign_currency",
        "a posting is in another currency than its transfer",
        """
        SELECT 'transfer ' || t.key FROM payments_transfer t
        JOIN by_transfer s ON s.transfer_id = t.id
        WHERE s.currency IS DISTINCT FROM t.currency OR s.other_currency <> t.currency
        """,
        asks_postings=True,
    ),
    Check(
        "balance_differs",
        "the kept balance is not the sum of the postings",
        """
        SELECT 'account ' || a.id || ' (' || a.kind || ')' FROM payments_ledgeraccount a
        LEFT JOIN by_account s ON s.account_id = a.id
        WHERE a.balance <> CASE WHEN a.kind IN ('platform_fees', 'outside') THEN 0
                                ELSE coalesce(s.balance, 0) END
        """,
        asks_postings=True,
    ),
    Check(
        "negative_balance",
        "a customer's account is below zero",
        "SELECT 'account ' || id || ' (' || kind || ')' FROM payments_ledgeraccount "
        "WHERE balance < 0",
    ),
    Check(
        "reserved_differs",
        "the reserved account is not the sum of the open cash reservations and of the refunds "
        "under way",
        """
        SELECT 'company ' || c.slug FROM accounts_company c
        LEFT JOIN (SELECT company_id, sum(balance) AS held FROM payments_ledgeraccount
                   WHERE kind = 'company_reserved' GROUP BY company_id) a ON a.company_id = c.id
        LEFT JOIN (SELECT company_id, sum(amount) AS promised FROM payments_reservation
                   WHERE basis = 'cash' AND closed_at IS NULL GROUP BY company_id) r
               ON r.company_id = c.id
        LEFT JOIN (SELECT company_id, sum(amount) AS leaving FROM payments_refund
                   WHERE status = 'ordered' GROUP BY company_id) o ON o.company_id = c.id
        WHERE coalesce(a.held, 0) <> coalesce(r.promised, 0) + coalesce(o.leaving, 0)
        """,
    ),
    Check(
        "invoice_paid_wrongly",
        "a paid invoice has no payment, or one of another amount or kind",
        """
        SELECT 'invoice ' || i.reference || ' number ' || i.number FROM payments_invoice i
        LEFT JOIN payments_transfer t ON t.id = i.transfer_id
        LEFT JOIN by_transfer s ON s.transfer_id = t.id
        WHERE i.paid_at IS NOT NULL
          AND (t.id IS NULL OR t.kind <> 'payment' OR s.earned IS DISTINCT FROM i.total)
        """,
        asks_postings=True,
    ),
    Check(
        "payment_without_invoice",
        "money was paid that no invoice asked for",
        """
        SELECT 'transfer ' || t.key FROM payments_transfer t
        LEFT JOIN payments_invoice i ON i.transfer_id = t.id
        WHERE t.kind = 'payment' AND i.id IS NULL
        """,
    ),
    Check(
        "invoice_lines_differ",
        "the lines of the invoice do not come to its total",
        """
        SELECT 'invoice ' || i.reference || ' number ' || i.number FROM payments_invoice i
        LEFT JOIN payments_invoiceline l ON l.invoice_id = i.id
        GROUP BY i.id HAVING coalesce(sum(l.amount), 0) <> i.total
        """,
    ),
    Check(
        "invoice_number_gap",
        "the invoices of the company are not numbered from 1 without gaps",
        """
        SELECT 'company ' || c.slug FROM payments_companybooks b
        JOIN accounts_company c ON c.id = b.company_id
        LEFT JOIN payments_invoice i ON i.company_id = c.id
        GROUP BY c.slug, b.last_invoice_number
        HAVING count(i.id) <> b.last_invoice_number
            OR coalesce(max(i.number), 0) <> b.last_invoice_number
        """,
    ),
    Check(
        "funding_posted_wrongly",
        "settled funds have no transfer, or one of another amount or kind",
        """
        SELECT 'funding ' || f.key FROM payments_funding f
        LEFT JOIN payments_transfer t ON t.id = f.transfer_id
        WHERE f.status = 'settled'
          AND (t.id IS NULL OR t.kind <> 'funding' OR t.amount <> f.amount)
        """,
    ),
    Check(
        "refund_posted_wrongly",
        "the money of a refund is not where its status says",
        _not_as_its_status_says("refund", ended="refunded"),
    ),
    Check(
        "refunded_more_than_added",
        "more was sent back than had come by this funding, or it had not arrived",
        """
        SELECT 'funding ' || f.key FROM payments_funding f
        JOIN (SELECT funding_id, sum(amount) AS taken FROM payments_refund
              WHERE status IN ('ordered', 'refunded') GROUP BY funding_id) o ON o.funding_id = f.id
        WHERE o.taken > f.amount OR f.status <> 'settled'
        """,
    ),
    Check(
        "refund_transfer_without_refund",
        "money was sent back that nobody asked for",
        """
        SELECT 'transfer ' || t.key FROM payments_transfer t
        WHERE t.kind IN ('refund', 'refund_sent', 'refund_returned') AND NOT EXISTS (
            SELECT FROM (SELECT unnest(ARRAY[transfer_id, sent_id, restored_id]) AS id
                         FROM payments_refund) o WHERE o.id = t.id)
        """,
    ),
    Check(
        "payout_posted_wrongly",
        "the money of a payout is not where its status says",
        _not_as_its_status_says("payout", ended="paid_out"),
    ),
    Check(
        "credit_note_posted_wrongly",
        "a credit note has a transfer of another amount or kind, or gives back more than was paid",
        """
        SELECT 'credit note ' || n.number || ' of invoice ' || i.reference
        FROM payments_creditnote n
        JOIN payments_invoice i ON i.id = n.invoice_id
        JOIN payments_transfer t ON t.id = n.transfer_id
        JOIN (SELECT invoice_id, sum(worker_amount) AS work, sum(fee_amount) AS fee
              FROM payments_creditnote GROUP BY invoice_id) a ON a.invoice_id = i.id
        WHERE t.kind <> 'credit_note' OR t.amount <> n.total
           OR a.work > i.worker_amount OR a.fee > i.fee_amount OR i.paid_at IS NULL
        """,
    ),
    Check(
        "adjustment_posted_wrongly",
        "a correction was posted otherwise than two people agreed, or without them",
        """
        SELECT 'transfer ' || t.key FROM payments_transfer t
        LEFT JOIN payments_adjustment a ON a.transfer_id = t.id
        WHERE t.kind = 'adjustment' AND (a.id IS NULL OR a.amount <> t.amount)
        """,
    ),
    Check(
        "provider_event_unmatched",
        "a provider told something that does not fit what we know",
        """
        SELECT provider || ' ' || kind || ' ' || event_id || ': ' || error
        FROM payments_providerevent WHERE error <> '' AND note = ''
        """,
    ),
    Check(
        "provider_differs",
        "an applied event says that money moved, and our record says that it did not",
        """
        SELECT e.provider || ' ' || e.kind || ' ' || e.event_id FROM payments_providerevent e
        LEFT JOIN payments_funding f ON f.provider = e.provider AND f.key = e.payload ->> 'key'
        LEFT JOIN payments_payout o ON o.provider = e.provider AND o.key = e.payload ->> 'key'
        LEFT JOIN payments_refund r ON r.provider = e.provider AND r.key = e.payload ->> 'key'
        WHERE e.applied_at IS NOT NULL
          AND (e.kind = 'funding.settled' AND f.status IS DISTINCT FROM 'settled'
               OR e.kind = 'refund.sent'
                  AND (r.status IS NULL OR r.status NOT IN ('refunded', 'returned'))
               OR e.kind = 'payout.paid'
                  AND (o.status IS NULL OR o.status NOT IN ('paid_out', 'returned')))
        """,
    ),
    Check(
        "in_transit_differs",
        "the account in transit is not the sum of the payouts under way",
        """
        SELECT 'worker ' || w.reference FROM accounts_workerprofile w
        LEFT JOIN (SELECT worker_id, sum(balance) AS held FROM payments_ledgeraccount
                   WHERE kind = 'payout_in_transit' GROUP BY worker_id) a ON a.worker_id = w.id
        LEFT JOIN (SELECT worker_id, sum(amount) AS sent FROM payments_payout
                   WHERE status IN ('ordered', 'in_transit') GROUP BY worker_id) o
               ON o.worker_id = w.id
        WHERE coalesce(a.held, 0) <> coalesce(o.sent, 0)
        """,
    ),
    Check(
        "payout_transfer_without_payout",
        "money was sent to a bank that no payout asked for",
        """
        SELECT 'transfer ' || t.key FROM payments_transfer t
        WHERE t.kind IN ('payout', 'payout_sent', 'payout_returned') AND NOT EXISTS (
            SELECT FROM (SELECT unnest(ARRAY[transfer_id, sent_id, restored_id]) AS id
                         FROM payments_payout) o WHERE o.id = t.id)
        """,
    ),
]


def register(check: Check) -> Check:
    """Add a check of a higher app, such as that statuses agree with money."""
    if check not in CHECKS:
        CHECKS.append(check)
    return check


def findings() -> Iterator[Finding]:
    """Every broken invariant; none in books that are right.

    At most ``MOST_OF_A_KIND`` places of one check. Those over postings come first, from one
    statement and so from one moment; each of the others sees its own.
    """
    named = {check.name: check for check in CHECKS}
    for statement in statements():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
            cursor.execute(statement)
            found = cursor.fetchall()
        for name, where in found:
            yield Finding(named[name], where)


def statements() -> Iterator[str]:
    """What the database is asked, in order."""
    yield f"{SUMS} {' UNION ALL '.join(_listing(c) for c in CHECKS if c.asks_postings)}"
    yield from (_listing(check) for check in CHECKS if not check.asks_postings)


def _listing(check: Check) -> str:
    return (
        f"(SELECT '{check.name}' AS name, found.place FROM ({check.sql}) AS found (place) "  # noqa: S608
        f"LIMIT {MOST_OF_A_KIND})"
    )
