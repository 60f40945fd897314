"""A conversation as a page shows it: the messages in words, the composer, the other threads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from accounts.actors import Actor
from assignments.models import Assignment
from core.files import OFFICE, SHOWN
from messaging import queries
from messaging.forms import MessageForm
from messaging.models import Message, QuickReply
from messaging.posting import NotInTouch, closed_because
from messaging.queries import Conversation

ANCHOR = "messages"
KINDS = {
    "application/pdf": "PDF",
    "text/plain": "Text",
    "text/csv": "CSV",
    OFFICE[".docx"][1]: "Word",
    OFFICE[".xlsx"][1]: "Excel",
}


@dataclass(slots=True)
class Panel:
    """Everything ``templates/messaging/_panel.html`` shows."""

    assignment: Assignment
    chosen: Conversation | None
    tabs: Sequence[dict[str, Any]]
    messages: Sequence[dict[str, Any]]
    older_url: str
    newest_url: str
    post_url: str
    read_url: str
    last_key: int
    unread: bool
    zone: str
    settle_url: str = ""
    settled: str = ""
    origin: str = "assignment"
    form: MessageForm | None = None
    silence: str = ""
    warning: str = ""
    done: str = ""
    live_url: str = ""
    transcript_url: str = ""
    may_be_quick: bool = False
    quick: Sequence[QuickReply] | None = None

    note: dict[str, str] = field(default_factory=dict)


def choose(
    found: Sequence[Conversation], assignment: Assignment, reference: str = ""
) -> Conversation | None:
    """The conversation asked for; else that of the assigned worker; else the latest one."""
    if reference:
        return next((one for one in found if one.worker.reference == reference), None)
    assigned = (one for one in found if one.worker.pk == assignment.worker_id)
    return next(assigned, found[0] if found else None)


def panel_of(
    assignment: Assignment,
    actor: Actor,
    *,
    at: datetime,
    worker: str = "",
    before: int | None = None,
    origin: str = "assignment",
    form: MessageForm | None = None,
    warning: str = "",
    done: str = "",
    found: Sequence[Conversation] | None = None,
    said: queries.Said | None = None,
) -> Panel:
    """Build the panel of an assignment for this actor, in three queries at most."""
    found = queries.conversations(assignment, actor) if found is None else found
    chosen = choose(found, assignment, worker)
    said = said or queries.said_in(chosen.thread_id if chosen else None, actor, before=before)
    silence = _silence(assignment, chosen, actor, at=at)
    if form is None and chosen and not silence:
        form = MessageForm(actor=actor, conversation=chosen, origin=origin)
    post_url = reverse("messaging:post", args=[assignment.reference])
    base = post_url if origin == "conversation" else assignment.get_absolute_url()
    of_worker = {"worker": chosen.worker.reference} if chosen and not actor.is_worker else {}
    older = {**of_worker, "before": said.messages[0].pk} if said.has_older else {}
    return Panel(
        assignment=assignment,
        chosen=chosen,
        tabs=_tabs(found, chosen, base) if not actor.is_worker else (),
        messages=[words_of(message, assignment, actor) for message in said.messages],
        older_url=f"{post_url}?{urlencode(older)}" if older else "",
        newest_url=f"{post_url}?{urlencode(of_worker)}" if before else "",
        post_url=post_url,
        read_url=reverse("messaging:read", args=[assignment.reference]),
        last_key=said.messages[-1].pk if said.messages else 0,
        unread=bool(chosen and chosen.unread and not before),
        zone=actor.user.time_zone if actor.user else assignment.time_zone,
        settle_url=_settle_url(assignment, chosen, actor),
        settled=_settled(chosen, actor),
        origin=origin,
        form=None if silence else form,
        silence=silence,
        warning=warning,
        done=done,
        may_be_quick=actor.is_client,
        note=note_words(assignment.company.name, by_staff=actor.is_staff),
        live_url="" if before or not chosen else _page_of("news", assignment, chosen, actor),
        transcript_url=_page_of("transcript", assignment, chosen, actor)
        if chosen and said.messages
        else "",
    )


def _page_of(name: str, assignment: Assignment, chosen: Conversation, actor: Actor) -> str:
    """A page of this conversation beside its own."""
    address = reverse(f"messaging:{name}", args=[assignment.reference])
    if actor.is_worker:
        return address
    return f"{address}?{urlencode({'worker': chosen.worker.reference})}"


def _silence(
    assignment: Assignment, chosen: Conversation | None, actor: Actor, *, at: datetime
) -> str:
    """Why there is no composer, in a sentence; empty where there is one."""
    if refused := closed_because(assignment, at=at):
        return str(refused)
    if chosen is None:
        return "Nobody has applied yet. You can write to workers who apply or whom you invite."
    if not chosen.in_touch:
        if actor.is_worker and chosen.thread_id is None:
            return "Apply first; then you and the client can write to each other here."
        return str(NotInTouch())
    if not actor.can("messaging.post", chosen):
        return "Your role lets you read messages, not write them. Ask an administrator."
    return ""


def _settle_url(assignment: Assignment, chosen: Conversation | None, actor: Actor) -> str:
    """Where the actor can say that no answer is needed; empty where none is awaited of them."""
    if chosen is None or chosen.waiting_for != queries.side_of(actor):
        return ""
    if not actor.can("messaging.post", chosen):
        return ""
    return reverse("messaging:settled", args=[assignment.reference])


def _settled(chosen: Conversation | None, actor: Actor) -> str:
    """Who said of the last message that it needs no answer, in a sentence."""
    if chosen is None or not chosen.settled_by:
        return ""
    if chosen.settled_by == queries.side_of(actor):
        who = "You" if actor.is_worker else "Your company"
    else:
        by_company = chosen.settled_by == Message.Side.COMPANY
        who = str(chosen.assignment.company if by_company else chosen.worker)
    return f"{who} marked the last message as needing no answer."


def _tabs(
    found: Sequence[Conversation], chosen: Conversation | None, base: str
) -> list[dict[str, Any]]:
    if len(found) < 2:
        return []
    return [
        {
            "label": str(one.worker),
            "url": f"{base}?{urlencode({'worker': one.worker.reference})}#{ANCHOR}",
            "active": one is chosen,
            "count": "new" if one.unread and one is not chosen else "",
        }
        for one in found
    ]


def words_of(message: Message, assignment: Assignment, actor: Actor) -> dict[str, Any]:
    """One message as the component ``chat_message`` shows it."""
    mine = message.author_id == actor.user_id
    role = {
        Message.Side.COMPANY: assignment.company.name,
        Message.Side.WORKER: "Worker",
        Message.Side.STAFF: f"{settings.SITE_NAME} staff",
    }[Message.Side(message.side)]
    flagged = message.has_contact_details and (mine or actor.is_staff)
    return {
        "id": message.pk,
        "author": str(message.author),
        "role": ("You" if mine else role) + (", to all applicants" if message.broadcast_id else ""),
        "at": message.posted_at,
        "body_html": _html(message.body, message.named or ()),  # type: ignore[attr-defined]
        "mine": mine,
        "internal": message.is_note,
        "note": note_words(
            assignment.company.name, by_staff=message.visibility == Message.Visibility.STAFF
        )
        if message.is_note
        else None,
        "flag": "Contact details" if flagged else "",
        "files": [file_words(attached) for attached in message.files or ()],  # type: ignore[attr-defined]
    }


def file_words(attached: dict[str, Any]) -> dict[str, Any]:
    """A file as the component ``file_list`` shows it: a picture small, what a browser can show
    with a way to look at it, all else as a card."""
    reference = [attached["reference"]]
    words = {
        "name": attached["name"],
        "url": reverse("messaging:attachment", args=reference),
        "size": attached["size"],
        "kind": KINDS.get(attached["type"], "Picture"),
    }
    if attached["type"] in SHOWN:
        words["preview_url"] = reverse("messaging:preview", args=reference)
    if attached["small"]:
        words["thumbnail_url"] = reverse("messaging:thumbnail", args=reference)
    return words


def note_words(company: str, *, by_staff: bool) -> dict[str, str]:
    """How a note says that it is one and who reads it, when it is written and when it is read."""
    if by_staff:
        readers = f"Only {settings.SITE_NAME} staff reads this. Neither side ever sees it."
        return {"kind": "staff", "icon": "shield", "word": "Staff note", "readers": readers}
    readers = f"Only {company} and staff read this. The worker never sees it."
    return {"kind": "company", "icon": "lock", "word": "Internal note", "readers": readers}


def _html(body: str, named: Sequence[str]) -> SafeString:
    """Plain text with its line breaks; who is named stands out, and addresses of pages become
    links that vouch for nothing."""
    has_links = "http" in body or "www." in body
    safe = urlize(body, nofollow=True, autoescape=True) if has_links else escape(body)
    if named:
        names = re.compile("|".join(re.escape(escape(name)) for name in named))
        safe = names.sub(lambda found: f'<strong class="mention">{found[0]}</strong>', safe)
    return mark_safe(linebreaks(safe))
