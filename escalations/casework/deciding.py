"""How a case ends, and starts again: propose, answer, decide, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.actors import Actor
from assignments import settlement
from assignments.models import Assignment
from assignments.settlement import Option
from core.errors import DomainError
from core.money import ZERO, format_money
from escalations import marks as decision_marks
from escalations import office_hours
from escalations.casework import contested
from escalations.casework.steps import (
    Visibility,
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
from escalations.foreseeing import Foreseen, foreseen, out_of_the_clients_cash, rehearse
from escalations.models import Case, CaseEntry, Decision, Proposal, Side
from escalations.office_hours import OfficeHours
from escalations.states import (
    CLOSED,
    REOPEN_WITHIN,
    CaseStatus,
    Effect,
)
from payments import ledger


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


class NeedsALead(DomainError):
    message = (
        "This decision is about more than {limit}, so a lead makes it. Ask a lead, or hand the "
        "case over to one."
    )


class WordsMissing(DomainError):
    message = "Say to both sides what you found, and why you decide so."
    field = "words"


class ChangedMeanwhile(DomainError):
    message = "What this decision would do has changed since you looked. Check it again."


class AnotherProposal(DomainError):
    message = (
        "The Escalations Team has made another proposal since you opened the page. Read it, then "
        "answer it."
    )


class AnotherWorks(DomainError):
    message = "Somebody else does this work now, so a decision here leaves its money alone."


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
    if case.assignment.worker_id != case.worker_id:
        found = {effect: Option(effect, False, str(AnotherWorks())) for effect in found}
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
    marks: Sequence[str] = (),
) -> Proposal:
    """Show both sides what staff mean to decide; they accept or object in time."""
    assignment = lock_assignment(case)
    case = lock(case)
    if standing := case.proposals.filter(ended_at=None).first():
        return standing
    require_open(case)
    assert by.user is not None
    _require_words(words)
    amount = _possible(case, assignment, effect, amount)
    hours = office_hours.current()
    _require_lead(case, assignment, effect, amount, hours, by)
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
        marks=list(marks),
        proposed_by=by.user,
        proposed_at=at,
        answer_due_at=due,
    )
    entry(case, f"Proposed a decision: {in_words(effect, amount, case)}.", by=by, at=at)
    event("proposed", case, by=by, at=at, effect=effect, due=due.isoformat())
    return proposal


@transaction.atomic
def answer_proposal(
    case: Case, *, accept: bool, by: Actor, at: datetime, words: str = "", seen: int | None = None
) -> Proposal:
    """A side's answer to the proposal; once given it stands. ``seen`` is the one that was read:
    another one raises ``AnotherProposal``.

    Where both sides accepted, the proposal is carried out at once in the name of whoever made
    it. Where that cannot be (the money moved, the cash is short, a lead must decide), staff
    read why and decide.
    """
    lock_assignment(case)
    case = lock(case)
    side = side_of(by, case)
    proposal = case.proposals.select_for_update().filter(ended_at=None).first()
    if proposal is None:
        raise NoProposal
    if seen is not None and proposal.pk != seen:
        raise AnotherProposal
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
    if proposal.company_answer == proposal.worker_answer == Proposal.Answer.ACCEPTED:
        _carry_out(case, proposal, at=at)
    return proposal


def _carry_out(case: Case, proposal: Proposal, *, at: datetime) -> None:
    by = Actor.as_staff(proposal.proposed_by)
    try:
        with transaction.atomic():
            most = settlement.options(case.assignment).get(proposal.effect)
            if proposal.effect == Effect.PAY_IN_FULL and most and most.most != proposal.amount:
                raise ChangedMeanwhile
            decide(
                case, effect=proposal.effect, amount=proposal.amount, words=proposal.words,
                marks=proposal.marks, by=by, at=at,
            )  # fmt: skip
    except DomainError as refused:
        words = f"Both sides accepted the proposal, but it was not carried out: {refused}"
        entry(case, words, by=by, at=at, visibility=Visibility.STAFF)
        event("stuck", case, by=by, at=at, why=str(refused))


@transaction.atomic
def decide(
    case: Case,
    *,
    effect: str,
    words: str,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
    marks: Sequence[str] = (),
    expects: str = "",
) -> Decision:
    """Decide the case and carry the effect out, all of it or nothing.

    1. Lock the assignment, then the case.
    2. Decided alike already? That decision is the answer; decided otherwise is a refusal.
    3. The hold is released and the money moves through ``assignments.settlement``, whose
       refusals (nothing to settle, out of range, not enough cash) leave all as it was.
    4. The marks and violations that were chosen (``escalations.marks``), each once.
    5. The decision's row, the entry, ``case.decided``.

    ``expects`` is the digest of the preview that was confirmed: ``ChangedMeanwhile`` where this
    would do anything else. ``NeedsALead`` above the amount of the office, ``WordsMissing``.
    """
    assignment = lock_assignment(case)
    case = lock(case)
    if case.status == CaseStatus.RESOLVED:
        return _same_decision(case, effect, amount)
    _require_words(words)
    require_open(case)
    decision, done = _decide(case, assignment, effect, amount, words, marks, by=by, at=at)
    if expects and expects != done.digest:
        raise ChangedMeanwhile
    return decision


def preview(
    case: Case, *, effect: str, words: str, by: Actor, at: datetime,
    amount: Decimal | None = None, marks: Sequence[str] = (),
) -> Foreseen:  # fmt: skip
    """What ``decide`` would do now, to the cent; raises its refusals, and changes nothing."""

    def act() -> Foreseen:
        assignment, locked = lock_assignment(case), lock(case)
        if locked.status == CaseStatus.RESOLVED:
            _same_decision(locked, effect, amount)
        require_open(locked)
        _require_words(words)
        return _decide(locked, assignment, effect, amount, words, marks, by=by, at=at)[1]

    return rehearse(act)


def _decide(
    case: Case, assignment: Assignment, effect: str, amount: Decimal | None, words: str,
    chosen: Sequence[str], *, by: Actor, at: datetime,
) -> tuple[Decision, Foreseen]:  # fmt: skip
    assert by.user is not None
    proposal = case.proposals.filter(ended_at=None).first()
    if proposal and not proposal.is_answered(at):
        raise ProposalStands(due=f"{proposal.answer_due_at:%B} {proposal.answer_due_at.day}")
    amount = _possible(case, assignment, effect, amount)
    hours = office_hours.current()
    _require_lead(case, assignment, effect, amount, hours, by)
    changed = claim(case, by=by) | answered(case, at=at, to="parties", hours=hours)
    move(case, CaseStatus.RESOLVED)
    case.closed_at, case.party_answer_due_at = at, None
    case.save(update_fields=sorted(changed | {"status", "closed_at", "party_answer_due_at"}))
    case.proposals.filter(ended_at=None).update(ended_at=at)
    with out_of_the_clients_cash(), ledger.watching() as transfers:
        applied = _apply(case, assignment, effect, amount, words, by=by, at=at)
    applied += contested.end(case, by=by, at=at)
    offers = decision_marks.chosen_of(case, chosen)
    applied += [offer.sentence for offer in offers]
    decision = Decision.objects.create(
        case=case, round=case.round, effect=effect, amount=amount, words=words, applied=applied,
        decided_by=by.user, decided_at=at,
    )  # fmt: skip
    decision_marks.apply(decision, offers, by=by, at=at)
    entry(case, f"Decided the case: {in_words(effect, amount, case)}.", by=by, at=at)
    event("decided", case, by=by, at=at, effect=effect, amount=str(amount or ""))
    return decision, foreseen(transfers, applied)


def _require_words(words: str) -> None:
    if not words.strip():
        raise WordsMissing


def _require_lead(
    case: Case, assignment: Assignment, effect: str, amount: Decimal | None, hours: OfficeHours,
    by: Actor,
) -> None:  # fmt: skip
    """A decision about more than the office says is a lead's; no money is about all of it."""
    stake = amount or ZERO
    if effect == Effect.NO_MONEY:
        stake = settlement.most_payable(assignment)
    if stake > hours.lead_above and not by.can("escalations.lead", case):
        raise NeedsALead(limit=format_money(hours.lead_above, case.company.currency))


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


def _possible(
    case: Case, assignment: Assignment, effect: str, amount: Decimal | None
) -> Decimal | None:
    """The amount that goes with the effect; raises where it is missing or cannot be moved."""
    if effect == Effect.AS_IT_IS:
        return None
    if assignment.worker_id != case.worker_id:
        raise AnotherWorks
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
