"""The acts by which a case is arranged at the desk: each a form, and a call of one verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms

from accounts.actors import Actor
from escalations import casework
from escalations.casework.sorting import other_case
from escalations.forms import desk as desk_forms
from escalations.models import Case

MOVES_MONEY = frozenset({"hold", "lift_hold", "merge", "withdraw_for"})

FORMS: dict[str, Callable[..., forms.Form]] = {
    "hand_over": desk_forms.HandOverForm,
    "remind": desk_forms.RemindForm,
    "refile": desk_forms.RefileForm,
    "let_talk": desk_forms.TalkForm,
    "hold": desk_forms.HoldForm,
    "lift_hold": desk_forms.LiftHoldForm,
    "link": desk_forms.LinkForm,
    "unlink": desk_forms.OtherCaseForm,
    "merge": desk_forms.MergeForm,
    "withdraw_for": desk_forms.WithdrawForForm,
}


def _hand_over(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.hand_over(case, **data, by=by, at=at)
    return f"{case.label} is with {data['to']} now."


def _remind(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.remind(case, words=data["words"], by=by, at=at)
    return "They were reminded."


def _refile(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.refile(case, **data, by=by, at=at)
    return f"{case.label} is filed anew."


def _let_talk(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.let_talk(case, allowed=data["allowed"], by=by, at=at)
    if data["allowed"]:
        return "Both sides may write to each other. They were told."
    return "Each side writes to you alone. They were told."


def _hold(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.hold_money(case, **data, by=by, at=at)
    return "Approval and payment wait for the decision. Both sides were told."


def _lift_hold(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.lift_hold(case, **data, by=by, at=at)
    return "Approval and payment go on. Both sides were told."


def _link(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    other = other_case(case, data["other"])
    casework.link(case, other=other, words=data["words"], by=by, at=at)
    return f"{case.label} and {other.label} are linked."


def _unlink(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    other = other_case(case, data["other"])
    casework.unlink(case, other=other, by=by, at=at)
    return f"{case.label} and {other.label} are linked no more."


def _merge(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    into = other_case(case, data["other"])
    casework.merge(case, into=into, words=data["words"], by=by, at=at)
    return f"{case.label} goes on in {into.label}."


def _withdraw_for(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.withdraw_for(case, words=data["words"], by=by, at=at)
    return f"{case.label} is withdrawn for {case.opener}. Both sides were told."


ACTS: dict[str, Callable[[Case, dict[str, Any], Actor, datetime], str]] = {
    "hand_over": _hand_over,
    "remind": _remind,
    "refile": _refile,
    "let_talk": _let_talk,
    "hold": _hold,
    "lift_hold": _lift_hold,
    "link": _link,
    "unlink": _unlink,
    "merge": _merge,
    "withdraw_for": _withdraw_for,
}
