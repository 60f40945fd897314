"""How an invoice is paid when a higher app owns what it bills.

Paying runs through the thing billed, so that the thing is locked first, may refuse, and
moves together with the money. A higher app registers the prefix of its references in
``AppConfig.ready``; an invoice of nobody's is paid on its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from accounts.actors import Actor
from payments import invoicing
from payments.models import Invoice


class Pay(Protocol):
    def __call__(self, invoice: Invoice, *, by: Actor, at: datetime) -> object: ...


_payers: dict[str, Pay] = {}


def register(prefix: str, *, pay: Pay) -> None:
    """Let ``pay`` handle invoices whose reference starts with ``prefix``, such as ``"A-"``."""
    _payers[prefix] = pay


def pay(invoice: Invoice, *, by: Actor, at: datetime) -> Invoice:
    """Pay an invoice through whatever it bills; returns it as it stands afterwards.

    Raises what the owner refuses with, and what ``invoicing.pay`` refuses with.
    """
    payer: Pay = next(
        (found for prefix, found in _payers.items() if invoice.reference.startswith(prefix)),
        invoicing.pay,
    )
    payer(invoice, by=by, at=at)
    invoice.refresh_from_db()
    return invoice
