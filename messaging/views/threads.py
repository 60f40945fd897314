"""The inbox, one conversation, writing in it, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments.models import Assignment
from core.errors import DomainError
from core.forms import refusals_in
from core.paging import moment_key, number_key, page_of
from core.permissions import demand
from messaging import answering, posting, queries, quick_replies, reading
from messaging.forms import InboxForm, MessageForm, PlaceForm, QuickForm, ReadForm, SettledForm
from messaging.models import Message, QuickReply, Thread
from messaging.panel import ANCHOR, Panel, panel_of
from messaging.queries import Conversation
from messaging.views.loading import load

LONGEST_WAIT = [moment_key("waiting_since"), number_key("pk")]
ORDER = [moment_key("last_message_at", descending=True), number_key("pk", descending=True)]
FILES_AGAIN = "Choose your files again: a page that is loaded anew cannot keep them."
FLAGGED = (
    "Your message seems to hold contact details or a link. Keep agreements on the site until "
    "somebody is assigned: what is agreed elsewhere cannot be protected."
)


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    demand(request, "messaging.inbox")
    form = InboxForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show") or "all"
    page = page_of(
        queries.inbox(request.actor, show),
        LONGEST_WAIT if show in ("waiting", "asked") else ORDER,
        after=form.cleaned_data.get("after", ""),
        before=form.cleaned_data.get("before", ""),
    )
    newest = queries.newest_of(page.rows)
    context = {
        "rows": [(thread, newest.get(thread.pk)) for thread in page.rows],
        "show": show,
        "side": queries.side_of(request.actor),
        "may_write": request.actor.can("messaging.answer"),
        "questions": queries.unanswered_questions(request.actor) if show == "waiting" else [],
        "newer_url": page.newer_url(request.GET),
        "older_url": page.older_url(request.GET),
    }
    return render(request, "messaging/inbox.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, reference: str) -> HttpResponse:
    """The conversation on a page of its own; posting to it writes."""
    place = _place(request.POST if request.method == "POST" else request.GET)
    assignment, found, chosen = load(request, reference, place.get("worker", ""))
    if request.method == "POST":
        return _posted(request, assignment, found, chosen)
    before = place.get("before")
    if chosen and (key := place.get("around")):
        before = queries.before_which(chosen.thread_id, request.actor, key)
    panel = panel_of(
        assignment, request.actor, at=timezone.now(), origin="conversation", found=found,
        worker=place.get("worker", ""), before=before,
    )  # fmt: skip
    return _page(request, panel)


def _posted(
    request: HttpRequest,
    assignment: Assignment,
    found: list[Conversation],
    chosen: Conversation | None,
) -> HttpResponse:
    if chosen is None:
        raise Http404
    demand(request, "messaging.post", chosen)
    if "quick" in request.POST and request.actor.is_client:
        return _quick(request, assignment, found, chosen)
    form = MessageForm(request.POST, request.FILES, actor=request.actor, conversation=chosen)
    at = timezone.now()
    if form.is_valid():
        with refusals_in(form):
            message = _post(request, form, chosen, at)
            return _after(request, assignment, chosen, form, message)
    origin = form.data.get("origin") if request.htmx else "conversation"
    panel = panel_of(
        assignment, request.actor, at=at, origin=origin or "", found=found,
        worker=chosen.worker.reference, form=form,
    )  # fmt: skip
    return _page(request, panel, status=422)


def _quick(
    request: HttpRequest,
    assignment: Assignment,
    found: list[Conversation],
    chosen: Conversation,
) -> HttpResponse:
    """The composer anew: with the quick replies to choose from, or the chosen one inserted."""
    asked = QuickForm(request.POST)
    if not asked.is_valid():
        raise Http404
    data = asked.cleaned_data
    offered = QuickReply.objects.visible_to(request.actor).offered()
    body, listed = data["body"], data["quick"] == "list"
    if not listed:
        reply = get_object_or_404(offered, reference=data["quick"])
        words = quick_replies.filled_in(reply, chosen, request.actor)
        body = f"{body.rstrip()}\n\n{words}".lstrip()
    origin = request.POST.get("origin") if request.htmx else "conversation"
    initial = {"body": body, **({"visibility": v} if (v := data["visibility"]) else {})}
    form = MessageForm(
        actor=request.actor, conversation=chosen, origin=origin or "", initial=initial,
        keeps_files=request.htmx,
    )  # fmt: skip
    lost = bool(request.FILES) and not request.htmx
    panel = panel_of(
        assignment, request.actor, at=timezone.now(), origin=origin or "", found=found,
        worker=chosen.worker.reference, form=form, warning=FILES_AGAIN if lost else "",
    )  # fmt: skip
    panel.quick = list(offered[: quick_replies.MOST]) if listed else None
    return _page(request, panel)


def _post(request: HttpRequest, form: MessageForm, chosen: Conversation, at: Any) -> Message:
    data = form.cleaned_data
    return posting.post(
        assignment=chosen.assignment, worker=chosen.worker, body=data["body"],
        files=data["files"], visibility=data.get("visibility") or Message.Visibility.PARTIES,
        by=request.actor, at=at, key=data["key"],
    )  # fmt: skip


def _after(
    request: HttpRequest,
    assignment: Assignment,
    chosen: Conversation,
    form: MessageForm,
    message: Message,
) -> HttpResponse:
    """The panel anew for htmx; else back to the page the composer was on."""
    flagged = FLAGGED if message.has_contact_details else ""
    origin = form.cleaned_data["origin"] or "assignment"
    noted = message.visibility != Message.Visibility.PARTIES
    done = "Note kept." if noted else "Message sent."
    if request.htmx:
        panel = panel_of(
            assignment, request.actor, at=timezone.now(), origin=origin,
            worker=chosen.worker.reference, warning=flagged, done=done,
        )  # fmt: skip
        return _page(request, panel)
    messages.success(request, done)
    if flagged:
        messages.warning(request, flagged)
    return _back(request, assignment, chosen, origin)


@login_required
@require_POST
def read(request: HttpRequest, reference: str) -> HttpResponse:
    """Mark a conversation read up to the newest message that was on the page."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        raise Http404
    chosen = load(request, reference, form.cleaned_data["worker"])[2]
    if chosen is None or chosen.thread_id is None:
        raise Http404
    thread = get_object_or_404(Thread.objects.visible_to(request.actor), pk=chosen.thread_id)
    reading.mark_read(thread, by=request.actor, at=timezone.now(), up_to=form.cleaned_data["up_to"])
    if request.htmx:
        return HttpResponse()
    return redirect("messaging:inbox")


