"""The two sides' pages: escalate, the list of cases, one case and what they do in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments.models import Assignment
from core.dates import moment_words
from core.files import serve
from core.forms import refusals_in
from core.paging import number_key, page_of
from core.permissions import demand
from escalations import casework, office_hours, queries, showing
from escalations.casework import watching
from escalations.casework.opening import NothingToTranscribe, days_left, last_day, why_not
from escalations.casework.steps import side_of
from escalations.forms import (
    CasesForm,
    EvidenceForm,
    OpinionForm,
    PartyReplyForm,
    ProposalAnswerForm,
    TranscriptForm,
    WithdrawForm,
)
from escalations.forms.report import (
    ChosenExhibitsForm,
    ChosenKindForm,
    EscalationForm,
    offered_kinds,
)
from escalations.models import Case, CaseLook, Evidence
from escalations.states import CLOSED
from messaging import transcript
from messaging.panel import choose, panel_of
from messaging.queries import conversations
from messaging.transcript_paper import transcript_pdf

FORMS: dict[str, type[forms.Form]] = {
    "reply": PartyReplyForm,
    "evidence": EvidenceForm,
    "transcript": TranscriptForm,
    "opinion": OpinionForm,
    "withdraw": WithdrawForm,
    "proposal": ProposalAnswerForm,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest, reference: str) -> HttpResponse:
    rows = Assignment.objects.visible_to(request.actor).select_related("company", "worker__user")
    assignment = get_object_or_404(rows, reference=reference)
    demand(request, "escalations.open", assignment)
    if assignment.worker_id is None:
        messages.info(request, str(why_not(assignment, at=timezone.now())))
        return redirect(assignment)
    at = timezone.now()
    side = side_of(request.actor, assignment)
    asked = ChosenKindForm(request.GET)
    asked.is_valid()
    form = EscalationForm(
        request.POST or None, request.FILES or None, assignment=assignment, side=side,
        chosen=asked.cleaned_data.get("kind", ""),
    )  # fmt: skip
    if form.is_valid():
        with refusals_in(form):
            opened = casework.open_case(
                assignment=assignment, by=request.actor, at=at, **form.verb_data
            )
            _say_opened(request, opened, at)
            return redirect(opened)
    return render(
        request,
        "escalations/escalation.html",
        _opening_context(request, assignment, form, side, at),
    )


def _say_opened(request: HttpRequest, opened: Case, at: datetime) -> None:
    if opened.opened_at != at:
        messages.info(
            request,
            f"You have this case open already: {opened.label}. What you wrote is a part of it.",
        )
        return
    pause = " Approval and payment wait for the decision." if opened.hold else ""
    messages.success(
        request,
        f"Case {opened.label} is open. The Escalations Team answers by "
        f"{_day_of(request, opened.first_answer_due_at)}.{pause}",
    )


def _day_of(request: HttpRequest, moment: datetime) -> str:
    return moment_words(moment, request.actor.user.time_zone)


def _opening_context(
    request: HttpRequest, assignment: Assignment, form: EscalationForm, side: str, at: datetime
) -> dict[str, Any]:
    panel = panel_of(assignment, request.actor, at=at, worker=assignment.worker.reference)
    standing = list(queries.open_cases_of(assignment, side))
    hours = office_hours.current()
    return {
        "assignment": assignment,
        "form": form,
        "refused": why_not(assignment, at=at),
        "last_day": last_day(assignment),
        "days_left": days_left(assignment, at=at),
        "kinds": offered_kinds(assignment, side) if not form.chosen else [],
        "standing": standing,
        "joins": next((c for c in standing if c.kind == form.chosen), None),
        "due": {
            "other_side": hours.after(at, hours.party_answer),
            "first_answer": hours.after(at, hours.first_answer),
        },
        "panel": panel,
        "has_written": any(message["mine"] for message in panel.messages),
        "other": assignment.worker if side == "company" else assignment.company.name,
    }


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """One's own cases; staff who work at the desk go there."""
    if request.actor.can("escalations.read"):
        return redirect("admin:escalations_case_changelist")
    form = CasesForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show") or "all"
    page = page_of(
        queries.cases_of(request.actor, open_only=show == "open"),
        [number_key("pk", descending=True)],
        after=form.cleaned_data.get("after", ""),
        before=form.cleaned_data.get("before", ""),
    )
    context = {
        "rows": [(case, queries.expectations(case)) for case in page.rows],
        "side": showing.side_word_of(request.actor),
        "show": show,
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
    }
    return render(request, "escalations/cases.html", context)


@login_required
@require_safe
def case(request: HttpRequest, label: str) -> HttpResponse:
    found = _load(request, label)
    if request.actor.is_staff:
        demand(request, "escalations.read", found)
        return redirect("admin:escalations_case_change", found.pk)
    return _page(request, found)


@login_required
@require_POST
def reply(request: HttpRequest, label: str) -> HttpResponse:
    return _act(request, label, "reply", "escalations.answer", _reply)


@login_required
@require_POST
def add_evidence(request: HttpRequest, label: str) -> HttpResponse:
    return _act(request, label, "evidence", "escalations.answer", _add_evidence)


@login_required
@require_POST
def add_transcript(request: HttpRequest, label: str) -> HttpResponse:
    """Put forward what the two sides said to each other, as it stands now."""
    return _act(request, label, "transcript", "escalations.answer", _add_transcript)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exhibits(request: HttpRequest, label: str) -> HttpResponse:
    """Choose messages, visits and files of the assignment as evidence."""
    found = _load(request, label)
    demand(request, "escalations.answer", found)
    form = ChosenExhibitsForm(
        request.POST or None, assignment=found.assignment, worker=found.worker
    )
    if form.is_valid():
        given = {"things": form.things, "key": form.cleaned_data["key"]}
        with refusals_in(form):
            casework.point_at(found, **given, by=request.actor, at=timezone.now())
            messages.success(request, "What you chose is in the case.")
            return redirect(f"{found.get_absolute_url()}#evidence")
    context = {"case": found, "form": form, "is_open": found.status not in CLOSED}
    return render(request, "escalations/exhibits.html", context)


