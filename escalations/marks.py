"""What a decision can change beside the money: labels, marks on scorecards, ratings, standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from assignments import labelling, pardoning
from assignments.label_rules import RULES
from assignments.models import AssignmentLabel, Cancellation, Mark, Unassignment
from conduct import violations
from conduct.models import Violation, ViolationKind
from core.errors import DomainError
from escalations.models import Case, Decision, DecisionMark, Side
from scorecards import moderating
from scorecards.models import Rating

VIOLATION = "violation"


class NoSuchMark(DomainError):
    message = "One of the marks you chose is not there any more. Look at the preview again."


@dataclass(frozen=True)
class Offer:
    """One thing that a decision can do, as the desk offers it."""

    kind: str
    target: int
    label: str
    sentence: str
    detail: str = ""
    before: str = ""
    wording: str = ""

    @property
    def proposed(self) -> str:
        """The same as something that is still to be agreed on."""
        return self.wording or self.label

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.target}:{self.detail}"


def offered(case: Case) -> list[Offer]:
    """What stands on the assignment that a decision could take away (four queries)."""
    return [*_labels(case), *_marks(case), *_ratings(case)]


def violations_offered(case: Case, side: str) -> list[Offer]:
    """The catalogue of what this side can have done, each with the words a decision says (one
    query)."""
    who = "the client" if side == Side.COMPANY else f"the worker {case.worker}"
    kinds = ViolationKind.objects.filter(archived_at=None, side__in=(side, "both"))
    return [
        Offer(VIOLATION, kind.pk, kind.name,
              f"A violation of {who} was recorded: {kind.name.lower()}.", detail=side,
              wording=f"Record a violation of {who}: {kind.name.lower()}")
        for kind in kinds.order_by("pk")
    ]  # fmt: skip


def chosen_of(case: Case, chosen: Sequence[str]) -> list[Offer]:
    """What these keys stand for, each once; raises ``NoSuchMark`` for what is gone."""
    there = _there(case, chosen)
    if not there.keys() >= set(chosen):
        raise NoSuchMark
    return [there[key] for key in dict.fromkeys(chosen)]


def proposed(case: Case, chosen: Sequence[str]) -> list[str]:
    """What these keys would do, in words; what is gone meanwhile is left out."""
    there = _there(case, chosen)
    return [there[key].proposed for key in dict.fromkeys(chosen) if key in there]


def _there(case: Case, chosen: Sequence[str]) -> dict[str, Offer]:
    """What is on offer, by key; nothing is asked for where nothing was chosen."""
    if not chosen:
        return {}
    there = {offer.key: offer for offer in offered(case)}
    for side in Side.values:
        if any(key.startswith(f"{VIOLATION}:") and key.endswith(f":{side}") for key in chosen):
            there |= {offer.key: offer for offer in violations_offered(case, side)}
    return there


def apply(
    decision: Decision, chosen: Sequence[Offer], *, by: Actor, at: datetime
) -> list[DecisionMark]:
    """Carry out what was chosen, each once."""
    made = []
    for offer in chosen:
        _carry_out(offer, decision, by=by, at=at)
        made.append(
            DecisionMark(
                decision=decision, kind=offer.kind, target=offer.target, detail=offer.detail,
                before=offer.before, sentence=offer.sentence,
            )
        )  # fmt: skip
    return DecisionMark.objects.bulk_create(made)


def undo(mark: DecisionMark, *, words: str, by: Actor, at: datetime) -> str:
    """Put back what a decision took away, or take away what it recorded; what was done, in a
    sentence."""
    if mark.kind == VIOLATION:
        recorded = Violation.objects.get(key=_key_of(mark.decision, mark.target, mark.detail))
        violations.withdraw(recorded, words=words[:500], by=by, at=at)
        return f"The violation {recorded.reference} was taken away and counts no more."
    if mark.kind == "label":
        row = AssignmentLabel.objects.select_related("assignment", "label").get(pk=mark.target)
        if row.label is None:
            return "The label that a rule sets comes back by itself where it is true again."
        labelling.put_on(row.assignment, row.label, by=by, at=at)
        return f"The label “{row.label}” is on the assignment again."
    if mark.kind == "rating":
        rating = Rating.objects.get(pk=mark.target)
        moderating.restore(rating, reason=words[:500], by=by, at=at)
        return "The rating is shown again and counts."
    pardoning.set_mark(_ending(mark.kind, mark.target), mark.before, by=by, at=at)
    return f"The mark “{Mark(mark.before).label.lower()}” counts on the scorecard again."


def _carry_out(offer: Offer, decision: Decision, *, by: Actor, at: datetime) -> None:
    if offer.kind == VIOLATION:
        _record(offer, decision, by=by, at=at)
    elif offer.kind == "label":
        row = AssignmentLabel.objects.select_related("assignment", "label").get(pk=offer.target)
        if row.label is None:
            labelling.resolve_label(row, note=decision.words[:500], by=by, at=at)
        else:
            labelling.take_off(row.assignment, row.label, by=by, at=at)
    elif offer.kind == "rating":
        rating = Rating.objects.get(pk=offer.target)
        moderating.hide(rating, reason=decision.words[:500], by=by, at=at)
    else:
        pardoning.set_mark(_ending(offer.kind, offer.target), Mark.NONE, by=by, at=at)


def _record(offer: Offer, decision: Decision, *, by: Actor, at: datetime) -> None:
    case, of_client = decision.case, offer.detail == Side.COMPANY
    violations.record(
        company=case.company if of_client else None, worker=None if of_client else case.worker,
        kind=ViolationKind.objects.get(pk=offer.target), words=decision.words[:2_000],
        happened_on=min(case.assignment.occurred_at, at).date(),
        assignment_reference=case.assignment.reference, case_label=case.label,
        key=_key_of(decision, offer.target, offer.detail), by=by, at=at,
    )  # fmt: skip


def _key_of(decision: Decision, kind: int, side: str) -> str:
    """One violation of a kind for a side in a round, however often a decision is sent."""
    return f"case:{decision.case.label}:{decision.round}:{side}:{kind}"


def _ending(kind: str, key: int) -> Cancellation | Unassignment:
    if kind == "cancellation":
        return Cancellation.objects.select_related("assignment").get(pk=key)
    return Unassignment.objects.select_related("assignment", "worker").get(pk=key)


def _labels(case: Case) -> list[Offer]:
    rows = AssignmentLabel.objects.filter(assignment=case.assignment_id, resolved_at=None)
    found = []
    for row in rows.select_related("label").order_by("pk"):
        name = (
            str(row.label)
            if row.label
            else RULES[row.rule].label
            if row.rule in RULES
            else row.rule
        )
        found.append(
            Offer("label", row.pk, f"Take the label “{name}” off the assignment",
                  f"The label “{name}” was taken off the assignment.")
        )  # fmt: skip
    return found


def _marks(case: Case) -> list[Offer]:
    found = []
    ended = Cancellation.objects.filter(assignment=case.assignment_id).exclude(mark=Mark.NONE)
    for row in ended:
        label = Mark(row.mark).label.lower()
        found.append(
            Offer("cancellation", row.pk, f"Take the mark “{label}” off the client’s scorecard",
                  f"The mark “{label}” was taken off the client’s scorecard.", before=row.mark)
        )  # fmt: skip
    left = Unassignment.objects.filter(assignment=case.assignment_id).exclude(mark=Mark.NONE)
    for gone in left.select_related("worker__user").order_by("pk"):
        label = Mark(gone.mark).label.lower()
        found.append(
            Offer("unassignment", gone.pk,
                  f"Take the mark “{label}” off the scorecard of {gone.worker}",
                  f"The mark “{label}” was taken off the scorecard of {gone.worker}.",
                  before=gone.mark)
        )  # fmt: skip
    return found


def _ratings(case: Case) -> list[Offer]:
    rows = Rating.objects.published().filter(assignment=case.assignment_id).order_by("pk")
    about = {Rating.By.COMPANY: "the worker", Rating.By.WORKER: "the client"}
    return [
        Offer("rating", row.pk, f"Hide the rating about {about[Rating.By(row.by)]}",
              f"The rating about {about[Rating.By(row.by)]} was hidden.")
        for row in rows
    ]  # fmt: skip
