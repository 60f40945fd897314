"""What a decision would do, to the cent: it is carried out and taken back in one breath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction

from payments.models import AccountKind, Posting, Transfer
from payments.models import Side as Posted

SIGNS = {Posted.CREDIT: 1, Posted.DEBIT: -1}


@dataclass(frozen=True)
class Movement:
    """One posting: whose account, and by how much it changes; negative where money leaves."""

    account: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Foreseen:
    """The money moves and all that is done, in sentences; ``digest`` tells two of them apart."""

    movements: Sequence[Movement]
    sentences: Sequence[str]

    @property
    def digest(self) -> str:
        lines = [f"{move.account} {move.amount} {move.currency}" for move in self.movements]
        return sha256("\n".join([*lines, *self.sentences]).encode()).hexdigest()[:32]


def foreseen(transfers: Sequence[Transfer], sentences: Sequence[str]) -> Foreseen:
    """What these transfers moved, account by account in the order of their posting."""
    keys = [transfer.pk for transfer in transfers]
    rows = Posting.objects.filter(transfer__in=keys).select_related(
        "account__company", "account__worker__user", "transfer"
    )  # fmt: skip
    moves = [
        Movement(_account(row.account), SIGNS[Posted(row.side)] * row.amount, row.transfer.currency)
        for row in rows.order_by("pk")
    ]
    return Foreseen(moves, list(sentences))


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
