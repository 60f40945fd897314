"""What somebody with ``psql`` may try on the books, and the guard that stops each.

SQL is formatted with the keys of the rows that ``world`` in ``test_guards.py`` makes. What they may
try on the papers beside the books stands in ``attacks_on_papers``.
"""

from __future__ import annotations

from tests.psql import Attack

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


THE_SECOND = "(SELECT id FROM payments_transfer WHERE key = 'attack-2')"


def reversal(key: str) -> str:
    again = transfer().replace("memo,", "memo, reverses_id,").replace("'',", "'', {loose},")
    return again.replace("'attack'", f"'{key}'")


INVOICE = (
    "INSERT INTO payments_invoice (company_id, worker_id, number, reference, title, currency, "
    "worker_amount, fee_amount, total, terms_days, issued_at, due_on, withdrawn_reason) VALUES "
    "({company}, {worker}, {number}, 'T-9', 't', 'USD', 10, 1, {total}, 0, '{at}', '{at}', '')"
)


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
    attack(
        "keep a balance where none is kept",
        "ledgeraccount.ledger_account_keeps_none",
        "ALTER TABLE payments_ledgeraccount DISABLE TRIGGER account_guarded",
        "UPDATE payments_ledgeraccount SET balance = 5 WHERE id = {fees}",
    ),
    attack(
        "make up a kind of transfer",
        "transfer.transfer_kind_known",
        transfer().replace("'payment'", "'gift'"),
        posting("cash", "debit"),
        posting("fees", "credit"),
    ),
    attack(
        "reverse a transfer twice",
        "transfer.payments_transfer_reverses_id_key",
        reversal("attack"),
        posting("cash", "debit"),
        posting("outside", "credit"),
        reversal("attack-2"),
        posting("cash", "debit", to=THE_SECOND),
        posting("outside", "credit", to=THE_SECOND),
    ),
]