@login_required
@require_POST
def settled(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that the last message needs no answer, from the inbox or from the conversation."""
    form = SettledForm(request.POST)
    if not form.is_valid():
        raise Http404
    assignment, _, chosen = load(request, reference, form.cleaned_data["worker"])
    if chosen is None or chosen.thread_id is None:
        raise Http404
    demand(request, "messaging.post", chosen)
    thread = get_object_or_404(Thread.objects.visible_to(request.actor), pk=chosen.thread_id)
    up_to, origin = form.cleaned_data["up_to"], form.cleaned_data["origin"]
    try:
        answering.needs_no_answer(thread, by=request.actor, at=timezone.now(), up_to=up_to)
    except DomainError as refused:
        messages.warning(request, str(refused))
        return _back(request, assignment, chosen, "conversation")
    messages.success(request, "Marked: no answer needed.")
    return _back(request, assignment, chosen, origin)


def _back(
    request: HttpRequest, assignment: Assignment, chosen: Conversation, origin: str
) -> HttpResponse:
    """Back to the page a button of a conversation stood on."""
    if origin == "inbox":
        return redirect(f"{reverse('messaging:inbox')}?show=waiting")
    page = "assignments:detail" if origin == "assignment" else "messaging:post"
    chooses = "" if request.actor.is_worker else f"?worker={chosen.worker.reference}"
    return redirect(f"{reverse(page, args=[assignment.reference])}{chooses}#{ANCHOR}")


def _place(data: Any) -> dict[str, Any]:
    form = PlaceForm(data)
    form.is_valid()
    return form.cleaned_data


def _page(request: HttpRequest, panel: Panel, status: int = 200) -> HttpResponse:
    template = "messaging/_panel.html" if request.htmx else "messaging/conversation.html"
    visible = Assignment.objects.visible_to(request.actor).filter(pk=panel.assignment.pk)
    context = {"panel": panel, "assignment": panel.assignment, "linked": visible.exists()}
    return render(request, template, context, status=status)
