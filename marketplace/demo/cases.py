"""The demonstration's eight cases, one in every status and two resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.actors import Actor
from escalations import casework
from escalations.models import Case
from marketplace.demo.people import Cast
from marketplace.demo.stories import Plan, Story


@dataclass(frozen=True)
class Script:
    """One case: about which stage of work, opened by whom, over what, and how far it gets."""

    stage: str
    by: str
    kind: str
    story: str
    outcome: str
    hope: str
    ends: str


SCRIPTS = (
    Script("pending_approval", "worker", "approval_late",
           "I submitted days ago and nobody answers my messages.",
           "pay_in_full", "The work approved and paid as agreed.", "open"),
    Script("pending_approval", "company", "deliverables",
           "The photos do not show the labels we asked for.",
           "finish_work", "The missing photos, then we approve.", "waiting_worker"),
    Script("pending_approval", "worker", "payment_dispute",
           "The client says half of the work was not needed and wants to pay half.",
           "pay_in_full", "The agreed price, all of it was asked for.", "proposed"),
    Script("invoiced", "worker", "payment_late",
           "The invoice is days past due, and this happens every time.",
           "pay_in_full", "Payment this week.", "in_review"),
    Script("paid", "company", "equipment",
           "Two of our routers were not returned after the visit.",
           "return_equipment", "The routers back, or their price.", "waiting_client"),
    Script("paid", "worker", "conduct",
           "The site manager shouted at me in front of customers.",
           "explanation", "An apology, and a note to the store.", "resolved"),
    Script("pending_approval", "company", "payment_dispute",
           "Only three of the four cameras are aimed as marked.",
           "pay_amount", "Three quarters of the price.", "resolved"),
    Script("cancelled", "worker", "cancelled",
           "Cancelled when I was already on the road, without a word.",
           "explanation", "A reason, and the half day paid.", "withdrawn"),
)  # fmt: skip


OPENED = {
    "open": timedelta(hours=5),
    "resolved": timedelta(hours=34),
    "withdrawn": timedelta(hours=34),
}
"""How long ago a case that ends so was opened; the others 20 hours."""


def stories(plans: list[Plan], cast: Cast, random: Random, *, now: datetime) -> list[Story]:
    """One story a script, each about an assignment of its own; the demo's names come first."""
    taken: set[int] = set()
    found = []
    for script in SCRIPTS:
        plan = _plan_for(script, plans, cast, taken, now=now)
        taken.add(id(plan))
        found.append(_case(script, plan, cast, now=now))
    return found


def _plan_for(
    script: Script, plans: list[Plan], cast: Cast, taken: set[int], *, now: datetime
) -> Plan:
    """The most recent fitting assignment, of the red client where somebody waits for money."""
    waiting = script.kind in ("approval_late", "payment_late", "cancelled")
    wanted = cast.clients["pinnacle" if waiting else "harbor"]
    early = now - OPENED.get(script.ends, timedelta(hours=20)) - timedelta(hours=14)
    fitting = [p for p in plans if p.stage == script.stage and id(p) not in taken]
    fitting = [p for p in fitting if p.starts_at <= early] or fitting
    fitting.sort(key=lambda p: (p.client is not wanted, p.worker is not cast.workers[0],
                                now - p.starts_at))  # fmt: skip
    return fitting[0]


def _case(script: Script, plan: Plan, cast: Cast, *, now: datetime) -> Story:
    """Open the case some hours ago, then let the desk bring it to where the script ends."""
    opened_at = now - OPENED.get(script.ends, timedelta(hours=20))
    yield opened_at
    while not _has_reached(plan, script.stage):
        yield (opened_at := opened_at + timedelta(minutes=30))
    assert plan.assignment is not None
    opener = plan.worker if script.by == "worker" else plan.client.actor
    case = casework.open_case(
        assignment=plan.assignment, kind=script.kind, what_happened=script.story,
        outcome=script.outcome, outcome_words=script.hope,
        outcome_amount=_hoped(script, plan), by=opener, at=opened_at,
    )  # fmt: skip
    yield from _desk(script, case, opener, cast, opened_at)


def _has_reached(plan: Plan, stage: str) -> bool:
    if plan.assignment is None:
        return False
    plan.assignment.refresh_from_db()
    return plan.assignment.status == stage


def _hoped(script: Script, plan: Plan) -> Decimal | None:
    assert plan.assignment is not None
    if script.outcome != "pay_amount":
        return None
    return (plan.assignment.budget * 3 / 4).quantize(Decimal("0.01"))


def _desk(
    script: Script, case: Case, opener: Actor, cast: Cast, at: datetime
) -> Iterator[datetime]:
    agent = cast.agent
    if script.ends == "open":
        return
    if script.ends == "withdrawn":
        yield (at := at + timedelta(hours=9))
        casework.withdraw(case, words="They called and explained. Thank you.", by=opener, at=at)
        return
    yield (at := at + timedelta(hours=3))
    casework.take(case, by=agent, at=at)
    yield (at := at + timedelta(minutes=20))
    casework.reply(
        case, body="Thank you for the clear account. I am reading the thread and the photos and "
        "will be back to you both within two days.", by=agent, at=at,
    )  # fmt: skip
    yield (at := at + timedelta(hours=2))
    casework.note(case, body="Times and messages agree with what was said.", by=agent, at=at)
    if script.ends in ("waiting_worker", "waiting_client"):
        side = script.ends.removeprefix("waiting_").replace("client", "company")
        yield (at := at + timedelta(hours=1))
        casework.ask_party(
            case, side=side, question="Could you tell us your side, and add any photo you have?",
            by=agent, at=at,
        )  # fmt: skip
    elif script.ends == "proposed":
        yield (at := at + timedelta(hours=1))
        casework.propose(
            case, effect="pay_in_full", by=agent, at=at,
            words="The description asked for all of the work and it is there. We propose payment "
            "of the agreed price.",
        )  # fmt: skip
    elif script.ends == "resolved":
        yield (at := at + timedelta(hours=20))
        _decide(script, case, cast, at)


def _decide(script: Script, case: Case, cast: Cast, at: datetime) -> None:
    if script.kind == "conduct":
        casework.decide(
            case, effect="as_it_is", by=cast.lead, at=at,
            words="The store has been spoken to and apologizes. A note stands on the site.",
        )  # fmt: skip
    else:
        casework.decide(
            case, effect="pay_amount", amount=case.outcome_amount, by=cast.lead, at=at,
            words="One camera was not aimed. Three quarters of the price is fair to both.",
        )  # fmt: skip
