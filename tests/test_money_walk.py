"""Whatever happens to money, in whatever order and at once: the books stay right."""

from __future__ import annotations

import pytest

from tests.walks import walk
from tests.walks.acts import Trade

STEPS = 200
SEED = 7
SEEN = {
    "fund", "send", "assign", "increase", "hand_over", "approve", "cancel", "pay", "dispute",
    "decide", "take_back", "pay_out", "told", "statement_and_auto_pay", "sweeps_ask",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_two_hundred_steps_some_at_once_keep_the_books_right():
    walk.take(STEPS, seed=SEED, each=60)

    assert walk.MoneyWalk.steps >= STEPS
    assert Trade.raced >= 10
    assert Trade.done.keys() >= SEEN, "the walk has not been everywhere: choose another seed"
