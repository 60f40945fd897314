"""What somebody with ``psql`` may try, and the guard that stops each.

Every attack names the one guard that stands in its way: a trigger, or a constraint. SQL is
formatted with the keys of the rows that ``world`` in ``test_guards.py`` makes.
"""

from __future__ import annotations

from dataclasses import dataclass

TRANSFER = (
    "INSERT INTO payments_transfer (kind, key, currency, amount, memo, company_id, at) "
    "VALUES ('payment', 'attack', '{currency}', {amount}, '', {company}, '{at}')"
)
POSTING = (
    "INSERT INTO payments_posting (transfer_id, account_id, side, amount, at) "
    "VALUES ({transfer}, {account}, '{side}', {amount}, '{at}')"
)
THE_LAST = "(SELECT max(id) FROM payments_transfer)"
THE_NEW = "(SELECT id FROM payments_transfer WHERE key = 'attack')"


def transfer(amount: str = "10", currency: str = "USD") -> str:
    return TRANSFER.replace("{amount}", amount).replace("{currency}", currency)


def posting(
    account: str, side: str, amount: str = "10", to: str = THE_NEW, at: str = "{at}"
) -> str:
    values = {"account": f"{{{account}}}", "side": side, "amount": amount, "transfer": to, "at": at}
    sql = POSTING
    for name, value in values.items():
        sql = sql.replace(f"{{{name}}}", value)
    return sql


INVOICE = (
    "INSERT INTO payments_invoice (company_id, worker_id, number, reference, title, currency, "
    "worker_amount, fee_amount, total, terms_days, issued_at, due_on, withdrawn_reason) VALUES "
    "({company}, {worker}, {number}, 'T-9', 't', 'USD', 10, 1, {total}, 0, '{at}', '{at}', '')"
)


REFUND = (
    "INSERT INTO payments_refund (reference, company_id, funding_id, provider, amount, currency, "
    "request_key, key, status, failure, requested_by_id, requested_at, transfer_id, tries) "
    "SELECT 'R-ATTACK', {company}, {settled}, 'sandbox', {amount}, 'USD', 'a', 'a', 'ordered', "
    "'', requested_by_id, '{at}', {transfer}, 0 FROM payments_funding WHERE id = {settled}"
)


@dataclass(frozen=True)
class Attack:
    """``guard`` is a trigger or a constraint on ``table``; ``also`` are triggers that stop the
    same attack on other tables (TRUNCATE cascades), dropped together with it."""

    name: str
    table: str
    guard: str
    sql: str
    also: tuple[tuple[str, str], ...] = ()


def attack(name: str, guard: str, *sql: str, also: tuple[tuple[str, str], ...] = ()) -> Attack:
    table, _, guard = guard.partition(".")
    return Attack(name, f"payments_{table}", guard, ";\n".join(sql), also)


EMPTIED = {
    "creditnote": "credit_note_not_truncated",
    "ledgeraccount": "account_not_truncated",
    "transfer": "transfer_not_truncated",
    "posting": "posting_not_truncated",
    "invoice": "invoice_not_truncated",
    "invoiceline": "invoice_line_not_truncated",
}


def truncate(table: str) -> Attack:
    """Cascades reach the other tables of the books, whose guards would stop it as well."""
    others = tuple((f"payments_{t}", g) for t, g in EMPTIED.items() if t != table)
    return attack(
        f"truncate {table}",
        f"{table}.{EMPTIED[table]}",
        "SET LOCAL squarely.test_database = 'no'",
        f"TRUNCATE payments_{table} CASCADE",
        also=others,
    )


