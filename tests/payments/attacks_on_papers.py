"""What somebody with ``psql`` may try on invoices, fundings, payouts and what staff decided."""

from __future__ import annotations

from tests.payments.attacks import INVOICE, attack, truncate

ON_PAPERS = [
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
        "exchange a worker's account at the provider",
        "payoutaccount.payout_account_only_changes",
        "UPDATE payments_payoutaccount SET account = 'acct_2' WHERE id = {payout_account}",
    ),
    attack(
        "give a worker a second account at the provider",
        "payoutaccount.payout_account_once",
        "INSERT INTO payments_payoutaccount (worker_id, provider, account, begun_at, tries) "
        "VALUES ({worker}, 'stripe', 'acct_2', '{at}', 0)",
    ),
    attack(
        "pay a worker to the account of another",
        "payoutaccount.payout_account_of_one",
        "INSERT INTO payments_payoutaccount (worker_id, provider, account, begun_at, tries) "
        "VALUES ({other_worker}, 'stripe', 'acct_1', '{at}', 0)",
    ),
    attack(
        "delete a worker's account at the provider",
        "payoutaccount.payout_account_kept",
        "DELETE FROM payments_payoutaccount WHERE id = {payout_account}",
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
