"""What is due on an assignment now, for whoever looks: one act, or whom one waits for.

Read from the table of moves (through ``gear``) and from the facts: nothing here allows or
refuses anything, that is the verbs' part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.actors import Actor
from assignments import checklist, quoting
from assignments.gear import Action
from assignments.models import Assignment
from assignments.queries.detail import Attached
from assignments.states import Status
from assignments.working import confirm_from
from core.dates import date_words, moment_words, relative_words
from core.money import ZERO, format_money

EARLY = timedelta(hours=12)
"""How long before the start checking in is put forward as the next act."""

AT_ONCE = frozenset({"confirm", "start", "check_in", "check_out"})
"""Acts that need no words: one press on the assignment's own page does them."""


@dataclass(frozen=True)
class Due:
    """``action`` is the one to put forward, ``also`` what goes beside it, if anything."""

    title: str
    text: str = ""
    action: Action | None = None
    also: tuple[Action, ...] = ()
    tone: str = "info"


@dataclass(frozen=True)
class Facts:
    """Everything the sentences are made from."""

    assignment: Assignment
    attached: Attached
    actions: dict[str, Action]
    items: list[checklist.Item]
    at: datetime

    def when(self, moment: datetime | None) -> str:
        return moment_words(moment, self.assignment.zone, "short") if moment else ""

    def clock(self, moment: datetime) -> str:
        return moment_words(moment, self.assignment.zone, "time")

    def money(self, amount: object) -> str:
        return format_money(amount or ZERO, self.assignment.company.currency)  # type: ignore[arg-type]

    def act(self, name: str, label: str = "") -> Action | None:
        """The act when it is possible now, under a label that says more."""
        action = self.actions.get(name)
        if action is None or not action.enabled:
            return None
        return replace(action, label=label) if label else action

    def acts(self, *names: str) -> tuple[Action, ...]:
        return tuple(found for name in names if (found := self.act(name)))


def of(
    assignment: Assignment,
    attached: Attached,
    actor: Actor,
    *,
    at: datetime,
    actions: Sequence[Action],
    items: list[checklist.Item],
) -> Due | None:
    """What to tell this actor first; nothing for staff, who only look."""
    facts = Facts(assignment, attached, {a.name: a for a in actions}, items, at)
    if actor.is_client:
        return CLIENT[Status(assignment.status)](facts)
    if actor.is_worker and assignment.status == Status.SENT:
        return _looking(facts)
    if actor.worker and assignment.worker_id == actor.worker.pk:
        return WORKER[Status(assignment.status)](facts)
    return None


def _looking(facts: Facts) -> Due:
    bid, declining = facts.attached.application, facts.acts("decline")
    if bid and bid.status == "open":
        until = f" Your offer stands until {facts.when(bid.expires_at)}." if bid.expires_at else ""
        if bid.expires_at and bid.expires_at <= facts.at:
            until = " Your offer has expired: withdraw it and apply again."
        return Due(
            "Waiting for the client to choose",
            f"You applied {relative_words(bid.applied_at, facts.at)}.{until}",
            also=facts.acts("withdraw"),
        )
    if missing := facts.act("needs"):
        return Due(
            "You lack something that is asked",
            "Each requirement says where you add it. Then you can take this on, if it is still "
            "open.",
            missing,
            declining,
            tone="warning",
        )
    if facts.assignment.first_to_accept:
        label = f"Accept for {facts.assignment.terms.sentence(facts.assignment.company.currency)}"
        return Due(
            "This goes to the first who accepts",
            "Accepting makes it yours at once, on the terms below.",
            facts.act("accept", label),
            declining,
        )
    if bid and bid.status == "expired":
        said = "The client had not answered by the time you set. You may apply again."
        again = facts.act("apply", "Apply again")
        return Due("Your offer has expired", said, again, tone="warning")
    if bid and bid.status == "declined":
        return Due(
            "The client declined your application",
            bid.decline_reason or "You may apply again with other terms.",
            facts.act("apply", "Apply again"),
            tone="warning",
        )
    if facts.attached.declined:
        return Due(
            "You declined this assignment",
            "Changed your mind? You may still apply.",
            facts.act("apply"),
            tone="neutral",
        )
    invited = facts.attached.invited
    return Due(
        "You are invited" if invited else "Open to applications",
        "Apply at the posted price, or make a counteroffer."
        if not facts.assignment.price_is_fixed
        else "Apply at the posted price; the client has fixed it.",
        facts.act("apply"),
        declining if invited else (),
    )