ATTACKS = [
    # postings
    attack(
        "change the amount of a posting",
        "posting.posting_kept",
        "UPDATE payments_posting SET amount = 1 WHERE id = {posting}",
    ),
    attack(
        "move a posting to another account",
        "posting.posting_kept",
        "UPDATE payments_posting SET account_id = {other_cash} WHERE id = {posting}",
    ),
    attack(
        "delete a posting",
        "posting.posting_kept",
        "DELETE FROM payments_posting WHERE id = {posting}",
    ),
    truncate("posting"),
    attack(
        "add a posting to a committed transfer",
        "posting.posting_applied",
        posting("cash", "credit", to="{transfer}"),
    ),
    attack(
        "add a balanced pair to a committed transfer",
        "posting.posting_applied",
        posting("cash", "credit", to="{transfer}"),
        posting("outside", "debit", to="{transfer}"),
    ),
    attack(
        "post a euro account in a dollar transfer",
        "posting.posting_applied",
        transfer(),
        posting("euro_cash", "credit"),
        posting("outside", "debit"),
    ),
    attack(
        "post at another time than the transfer's",
        "posting.posting_applied",
        transfer(),
        posting("cash", "credit", at="2020-01-01"),
        posting("outside", "debit"),
    ),
    attack(
        "post a negative amount",
        "posting.posting_positive",
        transfer(),
        posting("cash", "credit", amount="-5"),
        posting("cash", "credit", amount="15"),
        posting("outside", "debit"),
    ),
    attack(
        "post nothing",
        "posting.posting_positive",
        transfer(),
        posting("cash", "credit", amount="0"),
        posting("cash", "credit"),
        posting("outside", "debit"),
    ),
    attack(
        "post on no side",
        "posting.posting_side",
        transfer(),
        posting("cash", "neithr", amount="3"),
        posting("cash", "credit"),
        posting("outside", "debit"),
    ),
    # transfers
    attack("make a transfer without postings", "transfer.transfer_balances", transfer()),
    attack(
        "make a transfer with one posting",
        "transfer.transfer_balances",
        transfer(),
        posting("cash", "credit"),
    ),
    attack(
        "make a transfer that does not balance",
        "transfer.transfer_balances",
        transfer(),
        posting("cash", "credit", amount="10"),
        posting("outside", "debit", amount="9"),
    ),
    attack(
        "make a transfer of more than its postings",
        "transfer.transfer_balances",
        transfer("20"),
        posting("cash", "credit", amount="10"),
        posting("outside", "debit", amount="10"),
    ),
    attack("make a transfer of nothing", "transfer.transfer_positive", transfer("0")),
    attack(
        "rewrite the memo of a transfer",
        "transfer.transfer_kept",
        "UPDATE payments_transfer SET memo = 'never happened' WHERE id = {transfer}",
    ),
    attack(
        "rewrite a transfer by way of an insert",
        "transfer.transfer_kept",
        transfer().replace("'attack'", "'{key}'")
        + " ON CONFLICT (key) DO UPDATE SET company_id = {other_company}",
    ),
    attack(
        "delete a transfer",
        "transfer.transfer_kept",
        "ALTER TABLE payments_posting DISABLE TRIGGER posting_kept",
        "DELETE FROM payments_posting WHERE transfer_id = {loose}",
        "DELETE FROM payments_transfer WHERE id = {loose}",
    ),
    truncate("transfer"),
    attack(
        "use an idempotency key twice",
        "transfer.payments_transfer_key_key",
        transfer().replace("'attack'", "'{key}'"),
        posting("cash", "debit", to=THE_LAST),
        posting("fees", "credit", to=THE_LAST),
    ),
    # accounts
    attack(
        "raise a balance",
        "ledgeraccount.account_guarded",
        "UPDATE payments_ledgeraccount SET balance = balance + 1000 WHERE id = {cash}",
    ),
    attack(
        "move balances between accounts without a transfer",
        "ledgeraccount.account_guarded",
        "UPDATE payments_ledgeraccount SET balance = CASE id WHEN {cash} THEN 0 ELSE 500 END "
        "WHERE id IN ({cash}, {other_cash})",
    ),
    attack(
        "open an account with money on it",
        "ledgeraccount.account_guarded",
        "INSERT INTO payments_ledgeraccount (kind, company_id, provider, currency, balance) "
        "VALUES ('company_cash', {company}, '', 'CAD', 1000)",
    ),
    attack(
        "raise a balance by way of an insert",
        "ledgeraccount.account_guarded",
        "INSERT INTO payments_ledgeraccount (id, kind, company_id, provider, currency, balance) "
        "VALUES ({cash}, 'company_cash', {company}, '', 'USD', 0) "
        "ON CONFLICT (id) DO UPDATE SET balance = 9999",
    ),
    attack(
        "hand an account to another company",
        "ledgeraccount.account_guarded",
        "UPDATE payments_ledgeraccount SET company_id = {other_company}, currency = 'CAD' "
        "WHERE id = {cash}",
    ),
    attack(
        "turn an account into one of another kind",
        "ledgeraccount.account_guarded",
        "UPDATE payments_ledgeraccount SET kind = 'company_reserved', currency = 'CAD' "
        "WHERE id = {cash}",
    ),
    attack(
        "delete an account",
        "ledgeraccount.account_kept",
        "DELETE FROM payments_ledgeraccount WHERE id = {euro_cash}",
    ),
    truncate("ledgeraccount"),
    attack(
        "overdraw a customer account",
        "ledgeraccount.ledger_account_floor",
        transfer("501"),
        posting("cash", "debit", amount="501"),
        posting("fees", "credit", amount="501"),
    ),
    attack(
        "open a second account of the same owner and kind",
        "ledgeraccount.ledger_account_once",
        "INSERT INTO payments_ledgeraccount (kind, company_id, provider, currency, balance) "
        "VALUES ('company_cash', {company}, '', 'USD', 0)",
    ),
    attack(
        "open a second account of the platform",
        "ledgeraccount.ledger_account_once",
        "INSERT INTO payments_ledgeraccount (kind, provider, currency, balance) "
        "VALUES ('platform_fees', '', 'USD', 0)",
    ),
    attack(
        "open a customer account that is nobody's",
        "ledgeraccount.ledger_account_owner",
        "INSERT INTO payments_ledgeraccount (kind, provider, currency, balance) "
        "VALUES ('company_cash', '', 'USD', 0)",
    ),
    # invoices
    attack(
        "lower an invoice",
        "invoice.invoice_only_changes",
        "UPDATE payments_invoice SET worker_amount = 1, total = 1 + fee_amount WHERE id = {open}",
    ),
    attack(
        "put off a due date",
        "invoice.invoice_only_changes",
        "UPDATE payments_invoice SET due_on = due_on + 30 WHERE id = {open}",
    ),
    attack(
        "mark a paid invoice unpaid",
        "invoice.invoice_set_once",
        "UPDATE payments_invoice SET paid_at = NULL, transfer_id = NULL WHERE id = {paid}",
    ),
    attack(
        "mark an invoice paid without a transfer",
        "invoice.invoice_paid_is_posted",
        "UPDATE payments_invoice SET paid_at = '{at}' WHERE id = {open}",
    ),
    attack(
        "withdraw a paid invoice",
        "invoice.invoice_paid_stands",
        "UPDATE payments_invoice SET withdrawn_at = '{at}' WHERE id = {paid}",
    ),
    attack(
        "delete an invoice",
        "invoice.invoice_kept",
        "SET CONSTRAINTS ALL DEFERRED",
        "ALTER TABLE payments_invoiceline DISABLE TRIGGER invoice_line_kept",
        "DELETE FROM payments_invoiceline WHERE invoice_id = {open}",
        "DELETE FROM payments_invoice WHERE id = {open}",
    ),
    truncate("invoice"),
    attack(
        "issue an invoice without lines",
        "invoice.invoice_has_its_lines",
        INVOICE.replace("{number}", "99").replace("{total}", "11"),
    ),
    attack(
        "issue an invoice that does not add up",
        "invoice.invoice_adds_up",
        "ALTER TABLE payments_invoice DISABLE TRIGGER invoice_has_its_lines",
        INVOICE.replace("{number}", "99").replace("{total}", "12"),
    ),
    attack(
        "use an invoice number twice",
        "invoice.invoice_number_once",
        "ALTER TABLE payments_invoice DISABLE TRIGGER invoice_has_its_lines",
        INVOICE.replace("{number}", "1").replace("{total}", "11"),
    ),
    attack(
        "change a line of an invoice",
        "invoiceline.invoice_line_kept",
        "UPDATE payments_invoiceline SET amount = 1 WHERE invoice_id = {open}",
    ),
    attack(
        "delete a line of an invoice",
        "invoiceline.invoice_line_kept",
        "DELETE FROM payments_invoiceline WHERE invoice_id = {open}",
    ),
    attack(
        "add a line to an invoice",
        "invoiceline.invoice_line_fits",
        "INSERT INTO payments_invoiceline "
        "(invoice_id, kind, description, quantity, unit_price, amount) "
        "VALUES ({open}, 'bonus', 'surprise', 1, 5, 5)",
    ),
    truncate("invoiceline"),
    # funding, events, reservations
    attack(
        "settle a funding without posting it",
        "funding.funding_settled_is_posted",
        "UPDATE payments_funding SET status = 'settled' WHERE id = {funding}",
    ),
    attack(
        "raise a funding",
        "funding.funding_only_changes",
        "UPDATE payments_funding SET amount = 100000 WHERE id = {funding}",
    ),
    attack(
        "take the posting from a settled funding",
        "funding.funding_set_once",
        "UPDATE payments_funding SET status = 'requested', transfer_id = NULL WHERE id = {settled}",
    ),
    attack(
        "delete a funding",
        "funding.funding_kept",
        "DELETE FROM payments_funding WHERE id = {funding}",
    ),
    attack(
        "rewrite what a provider said",
        "providerevent.provider_event_only_changes",
        "UPDATE payments_providerevent SET payload = '{{}}' WHERE id = {event}",
    ),
    attack(
        "have a provider's event applied again",
        "providerevent.provider_event_set_once",
        "UPDATE payments_providerevent SET applied_at = NULL WHERE id = {event}",
    ),
    attack(
        "delete what a provider said",
        "providerevent.provider_event_kept",
        "DELETE FROM payments_providerevent WHERE id = {event}",
    ),
    attack(
        "hand a reservation to other work",
        "reservation.reservation_only_changes",
        "UPDATE payments_reservation SET reference = 'T-9' WHERE id = {reservation}",
    ),
    attack(
        "open a closed reservation again",
        "reservation.reservation_set_once",
        "UPDATE payments_reservation SET closed_at = NULL WHERE id = {closed}",
    ),
    attack(
        "delete a reservation",
        "reservation.reservation_kept",
        "DELETE FROM payments_reservation WHERE id = {reservation}",
    ),
    # refunds
    attack(
        "raise a refund",
        "refund.refund_only_changes",
        "UPDATE payments_refund SET amount = 900 WHERE id = {refund}",
    ),
    attack(
        "rename a refund at its provider",
        "refund.refund_set_once",
        "UPDATE payments_refund SET provider_reference = 'x' WHERE id = {failed_refund}",
    ),
    attack(
        "call a refund sent without posting it",
        "refund.refund_sent_is_posted",
        "UPDATE payments_refund SET status = 'refunded' WHERE id = {refund}",
    ),
    attack(
        "call a refund failed without bringing it back",
        "refund.refund_back_is_posted",
        "UPDATE payments_refund SET status = 'failed' WHERE id = {refund}",
    ),
    attack(
        "delete a refund",
        "refund.refund_kept",
        "DELETE FROM payments_refund WHERE id = {refund}",
    ),
    attack(
        "send back more than a funding brought",
        "refund.refund_fits",
        REFUND.replace("{amount}", "961"),
    ),
    attack(
        "send back money that has not arrived",
        "refund.refund_fits",
        REFUND.replace("{amount}", "1").replace("{settled}", "{funding}"),
    ),
    attack(
        "make up a kind of transfer",
        "transfer.transfer_kind_known",
        transfer().replace("'payment'", "'gift'"),
        posting("cash", "debit"),
        posting("fees", "credit"),
    ),
    # payouts and bank accounts
    attack(
        "raise a payout",
        "payout.payout_only_changes",
        "UPDATE payments_payout SET amount = 100000 WHERE id = {payout}",
    ),
    attack(
        "have a payout's money brought back once more",
        "payout.payout_set_once",
        "UPDATE payments_payout SET came_back_at = '2020-01-01' WHERE id = {failed_payout}",
    ),
    attack(
        "call a payout paid without posting it",
        "payout.payout_paid_is_posted",
        "UPDATE payments_payout SET status = 'paid_out' WHERE id = {payout}",
    ),
    attack(
        "call a payout failed without bringing it back",
        "payout.payout_back_is_posted",
        "UPDATE payments_payout SET status = 'failed' WHERE id = {payout}",
    ),
    attack(
        "delete a payout",
        "payout.payout_kept",
        "DELETE FROM payments_payout WHERE id = {payout}",
    ),
    attack(
        "rewrite an attempt",
        "payoutattempt.payout_attempt_kept",
        "UPDATE payments_payoutattempt SET answer = 'Paid.' WHERE payout_id = {failed_payout}",
    ),
    attack(
        "lead payouts to another account",
        "bankaccount.bank_account_only_changes",
        "UPDATE payments_bankaccount SET token = 'thief' WHERE id = {bank}",
    ),
    attack(
        "bring a removed account back",
        "bankaccount.bank_account_set_once",
        "UPDATE payments_bankaccount SET removed_at = '2020-01-01' WHERE id = {removed_bank}",
    ),
    attack(
        "delete a bank account",
        "bankaccount.bank_account_kept",
        "DELETE FROM payments_bankaccount WHERE id = {removed_bank}",
    ),
    # statements
    attack(
        "move an invoice to another statement",
        "invoice.invoice_set_once",
        "UPDATE payments_invoice SET statement_id = NULL WHERE id = {open}",
    ),
    attack(
        "rewrite a statement",
        "statement.statement_kept",
        "UPDATE payments_statement SET total = 1 WHERE id = {statement}",
    ),
    attack(
        "rewrite what auto-pay tried",
        "autopayattempt.auto_pay_attempt_kept",
        "UPDATE payments_autopayattempt SET refusal = 'none'",
    ),
    attack(
        "rewrite a credit note",
        "creditnote.credit_note_kept",
        "UPDATE payments_creditnote SET reason = 'none' WHERE id = {credit_note}",
    ),
    truncate("creditnote"),
    # what staff do by hand
    attack(
        "raise a correction that waits",
        "adjustment.adjustment_only_changes",
        "UPDATE payments_adjustment SET amount = 100000 WHERE id = {adjustment}",
    ),
    attack(
        "decide a correction again",
        "adjustment.adjustment_set_once",
        "UPDATE payments_adjustment SET decided_at = '2020-01-01' WHERE id = {refused}",
    ),
    attack(
        "approve one's own correction",
        "adjustment.adjustment_two_people",
        "UPDATE payments_adjustment SET decided_by_id = proposed_by_id WHERE id = {adjustment}",
    ),
    attack(
        "call a correction posted without posting it",
        "adjustment.adjustment_posted",
        "UPDATE payments_adjustment SET status = 'posted' WHERE id = {adjustment}",
    ),
    attack(
        "delete a correction",
        "adjustment.adjustment_kept",
        "DELETE FROM payments_adjustment WHERE id = {adjustment}",
    ),
    attack(
        "rewrite what a check found",
        "bookscheck.books_check_kept",
        "UPDATE payments_bookscheck SET count = 0",
    ),
]
