"""The ledger, and the papers around it: funding, reservations, invoices."""

from payments.models.books import CompanyBooks, Reservation, StatementPeriod
from payments.models.credit_note import CreditNote
from payments.models.funding import Funding, ProviderEvent
from payments.models.invoice import Invoice, InvoiceLine
from payments.models.ledger import (
    COMPANY_KINDS,
    CUSTOMER_KINDS,
    WORKER_KINDS,
    AccountKind,
    LedgerAccount,
    Posting,
    Side,
    Transfer,
    TransferKind,
)
from payments.models.operations import Adjustment, BooksCheck
from payments.models.payout import (
    BankAccount,
    Payout,
    PayoutAccount,
    PayoutAttempt,
    PayoutPlan,
    TaxDetails,
)
from payments.models.refund import Refund
from payments.models.statement import AutoPayAttempt, Statement

__all__ = [
    "COMPANY_KINDS",
    "CUSTOMER_KINDS",
    "WORKER_KINDS",
    "AccountKind",
    "Adjustment",
    "AutoPayAttempt",
    "BankAccount",
    "BooksCheck",
    "CompanyBooks",
    "CreditNote",
    "Funding",
    "Invoice",
    "InvoiceLine",
    "LedgerAccount",
    "Payout",
    "PayoutAccount",
    "PayoutAttempt",
    "PayoutPlan",
    "Posting",
    "ProviderEvent",
    "Refund",
    "Reservation",
    "Side",
    "Statement",
    "StatementPeriod",
    "TaxDetails",
    "Transfer",
    "TransferKind",
]
