"""How a case ends, and starts again: propose, answer, decide, reopen."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from assignments import settlement
from assignments.models import Assignment
from assignments.settlement import Option
from core.errors import DomainError
from core.money import format_money
from escalations import office_hours
from escalations.casework import contested
from escalations.casework.steps import (
    answered,
    claim,
    entry,
    event,
    lock,
    lock_assignment,
    move,
    place_hold,
    read_by,
    release_hold,
    require_open,
    side_of,
)
from escalations.models import Case, CaseEntry, Decision, Proposal, Side
from escalations.states import (
    CLOSED,
    REOPEN_WITHIN,
    CaseStatus,
    Effect,
)


class AmountMissing(DomainError):
    message = "Enter the amount that moves: what is paid, or the part of the pay that goes back."
    field = "amount"


class DecidedOtherwise(DomainError):
    message = "{name} decided this case already: {effect}. Reload the page to read the decision."


class ProposalStands(DomainError):
    message = (
        "Both sides have until {due} to answer your proposal. Wait for their answers, "
        "or ask one side for something, which takes the proposal back."
    )


class NoProposal(DomainError):
    message = "There is no proposal to answer any more. Reload the page."


class MergedAway(DomainError):
    message = "This case was merged into {label}. Work that one instead."


class TooLateToReopen(DomainError):
    message = "A case can be reopened within {days} days of its end. Open a new one instead."


class AnotherIsOpen(DomainError):
    message = "{label} is open about the same thing. Work that one instead."


def options(case: Case) -> list[Option]:
    """What each effect would do now, in the order of the desk; ``AS_IT_IS`` is always possible."""
    found = settlement.options(case.assignment)
    rest = "The hold is released and no money moves." if case.hold else "No money moves."
    as_it_is = Option(Effect.AS_IT_IS, True, rest)
    return [found.get(effect, as_it_is) for effect in Effect.values]


@transaction.atomic
def propose(
    case: Case,
    *,
    effect: str,
    words: str,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
) -> Proposal:
    """Show both sides what staff mean to decide; they have two days to accept or object."""
    assignment = lock_assignment(case)
    case = lock(case)
    if standing := case.proposals.filter(ended_at=None).first():
        return standing
    require_open(case)
    assert by.user is not None
    amount = _possible(assignment, effect, amount)
    hours = office_hours.current()
    due = hours.after(at, hours.proposal_answer)
    changed = claim(case, by=by)
    changed |= answered(case, at=at, to="parties", hours=hours, waits_until=due)
    move(case, CaseStatus.PROPOSED)
    case.party_answer_due_at = due
    case.save(update_fields=sorted(changed | {"status", "party_answer_due_at"}))
    proposal = Proposal.objects.create(
        case=case,
        effect=effect,
        amount=amount,
        words=words,
        proposed_by=by.user,
        proposed_at=at,
        answer_due_at=due,
    )
    entry(case, f"Proposed a decision: {in_words(effect, amount, case)}.", by=by, at=at)
    event("proposed", case, by=by, at=at, effect=effect)
    return proposal


@transaction.atomic
def answer_proposal(
    case: Case, *, accept: bool, by: Actor, at: datetime, words: str = ""
) -> Proposal:
    """A side's answer to the proposal; once given it stands."""
    case = lock(case)
    side = side_of(by, case)
    proposal = case.proposals.select_for_update().filter(ended_at=None).first()
    if proposal is None:
        raise NoProposal
    if proposal.answer_of(side):
        return proposal
    field = "company_answer" if side == Side.COMPANY else "worker_answer"
    answer = Proposal.Answer.ACCEPTED if accept else Proposal.Answer.OBJECTED
    setattr(proposal, field, answer)
    proposal.save(update_fields=[field])
    if words:
        entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE,
              visibility=read_by(case, side))  # fmt: skip
    did = "Accepted" if accept else "Objected to"
    entry(case, f"{did} the proposed decision.", by=by, at=at)
    event("replied", case, by=by, at=at, to="parties", side=side, answer=str(answer))
    return proposal


