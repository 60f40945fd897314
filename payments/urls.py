"""Money: a company's under /payments/, a worker's under /earnings/.

Invoices are numbered per company, so an invoice's own address names the company. Without it
the number is looked up among the invoices of whoever asks.
"""

from django.urls import path

from payments.views import earnings, funds, invoices, ledger, overview

app_name = "payments"
NUMBER = "payments/invoices/<int:number>/"
OF_COMPANY = "payments/invoices/<slug:company>/<int:number>/"

urlpatterns = [
    path("payments/", overview.overview, name="overview"),
    path("payments/funds/", funds.add_funds, name="add_funds"),
    path("payments/invoices/", invoices.invoices, name="invoices"),
    path("payments/ledger/", ledger.ledger, name="ledger"),
    path("payments/ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("earnings/", earnings.earnings, name="earnings"),
]
for place in (NUMBER, OF_COMPANY):
    urlpatterns += [
        path(place, invoices.invoice, name="invoice"),
        path(f"{place}payment/", invoices.pay_invoice, name="pay_invoice"),
        path(f"{place}pdf/", invoices.invoice_sheet, name="invoice_sheet"),
    ]
