"""The page of one assignment, for its client, its worker, a worker who looks, and staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from assignments import (
    amounts,
    answers,
    checklist,
    due,
    gear,
    history,
    offered,
    progress,
    schedule,
    screening,
)
from assignments import (
    label_rules as labels,
)
from assignments.gear import Action
from assignments.models import Assignment, Deliverable, DeliverableRequest
from assignments.queries import changes
from assignments.queries.detail import Attached, attached_to, for_detail
from assignments.states import MOVES, UNDER_WAY, Status

ICONS = {
    "edit": "pencil", "duplicate": "copy", "delete": "trash-2", "send": "send",
    "invite": "user-plus", "apply": "hand", "withdraw": "undo-2", "decline": "x",
    "accept": "check", "assign": "users", "confirm": "check", "start": "play",
    "check_in": "log-in", "check_out": "log-out",
    "relabel": "tag", "fill_in": "square-pen",
    "hand_in": "upload", "submit": "send", "send_back": "undo-2", "approve": "check",
    "needs": "list-checks",
    "reschedule": "calendar-clock", "raise_budget": "wallet", "add_expense": "wallet",
    "add_bonus": "star", "pay": "wallet", "cancel": "ban", "void": "ban",
    "unassign": "user-minus", "back_out": "log-out", "restore_budget": "undo-2",
    "unconfirm": "x", "on_my_way": "navigation", "put_on_hold": "pause", "take_off_hold": "play",
    "complete_for": "clipboard-check",
    "escalate": "scale", "template": "bookmark", "series": "repeat", "send_reports": "route",
}  # fmt: skip
MARKS = {
    "assignment.sent": "send", "assignment.routed": "send", "assignment.assigned": "user-check",
    "assignment.checked_in": "log-in", "assignment.checked_out": "log-out",
    "assignment.filled_in": "square-pen",
    "assignment.handed_in": "upload", "assignment.submitted": "clipboard-check",
    "assignment.sent_back": "undo-2", "assignment.approved": "check", "assignment.paid": "wallet",
    "assignment.part_shipped": "truck", "assignment.part_received": "package",
    "assignment.part_returned": "truck", "assignment.part_back": "package",
    "assignment.cancelled": "ban", "assignment.voided": "ban", "assignment.held": "pause",
    "assignment.released": "play",
    "assignment.on_my_way": "navigation", "assignment.visit_corrected": "pencil",
    "assignment.deliverable_refused": "x", "assignment.completed_for": "clipboard-check",
    "assignment.unassigned": "user-minus", "assignment.backed_out": "user-minus",
    "change.asked": "repeat", "change.added": "repeat", "change.accepted": "repeat",
}  # fmt: skip
BEFORE_APPROVAL = UNDER_WAY - {Status.PENDING_APPROVAL}


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    assignment = for_detail(reference, request.actor)
    if assignment is None:
        raise Http404
    context = page_of(assignment, request.actor, at=timezone.now())
    return render(request, "assignments/detail.html", context)


def page_of(assignment: Assignment, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Everything the page shows, from the row, what hangs on it, and its events."""
    attached = attached_to(assignment, actor)
    actions = offered.relevant(
        gear.menu(assignment, actor, at=at, holds=attached.kinds_of_hold), assignment, attached
    )
    inside = actor.can("assignments.see_customer", assignment)
    asking = asking_of(assignment, attached, actor, inside=inside, at=at)
    if asking and asking["for_worker"]:
        actions = offered.barred(actions, assignment, asking["lacks"])
    counts = [(request, attached.count_of(request)) for request in attached.requests]
    items = checklist.items(
        assignment,
        attached.visits,
        counts,
        attached.parts,
        attached.missing,
        questions=attached.asked,
    )
    next_act = due.of(assignment, attached, actor, at=at, actions=actions, items=items)
    is_mine = bool(actor.worker and assignment.worker_id == actor.worker.pk)
    judges = actor.can("assignments.judge", assignment) and assignment.status in UNDER_WAY
    doing = is_mine and assignment.status in BEFORE_APPROVAL
    private = actor.can("assignments.see_contact", assignment)
    reader = actor.user.time_zone if actor.user else assignment.time_zone
    return {
        "assignment": assignment,
        "attached": attached,
        "zone": assignment.zone,
        "now": at,
        "is_mine": is_mine,
        "private": private,
        "own_time": schedule.own_time(assignment, reader),
        "documents": [row for row in attached.documents if private or not row.private],
        "inside": inside,
        "labels": labels.badges_of(attached.labels) if inside else [],
        "may_label": actor.can("assignments.relabel", assignment),
        "due": next_act,
        "buttons": buttons_of(next_act, attached),
        "gear_items": [menu_item(action) for action in actions if action.name not in due.AT_ONCE],
        "open_changes": open_changes_of(attached, actor, at=at) if private else [],
        "steps": progress.steps(assignment, actor),
        "price": assignment.terms.sentence(assignment.company.currency),
        "terms": amounts.terms_words(assignment.terms_days),
        "asked": asked_words(assignment, attached),
        "may_hand_in": doing,
        "may_correct": (doing and assignment.status == Status.IN_PROGRESS)
        or (
            actor.can("assignments.amend", assignment)
            and assignment.status in (Status.IN_PROGRESS, Status.PENDING_APPROVAL)
        ),
        "answers": answers.groups_of(assignment, answers.readable(attached.asked, actor)),
        "may_fill_in": doing and any(row.is_for_page for row in attached.asked),
        "asking": asking,
        "visits": attached.visits,
        "hours": attached.hours,
        "may_tick": doing and assignment.status == Status.IN_PROGRESS,
        "is_unfinished": assignment.status in BEFORE_APPROVAL,
        "items": items if doing else [],
        "amounts": amounts.of(assignment, actor),
        "wanted": list(wanted_of(assignment, attached, at=at, removable=doing, judging=judges)),
        "history": [timeline_entry(line) for line in reversed(history.of(assignment, actor))],
        "back": back_of(assignment, actor, is_mine=is_mine),
    }