@login_required
@require_POST
def give_opinion(request: HttpRequest, label: str) -> HttpResponse:
    return _act(request, label, "opinion", "escalations.answer", _give_opinion)


@login_required
@require_POST
def answer_proposal(request: HttpRequest, label: str) -> HttpResponse:
    return _act(request, label, "proposal", "escalations.answer", _answer_proposal)


@login_required
@require_POST
def withdraw(request: HttpRequest, label: str) -> HttpResponse:
    return _act(request, label, "withdraw", "escalations.withdraw", _withdraw)


@login_required
@require_safe
def evidence(request: HttpRequest, label: str, reference: str) -> HttpResponseBase:
    files = Evidence.objects.visible_to(request.actor).filter(case__number=_number(label))
    kept = get_object_or_404(files.select_related("case__worker"), reference=reference)
    if request.actor.is_staff:
        demand(request, "escalations.read", kept.case)
        what = CaseLook.What.EVIDENCE
        watching.look(kept.case, what, by=request.actor, at=timezone.now(), detail=kept.name)
    return serve(kept.file, kept.name, kept.content_type)


Act = Callable[[Case, dict[str, Any], Any, datetime], str]


def _act(request: HttpRequest, label: str, name: str, permission: str, act: Act) -> HttpResponse:
    """One form of the case page: validate it, call its verb, say so; else show its errors."""
    found = _load(request, label)
    demand(request, permission, found)
    form = _form(name, found, request.POST, request.FILES)
    at = timezone.now()
    if form.is_valid():
        with refusals_in(form):
            said = act(found, form.cleaned_data, request.actor, at)
            messages.success(request, said)
            return redirect(found)
    return _page(request, _load(request, label), **{name: form})


def _reply(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    casework.reply(case, body=data["body"], to=data["to"], key=data["key"], by=by, at=at)
    return "Your message is in the case."


def _add_evidence(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    casework.add_evidence(case, files=data["files"], key=data["key"], by=by, at=at)
    return "Your evidence was added."


def _add_transcript(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    found = choose(conversations(case.assignment, by), case.assignment, case.worker.reference)
    if found is None or found.thread_id is None:
        raise NothingToTranscribe
    paper = transcript_pdf(transcript.of(found, by, at=at))
    casework.add_evidence(case, files=[paper], key=data["key"], by=by, at=at)
    return "The transcript of your messages is in the case."


def _answer_proposal(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    accept = data["answer"] == "accept"
    answered = casework.answer_proposal(
        case, accept=accept, words=data["words"], seen=data["seen"], by=by, at=at
    )
    answers = {answered.company_answer, answered.worker_answer}
    if answers == {answered.Answer.ACCEPTED}:
        return "Both sides have accepted the proposal."
    if "" in answers:
        return "Your answer was noted. The other side has not answered yet."
    return "Your answer was noted. The Escalations Team decides next."


def _give_opinion(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    casework.give_opinion(case, mark=data["mark"], words=data["words"], by=by, at=at)
    return "Thank you. The Escalations Team reads what you said; the other side does not."


def _withdraw(case: Case, data: dict[str, Any], by: Any, at: datetime) -> str:
    held = case.hold is not None and case.hold.released_at is None
    casework.withdraw(case, words=data["words"], by=by, at=at)
    return f"The case is withdrawn.{' The hold is released.' if held else ''}"


def _form(name: str, case: Case, *data: Any) -> forms.Form:
    more = {"case": case} if name == "reply" else {}
    return FORMS[name](*data, prefix=name, **more)


def _number(label: str) -> int:
    return int(label.removeprefix("C-"))


def _load(request: HttpRequest, label: str) -> Case:
    return get_object_or_404(queries.for_page(request.actor), number=_number(label))


def _typed(context: dict[str, Any], bound: dict[str, forms.Form]) -> str:
    """What somebody wrote into a form that the case, having moved on, does not show any more."""
    page = context["page"]
    shown = {
        "reply": context["may_answer"],
        "proposal": context["may_answer"] and page.proposal and not page.my_answer,
        "withdraw": context["may_withdraw"],
        "opinion": context["may_judge"],
    }
    gone = [form for name, form in bound.items() if not shown.get(name, True)]
    words = [
        form[name].value() for form in gone for name in ("body", "words") if name in form.fields
    ]
    return "\n\n".join(filter(None, words))


def _page(request: HttpRequest, found: Case, **bound: forms.Form) -> HttpResponse:
    at = timezone.now()
    is_open = found.status not in CLOSED
    given = {name: bound.get(name) or _form(name, found) for name in FORMS}
    context = {
        "case": found,
        "assignment": found.assignment,
        "page": showing.page_of(found, request.actor, at=at),
        "is_open": is_open,
        "may_answer": is_open and request.actor.can("escalations.answer", found),
        "badge": showing.badge_of(found),
        "may_judge": not is_open
        and found.merged_into_id is None
        and request.actor.can("escalations.answer", found),
        "opinion": queries.opinion_of(found, request.actor) if not is_open else None,
        "next": showing.next_words(found),
        "may_withdraw": is_open and request.actor.can("escalations.withdraw", found),
        "assignment_visible": Assignment.objects.visible_to(request.actor)
        .filter(pk=found.assignment_id)
        .exists(),
        "forms": given,
        "bound": list(bound.values()),
        "now": at,
    }
    context["typed"] = _typed(context, bound)
    return render(request, "escalations/case.html", context)
