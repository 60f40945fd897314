"""Money: a company's under /payments/, a worker's under /earnings/.

Invoices are numbered per company, so an invoice's own address names the company. Without it
the number is looked up among the invoices of whoever asks.
"""

from django.urls import path

from payments.views import (
    credit_notes,
    earnings,
    exports,
    funds,
    invoices,
    ledger,
    overview,
    payment_details,
    payouts,
    refunds,
    statements,
    webhooks,
    years,
)

app_name = "payments"
NUMBER = "payments/invoices/<int:number>/"
OF_COMPANY = "payments/invoices/<slug:company>/<int:number>/"
NOTE = "payments/credit-notes/<slug:company>/<int:number>/"

urlpatterns = [
    path("payments/", overview.overview, name="overview"),
    path("payments/funds/", funds.add_funds, name="add_funds"),
    path("payments/funds/<slug:key>/", funds.funding, name="funding"),
    path("payments/webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path("payments/refunds/", refunds.refunds, name="refunds"),
    path("payments/paying/", statements.paying, name="paying"),
    path("payments/several/", statements.several, name="pay_several"),
    path("payments/statements/", statements.statements, name="statements"),
    path("payments/statements/<int:number>/", statements.statement, name="statement"),
    path("payments/statements/<int:number>/pdf/", statements.sheet, name="statement_sheet"),
    path(NOTE, credit_notes.credit_note, name="credit_note"),
    path(f"{NOTE}pdf/", credit_notes.credit_note_sheet, name="credit_note_sheet"),
    path("payments/invoices/", invoices.invoices, name="invoices"),
    path("payments/ledger/", ledger.ledger, name="ledger"),
    path("payments/ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("payments/exports/", exports.exports, name="exports"),
    path("payments/exports/columns/", exports.export_help, name="export_help"),
    path("earnings/", earnings.earnings, name="earnings"),
    path("earnings/payouts/", payouts.payouts, name="payouts"),
    path("earnings/payouts/<slug:reference>/", payouts.payout, name="payout"),
    path("earnings/statement/", ledger.earnings_statement, name="earnings_statement"),
    path("earnings/statement/export/", ledger.earnings_export, name="earnings_export"),
    path("earnings/years/", years.years, name="years"),
    path("earnings/years/<int:year>/", years.years, name="year"),
    path("earnings/years/<int:year>/export/", years.year_export, name="year_export"),
    path("earnings/years/<int:year>/pdf/", years.year_sheet, name="year_sheet"),
    path("earnings/details/", payment_details.payment_details, name="payment_details"),
    path("earnings/details/bank/", payment_details.bank_account, name="bank_account"),
    path(
        "earnings/details/bank/removal/",
        payment_details.remove_bank_account,
        name="remove_bank_account",
    ),
    path("earnings/details/tax/", payment_details.tax_details, name="tax_details"),
    path("earnings/details/automatic/", payment_details.payout_plan, name="payout_plan"),
]
for place in (NUMBER, OF_COMPANY):
    urlpatterns += [
        path(place, invoices.invoice, name="invoice"),
        path(f"{place}payment/", invoices.pay_invoice, name="pay_invoice"),
        path(f"{place}pdf/", invoices.invoice_sheet, name="invoice_sheet"),
    ]
