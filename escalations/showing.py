"""A case as a page shows it: who said what to whom, what was done, what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from accounts.actors import Actor
from core.badges import Badge
from core.components import reading
from core.dates import range_words
from core.files import SHOWN
from escalations import marks
from escalations.models import Case, CaseEntry, Decision, Exhibit, Opinion, Proposal, Side
from escalations.queries import entries_of, evidence_of, exhibits_of, expectations, merged_into
from escalations.states import CaseStatus

TEAM = "The Escalations Team"
ICONS = {
    "Opened": "scale",
    "Withdrew": "undo-2",
    "Reopened": "rotate-ccw",
    "Decided": "check",
    "Proposed": "scale",
    "Accepted": "thumbs-up",
    "Objected": "thumbs-down",
    "Added": "paperclip",
    "Asked": "message-square",
    "Started": "eye",
    "Assigned": "user-check",
    "Handed": "handshake",
    "Took": "user-minus",
    "Reminded": "bell",
    "Changed": "tag",
    "Put": "pause",
    "Lifted": "play",
    "Linked": "link",
    "Merged": "layers",
}


EXHIBIT_ICONS = {
    "message": "message-square",
    "visit": "map-pin",
    "deliverable": "file-text",
}
NEXT = {
    CaseStatus.OPEN: "The Escalations Team reads what both sides say and gives its first answer.",
    CaseStatus.IN_REVIEW: "The Escalations Team looks into it and tells both sides where it "
    "stands.",
    CaseStatus.WAITING_CLIENT: "The Escalations Team waits for the client. Without an answer it "
    "goes on with what it knows.",
    CaseStatus.WAITING_WORKER: "The Escalations Team waits for the worker. Without an answer it "
    "goes on with what it knows.",
    CaseStatus.PROPOSED: "If both sides accept the proposal, it is carried out at once. If not, "
    "or if a side is silent, the Escalations Team decides.",
    CaseStatus.RESOLVED: "The case is decided. If something important was missed, write to the "
    "Escalations Team: it can be reopened for 14 days.",
    CaseStatus.WITHDRAWN: "The case was withdrawn. Nothing was decided.",
}


@dataclass(frozen=True)
class Owed:
    """One line of "what is asked of whom by when"."""

    who: str
    words: str
    due_at: datetime | None
    mine: bool
    late: bool


@dataclass(frozen=True)
class CasePage:
    """Everything the page of a case shows to one actor (six queries)."""

    case: Case
    messages: Sequence[dict[str, Any]]
    notes: Sequence[dict[str, Any]]
    timeline: Sequence[dict[str, Any]]
    evidence: Sequence[dict[str, Any]]
    exhibits: Sequence[dict[str, Any]]
    owed: Sequence[Owed]
    decisions: Sequence[Decision]
    proposal: Proposal | None
    my_answer: str
    zone: str
    proposed_beside: Sequence[str] = ()
    """What the open proposal would do beside the money."""
    opinions: Sequence[Opinion] = ()
    """What both sides said of the handling, newest first; read by staff alone."""
    merged: Sequence[Case] = ()
    newest: int = 0
    """The key of the last line of the timeline: what the page shows is as new as this."""

    @property
    def question(self) -> Owed | None:
        """What staff asked the reader; a proposal to answer has its own place."""
        if self.proposal:
            return None
        return next((owed for owed in self.owed if owed.mine and owed.who == "You"), None)


def page_of(case: Case, actor: Actor, *, at: datetime) -> CasePage:
    merged = list(merged_into(case)) if getattr(case, "has_merged", True) else []
    entries = list(entries_of(case, merged, actor))
    is_proposed = case.status == CaseStatus.PROPOSED
    proposal = case.proposals.filter(ended_at=None).first() if is_proposed else None
    was_decided = case.closed_at is not None or case.round > 1
    decisions = case.decisions.select_related("decided_by", "reversal").order_by("-round")
    side = side_word_of(actor)
    return CasePage(
        case=case,
        messages=[_message(e, case, actor) for e in entries if e.kind == CaseEntry.Kind.MESSAGE],
        notes=[
            _message(e, case, actor) for e in reversed(entries) if e.kind == CaseEntry.Kind.NOTE
        ],
        timeline=[_act(e, case, actor) for e in entries if e.kind == CaseEntry.Kind.ACT],
        evidence=[_file(row, case, actor) for row in evidence_of(case, merged)],
        exhibits=[_exhibit(row, case, actor) for row in exhibits_of(case, merged)],
        owed=[_owed(expected, case, actor, at) for expected in expectations(case)],
        decisions=list(decisions) if was_decided else [],
        proposal=proposal,
        my_answer=proposal.answer_of(side) if proposal and side else "",
        zone=actor.user.time_zone if actor.user else case.assignment.time_zone,
        proposed_beside=marks.proposed(case, proposal.marks) if proposal else [],
        opinions=list(case.opinions.order_by("-round", "side"))
        if was_decided and actor.is_staff
        else [],
        merged=merged,
        newest=max((e.pk for e in entries if e.case_id == case.pk), default=0),
    )


def side_word_of(actor: Actor) -> str:
    if actor.is_client:
        return Side.COMPANY
    return Side.WORKER if actor.is_worker else ""


def name_of_side(case: Case, side: str) -> str:
    """The company's name, the worker's, or the team's."""
    names: dict[str, str] = {Side.COMPANY: case.company.name, Side.WORKER: str(case.worker)}
    return names.get(side, TEAM)


