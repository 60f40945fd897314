"""How an invoice is paid, and what it is for, when a higher app owns what it bills.

Paying runs through the thing billed, so that the thing is locked first, may refuse, and
moves together with the money. A higher app registers the prefix of its references in
``AppConfig.ready``; an invoice of nobody's is paid on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from accounts.actors import Actor
from accounts.models import WorkerProfile
from core.money import ZERO
from payments import invoicing
from payments.models import Invoice


class Pay(Protocol):
    def __call__(self, invoice: Invoice, *, by: Actor, at: datetime) -> object: ...


Awaiting = Callable[[WorkerProfile], tuple[Decimal, int]]

About = Callable[[Sequence[int]], dict[int, tuple[str, str]]]

_payers: dict[str, Pay] = {}
_awaiting: list[Awaiting] = []
_about: list[About] = []


def register(
    prefix: str, *, pay: Pay, awaiting: Awaiting | None = None, about: About | None = None
) -> None:
    """Let ``pay`` handle invoices whose reference starts with ``prefix``, such as ``"A-"``.

    ``awaiting`` tells how much a worker has asked for that no invoice bills yet, and for how
    many pieces of work; ``about`` tells customer and project of invoices by their keys.
    """
    _payers[prefix] = pay
    if awaiting and awaiting not in _awaiting:
        _awaiting.append(awaiting)
    if about and about not in _about:
        _about.append(about)


def awaiting_approval(worker: WorkerProfile) -> tuple[Decimal, int]:
    """What the worker's work awaits approval for: the amount, and how many pieces of work."""
    told = [ask(worker) for ask in _awaiting]
    return sum((amount for amount, _ in told), ZERO), sum(count for _, count in told)


def about(invoices: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Customer and project of invoices by their keys; those of none are left out."""
    return {key: names for ask in _about for key, names in ask(invoices).items()}


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
