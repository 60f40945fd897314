"""Changes to agreed work in the demonstration: asked, answered, added, and some still open."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.actors import Actor
from assignments import lifecycle
from assignments.models import Assignment, ChangeRequest
from payments.reservations import CreditExceeded, InsufficientCash

EXPENSES = (
    ("Parking in the garage next to the store for the day.", "18.00"),
    ("Two wall plates; those on site were cracked. The receipt is among the files.", "11.60"),
    ("A cage-nut set from the hardware store, as agreed on the phone.", "24.90"),
)
THANKS = "Thank you for staying until the store had closed."


def before_work(
    assignment: Assignment, *, client: Actor, worker: Actor, random: Random, at: datetime
) -> Iterator[datetime]:
    """Now and then one side would rather have another time; not every one is answered yet."""
    if random.random() < 0.55:
        return
    yield (at := at + timedelta(hours=random.randint(3, 9)))
    by_client = random.random() < 0.5
    start = max(assignment.starts_at, at) + timedelta(days=random.randint(1, 2))
    lifecycle.reschedule(
        assignment, starts_at=start, ends_at=start + (assignment.ends_at - assignment.starts_at),
        reason="The store has a delivery that day; the aisle is blocked until noon."
        if by_client else "Another job runs longer. The day after suits me as well.",
        by=client if by_client else worker, at=at,
    )  # fmt: skip


def during_work(
    assignment: Assignment, *, client: Actor, worker: Actor, random: Random, at: datetime
) -> Generator[datetime, None, datetime]:
    """An expense asked for and refunded, and now and then a bonus or more to do; returns when."""
    chance = random.random()
    if chance < 0.45:
        return at
    yield (at := at + timedelta(minutes=random.randint(6, 18)))
    if chance < 0.75:
        words, amount = random.choice(EXPENSES)
        asked = lifecycle.add_expense(
            assignment, amount=Decimal(amount), reason=words, by=worker, at=at
        )
        yield (at := at + timedelta(minutes=random.randint(5, 50)))
        _where_the_money_is_there(lambda: lifecycle.accept_change(asked, by=client, at=at))
    elif chance < 0.9:
        terms = assignment.terms
        more = {"quantity": Decimal(1)} if terms.is_counted else {"amount": Decimal(35)}
        lifecycle.raise_budget(
            assignment, reason="There are two more ports to patch than the drawing shows.",
            by=worker, at=at, **more,
        )  # fmt: skip
    else:
        thanks = {"amount": Decimal(25), "reason": THANKS, "by": client, "at": at}
        _where_the_money_is_there(lambda: lifecycle.add_bonus(assignment, **thanks))
    return at


def _where_the_money_is_there(act: Callable[[], ChangeRequest]) -> None:
    """Else the request stays open, as it would in life."""
    with suppress(InsufficientCash, CreditExceeded):
        act()