def _before_start(facts: Facts) -> Due:
    assignment = facts.assignment
    if facts.attached.holds:
        return _held(facts)
    starts = f"Starts {relative_words(assignment.starts_at, facts.at)}"
    late = assignment.starts_at <= facts.at
    if facts.act("confirm") and facts.at >= confirm_from(assignment):
        by = assignment.starts_at - timedelta(hours=assignment.confirm_hours_before)
        return Due(
            f"{starts}. Confirm that you will be there",
            f"The client asked for it by {facts.when(by)}.",
            facts.act("confirm", "Confirm I will be there"),
            tone="warning" if by <= facts.at else "info",
        )
    name = "check_in" if assignment.wants_check_in else "start"
    words = "Check in when you arrive" if assignment.wants_check_in else "Start when you begin"
    if late or assignment.is_window or assignment.starts_at - facts.at <= EARLY:
        coming = facts.acts("on_my_way") if assignment.on_site else ()
        if assignment.arriving_at:
            words = f"You said you arrive at {facts.clock(assignment.arriving_at)}. {words}"
        title = "The start has passed" if late and not assignment.is_window else starts
        return Due(title, f"{words}.", facts.act(name), coming, tone="warning" if late else "info")
    return Due(starts, f"{words}, on {facts.when(assignment.starts_at)}.", also=facts.acts(name))


def _doing(facts: Facts) -> Due:
    attached = facts.attached
    if "schedule" in attached.kinds_of_hold:
        return _held(facts)
    back = attached.sent_back
    undone = [item for item in attached.missing if not item.ticked_at]
    note = f"Sent back by the client: {back.note}" if back else ""
    if back and back.proposed_amount:
        note += f" They would approve {facts.money(back.proposed_amount)}."
    wanting = [request for request in attached.requests
               if attached.count_of(request) < request.count]  # fmt: skip
    if visit := attached.open_visit:
        title = f"Checked in since {facts.when(visit.checked_in_at)}"
        if wanting:
            return Due(
                title,
                note or f"Still to hand in: {wanting[0].title}.",
                facts.act("hand_in", "Add a deliverable"),
                facts.acts("check_out"),
            )
        return Due(title, note or "Check out when you leave.", facts.act("check_out"))
    if facts.assignment.wants_check_in and not attached.visits:
        return Due("Work has started", note or "Check in on site.", facts.act("check_in"))
    if wanting:
        title = f"Still to hand in: {wanting[0].title}"
        also = facts.acts("check_in")
        return Due(title, note, facts.act("hand_in", "Add a deliverable"), also)
    if unfilled := [row for row in attached.asked if row.is_missing and row.is_for_page]:
        title = f"Still to fill in: {unfilled[0].label}"
        return Due(title, note, facts.act("fill_in", "Fill in the fields"), facts.acts("check_in"))
    if undone:
        left = f"{len(undone)} of {len(attached.missing)} still to put right"
        return Due(f"Sent back: {left}", note, also=facts.acts("check_in"), tone="warning")
    title = "Sent back for more work" if back else "Everything asked for is there"
    if back and attached.missing:
        title, note = "Everything is put right", f"{note} Submit the work again."
    return Due(
        title,
        note or "Submit the work for approval, or check in again if you go back.",
        facts.act("submit"),
        facts.acts("check_in"),
        tone="warning" if back else "good",
    )


def _held(facts: Facts) -> Due:
    hold = facts.attached.holds[0]
    if hold.kind != "schedule":
        return Due("On hold while a case is open", hold.reason, tone="warning")
    since = f"Since {facts.when(hold.placed_at)}, and nothing counts as late meanwhile."
    release = facts.act("take_off_hold")
    if any(change.pk == hold.request_id for change in facts.attached.changes):
        asked = "New times are proposed; the hold ends with the worker’s answer."
        if not release:
            asked = "Answer the new times: if they do not suit you, you are off without a mark."
        return Due(f"On hold: {hold.reason}", asked, tone="warning")
    return Due(f"On hold: {hold.reason}", since, release, tone="warning")


def _asked_for_approval(facts: Facts) -> Due:
    assignment = facts.assignment
    return Due(
        "Waiting for the client’s approval",
        f"You asked for {facts.money(assignment.amount_claimed)} "
        f"{relative_words(assignment.submitted_at or facts.at, facts.at)}.",
    )


def _awaiting_pay(facts: Facts) -> Due:
    invoice = facts.assignment.invoice
    assert invoice is not None
    by = f"The client pays it by {date_words(invoice.due_on)}."
    return Due(f"Approved: {facts.money(invoice.worker_amount)} is on its way", by, tone="good")


def _paid(facts: Facts) -> Due:
    invoice = facts.assignment.invoice
    assert invoice is not None
    on = f"On {facts.when(facts.assignment.paid_at)}."
    return Due(f"Paid: {facts.money(invoice.worker_amount)}", on, tone="good")


def _cancelled(facts: Facts) -> Due:
    ending = facts.assignment.cancellation
    fee = f" Fee for the worker: {facts.money(ending.fee)}." if ending.fee else " No fee was paid."
    return Due(f"Cancelled: {ending.reason}", f"{ending.note}{fee}", tone="bad")