@transaction.atomic
def decide(
    case: Case,
    *,
    effect: str,
    words: str,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
) -> Decision:
    """Decide the case and carry the effect out, all of it or nothing.

    1. Lock the assignment, then the case.
    2. Decided alike already? That decision is the answer; decided otherwise is a refusal.
    3. The hold is released and the money moves through ``assignments.settlement``, whose
       refusals (nothing to settle, out of range, not enough cash) leave all as it was.
    4. The decision's row, the entry, ``case.decided``.
    """
    assignment = lock_assignment(case)
    case = lock(case)
    if case.status == CaseStatus.RESOLVED:
        return _same_decision(case, effect, amount)
    require_open(case)
    assert by.user is not None
    proposal = case.proposals.filter(ended_at=None).first()
    if proposal and not proposal.is_answered(at):
        raise ProposalStands(due=f"{proposal.answer_due_at:%B} {proposal.answer_due_at.day}")
    amount = _possible(assignment, effect, amount)
    changed = claim(case, by=by)
    changed |= answered(case, at=at, to="parties", hours=office_hours.current())
    move(case, CaseStatus.RESOLVED)
    case.closed_at, case.party_answer_due_at = at, None
    case.save(update_fields=sorted(changed | {"status", "closed_at", "party_answer_due_at"}))
    case.proposals.filter(ended_at=None).update(ended_at=at)
    applied = _apply(case, assignment, effect, amount, words, by=by, at=at)
    applied += contested.end(case, by=by, at=at)
    decision = Decision.objects.create(
        case=case,
        round=case.round,
        effect=effect,
        amount=amount,
        words=words,
        applied=applied,
        decided_by=by.user,
        decided_at=at,
    )
    entry(case, f"Decided the case: {in_words(effect, amount, case)}.", by=by, at=at)
    event("decided", case, by=by, at=at, effect=effect, amount=str(amount or ""))
    return decision


@transaction.atomic
def reopen(case: Case, *, words: str, by: Actor, at: datetime) -> Case:
    """Take an ended case up again within 14 days; where money can still move it is held again."""
    assignment = lock_assignment(case)
    case = lock(case)
    if case.status not in CLOSED:
        return case
    if case.merged_into:
        raise MergedAway(label=case.merged_into.label)
    assert case.closed_at is not None
    if at > case.closed_at + REOPEN_WITHIN:
        raise TooLateToReopen(days=REOPEN_WITHIN.days)
    same = Case.objects.active().filter(assignment=assignment, side=case.side, kind=case.kind)
    if other := same.first():
        raise AnotherIsOpen(label=other.label)
    move(case, CaseStatus.IN_REVIEW)
    case.closed_at, case.round = None, case.round + 1
    hours = office_hours.current()
    case.update_due_at = hours.after(at, hours.update_every)
    case.hold = place_hold(case, assignment, by=by, at=at)
    case.save(update_fields=["status", "closed_at", "round", "update_due_at", "hold"])
    contested.begin(case, by=by, at=at, again=True)
    entry(case, words, by=by, at=at, kind=CaseEntry.Kind.MESSAGE)
    entry(case, "Reopened the case.", by=by, at=at)
    event("reopened", case, by=by, at=at)
    return case


def in_words(effect: str, amount: Decimal | None, case: Case) -> str:
    """``pay an amount, $120.00``."""
    label = Effect(effect).label.lower()
    if not Effect(effect).needs_amount or amount is None:
        return label
    return f"{label}, {format_money(amount, case.company.currency)}"


def _possible(assignment: Assignment, effect: str, amount: Decimal | None) -> Decimal | None:
    """The amount that goes with the effect; raises where it is missing or cannot be moved."""
    if effect == Effect.AS_IT_IS:
        return None
    option = settlement.options(assignment)[effect]
    if not option.possible:
        raise settlement.NothingToSettle(reason=option.sentence)
    if Effect(effect).needs_amount:
        if not amount:
            raise AmountMissing
        settlement.closing.require_range(amount, most=option.most, assignment=assignment)
        return amount
    return option.most if effect == Effect.PAY_IN_FULL else None


def _apply(
    case: Case, assignment: Assignment, effect: str, amount: Decimal | None, words: str,
    *, by: Actor, at: datetime,
) -> list[str]:  # fmt: skip
    """Move the money and release the hold; returns what was done, in sentences."""
    if effect != Effect.AS_IT_IS:
        return settlement.settle(
            assignment, effect=effect, words=words, amount=amount, by=by, at=at
        )
    if release_hold(case, by=by, at=at):
        return ["The hold was released; approval and payment go on as usual."]
    return ["No money was moved."]


def _same_decision(case: Case, effect: str, amount: Decimal | None) -> Decision:
    decision = case.decisions.get(round=case.round)
    same_amount = not Effect(effect).needs_amount or decision.amount == amount
    if decision.effect == effect and same_amount:
        return decision
    raise DecidedOtherwise(
        name=str(decision.decided_by), effect=in_words(decision.effect, decision.amount, case)
    )
