"""What a decision would do, to the cent: it is carried out and taken back in one breath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.money import format_money
from payments.models import AccountKind, Posting, Transfer
from payments.models import Side as Posted
from payments.refusals import InsufficientCash


class ClientIsShort(DomainError):
    """What ``payments`` says to a client, said to the desk."""

    message = (
        "The client’s cash is {short} short of that, so nothing was done. What is on its way back "
        "to a card or bank counts again only if it returns. Ask the client to add funds, then try "
        "again."
    )


@contextmanager
def out_of_the_clients_cash() -> Iterator[None]:
    try:
        yield
    except InsufficientCash as short:
        raise ClientIsShort(short=format_money(short.missing, short.currency)) from short


@dataclass(frozen=True)
class Movement:
    """An amount that leaves one account for another, as a bookkeeper writes it down."""

    source: str
    target: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Foreseen:
    """The money moves and all that is done, in sentences; ``digest`` tells two of them apart."""

    movements: Sequence[Movement]
    sentences: Sequence[str]

    @property
    def digest(self) -> str:
        lines = [
            f"{move.source} > {move.target} {move.amount} {move.currency}"
            for move in self.movements
        ]
        return sha256("\n".join([*lines, *self.sentences]).encode()).hexdigest()[:32]


def foreseen(transfers: Sequence[Transfer], sentences: Sequence[str]) -> Foreseen:
    """What these transfers moved from where to where, in the order of their posting."""
    keys = [transfer.pk for transfer in transfers]
    rows = Posting.objects.filter(transfer__in=keys).select_related(
        "account__company", "account__worker__user", "transfer"
    )  # fmt: skip
    found: list[Movement] = []
    for _, postings in groupby(rows.order_by("transfer", "pk"), key=attrgetter("transfer_id")):
        found += _pairs(list(postings))
    return Foreseen(found, list(sentences))


def _pairs(postings: Sequence[Posting]) -> Iterator[Movement]:
    """Each debit beside the credits it went to: both sides of a transfer are equal in sum."""
    given, taken = (
        [(_account(row.account), row.amount) for row in postings if row.side == side]
        for side in (Posted.DEBIT, Posted.CREDIT)
    )
    currency = postings[0].transfer.currency
    while given and taken:
        (source, gives), (target, takes) = given.pop(0), taken.pop(0)
        part = min(gives, takes)
        yield Movement(source, target, part, currency)
        if gives > part:
            given.insert(0, (source, gives - part))
        if takes > part:
            taken.insert(0, (target, takes - part))


def rehearse(act: Callable[[], Foreseen]) -> Foreseen:
    """Run a verb, read what it did, and undo all of it; its refusals are raised as they are."""
    with transaction.atomic():
        seen = act()
        transaction.set_rollback(True)
    return seen


def _account(account: Any) -> str:
    owner = account.company or account.worker
    label = AccountKind(account.kind).label
    return f"{owner}: {label.lower()}" if owner else label
