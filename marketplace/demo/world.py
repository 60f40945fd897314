"""The demonstration's world: 150 assignments in every stage, lived through in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from assignments.models import Assignment
from marketplace.demo import (
    asking,
    case_scripts,
    cases,
    catalog,
    conduct,
    desk,
    files,
    groups,
    handing_over,
    labels,
    own_fields,
    papers,
    payouts,
    proofs,
    reaching,
    repeating,
    requirements,
    routing,
    said,
    tests,
)
from marketplace.demo.people import Cast, Client, assemble
from marketplace.demo.stories import Plan, Story, life
from payments import funding, refunds

STAGES: dict[str, dict[str, int]] = {
    "harbor": {"draft": 4, "sent": 11, "assigned": 6, "in_progress": 4, "pending_approval": 6,
               "invoiced": 4, "paid": 29, "cancelled": 4, "voided": 2},
    "pinnacle": {"draft": 1, "sent": 5, "assigned": 3, "in_progress": 2, "pending_approval": 5,
                 "invoiced": 5, "paid": 10, "cancelled": 3, "voided": 1},
    "lakeshore": {"draft": 2, "sent": 8, "assigned": 3, "in_progress": 2, "pending_approval": 3,
                  "invoiced": 3, "paid": 14, "cancelled": 2, "voided": 1},
    "fernway": {"draft": 1, "sent": 3, "assigned": 1, "pending_approval": 1, "paid": 1},
}  # fmt: skip
"""How many assignments of each company end in each stage: 150 in all."""

FEW, ALL = 3, 1_000
OF_CASES = "pending_approval"
"""Half of the cases are about work that waits for approval, so that a small world has all of it."""

TAKEN_BACK = {"harbor": ("400.00", "120.13")}
"""Unused cash that goes back: once taken by the bank, once not."""
FUNDS = {"harbor": 30_000, "pinnacle": 12_000, "lakeshore": 18_000, "fernway": 2_500}


CUSTOMERS = {
    "harbor": ("Brightmart", "Corner Pharmacy", "Fresh Fields"),
    "lakeshore": ("Riverside Libraries", "Oakwood Schools"),
}


def build(*, now: datetime, seed: int = 2026, small: bool = False) -> Cast:
    """Make the whole world through the verbs, with a clock moved to each step's moment.

    ``small``: with few assignments of each company in each stage, else by the same steps.
    """
    random = Random(seed)
    cast = assemble(random, now=now)
    desk.furnish(cast, now=now)
    for name, customers in CUSTOMERS.items():
        client = cast.clients[name]
        client.shelf = handing_over.stock(client.actor, customers, now=now)
    reaching.build(cast, now=now)
    own_fields.define(cast.clients["harbor"], now=now)
    plans = _plans(cast, random, FEW if small else ALL, now=now)
    stories: list[Story] = [life(plan) for plan in plans]
    stories += [_money_arrives(name, client, now=now) for name, client in cast.clients.items()]
    stories += cases.stories(plans, cast, random, now=now)
    stories += groups.stories(cast, now=now)
    stories += tests.stories(cast, now=now)
    stories += routing.stories(plans, now=now)
    stories.append(papers.story(cast.clients, now=now))
    stories += payouts.stories(cast.workers, now=now)
    stories += proofs.stories(cast, now=now)
    stories += asking.stories(plans, cast.workers, now=now)
    run(stories, until=now)
    files.build(cast.clients["harbor"], now=now)
    labels.build(cast.clients["harbor"], now=now)
    repeating.build(cast.clients["harbor"], now=now)
    requirements.build(cast, now=now)
    conduct.build(cast, now=now)
    said.build(cast, now=now)
    return cast


def run(stories: list[Story], *, until: datetime) -> None:
    """Resume every story at its moments, in order of time; steps after ``until`` never happen."""
    queue: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, story in enumerate(stories):
        _schedule(queue, number, story, until)
    while queue:
        _, number, story = heapq.heappop(queue)
        _schedule(queue, number, story, until)


def _schedule(
    queue: list[tuple[datetime, int, Iterator[datetime]]],
    number: int,
    story: Iterator[datetime],
    until: datetime,
) -> None:
    moment = next(story, None)
    if moment is not None and moment <= until:
        heapq.heappush(queue, (moment, number, story))


def _plans(cast: Cast, random: Random, most: int, *, now: datetime) -> list[Plan]:
    plans = []
    for name, client in cast.clients.items():
        for stage, count in STAGES[name].items():
            for _ in range(count if stage == OF_CASES else min(count, most)):
                bidders = _bidders(cast, random)
                terms = _terms(client, stage, random)
                plans.append(
                    Plan(
                        client=client,
                        job=random.choice(catalog.JOBS),
                        starts_at=start_of(client, stage, terms, random, now=now),
                        stage=stage,
                        terms_days=terms,
                        worker=bidders[0],
                        others=bidders[1:],
                        latest=now - timedelta(hours=LATEST.get(stage, 0) + random.randint(1, 30)),
                        random=Random(random.random()),
                    )
                )
    return plans


def _bidders(cast: Cast, random: Random) -> list:
    """Two to five workers; the two demo workers come up often, so that their pages are full."""
    weights = [8, 5] + [1] * (len(cast.workers) - 2)
    first = random.choices(cast.workers, weights)[0]
    others = [worker for worker in cast.workers if worker is not first]
    return [first, *random.sample(others, random.randint(1, 4))]


def _terms(client: Client, stage: str, random: Random) -> int:
    """Payment terms; what is to wait for payment needs some."""
    if stage == "invoiced":
        return min(days for days in client.terms if days)
    return random.choice(client.terms)


DAYS_AGO = {
    "draft": (-14, -3), "sent": (-10, -2), "assigned": (-4, -1), "pending_approval": (1, 4),
    "cancelled": (3, 70), "voided": (2, 60),
}  # fmt: skip


LATEST = {"sent": 26, "assigned": 80, "voided": 60}
"""Hours before now by which the draft must be written, so that the stage can be reached."""


def start_of(
    client: Client, stage: str, terms_days: int, random: Random, *, now: datetime
) -> datetime:
    """A start from which the stage can be reached by now, on a full hour of the working day."""
    if stage == "in_progress":
        return (now - timedelta(minutes=random.randint(70, 150))).replace(second=0, microsecond=0)
    approved_after = client.approval_hours[1] // 24 + 2
    if stage == "paid":
        earliest = approved_after + terms_days + max(client.late_days[1], 0) + 1
        newest_company = 10 if client.terms == (0,) else 84
        days_ago = (earliest, max(newest_company, earliest + 4))
    elif stage == "invoiced":
        days_ago = (approved_after + 2, approved_after + terms_days + 1)
    else:
        days_ago = DAYS_AGO[stage]
    day = now - timedelta(days=random.randint(*days_ago))
    start = day.replace(hour=random.randint(13, 20), minute=0, second=0, microsecond=0)
    while stage == OF_CASES and start > now - case_scripts.AGO - client.work_takes:
        start -= timedelta(days=1)
    return start


def _money_arrives(name: str, client: Client, *, now: datetime) -> Story:
    """Cash in four payments from the controller's bank, the first before anything is sent."""
    assert client.actor.company is not None
    since = max(client.actor.company.created_at, now - timedelta(days=110))
    for number in range(4):
        yield (at := since + timedelta(days=number * 4, hours=2))
        funding.add(
            company=client.actor.company, amount=Decimal(FUNDS[name]) / 4, method="card",
            key=f"demo-{name}-{number}", by=client.controller, at=at,
        )  # fmt: skip
    for number, amount in enumerate(TAKEN_BACK.get(name, ())):
        yield (at := since + timedelta(days=13 + number, hours=2))
        taken = refunds.request(
            client.actor.company, Decimal(amount), key=f"demo-back-{name}-{number}",
            by=client.actor, at=at,
        )  # fmt: skip
        for refund in taken:
            refunds.drive(refund, at=at)


def is_empty() -> bool:
    """Whether there is nothing yet that a demonstration could be mixed up with."""
    return not Assignment.objects.exists()