def _speaker(entry: CaseEntry, case: Case, actor: Actor) -> tuple[str, str]:
    """Name and role; parties read of the team as a whole, staff who of them it was."""
    if entry.acting_as == "staff":
        if actor.is_staff:
            return str(entry.author), TEAM
        return TEAM, "Staff"
    if entry.author is None:
        return TEAM, ""
    return str(entry.author), case.company.name if entry.acting_as == "client" else "Worker"


def _message(entry: CaseEntry, case: Case, actor: Actor) -> dict[str, Any]:
    name, role = _speaker(entry, case, actor)
    mine = entry.author_id == actor.user_id
    return {
        "id": entry.pk,
        "author": name,
        "role": "You" if mine and not actor.is_staff else role,
        "at": entry.at,
        "body_html": html(entry.body),
        "mine": mine,
        "internal": entry.visibility != CaseEntry.Visibility.PARTIES,
        "internal_word": "Internal note"
        if entry.visibility == CaseEntry.Visibility.STAFF
        else f"Only {name_of_side(case, entry.visibility)} and staff",
    }


def _act(entry: CaseEntry, case: Case, actor: Actor) -> dict[str, Any]:
    name, _ = _speaker(entry, case, actor)
    return {
        "at": entry.at,
        "title": entry.body,
        "by": name,
        "icon": ICONS.get(entry.body.split(" ", 1)[0], "circle"),
        "tone": "good" if entry.body.startswith("Decided") else "neutral",
    }


def _file(row: Any, case: Case, actor: Actor) -> dict[str, Any]:
    """Staff open files through the desk, where each look is recorded."""
    shown = {
        "name": row.name,
        "url": reverse("escalations:evidence", args=[row.case.label, row.reference]),
        "size": row.size,
        "by": name_of_side(case, row.side),
        "at": row.added_at,
    }
    if actor.is_staff:
        kept = reverse("admin:escalations_case_evidence", args=[row.case_id, row.reference])
        is_picture = row.content_type.startswith("image/")
        shown |= {"url": f"{kept}?download=1", "is_picture": is_picture}
        if row.content_type in SHOWN:
            shown["preview_url"] = kept
    return shown


def _exhibit(row: Exhibit, case: Case, actor: Actor) -> dict[str, Any]:
    """A message, a visit or a file that one side points at, with where it stands."""
    shown: dict[str, Any] = {
        "kind": row.kind, "icon": EXHIBIT_ICONS[row.kind], "by": name_of_side(case, row.side),
        "url": "",
    }  # fmt: skip
    if row.message:
        shown |= {"title": row.message.body, "who": str(row.message.author),
                  "at": row.message.posted_at}  # fmt: skip
    elif row.visit:
        left = row.visit.checked_out_at
        shown |= {"title": f"On site {row.visit.hours_words}" if left else "Not checked out",
                  "who": str(case.worker), "at": row.visit.checked_in_at,
                  "span": range_words(row.visit.checked_in_at, left, case.assignment.zone)
                  if left else ""}  # fmt: skip
    elif row.deliverable:
        shown |= {
            "title": row.deliverable.name, "who": str(case.worker),
            "at": row.deliverable.handed_in_at, "gone": row.deliverable.removed_at is not None,
            "url": reverse("assignments:deliverable",
                           args=[case.assignment.reference, row.deliverable_id]),
        }  # fmt: skip
        if actor.is_staff:
            kept = reverse("admin:escalations_case_handed_in", args=[case.pk, row.deliverable_id])
            inside = row.deliverable.content_type in SHOWN
            shown |= {"url": kept if inside else f"{kept}?download=1", "inside": inside,
                      "is_picture": row.deliverable.content_type.startswith("image/")}  # fmt: skip
    return shown


def badge_of(case: Case) -> Badge:
    """The status; of a case that goes on in another one, that it was merged."""
    if case.merged_into_id:
        return Badge("Merged", "neutral", "layers")
    return reading.badge_of(case)


def next_words(case: Case) -> str:
    """What happens next, in a sentence; who owes what by when stands in ``owed``."""
    if case.merged_into:
        return f"It goes on in {case.merged_into.label}, for both sides."
    return NEXT[CaseStatus(case.status)]


def _owed(expected: Any, case: Case, actor: Actor, at: datetime) -> Owed:
    mine = expected.side == (side_word_of(actor) or "staff")
    who = "You" if mine and not actor.is_staff else name_of_side(case, expected.side)
    late = expected.due_at is not None and expected.due_at <= at
    words = expected.words if who == "You" else expected.words.replace("your side", "their side")
    return Owed(who, words, expected.due_at, mine, late)


def html(body: str) -> SafeString:
    """Plain text with its line breaks; addresses of pages become links that vouch for nothing."""
    return mark_safe(linebreaks(urlize(body, nofollow=True, autoescape=True)))
