"""The page of a case at the escalation desk, inside the admin site, and the acts on it.

``escalations.admin`` gives these views their addresses. Whoever has no permission to read
cases is refused; acts are for those who work them, and assigning to somebody else is for leads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.acting import act_as_staff
from accounts.actors import Actor
from core.dates import moment_words
from core.forms import refusals_in
from escalations import canned, casework, queries, showing
from escalations import forms as asked
from escalations.casework import watching
from escalations.casework.deciding import options
from escalations.casework.desk import WAITING
from escalations.casework.holding import is_holding
from escalations.dossier import contacts_of, dossier_of
from escalations.forms.desk import SeenForm
from escalations.models import Case, Presence
from escalations.states import CLOSED, CONTEST, REOPEN_WITHIN, CaseStatus
from escalations.team import members
from escalations.views import arranging
from escalations.views.entering import frame, load

REMINDED = (*WAITING.values(), CaseStatus.PROPOSED)

FORMS: dict[str, Callable[..., forms.Form]] = {
    "reply": asked.StaffReplyForm,
    "ask": asked.AskForm,
    "note": asked.NoteForm,
    "decide": asked.DecideForm,
    "propose": asked.DecideForm,
    "assign": lambda *args, **kwargs: asked.AssignForm(*args, team=members(), **kwargs),
    "reopen": asked.ReopenForm,
    "rating": asked.VerdictForm,
    "take": forms.Form,
    **arranging.FORMS,
}
FILLED = {
    "reply": {"reply": "body"},
    "ask": {"ask": "body"},
    "words": {"propose": "words", "decide": "words"},
}
"""The fields that a canned answer goes into, by what it is used for."""
LEADS_ONLY = frozenset({"assign"})
UNSEEN_WILL_DO = frozenset({"note", "take"})
"""Acts that overwrite nothing, whatever happened since the page was opened."""
MOVES_MONEY = frozenset({"propose", "decide", "reopen", *arranging.MOVES_MONEY})
"""Acts that lock the assignment, which must then be locked before the case."""


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    actor = act_as_staff(request)
    case = load(request, pk)
    at = timezone.now()
    shown = "contacts" if "contacts" in request.GET else "page"
    others = watching.arrive(case, shown, by=actor, at=at)
    return show(request, case, others=others)


def _fill_in(given: dict[str, forms.Form], offered: list[canned.Offered], key: str) -> str:
    """Put the canned answer that the address names into its form; returns which form is open."""
    chosen = next((one for one in offered if str(one.key) == key), None)
    if chosen is None:
        return ""
    for name, field in FILLED[chosen.use].items():
        given[name].initial[field] = chosen.text
    return next(iter(FILLED[chosen.use]))


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One form of the page: validate it, call its verb, say so; else show its errors."""
    actor = act_as_staff(request)
    permission = "escalations.lead" if name in LEADS_ONLY else "escalations.work"
    case = load(request, pk, permission, find=queries.for_act)
    form = FORMS[name](request.POST, prefix=name)
    if form.is_valid():
        with refusals_in(form):
            with transaction.atomic():
                require_seen(request, case, name)
                said = ACTS[name](case, form.cleaned_data, actor, timezone.now())
            messages.success(request, said)
            return redirect("admin:escalations_case_change", case.pk)
    return show(request, load(request, pk), name, form)


def require_seen(request: HttpRequest, case: Case, name: str) -> None:
    """Refuse what rests on a page older than the case, where the page says how old it is."""
    form = SeenForm(request.POST)
    if name not in UNSEEN_WILL_DO and form.is_valid():
        watching.require_unchanged(
            case,
            seen=form.cleaned_data["seen"],
            by=request.actor,
            moves_money=name in MOVES_MONEY,
        )