def asking_of(
    assignment: Assignment, attached: Attached, actor: Actor, *, inside: bool, at: datetime
) -> dict[str, Any] | None:
    """The requirements: for a worker who may still take it, whether they meet each."""
    waits = assignment.status in (Status.DRAFT, Status.SENT)
    if not attached.requirements or not (waits or inside):
        return None
    worker = actor.worker if waits and actor.is_worker else None
    lines = screening.lines_of(
        assignment, attached.requirements, passes=attached.passes, worker=worker, at=at
    )
    return {
        "lines": lines,
        "for_worker": worker is not None,
        "inside": inside,
        "lacks": sum(not line.met for line in lines),
    }


def open_changes_of(attached: Attached, actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    """What was asked for and waits for an answer: the sentence, and whether it is theirs."""
    side = "worker" if actor.is_worker else "client"
    return [
        {"words": changes.banner_words(change, actor), "mine": change.side == side}
        for change in attached.changes
        if not change.is_expired(at)
    ]


def asked_words(assignment: Assignment, attached: Attached) -> str:
    """What the worker is asked to do besides the work itself."""
    asked = []
    if assignment.wants_confirmation:
        asked.append(f"confirm {assignment.confirm_hours_before} hours before the start")
    if assignment.wants_check_in:
        asked.append("check in and out on site" if assignment.on_site else "check in and out")
    if count := len(attached.requests):
        asked.append(f"hand in {count} deliverable{'s' * (count != 1)}")
    if count := sum(row.is_for_page for row in attached.asked):
        asked.append(f"fill in {count} field{'s' * (count != 1)}")
    if any(row.is_survey for row in attached.asked):
        asked.append("answer a short survey")
    asked.append("submit with a few words on what was done")
    words = "; ".join(asked)
    return f"{words[0].upper()}{words[1:]}."


def buttons_of(next_act: due.Due | None, attached: Attached) -> dict[str, Any]:
    """The primary button, and those beside it."""
    if next_act is None:
        return {}
    first = button(next_act.action, attached) if next_act.action else None
    return {"first": first, "also": [button(action, attached) for action in next_act.also]}


def button(action: Action, attached: Attached) -> dict[str, Any]:
    """A link to the page of an act, or a form that does it in one press."""
    fields: list[tuple[str, object]] = []
    if action.name in ("check_in", "check_out"):
        fields = [("act", action.name), ("seen", len(attached.visits))]
    return {
        "name": action.name,
        "label": action.label,
        "url": action.url,
        "icon": ICONS.get(action.name, ""),
        "post": action.name in due.AT_ONCE,
        "fields": fields,
        "danger": action.danger,
    }


def menu_item(action: Action) -> dict[str, Any]:
    return {
        "label": action.label,
        "url": action.url,
        "icon": ICONS.get(action.name, "circle"),
        "enabled": action.enabled,
        "reason": action.reason,
        "danger": action.danger,
        "separator": action.name not in MOVES and action.name != "series",
    }


def wanted_of(
    assignment: Assignment,
    attached: Attached,
    *,
    at: datetime,
    removable: bool,
    judging: bool = False,
) -> Iterable[dict[str, Any]]:
    """Each deliverable asked for, with the files handed in for it."""
    for request in attached.requests:
        files = attached.handed_in.get(request.pk, [])
        count = attached.count_of(request)
        yield {
            "request": request,
            "files": [
                file_row(assignment, file, request, removable=removable, judging=judging)
                for file in files
            ],
            "count": count,
            "done": count >= request.count,
            "refused": any(file.is_refused for file in files),
            "late": bool(request.due_at and request.due_at < at and count < request.count),
        }


def file_row(
    assignment: Assignment,
    file: Deliverable,
    request: DeliverableRequest,
    *,
    removable: bool,
    judging: bool = False,
) -> dict[str, Any]:
    args = [assignment.reference, file.pk]
    url = reverse("assignments:deliverable", args=args)
    marks = []
    if file.verdict:
        marks.append((file.get_verdict_display(), "bad" if file.is_refused else "good"))
    if request.due_at and file.handed_in_at > request.due_at:
        marks.append(("Late", "warning"))
    return {
        "marks": marks,
        "note": file.refusal,
        "accept_url": reverse("assignments:verdict", args=args)
        if judging and not file.is_accepted
        else "",
        "refuse_url": reverse("assignments:verdict", args=args)
        if judging and not file.is_refused
        else "",
        "name": file.name,
        "url": url,
        "size": file.size,
        "by": getattr(file, "by", ""),
        "at": file.handed_in_at,
        "remove_url": url if removable else "",
    }


def timeline_entry(line: history.Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "title": f"{line.who} {line.sentence}",
        "text": line.note,
        "icon": MARKS.get(line.kind, "circle"),
    }


def back_of(assignment: Assignment, actor: Actor, *, is_mine: bool) -> tuple[str, str]:
    """Where this actor came from: an address and its name."""
    if actor.is_client:
        return reverse("assignments:list"), "Assignments"
    if actor.is_worker:
        name, label = ("my_work", "My work") if is_mine else ("find_work", "Find work")
        return reverse(f"assignments:{name}"), label
    return reverse("home"), "Home"
