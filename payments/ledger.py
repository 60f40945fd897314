"""The one place where money moves: transfers made of postings, each key once.

Customer accounts are liabilities of the platform: a credit adds to them and a debit takes
away. Callers hold their lock on the thing paid for first; here the customer accounts are
locked in the order of their keys, so that two transfers never wait for each other in a
circle. Accounts of the platform and the outside world are not locked: nothing of theirs
is written, so any number of transfers may use them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Company, WorkerProfile
from core.compiled import Compiled
from core.money import ZERO, is_exact
from payments.models import (
    AccountKind,
    LedgerAccount,
    Posting,
    Side,
    Transfer,
    TransferKind,
)
from payments.refusals import BadAmount, InsufficientBalance, KeyUsed

_watched: ContextVar[list[Transfer] | None] = ContextVar("transfers", default=None)


@contextmanager
def watching() -> Iterator[list[Transfer]]:
    """Collects the transfers that are written inside, in their order."""
    written: list[Transfer] = []
    token = _watched.set(written)
    try:
        yield written
    finally:
        _watched.reset(token)


class Unbalanced(ValueError):
    """The lines of a transfer do not sum to zero: a mistake of the code that wrote them."""


@dataclass(frozen=True)
class Line:
    account: LedgerAccount
    side: str
    amount: Decimal

    @property
    def effect(self) -> Decimal:
        """What the line does to a customer account's balance."""
        return self.amount if self.side == Side.CREDIT else -self.amount


def debit(account: LedgerAccount, amount: Decimal) -> Line:
    return Line(account, Side.DEBIT, amount)


def credit(account: LedgerAccount, amount: Decimal) -> Line:
    return Line(account, Side.CREDIT, amount)


def account(
    kind: str,
    *,
    company: Company | None = None,
    worker: WorkerProfile | None = None,
    provider: str = "",
    currency: str = "USD",
) -> LedgerAccount:
    """The account of this kind and owner, opened at zero when it is first needed."""
    found, _ = LedgerAccount.objects.get_or_create(
        kind=kind, company=company, worker=worker, provider=provider, currency=currency
    )
    return found


NOBODY = 0
OWNED = Compiled(
    lambda currency, company, worker: LedgerAccount.objects.filter(
        Q(kind=AccountKind.PLATFORM_FEES) | Q(company=company) | Q(worker=worker),
        currency=currency,
    ),
    currency=str,
    company=int,
    worker=int,
)


class Accounts:
    """The accounts one company and one worker may need in a transfer, read in one statement.

    Each is opened when it is first asked for.
    """

    def __init__(
        self, currency: str, *, company: Company | None = None, worker: WorkerProfile | None = None
    ) -> None:
        self._currency, self._company, self._worker = currency, company, worker
        rows: list[LedgerAccount] = OWNED.all(
            currency=currency,
            company=company.pk if company else NOBODY,
            worker=worker.pk if worker else NOBODY,
        )
        self._found = {AccountKind(row.kind): row for row in rows}

    def _get(self, kind: AccountKind, **owner: Company | WorkerProfile | None) -> LedgerAccount:
        if kind not in self._found:
            self._found[kind] = account(kind, currency=self._currency, **owner)  # type: ignore[arg-type]
        return self._found[kind]

    @property
    def cash(self) -> LedgerAccount:
        return self._get(AccountKind.COMPANY_CASH, company=self._company)

    @property
    def reserved(self) -> LedgerAccount:
        return self._get(AccountKind.COMPANY_RESERVED, company=self._company)

    @property
    def earnings(self) -> LedgerAccount:
        return self._get(AccountKind.WORKER_EARNINGS, worker=self._worker)

    @property
    def fees(self) -> LedgerAccount:
        return self._get(AccountKind.PLATFORM_FEES)


def lock(*accounts: LedgerAccount) -> dict[int, LedgerAccount]:
    """Lock the customer accounts among these, in key order; returns them fresh, by key."""
    keys = {found.pk for found in accounts if found.keeps_balance}
    rows = _locking(len(keys)).all(**{f"key_{place}": key for place, key in enumerate(keys)})
    return {row.pk: row for row in rows}


@cache
def _locking(count: int) -> Compiled:
    """Locks so many accounts, in the order of their keys."""
    return Compiled(
        lambda **keys: (
            LedgerAccount.objects.filter(pk__in=keys.values())
            .order_by("pk").select_for_update(no_key=True)
        ),
        **{f"key_{place}": int for place in range(count)},
    )  # fmt: skip


