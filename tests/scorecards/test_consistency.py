"""The set-based figures against a plain Python computation over the same rows."""

import random
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Company, WorkerProfile
from activity import reactions
from assignments import lifecycle
from assignments.models import Hold
from messaging import posting
from scorecards import drawing, keeping, rating, scoring
from scorecards.models import CompanyScorecard, WorkerScorecard
from tests.factories import assignments as work
from tests.scorecards.plainly import company_figures, worker_figures


@pytest.fixture(autouse=True)
def _overdue_clients_may_go_on(settings):
    """These histories are random; an unpaid invoice must not end them."""
    settings.OVERDUE_BLOCK_DAYS = 10_000


DAY = timedelta(days=1)
NOT_FIGURES = {"id", "computed_at", "drawn_at", "formula_version"}


def chance_world(alice, workers, at, seed, count=14):
    """Assignments that end in every way, with holds, messages and ratings, by chance."""
    dice = random.Random(seed)
    for number in range(count):
        by = dice.choice(workers)
        start = at - dice.randint(5, 150) * DAY
        terms = dice.choice([0, 7, 15])
        assignment = work.in_stage(
            "assigned", alice, by, at=start, terms_days=terms, deliverables=False,
            is_window=dice.random() < 0.3,
        )  # fmt: skip
        talk(dice, assignment, alice, by, start, number)
        if dice.random() < 0.2:
            lifecycle.cancel(
                assignment, reason=dice.choice(["other", "decision"]), note="Closed", by=alice,
                at=start + dice.choice([1, 2.5, 4]) * DAY, fee=Decimal(dice.choice([0, 50])),
            )  # fmt: skip
        else:
            finish(dice, assignment, alice, by, at)
        assignment.refresh_from_db()
        if assignment.status in rating.RATEABLE:
            opinions(dice, assignment, alice, by, at)


def finish(dice, assignment, alice, by, at):
    arrived = assignment.starts_at + timedelta(minutes=dice.choice([-5, 10, 20, 300]))
    lifecycle.check_in(assignment, by=by, at=arrived)
    done = arrived + timedelta(hours=3)
    lifecycle.check_out(assignment, by=by, at=done)
    assignment = lifecycle.submit(assignment, resolution="Done.", by=by, at=done)
    for _ in range(dice.randint(0, 2)):
        placed = done + dice.randint(-3, 9) * DAY
        released = placed + dice.randint(1, 6) * DAY
        Hold.objects.create(
            assignment=assignment, kind=dice.choice(["dispute", "schedule"]), reason="A case",
            placed_at=placed, released_at=released,
        )  # fmt: skip
    if dice.random() < 0.2:
        return
    approved = done + dice.uniform(0.1, 6) * DAY
    assignment = lifecycle.approve(assignment, by=alice, at=approved)
    if assignment.status == "invoiced" and dice.random() < 0.7:
        lifecycle.pay(assignment, by=alice, at=approved + dice.randint(1, 25) * DAY)


def talk(dice, assignment, alice, by, start, number):
    for turn in range(dice.randint(0, 4)):
        posting.post(
            assignment=assignment, worker=by.worker, body="Hello", by=dice.choice([alice, by]),
            at=start + turn * timedelta(hours=dice.randint(1, 9)), key=f"{number}-{turn}",
        )  # fmt: skip


def opinions(dice, assignment, alice, by, at):
    for who in (alice, by):
        if dice.random() < 0.7:
            ended = rating.ended(assignment)
            moment = min(at - dice.randint(0, 80) * DAY, ended + 29 * DAY) if ended else at
            with suppress(rating.TooLateToRate):  # the other side's is already shown
                rating.rate(
                    assignment=assignment, overall=dice.choice(["excellent", "unsatisfied"]),
                    marks=[dice.randint(1, 5) for _ in range(3)], comment="", by=who, at=moment,
                )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_equals_the_plain_computation(alice, wanda, walt, at, seed, funds):
    funds(alice.company, 50_000)
    chance_world(alice, [wanda, walt], at, seed)
    keeping.rebuild(at=at)
    for window, since in (("recent", at - 90 * DAY), ("all_time", at - 9999 * DAY)):
        card = CompanyScorecard.objects.get(company=alice.company, window=window)
        assert scoring.figures_of(card) == pytest.approx(
            company_figures(alice.company, since, at), abs=1e-6
        )
        for actor in (wanda, walt):
            card = WorkerScorecard.objects.get(worker=actor.worker, window=window)
            assert scoring.figures_of(card) == pytest.approx(
                worker_figures(actor.worker, since, at), abs=1e-6
            )


def snapshot():
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in NOT_FIGURES}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (CompanyScorecard, WorkerScorecard)
    }


@pytest.mark.parametrize("seed", [4, 5])
def test_events_and_a_rebuild_come_to_the_same_figures(alice, wanda, walt, at, seed, funds):
    """To the last digit, trends and marks included, however many owners go at a time."""
    funds(alice.company, 50_000)
    chance_world(alice, [wanda, walt], at, seed)
    while reactions.dispatch(at=at):
        pass
    keeping.refresh_waiting(at=at)
    keeping.refresh_stale(at=at, older_than=timedelta(hours=20))
    kept = snapshot()
    assert any(card["trend"].get("approval_days") for card in kept["CompanyScorecard"])
    CompanyScorecard.objects.all().update(
        ratings=99, approval_days=1, is_new=False, is_red=True, trend={}
    )
    WorkerScorecard.objects.all().update(on_time=0.1, completed=77)
    owners = Company.objects.count() + WorkerProfile.objects.count()
    assert keeping.rebuild(at=at) == owners
    assert snapshot() == kept
    for key in Company.objects.values_list("pk", flat=True):
        scoring.refresh_companies([key], at=at)
    for key in WorkerProfile.objects.values_list("pk", flat=True):
        scoring.refresh_workers([key], at=at)
    assert snapshot() == kept


def test_the_mark_of_a_red_client_is_what_its_figures_say(alice, wanda, walt, at, funds):
    funds(alice.company, 50_000)
    chance_world(alice, [wanda, walt], at, seed=6)
    keeping.rebuild(at=at)
    cards = CompanyScorecard.objects.filter(company=alice.company)
    figures = [
        {"ratings": ratings, "satisfaction": share, "approval_days": days, "days_past_due": due}
        for ratings in (4, 5)
        for share in (None, 0.7499, 0.75)
        for days in (None, 2.99, 3.0)
        for due in (None, 0.5, 1.0)
    ]
    for chosen in figures:
        for said in (True, False):
            cards.update(is_red=said, **chosen)
            wrong = {window: red for _, window, _, _, red in drawing.misjudged([alice.company.pk])}
            for card in cards:
                assert (wrong.get(card.window) is not None) == (said != bool(scoring.crossed(card)))
