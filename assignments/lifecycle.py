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
- ``applications``: apply, withdraw, decline, decline_application, shortlist, expire
- ``working``: confirm, unconfirm, on_my_way, start, check_in, check_out, submit, send_back,
  tick_off
- ``visiting``: correct_visit (by the worker, or by the client as amend_visit)
- ``deliverables``: hand_in, remove, accept, refuse
- ``holding``, ``releasing``: put_on_hold, take_off_hold
- ``finishing``: complete_for
- ``filling_in``: fill_in
- ``labelling``: relabel, resolve_label
- ``leaving``: unassign, back_out, restore_budget
- ``parts``: change (as change_parts), ship, receive, send_back, take_back
- ``changes``: reschedule, raise_budget, add_expense, add_bonus, accept_change,
  decline_change, withdraw_change
- ``lapsing``: requests that nobody answered in time, closed by a sweep
- ``closing``: approve, pay, cancel, close_unpaid, hold, release
"""

from collections.abc import Callable
from typing import Any

from assignments.applications import (
    apply,
    decline,
    decline_application,
    expire,
    shortlist,
    withdraw,
)
from assignments.changes import (
    accept_change,
    add_bonus,
    add_expense,
    decline_change,
    raise_budget,
    reschedule,
    withdraw_change,
)
from assignments.closing import approve, cancel, close_unpaid, hold, pay, release
from assignments.deliverables import accept as accept_deliverable
from assignments.deliverables import hand_in, remove
from assignments.deliverables import refuse as refuse_deliverable
from assignments.filling_in import fill_in
from assignments.finishing import complete_for
from assignments.holding import put_on_hold
from assignments.labelling import relabel, resolve_label
from assignments.leaving import back_out, restore_budget, unassign
from assignments.parts import change as change_parts
from assignments.parts import receive, ship, take_back
from assignments.parts import send_back as return_part
from assignments.posting import create, delete, duplicate, edit
from assignments.releasing import take_off_hold
from assignments.routing import accept, assign, invite, send, void
from assignments.visiting import correct_visit
from assignments.waterfall import plan, skip_ahead, stop
from assignments.working import (
    check_in,
    check_out,
    confirm,
    on_my_way,
    send_back,
    start,
    submit,
    tick_off,
    unconfirm,
)

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
    "shortlist": shortlist,
    "expire": expire,
    "assign": assign,
    "confirm": confirm,
    "unconfirm": unconfirm,
    "on_my_way": on_my_way,
    "start": start,
    "check_in": check_in,
    "check_out": check_out,
    "correct_visit": correct_visit,
    "amend_visit": correct_visit,
    "hand_in": hand_in,
    "remove_deliverable": remove,
    "change_parts": change_parts,
    "ship_part": ship,
    "receive_part": receive,
    "return_part": return_part,
    "take_back_part": take_back,
    "accept_deliverable": accept_deliverable,
    "refuse_deliverable": refuse_deliverable,
    "tick_off": tick_off,
    "complete_for": complete_for,
    "fill_in": fill_in,
    "relabel": relabel,
    "resolve_label": resolve_label,
    "submit": submit,
    "send_back": send_back,
    "approve": approve,
    "pay": pay,
    "reschedule": reschedule,
    "raise_budget": raise_budget,
    "add_expense": add_expense,
    "add_bonus": add_bonus,
    "accept_change": accept_change,
    "accept_money": accept_change,
    "decline_change": decline_change,
    "withdraw_change": withdraw_change,
    "cancel": cancel,
    "unassign": unassign,
    "back_out": back_out,
    "restore_budget": restore_budget,
    "void": void,
    "put_on_hold": put_on_hold,
    "take_off_hold": take_off_hold,
    "hold": hold,
    "release": release,
    "close_unpaid": close_unpaid,
}
"""Every move of the table and its verb; a test proves that the two agree."""

__all__ = [
    "VERBS",
    "accept",
    "accept_change",
    "accept_deliverable",
    "add_bonus",
    "add_expense",
    "apply",
    "approve",
    "assign",
    "back_out",
    "cancel",
    "change_parts",
    "check_in",
    "check_out",
    "close_unpaid",
    "complete_for",
    "confirm",
    "correct_visit",
    "create",
    "decline",
    "decline_application",
    "decline_change",
    "delete",
    "duplicate",
    "edit",
    "expire",
    "fill_in",
    "hand_in",
    "hold",
    "invite",
    "on_my_way",
    "pay",
    "plan",
    "put_on_hold",
    "raise_budget",
    "receive",
    "refuse_deliverable",
    "relabel",
    "release",
    "remove",
    "reschedule",
    "resolve_label",
    "restore_budget",
    "return_part",
    "send",
    "send_back",
    "ship",
    "shortlist",
    "skip_ahead",
    "start",
    "stop",
    "submit",
    "take_back",
    "take_off_hold",
    "tick_off",
    "unassign",
    "unconfirm",
    "void",
    "withdraw",
    "withdraw_change",
]  # fmt: skip