def post(
    *,
    kind: str,
    key: str,
    lines: Sequence[Line],
    currency: str,
    by: Actor,
    at: datetime,
    company: Company | None = None,
    memo: str = "",
    reverses: Transfer | None = None,
) -> Transfer:
    """Write one transfer with its postings, or return the one that has this key.

    1. Lock the customer accounts in key order.
    2. Insert transfer and postings in one statement; a key that exists inserts nothing.
    3. The database moves the balances, and compares debits and credits at commit.

    Raises ``InsufficientBalance`` before writing, ``KeyUsed`` when the key belongs to a
    transfer of another kind or amount, ``BadAmount`` and ``Unbalanced`` for lines that
    cannot be posted. Costs two statements inside a transaction, four outside.
    """
    amount = _checked(lines, currency)
    with transaction.atomic(savepoint=False):
        locked = lock(*(line.account for line in lines))
        transfer = Transfer(
            kind=kind,
            key=key,
            currency=currency,
            amount=amount,
            memo=memo[:200],
            company=company,
            reverses=reverses,
            made_by_id=by.user_id,
            at=at,
        )
        transfer.pk = None if _overdrawn(lines, locked) else _insert(transfer, lines)
        if transfer.pk:
            if (watched := _watched.get()) is not None:
                watched.append(transfer)
            return transfer
        earlier = Transfer.objects.filter(key=key).first()
        if earlier is None:
            raise InsufficientBalance()
        if (earlier.kind, earlier.currency, earlier.amount) != (kind, currency, amount):
            raise KeyUsed()
        return earlier


def reverse(transfer: Transfer, *, memo: str, by: Actor, at: datetime) -> Transfer:
    """Post the opposite of a transfer that was a mistake, once; again returns the first.

    For transfers that no paper rests on: what an invoice, funding, refund or payout says it moved
    has ways back of its own. Raises ``InsufficientBalance`` where the money is no longer there.
    """
    lines = [
        (credit if posting.side == Side.DEBIT else debit)(posting.account, posting.amount)
        for posting in transfer.postings.select_related("account").order_by("pk")
    ]
    return post(
        kind=TransferKind.REVERSAL,
        key=f"reversal:{transfer.pk}",
        lines=lines,
        currency=transfer.currency,
        by=by,
        at=at,
        company=transfer.company,
        memo=memo,
        reverses=transfer,
    )


def _checked(lines: Sequence[Line], currency: str) -> Decimal:
    """The sum of the debits, once every line can be posted."""
    for line in lines:
        if not is_exact(line.amount):
            raise BadAmount()
        if line.account.currency != currency:
            raise Unbalanced(f"{line.account} is not in {currency}")
    debits = sum((line.amount for line in lines if line.side == Side.DEBIT), ZERO)
    credits = sum((line.amount for line in lines if line.side == Side.CREDIT), ZERO)
    if debits != credits or not debits:
        raise Unbalanced(f"debits {debits}, credits {credits}")
    return debits


def _overdrawn(lines: Iterable[Line], locked: dict[int, LedgerAccount]) -> bool:
    after = {key: row.balance for key, row in locked.items()}
    for line in lines:
        if line.account.pk in after:
            after[line.account.pk] += line.effect
    return any(balance < 0 for balance in after.values())


def _insert(transfer: Transfer, lines: Sequence[Line]) -> int | None:
    """The new transfer's key, or nothing when its idempotency key is taken.

    ``ON CONFLICT`` waits for a transaction that is just writing the same key; the ORM has
    no insert that tells whether it did anything.
    """
    columns, sql = _inserting()
    values = [
        field.get_db_prep_save(getattr(transfer, field.attname), connection) for field in columns
    ]
    values += [
        transfer.at,
        [line.account.pk for line in lines],
        [str(line.side) for line in lines],
        [line.amount for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


@cache
def _inserting() -> tuple[list[Any], str]:
    """The columns of a transfer, and the statement that writes it with its postings."""
    columns = [field for field in Transfer._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    holes = ", ".join(["%s"] * len(columns))
    sql = f"""
        WITH made AS (
            INSERT INTO {Transfer._meta.db_table} ({names}) VALUES ({holes})
            ON CONFLICT (key) DO NOTHING RETURNING id
        ), posted AS (
            INSERT INTO {Posting._meta.db_table} (transfer_id, account_id, side, amount, at)
            SELECT made.id, line.account, line.side, line.amount, %s
            FROM made, unnest(%s::bigint[], %s::text[], %s::numeric[])
                WITH ORDINALITY AS line (account, side, amount, place)
            ORDER BY line.place
        )
        SELECT id FROM made
    """  # noqa: S608 - names of our own tables and columns only
    return columns, sql
