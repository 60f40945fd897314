"""Orders at a provider: rows that are asked about, ever later, until what became of them is known.

Fundings, refunds and payouts are alike in this. The row comes first and is the truth; the
provider is called outside any transaction with the row's own key on every try, and what it says
is stored before it is applied, so that a crash at any point is mended by asking again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.actors import Actor
from accounts.models import Company
from payments import ledger, provider_events
from payments.models import AccountKind, LedgerAccount, ProviderEvent, Transfer, TransferKind
from payments.providers.base import Answer, ProviderUnavailable

log = logging.getLogger(__name__)

FIRST_LEASE = timedelta(seconds=15)
LONGEST_LEASE = timedelta(hours=1)
LONGEST_WATCH = timedelta(days=1)
"""The longest pause between two tries where days go by before all is known."""
WATCHED_AFTER = timedelta(days=5)
"""How long after it was sent an order is asked about that a bank may still send back."""
MOST_TRIES = 32_000

Row = TypeVar("Row", bound=Model)


Ask = Callable[..., Sequence[Answer]]
"""Takes a leased row and the time ``at``, calls its provider and returns what it said."""


class Orders(Generic[Row]):
    """The rows of one table that a provider is asked about.

    ``due`` finds those to be asked about now, with all that ``ask`` reads; ``ask`` calls the
    provider; ``unanswered`` is told of a row whose provider did not answer. ``longest`` is the
    longest pause between two tries.
    """

    def __init__(
        self,
        due: Callable[[datetime], QuerySet[Row, Row]],
        ask: Ask,
        *,
        longest: timedelta = LONGEST_LEASE,
        unanswered: Callable[..., object] | None = None,
    ) -> None:
        self._due, self._ask, self._longest = due, ask, longest
        self._unanswered = unanswered

    def drive(self, row: Row, *, at: datetime) -> None:
        """Ask about one row, unless another process is asking just now or it is not yet due."""
        for found in self._claim(self._due(at).filter(pk=row.pk), limit=1, at=at):
            self._settle(found, at=at)

    def sweep(self, *, at: datetime, limit: int) -> int:
        """Ask about the rows that are due; any number may run at once. Returns how many.

        What goes wrong with one does not stop the others: its turn comes again.
        """
        claimed = self._claim(self._due(at), limit=limit, at=at)
        for row in claimed:
            try:
                self._settle(row, at=at)
            except Exception:
                log.exception("%r could not be settled", row)
        return len(claimed)

    def _claim(self, due: QuerySet[Row, Row], *, limit: int, at: datetime) -> list[Any]:
        return claim(due, limit=limit, at=at, longest=self._longest)

    def _settle(self, row: Any, *, at: datetime) -> None:
        try:
            answers = self._ask(row, at=at)
        except ProviderUnavailable as error:
            log.warning("%r: %s did not answer: %s", row, row.provider, error)
            if self._unanswered:
                self._unanswered(row, at=at)
            return
        for event in provider_events.store(row.provider, answers, at=at):
            provider_events.settle(event, at=at)


def note_reference(row: Any, event: ProviderEvent) -> None:
    """Note what the provider calls the order: by that name it is asked about from now on."""
    name = str(event.payload.get("reference") or "")[:120]
    if name and not row.provider_reference:
        row.provider_reference = name
        row.save(update_fields=["provider_reference"])


def outside(row: Any) -> LedgerAccount:
    """Where the money of an order comes from or goes to: the outside world, by its provider."""
    return ledger.account(AccountKind.OUTSIDE, provider=row.provider, currency=row.currency)


def move(
    row: Any,
    kind: TransferKind,
    source: LedgerAccount,
    target: LedgerAccount,
    *,
    step: str,
    memo: str,
    by: Actor,
    at: datetime,
    company: Company | None = None,
) -> Transfer:
    """Post the whole amount of a payout or refund from one account to another, once a step."""
    return ledger.post(
        kind=kind,
        key=f"{row._meta.model_name}:{row.reference}:{step}",
        lines=[ledger.debit(source, row.amount), ledger.credit(target, row.amount)],
        currency=row.currency,
        by=by,
        at=at,
        company=company,
        memo=f"{row.reference} to {memo}",
    )


def next_lease(tries: int, *, at: datetime, longest: timedelta = LONGEST_LEASE) -> datetime:
    """Until when a row asked about for the ``tries``-th time is left alone: twice as long each."""
    return at + min(FIRST_LEASE * 2 ** min(tries, 14), longest)


@transaction.atomic
def claim(
    due: QuerySet[Any, Any], *, limit: int, at: datetime, longest: timedelta = LONGEST_LEASE
) -> list[Any]:
    """Lease the rows that are due, skipping those another process is leasing just now."""
    rows = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    claimed = list(rows[:limit])
    for row in claimed:
        row.lease_until = next_lease(row.tries, at=at, longest=longest)
        row.tries = min(row.tries + 1, MOST_TRIES)
    due.model._default_manager.bulk_update(claimed, ["lease_until", "tries"])
    return claimed
