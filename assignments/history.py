"""What happened to an assignment, in sentences, from its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from activity.models import Event
from assignments.models import Assignment
from assignments.models.work import hours_in_words
from core.dates import moment_words
from core.money import format_money


@dataclass(frozen=True)
class Line:
    """One entry of the timeline."""

    at: datetime
    sentence: str
    who: str
    note: str = ""
    kind: str = ""


def _with(template: str) -> Callable[[dict[str, Any]], str]:
    return lambda data: template.format_map(_Blank(data))


def _clock(data: dict[str, Any]) -> str:
    return moment_words(datetime.fromisoformat(data["arriving_at"]), data["zone"], "time")


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def change_words(data: dict[str, Any]) -> str:
    """What was asked for, in a few words; amounts stand in the company’s currency."""
    amount = format_money(Decimal(str(data.get("amount") or 0)), str(data.get("currency", "USD")))
    return {
        "reschedule": "another time",
        "raise_budget": f"a budget higher by {amount}",
        "add_expense": f"expenses of {amount}",
        "add_bonus": f"a bonus of {amount}",
    }.get(str(data.get("kind")), "a change")


def proposal_words(data: dict[str, Any]) -> str:
    """The lower amount that the client would approve, if they named one."""
    if not data.get("amount"):
        return ""
    amount = Decimal(str(data["amount"]))
    return f" and proposed to pay {format_money(amount, str(data.get('currency', 'USD')))}"


def listed(names: list[str]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(f"“{name}”" for name in names[:3])
    more = len(names) - 3
    return f"{shown} and {more} more" if more > 0 else shown


def relabelled(data: dict[str, Any]) -> str:
    """Which labels were put on and taken off."""
    acts = [("put on", data.get("put_on")), ("took off", data.get("taken_off"))]
    return " and ".join(f"{act} {listed(names)}" for act, names in acts if names)


def parts_changed(data: dict[str, Any]) -> str:
    """Which parts came, were changed, or went."""
    acts = [(word, data.get(word)) for word in ("added", "changed", "removed")]
    said = " and ".join(f"{word} {listed(names)}" for word, names in acts if names)
    return f"changed the parts: {said}" if said else "changed the order of the parts"


def _written(data: dict[str, Any]) -> str:
    if data.get("imported"):
        return f"imported the draft from {data['imported']}"
    if data.get("series"):
        return f"had the draft written by series {data['series']}"
    return "wrote the draft"


def _rater(data: dict[str, Any]) -> str:
    return "worker" if data.get("side") == "worker" else "client"


def _other_rater(data: dict[str, Any]) -> str:
    return "client" if data.get("side") == "worker" else "worker"


def _of_rating(data: dict[str, Any]) -> str:
    """The rating, its comment or the reply to it, and whose it is."""
    if data.get("part") == "reply":
        return f"the reply of the {_other_rater(data)}"
    return f"the {data.get('part') or 'rating'} by the {_rater(data)}"


SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "assignment.created": lambda data: _written(data),
    "series.not_sent": _with("could not be sent by its series {series}"),
    "assignment.edited": _with("changed the assignment"),
    "assignment.duplicated": _with("copied it to {copy}"),
    "assignment.sent": lambda data: (
        "sent it to the marketplace" if data.get("marketplace") else "sent it to chosen workers"
    ),
    "assignment.invited": lambda data: (
        f"invited {len(data.get('workers', ()))} worker{'s' * (len(data.get('workers', ())) != 1)}"
    ),
    "assignment.routed": _with("sent it to {audience}"),
    "assignment.routing_planned": lambda data: (
        f"planned {data.get('steps', 0)} more step{'s' * (data.get('steps') != 1)}"
    ),
    "assignment.routing_stopped": _with("stopped the plan"),
    "application.made": lambda data: (
        "made a counteroffer" if data.get("counteroffer") else "applied"
    ),
    "application.withdrawn": _with("withdrew the application"),
    "application.declined": _with("declined an applicant"),
    "application.shortlisted": lambda data: (
        "put a star on an applicant" if data.get("starred") else "took a star off an applicant"
    ),
    "application.expired": _with("closed an offer that had expired"),
    "assignment.declined": _with("declined"),
    "assignment.assigned": lambda data: f"assigned {data.get('name') or 'the worker'}",
    "assignment.let_pass": _with("let the worker pass who lacks: {missing}"),
    "assignment.confirmed": _with("confirmed to be there"),
    "assignment.unconfirmed": _with("took the confirmation back"),
    "assignment.on_my_way": lambda data: f"is on the way, arriving {_clock(data)}",
    "assignment.visit_corrected": _with("corrected the times of a visit"),
    "assignment.deliverable_accepted": _with("accepted {name}"),
    "assignment.deliverable_refused": _with("refused {name}"),
    "assignment.ticked_off": lambda data: (
        f"put right: {data['text']}" if data.get("done") else f"missing after all: {data['text']}"
    ),
    "assignment.completed_for": _with("completed the work for the worker"),
    "assignment.started": _with("started work"),
    "assignment.checked_in": _with("checked in"),
    "assignment.checked_out": lambda data: (
        f"checked out after {hours_in_words(Decimal(str(data.get('hours') or 0)))}"
    ),
    "assignment.handed_in": _with("handed in {name}"),
    "assignment.deliverable_removed": _with("took {name} back"),
    "assignment.parts_changed": lambda data: parts_changed(data),
    "assignment.part_shipped": _with("sent {part} on its way"),
    "assignment.part_received": _with("received {part}"),
    "assignment.part_returned": _with("sent {part} back"),
    "assignment.part_back": _with("received {part} back"),
    "assignment.relabelled": lambda data: relabelled(data),
    "assignment.mark_changed": _with("changed the mark on the scorecard from {before} to {now}"),
    "assignment.label_resolved": _with("resolved the label “{label}”"),
    "assignment.filled_in": lambda data: f"filled in {listed(data.get('names', []))}",
    "assignment.submitted": _with("submitted the work for approval"),
    "assignment.sent_back": lambda data: "sent the work back" + proposal_words(data),
    "assignment.approved": _with("approved the work"),
    "assignment.paid": _with("paid"),
    "assignment.cancelled": _with("cancelled the assignment"),
    "assignment.unassigned": lambda data: f"took the worker off: {data.get('why', '')}",
    "assignment.backed_out": lambda data: f"backed out: {data.get('why', '')}",
    "assignment.budget_restored": _with("offered it at the posted price again"),
    "assignment.voided": _with("took the assignment back"),
    "change.asked": lambda data: f"asked for {change_words(data)}",
    "change.added": lambda data: f"added {change_words(data)}",
    "change.accepted": lambda data: f"agreed to {change_words(data)}",
    "change.declined": lambda data: f"declined {change_words(data)}",
    "change.expired": lambda data: f"let the request for {change_words(data)} lapse, unanswered",
    "change.withdrawn": lambda data: f"took back the request for {change_words(data)}",
    "assignment.held": _with("placed a {kind} hold"),
    "assignment.released": _with("released the {kind} hold"),
    "rating.given": _with("rated the other side"),
    "rating.published": lambda data: f"showed the rating by the {_rater(data)}",
    "rating.replied": lambda data: f"replied to the rating by the {_other_rater(data)}",
    "rating.contested": lambda data: (
        f"contested the rating by the {_rater(data)}; it is hidden until the case ends"
    ),
    "rating.removed": lambda data: f"hid the rating by the {_rater(data)} for good",
    "rating.hidden": lambda data: f"hid {_of_rating(data)}: {data.get('reason', '')}",
    "rating.restored": lambda data: f"showed {_of_rating(data)} again",
}
CLIENT_ONLY = frozenset(
    {"assignment.created", "series.not_sent", "assignment.duplicated", "assignment.invited",
     "assignment.routed",
     "assignment.routing_planned", "assignment.routing_stopped", "application.made",
     "application.withdrawn",
     "application.shortlisted", "application.expired",
     "application.declined", "assignment.declined", "assignment.unassigned",
     "assignment.backed_out", "assignment.budget_restored", "assignment.relabelled",
     "assignment.label_resolved", "assignment.let_pass"}
)  # fmt: skip
"""What a worker does not read: who else was asked or assigned, and what they answered."""
OF_THE_POSTING = frozenset({"assignment.sent", "assignment.edited"})
"""What every worker reads of the time before they were assigned."""


def of(assignment: Assignment, actor: Actor) -> list[Line]:
    """The timeline as this actor may read it, oldest first (one query).

    A worker does not read of other candidates, only of their own applications.
    """
    events = Event.objects.about(assignment).filter(kind__in=SENTENCES).select_related("user")
    return [
        Line(
            at=event.at,
            sentence=SENTENCES[event.kind](event.data),
            who=_who(event),
            note=str(event.data.get("note") or event.data.get("reason", ""))
            if event.kind in ("assignment.held", "assignment.released")
            else str(event.data.get("note", "")),
            kind=event.kind,
        )
        for event in events
        if _may_read(event, actor, assignment)
    ]


def _may_read(event: Event, actor: Actor, assignment: Assignment) -> bool:
    """Whether this is theirs to read; what an earlier worker did is not."""
    if not actor.is_worker or actor.worker is None:
        return True
    if event.user_id == actor.user_id or event.data.get("worker") == actor.worker.reference:
        return True
    if event.kind in CLIENT_ONLY:
        return False
    mine = assignment.worker_id == actor.worker.pk and assignment.assigned_at
    return event.kind in OF_THE_POSTING or bool(mine and event.at >= mine)


def _who(event: Event) -> str:
    if event.acting_as == "staff":
        return "The Escalations Team"
    return str(event.user) if event.user else "The system"
