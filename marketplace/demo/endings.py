"""How far the desk brings each of the demonstration's cases, by its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from conduct.models import ViolationKind
from escalations import casework, marks
from escalations.models import Case
from marketplace.demo.evidence import picture
from marketplace.demo.people import Cast

Steps = Iterator[datetime]
HOUR = timedelta(hours=1)
REFUNDED = Decimal("45.00")


@dataclass
class Under:
    """A case with everybody in it: who opened it, the other side, and the desk."""

    case: Case
    opener: Actor
    other: Actor
    answer: str
    cast: Cast


def desk(under: Under, ends: str, at: datetime) -> Steps:
    """The first hours, which all cases have but the newest and the one that was withdrawn."""
    if ends == "open":
        return
    if ends == "withdrawn":
        yield (at := at + 9 * HOUR)
        words = "They called and explained. Thank you."
        casework.withdraw(under.case, words=words, by=under.opener, at=at)
        return
    case, agent = under.case, under.cast.agent
    yield (at := at + 3 * HOUR)
    casework.take(case, by=agent, at=at)
    yield (at := at + timedelta(minutes=20))
    casework.reply(
        case, body="Thank you for the clear account. I am reading the thread and the photos and "
        "will be back to you both within two days.", by=agent, at=at,
    )  # fmt: skip
    if under.answer:
        yield (at := at + HOUR)
        to = "parties" if case.sides_may_talk else "staff"
        casework.reply(case, body=under.answer, to=to, by=under.other, at=at)
    yield (at := at + HOUR)
    casework.note(case, body="Times and messages agree with what was said.", by=agent, at=at)
    yield from ENDINGS[ends](under, at)


def _in_review(under: Under, at: datetime) -> Steps:
    yield (at := at + HOUR)
    casework.refile(
        under.case, kind=under.case.kind, priority=1, words="The third time this quarter.",
        by=under.cast.agent, at=at,
    )  # fmt: skip


def _waiting(side: str, question: str) -> Callable[[Under, datetime], Steps]:
    def steps(under: Under, at: datetime) -> Steps:
        yield (at := at + HOUR)
        casework.ask_party(under.case, side=side, question=question, by=under.cast.agent, at=at)
        yield (at := at + 8 * HOUR)
        casework.remind(under.case, words="A word on this helps.", by=under.cast.agent, at=at)

    return steps


def _proposed(under: Under, at: datetime) -> Steps:
    """The other side reported the same work; the two became one case, then came a proposal."""
    case, agent, assignment = under.case, under.cast.agent, under.case.assignment
    yield (at := at + HOUR)
    second = casework.open_case(
        assignment=assignment, kind="deliverables", outcome="finish_work",
        what_happened="The photo of the second rack is missing.",
        outcome_words="The photo, then we talk about the price.",
        particulars=[("Wrong with it", "There is no photo of the second rack.")],
        by=under.other, at=at,
    )  # fmt: skip
    yield (at := at + HOUR)
    casework.merge(
        second, into=case, by=agent, at=at,
        words="Both cases are about the second rack, so they go on as one here.",
    )  # fmt: skip
    yield (at := at + HOUR)
    casework.propose(
        case, effect="pay_in_full", by=agent, at=at,
        words="The description asked for all of the work and it is there. We propose payment "
        "of the agreed price.",
    )  # fmt: skip


def _accepted_by_one(under: Under, at: datetime) -> Steps:
    yield (at := at + HOUR)
    casework.propose(
        under.case, effect="pay_amount", amount=under.case.outcome_amount, by=under.cast.agent,
        at=at, words="The parts were shipped by the client. We propose the price without them.",
    )  # fmt: skip
    yield (at := at + 2 * HOUR)
    casework.answer_proposal(under.case, accept=True, by=under.opener, at=at)


def _resolved(under: Under, at: datetime) -> Steps:
    case, lead = under.case, under.cast.lead
    yield (at := at + 20 * HOUR)
    if case.outcome_amount is None:
        casework.decide(
            case, effect="as_it_is", by=lead, at=at,
            words="The store has been spoken to and apologizes. A note stands on the site.",
        )  # fmt: skip
    else:
        casework.decide(
            case, effect="pay_amount", amount=case.outcome_amount, by=lead, at=at,
            words="One camera was not aimed. Three quarters of the price is fair to both.",
        )  # fmt: skip
    yield (at := at + HOUR)
    casework.give_opinion(
        case, mark="good", words="I always knew where it stood.", by=under.opener, at=at
    )
    yield (at := at + HOUR)
    casework.give_opinion(
        case, mark="fair", words="Ask us before you write to both.", by=under.other, at=at
    )


def _reversed(under: Under, at: datetime) -> Steps:
    """Refunded with a violation on record; then a message turns up, and a lead takes it back."""
    case, cast = under.case, under.cast
    yield (at := at + 20 * HOUR)
    kind = ViolationKind.objects.get(slug="claims")
    chosen = [one.key for one in marks.violations_offered(case, "worker") if one.target == kind.pk]
    casework.decide(
        case, effect="refund", amount=REFUNDED, marks=chosen, by=cast.agent, at=at,
        words="The visit was billed from eight, the store opened at nine.",
    )  # fmt: skip
    yield (at := at + 24 * HOUR)
    decision = case.decisions.get(round=case.round)
    casework.reverse(
        decision, by=cast.lead, at=at,
        words="The client asked for the visit to begin at eight; the message of that morning "
        "says so. The hour is paid, and nothing stands against the worker.",
    )  # fmt: skip
    yield (at := at + HOUR)
    casework.give_opinion(
        case, mark="bad", words="It took a reversal to read my message.", by=under.other, at=at
    )


def _reopened(under: Under, at: datetime) -> Steps:
    """Decided, reopened for a picture that came late, handed over to the lead, linked."""
    case, cast = under.case, under.cast
    yield (at := at + 20 * HOUR)
    casework.decide(
        case, effect="as_it_is", by=cast.agent, at=at,
        words="The check-out agrees with the hours of the store. The payment stands.",
    )  # fmt: skip
    yield (at := at + 40 * HOUR)
    casework.reopen(
        case, words="The client sent a picture of the till with its time on it.", by=cast.agent,
        at=at,
    )  # fmt: skip
    yield (at := at + HOUR)
    casework.add_evidence(case, files=[picture("till at closing.jpg")], by=under.opener, at=at)
    casework.hand_over(
        case, to=cast.lead.user, words="I decided it once. Please look with fresh eyes.",
        by=cast.agent, at=at,
    )  # fmt: skip
    beside = Case.objects.filter(kind="payment_dispute", closed_at__isnull=False)
    if other := beside.order_by("pk").first():
        words = "The opening hours of a store matter in both."
        casework.link(case, other=other, words=words, by=cast.lead, at=at)


def _overdue(under: Under, at: datetime) -> Steps:
    return iter(())


ENDINGS: dict[str, Callable[[Under, datetime], Steps]] = {
    "in_review": _in_review,
    "waiting_worker": _waiting(
        "worker", "Could you tell us your side, and add any photo you have?"
    ),
    "waiting_client": _waiting("company", "Who signed for the routers, and when was that?"),
    "proposed": _proposed,
    "accepted_by_one": _accepted_by_one,
    "resolved": _resolved,
    "reversed": _reversed,
    "reopened": _reopened,
    "overdue": _overdue,
}