def _drafting(facts: Facts) -> Due:
    return Due(
        "This is a draft",
        "Only your company sees it until you send it.",
        facts.act("send", "Send to workers"),
        facts.acts("edit"),
        tone="neutral",
    )


def _choosing(facts: Facts) -> Due:
    count = facts.attached.applicants
    if facts.assignment.starts_at <= facts.at and not facts.assignment.is_window:
        return Due(
            "The start has passed and nobody is assigned",
            "Change the schedule, or void it to free what is reserved.",
            facts.act("edit"),
            facts.acts("void"),
            tone="warning",
        )
    if count:
        return Due(
            f"{count} worker{'s' * (count != 1)} applied",
            "Compare price, start and scorecard, and assign one.",
            facts.act("assign", "Choose a worker"),
            tone="warning",
        )
    where = "On the marketplace" if facts.assignment.on_marketplace else "Sent to chosen workers"
    if facts.assignment.routed_groups and not facts.assignment.on_marketplace:
        where = "Sent to groups"
    next_at = facts.attached.next_at
    planned = f" The next step of the plan is due {facts.when(next_at)}." if next_at else ""
    return Due(
        "Nobody has applied yet",
        f"{where} since {facts.when(facts.assignment.sent_at)}.{planned}",
        also=facts.acts("invite"),
    )


def _worker_coming(facts: Facts) -> Due:
    if facts.attached.holds:
        return _held(facts)
    assignment = facts.assignment
    starts = relative_words(assignment.starts_at, facts.at)
    text = "No confirmation was asked for."
    if assignment.confirmed_at:
        text = f"Confirmed {relative_words(assignment.confirmed_at, facts.at)}."
    elif assignment.wants_confirmation:
        text = "Not confirmed yet."
    late = assignment.starts_at <= facts.at and not assignment.is_window
    if assignment.arriving_at:
        text = f"The worker is on the way and arrives at {facts.clock(assignment.arriving_at)}."
    title = "The start has passed and work has not begun" if late else f"Starts {starts}"
    return Due(title, text, tone="warning" if late else "info")


def _worker_working(facts: Facts) -> Due:
    if facts.attached.holds:
        return _held(facts)
    done, of = checklist.share_done(facts.items)
    here = "The worker is on site. " if facts.attached.open_visit else ""
    asked = f"{done} of {of} things asked for are there." if of else ""
    return Due("Work is under way", f"{here}{asked}")


def _to_approve(facts: Facts) -> Due:
    assignment = facts.assignment
    if "dispute" in facts.attached.kinds_of_hold:
        return _held(facts)
    words = "Approve and pay" if assignment.terms_days == 0 else "Approve"
    total = quoting.quote(assignment.amount_claimed or ZERO, assignment.fee_rate).total
    return Due(
        "Waiting for your approval",
        f"Submitted {relative_words(assignment.submitted_at or facts.at, facts.at)}, "
        f"asking for {facts.money(assignment.amount_claimed)}.",
        facts.act("approve", f"{words} {facts.money(total)}"),
        facts.acts("send_back"),
        tone="warning",
    )


def _to_pay(facts: Facts) -> Due:
    invoice = facts.assignment.invoice
    assert invoice is not None
    overdue = invoice.days_past_due(facts.at.date())
    if "dispute" in facts.attached.kinds_of_hold:
        return _held(facts)
    text = f"Due on {date_words(invoice.due_on)}."
    if overdue:
        text = (
            f"{overdue} day{'s' * (overdue != 1)} past due. Late payment shows on your scorecard."
        )
    return Due(
        f"Invoice {invoice.label} is to be paid",
        text,
        facts.act("pay", f"Pay {facts.money(invoice.total)}"),
        tone="bad" if overdue else "info",
    )


def _voided(facts: Facts) -> Due:
    return Due("Taken back before anybody was assigned", facts.assignment.void_note, tone="neutral")


CLIENT: dict[Status, Callable[[Facts], Due]] = {
    Status.DRAFT: _drafting,
    Status.SENT: _choosing,
    Status.ASSIGNED: _worker_coming,
    Status.IN_PROGRESS: _worker_working,
    Status.PENDING_APPROVAL: _to_approve,
    Status.INVOICED: _to_pay,
    Status.PAID: _paid,
    Status.CANCELLED: _cancelled,
    Status.VOIDED: _voided,
}
WORKER: dict[Status, Callable[[Facts], Due]] = {
    Status.ASSIGNED: _before_start,
    Status.IN_PROGRESS: _doing,
    Status.PENDING_APPROVAL: _asked_for_approval,
    Status.INVOICED: _awaiting_pay,
    Status.PAID: _paid,
    Status.CANCELLED: _cancelled,
}