@csp_update({"frame-src": [SELF]})
def show(
    request: HttpRequest,
    case: Case,
    name: str = "",
    bound: forms.Form | None = None,
    others: Sequence[Presence] = (),
) -> HttpResponse:
    at, actor = timezone.now(), request.actor
    given = _forms(case)
    if bound is not None:
        given[name] = bound
    shown = showing.page_of(case, actor, at=at)
    may = _may(case, actor, at)
    filled = _fill_in(given, may["canned"], request.GET.get("canned", ""))
    context = {
        **frame(f"{case.label} {case.get_kind_display()}"),
        "case": case,
        "assignment": case.assignment,
        "page": shown,
        "badge": showing.badge_of(case),
        "dossier": dossier_of(case, actor, at=at),
        "options": _options(case, given) if case.status not in CLOSED else [],
        "forms": given,
        "bound": [bound] if bound is not None else [],
        "opened": name or filled or "reply",
        "seen": shown.newest,
        "others": others,
        "linked": queries.linked_to(case) if case.has_links else [],
        "shows_contacts": "contacts" in request.GET,
        "contacts": contacts_of(case) if "contacts" in request.GET else [],
        "contested": case.kind == CONTEST,
        **may,
        "now": at,
    }
    return TemplateResponse(request, "admin/escalations/case.html", context)


def _forms(case: Case) -> dict[str, forms.Form]:
    """Every form of the page, empty, but for those that start from what the case says."""
    given = {key: form(prefix=key) for key, form in FORMS.items() if key != "take"}
    given["refile"].initial = {"kind": case.kind, "priority": case.priority}
    given["let_talk"].initial = {"allowed": "both" if case.sides_may_talk else "staff"}
    team = [("", "Choose"), *((person.pk, str(person)) for person in members())]
    given["assign"].fields["assignee"].choices = team
    given["hand_over"].fields["to"].choices = team
    return given


def _may(case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
    """Which acts the page offers; each is asked again when it is sent."""
    ended = case.status in CLOSED
    works = actor.can("escalations.work", case)
    mine = case.assignee_id in (None, actor.user_id)
    reopens = ended and not case.merged_into_id and case.closed_at is not None
    return {
        "ended": ended,
        "works": works,
        "audits": actor.can("escalations.audit"),
        "may_take": works
        and not ended
        and (case.assignee_id is None or (mine and case.status == CaseStatus.OPEN)),
        "may_assign": not ended and actor.can("escalations.lead", case),
        "may_reverse": case.status == CaseStatus.RESOLVED and actor.can("escalations.lead", case),
        "may_hand_over": works and not ended and mine,
        "may_reopen": works and reopens and at <= case.closed_at + REOPEN_WITHIN,
        "is_holding": is_holding(case),
        "may_remind": works and case.status in REMINDED,
        "canned": canned.offered(case, by=actor, at=at) if works and not ended else [],
    }


def _options(case: Case, given: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """Each effect with what it would do, and whether it was chosen in the form shown."""
    labels = dict(asked.DecideForm.base_fields["effect"].choices)
    chosen = {key: str(given[key]["effect"].value() or "") for key in ("decide", "propose")}
    return [
        {
            "effect": option.effect,
            "label": labels[option.effect],
            "possible": option.possible,
            "sentence": option.sentence,
            "chosen": option.effect in chosen.values(),
        }
        for option in options(case)
    ]


def _take(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.take(case, by=by, at=at)
    return f"{case.label} is yours."


def _assign(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.assign(case, to=data["assignee"], by=by, at=at)
    return f"{case.label} is assigned to {data['assignee']}."


def _reply(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.reply(case, body=data["body"], to=data["to"], key=data["key"], by=by, at=at)
    return "Your reply was sent."


def _ask(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    asked = casework.ask_party(
        case, side=data["side"], question=data["body"], key=data["key"], by=by, at=at
    )
    due = asked.case.party_answer_due_at
    until = f" and has until {moment_words(due)}" if due else ""
    return f"{showing.name_of_side(case, data['side'])} was asked{until}."


def _note(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.note(case, body=data["body"], key=data["key"], by=by, at=at)
    return "The note is kept, for staff only."


def _rating(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    removed = data["verdict"] == "removed"
    decision = casework.settle(case, removed=removed, words=data["words"], by=by, at=at)
    return f"{case.label} is decided. {decision.applied[-1]}"


def _reopen(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    casework.reopen(case, words=data["words"], by=by, at=at)
    return f"{case.label} is open again."


ACTS: dict[str, Callable[[Case, dict[str, Any], Actor, datetime], str]] = {
    "take": _take,
    "assign": _assign,
    "reply": _reply,
    "ask": _ask,
    "note": _note,
    "rating": _rating,
    "reopen": _reopen,
    **arranging.ACTS,
}
