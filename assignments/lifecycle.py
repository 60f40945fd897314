"""The life of an assignment: one verb per move of ``assignments.states.MOVES``.

    draft ──send──▶ sent ──assign──▶ assigned ──check in──▶ in progress ──submit──▶
    pending approval ──approve──▶ invoiced ──pay──▶ paid

Every verb is one transaction of the same shape: lock the assignment; where it is already
done, return it; ask the table and the guards; change, calling the verbs of lower apps;
save the named fields; record the event. Two verbs at once on one assignment therefore end
in exactly one outcome, and the loser reads a ``DomainError``. The verbs stand in modules
by the part of the trade they belong to:

- ``posting``: create, edit, duplicate, delete
- ``routing``: send, invite, assign, accept, void
- ``waterfall``: plan, stop, skip_ahead
- ``applications``: apply, withdraw, decline, decline_application
- ``working``: confirm, start, check_in, check_out, submit, send_back
- ``deliverables``: hand_in, remove
- ``leaving``: unassign, back_out, restore_budget
- ``parts``: ship, receive, send_back, take_back
- ``closing``: approve, pay, cancel, close_unpaid, hold, release
"""

from collections.abc import Callable
from typing import Any

from assignments.applications import apply, decline, decline_application, withdraw
from assignments.closing import approve, cancel, close_unpaid, hold, pay, release
from assignments.deliverables import hand_in, remove
from assignments.leaving import back_out, restore_budget, unassign
from assignments.parts import receive, ship, take_back
from assignments.parts import send_back as return_part
from assignments.posting import create, delete, duplicate, edit
from assignments.routing import accept, assign, invite, send, void
from assignments.waterfall import plan, skip_ahead, stop
from assignments.working import check_in, check_out, confirm, send_back, start, submit

VERBS: dict[str, Callable[..., Any]] = {
    "edit": edit,
    "duplicate": duplicate,
    "delete": delete,
    "send": send,
    "invite": invite,
    "route": skip_ahead,
    "plan_routing": plan,
    "stop_routing": stop,
    "apply": apply,
    "withdraw": withdraw,
    "decline": decline,
    "accept": accept,
    "decline_application": decline_application,
    "assign": assign,
    "confirm": confirm,
    "start": start,
    "check_in": check_in,
    "check_out": check_out,
    "hand_in": hand_in,
    "remove_deliverable": remove,
    "ship_part": ship,
    "receive_part": receive,
    "return_part": return_part,
    "take_back_part": take_back,
    "submit": submit,
    "send_back": send_back,
    "approve": approve,
    "pay": pay,
    "cancel": cancel,
    "unassign": unassign,
    "back_out": back_out,
    "restore_budget": restore_budget,
    "void": void,
    "hold": hold,
    "release": release,
    "close_unpaid": close_unpaid,
}
"""Every move of the table and its verb; a test proves that the two agree."""

__all__ = [
    "VERBS", "accept", "apply", "approve", "assign", "back_out", "cancel", "check_in", "check_out",
    "close_unpaid", "confirm", "create", "decline", "decline_application", "delete",
    "duplicate", "edit",
    "hand_in", "hold", "invite", "pay", "plan", "receive", "release", "remove", "restore_budget",
    "return_part", "send", "send_back", "ship", "skip_ahead", "start", "stop", "submit",
    "take_back", "unassign", "void", "withdraw",
]  # fmt: skip
