"""Whatever happens, in whatever order it is told: the rolled-up figures are those of the rows."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from activity import reactions
from activity.models import Event
from payments.models import CompanyBooks
from scorecards import comparing, keeping, scoring
from scorecards.formulas import COMPANY, WORKER
from scorecards.models import CompanyScorecard, WorkerScorecard
from scorecards.reactions import COMPANY_FIGURES, WORKER_FIGURES, refresh_figures
from tests.scorecards.histories import ACTS, OFTEN, History
from tests.scorecards.plainly import company_figures, worker_figures

DAY = timedelta(days=1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS + OFTEN),
        st.integers(0, 4),
        st.integers(0, 60),
        st.sampled_from([0, 0, 1, 3, 9, 30]),
    ),
    min_size=25,
    max_size=50,
)
EVERY_WAY_OUT = [
    (act, 0, reason if act != "post" else 1, 0)
    for reason in range(9)
    for act in ("post", "back_out", "post", "arrive", "unassign")
] + [
    (act, 0, number, 1)
    for act, number in [
        ("post", 1), ("cancel", 2), ("post", 1), ("hand_over", 0), ("approve", 0), ("rate", 4),
        ("post", 1), ("write", 5), ("hand_over", 0), ("approve", 0), ("rate", 1),
    ]
]  # fmt: skip
"""What chance reaches seldom: a worker leaves just before or after the start, for each reason;
a client cancels late and pays; both are content."""
MOMENTS = st.lists(st.integers(0, 130 * 24), min_size=1, max_size=3)


RANDOMLY = trials(
    max_examples=7,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_rolled_up_figures_are_those_of_the_rows_at_any_moment(
    alice, wanda, walt, olga, at, funds, settings
):
    """Events are answered in order, then some of them again and out of it; the sweep comes
    round; at every moment each figure equals the plain computation over the same rows."""
    told: set[str] = set()
    settings.OVERDUE_BLOCK_DAYS = 10_000
    CompanyBooks.objects.filter(company=alice.company).update(credit_limit=1_000_000)

    @RANDOMLY
    @example(steps=EVERY_WAY_OUT, moments=[1], seed=1)
    @given(steps=STEPS, moments=MOMENTS, seed=st.integers(0, 1000))
    def at_any_moment(steps, moments, seed):
        with transaction.atomic():
            funds(alice.company, 50_000)
            history = History(alice, [wanda, walt], olga, at)
            told.update(_walk(history, steps, moments, random.Random(seed)))
            transaction.set_rollback(True)

    at_any_moment()
    every = {f"company {f.name}" for f in COMPANY} | {f"worker {f.name}" for f in WORKER}
    assert told == every, "a figure that no history reaches is not tried"


def _walk(history, steps, moments, dice):
    """Act, let time pass, and compare; yields the figures that came to something."""
    for number, (name, which, drawn, hours) in enumerate(steps):
        history.act(name, which, drawn, hours)
        if dice.random() < 0.3 or number == len(steps) - 1:
            _told(dice, at=history.at)
    assert comparing.compare_all(at=history.at).findings == []
    swept = now = history.at
    for hours in sorted(moments):
        now = max(now, history.at + timedelta(hours=hours))
        keeping.refresh_waiting(at=now)
        keeping.refresh_sliding(at=now, within=now - swept + timedelta(hours=3))
        swept = now
        yield from _agree(history.client.company, history.workers, now)
    keeping.rebuild(at=now)
    yield from _agree(history.client.company, history.workers, now)
    assert comparing.compare_all(at=now).findings == []


def _told(dice, *, at):
    """Let the events be answered; then a few of them again, in any order."""
    while reactions.dispatch(at=at):
        pass
    kinds = {*COMPANY_FIGURES, *WORKER_FIGURES}
    answered = list(Event.objects.filter(kind__in=kinds).order_by("-pk")[:30])
    for event in dice.sample(answered, min(3, len(answered))):
        refresh_figures(event)


def _agree(company, workers, now):
    for window, since in (("recent", now - 90 * DAY), ("all_time", now - 9999 * DAY)):
        card = CompanyScorecard.objects.filter(company=company, window=window).first()
        if card:
            yield from _same("company", card, company_figures(company, since, now))
        for one in workers:
            card = WorkerScorecard.objects.filter(worker=one.worker, window=window).first()
            if card:
                yield from _same("worker", card, worker_figures(one.worker, since, now))


def _same(side, card, naive):
    stored = scoring.figures_of(card)
    assert stored == pytest.approx(naive, abs=1e-6)
    return {f"{side} {name}" for name, value in stored.items() if value}
