"""The database refuses work whose status and facts disagree, whoever writes (architecture §4)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from assignments import lifecycle
from escalations import casework
from scorecards import rating
from tests.assignments.attacks import ONE_OF_A_KIND, STATUS_AND_FACTS
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.psql import stopped_all_the_same, successes

ALL = STATUS_AND_FACTS + ONE_OF_A_KIND
STAGES = ("draft", "sent", "assigned", "in_progress", "pending_approval", "invoiced", "paid",
          "cancelled")  # fmt: skip


@pytest.fixture
def world(alice, wanda, walt, olga, at) -> dict[str, object]:
    """Work in each stage, by the name of the stage, and what hangs on it."""
    made = {stage: work.in_stage(stage, alice, wanda, at=at) for stage in STAGES}
    assigned, begun, paid = made["assigned"], made["in_progress"], made["paid"]
    bid = lifecycle.apply(made["sent"], by=walt, at=at)
    change = lifecycle.add_bonus(begun, amount=Decimal(5), reason="x", by=wanda, at=at)
    later = begun.starts_at + timedelta(hours=1)
    case = opened(made["pending_approval"], wanda)
    decided = opened(made["invoiced"], wanda, at=later + timedelta(days=2), kind="conduct")
    decision = casework.decide(
        decided, effect="as_it_is", words="x", by=olga, at=later + timedelta(days=3)
    )
    rated = rating.rate(assignment=paid, overall="excellent", marks=(5, 5, 5), comment="", by=alice,
                        at=paid.paid_at)  # fmt: skip
    connection.check_constraints()
    return {
        **{stage: row.pk for stage, row in made.items()},
        "other_worker": walt.worker.pk,
        "hold": case.hold_id,
        "bid": assigned.applications.get(status="accepted").pk,
        "standing_bid": bid.pk,
        "change": change.pk,
        "visit": begun.visits.get(checked_out_at=None).pk,
        "cancellation": made["cancelled"].cancellation.pk,
        "case": case.pk,
        "decision": decision.pk,
        "rating": rated.pk,
    }


def test_the_database_refuses_every_attack(world):
    assert successes(ALL, world) == []


def test_without_its_guard_each_attack_succeeds(world):
    assert stopped_all_the_same(ALL, world) == []
