"""What somebody with ``psql`` may try with refunds; the same twice; amounts that are none."""

from __future__ import annotations

from tests.payments.attacks import attack
from tests.psql import once_more

REFUND = (
    "INSERT INTO payments_refund (reference, company_id, funding_id, provider, amount, currency, "
    "request_key, key, status, failure, requested_by_id, requested_at, transfer_id, tries) "
    "SELECT 'R-ATTACK', {company}, {settled}, 'sandbox', {amount}, 'USD', 'a', 'a', 'ordered', "
    "'', requested_by_id, '{at}', {transfer}, 0 FROM payments_funding WHERE id = {settled}"
)

AGAIN = {"reference": "'R-9'", "key": "'k-9'", "request_key": "'k-9'", "transfer_id": "{loose}"}

TWICE_OR_NOTHING = [
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
        "take back in another currency",
        "refund.refund_fits",
        once_more("payments_refund", "refund", **AGAIN, currency="'EUR'"),
    ),
    attack(
        "take back one part twice",
        "refund.refund_part_once",
        once_more("payments_refund", "refund", **{**AGAIN, "request_key": "old.request_key"}),
    ),
    attack(
        "take back nothing",
        "refund.refund_positive",
        once_more("payments_refund", "refund", **AGAIN, amount="0"),
    ),
    # the same thing twice
    attack(
        "ask for funds twice with one key",
        "funding.payments_funding_key_key",
        once_more("payments_funding", "funding"),
    ),
    attack(
        "settle two fundings by one transfer",
        "funding.payments_funding_transfer_id_key",
        once_more("payments_funding", "settled", key="'k-9'"),
    ),
    attack(
        "set aside twice with one key",
        "reservation.payments_reservation_key_key",
        once_more("payments_reservation", "reservation"),
    ),
    attack(
        "hear one thing twice from a provider",
        "providerevent.provider_event_once",
        once_more("payments_providerevent", "event"),
    ),
    attack(
        "pay out twice with one key",
        "payout.payments_payout_key_key",
        once_more("payments_payout", "payout", reference="'P-9'", transfer_id="{loose}"),
    ),
    attack(
        "pay out twice from one transfer",
        "payout.payments_payout_transfer_id_key",
        once_more("payments_payout", "payout", reference="'P-9'", key="'k-9'"),
    ),
    attack(
        "bring two payouts back by one transfer",
        "payout.payments_payout_restored_id_key",
        once_more(
            "payments_payout",
            "failed_payout",
            reference="'P-9'",
            key="'k-9'",
            transfer_id="{loose}",
        ),
    ),
    attack(
        "pay two invoices by one transfer",
        "invoice.payments_invoice_transfer_id_key",
        "ALTER TABLE payments_invoice DISABLE TRIGGER invoice_has_its_lines",
        once_more("payments_invoice", "paid", number="99"),
    ),
    attack(
        "give back twice by one transfer",
        "creditnote.payments_creditnote_transfer_id_key",
        once_more("payments_creditnote", "credit_note", number="99"),
    ),
    attack(
        "use the number of a credit note twice",
        "creditnote.credit_note_number_once",
        once_more("payments_creditnote", "credit_note", transfer_id="{loose}"),
    ),
    attack(
        "use the number of a statement twice",
        "statement.statement_number_once",
        once_more("payments_statement", "statement", last_day="'2030-01-01'"),
    ),
    attack(
        "state one period twice",
        "statement.statement_period_once",
        once_more("payments_statement", "statement", number="99"),
    ),
    attack(
        "try to pay by itself twice a day",
        "autopayattempt.auto_pay_attempt_once",
        once_more("payments_autopayattempt", "attempt"),
    ),
    attack(
        "have two bank accounts at once",
        "bankaccount.bank_account_current_once",
        once_more("payments_bankaccount", "bank"),
    ),
    # amounts that are none
    attack(
        "owe less than nothing on credit",
        "companybooks.books_credit_limit",
        "UPDATE payments_companybooks SET credit_limit = -1 WHERE company_id = {company}",
    ),
    attack(
        "set aside less than nothing",
        "reservation.reservation_not_negative",
        "UPDATE payments_reservation SET amount = -1 WHERE id = {reservation}",
    ),
    attack(
        "add nothing",
        "funding.funding_positive",
        once_more("payments_funding", "funding", key="'k-9'", amount="0"),
    ),
    attack(
        "pay out nothing",
        "payout.payout_positive",
        once_more(
            "payments_payout",
            "payout",
            key="'k-9'",
            reference="'P-9'",
            transfer_id="{loose}",
            amount="0",
        ),
    ),
    attack(
        "correct by nothing",
        "adjustment.adjustment_positive",
        once_more("payments_adjustment", "adjustment", amount="0"),
    ),
    attack(
        "bill less than nothing as the fee",
        "invoice.invoice_amounts",
        "ALTER TABLE payments_invoice DISABLE TRIGGER invoice_has_its_lines",
        once_more("payments_invoice", "open", number="99", fee_amount="-1", total="99"),
    ),
    attack(
        "give back more from the worker than they get less",
        "creditnote.credit_note_amounts",
        once_more(
            "payments_creditnote",
            "credit_note",
            number="99",
            transfer_id="{loose}",
            from_worker="5",
        ),
    ),
    attack(
        "give back another total than its parts",
        "creditnote.credit_note_adds_up",
        once_more(
            "payments_creditnote", "credit_note", number="99", transfer_id="{loose}", total="7"
        ),
    ),
    attack(
        "state a period that ends before it begins",
        "statement.statement_period",
        once_more("payments_statement", "statement", number="99", last_day="'2020-01-01'"),
    ),
    attack(
        "have automatic payouts of nothing",
        "payoutplan.payout_plan_minimum",
        "INSERT INTO payments_payoutplan (worker_id, is_on, minimum, changed_at) "
        "VALUES ({worker}, true, 0, '{at}')",
    ),
    attack(
        "keep a whole account number",
        "bankaccount.bank_account_digits",
        "ALTER TABLE payments_bankaccount DISABLE TRIGGER bank_account_only_changes",
        "UPDATE payments_bankaccount SET last_digits = '1' WHERE id = {removed_bank}",
    ),
    # other currencies than one's own
    attack(
        "ask for funds in another currency",
        "funding.funding_own_currency",
        once_more("payments_funding", "funding", key="'k-9'", currency="'EUR'"),
    ),
    attack(
        "issue an invoice in another currency",
        "invoice.invoice_own_currency",
        "ALTER TABLE payments_invoice DISABLE TRIGGER invoice_has_its_lines",
        once_more("payments_invoice", "open", number="99", currency="'EUR'"),
    ),
    attack(
        "give back in another currency",
        "creditnote.credit_note_own_currency",
        once_more(
            "payments_creditnote",
            "credit_note",
            number="99",
            currency="'EUR'",
            transfer_id="{loose}",
        ),
    ),
    attack(
        "state in another currency",
        "statement.statement_own_currency",
        once_more(
            "payments_statement",
            "statement",
            number="99",
            currency="'EUR'",
            last_day="'2030-01-01'",
        ),
    ),
    attack(
        "pay out in another currency",
        "payout.payout_own_currency",
        once_more(
            "payments_payout",
            "payout",
            key="'k-9'",
            reference="'P-9'",
            currency="'EUR'",
            transfer_id="{loose}",
        ),
    ),
]
