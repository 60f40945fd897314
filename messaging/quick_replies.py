"""Words a company says often: keep them, put them in order, fill in whom they are said to."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from activity.record import record
from assignments.models import Assignment
from core.dates import moment_words
from core.errors import DomainError
from core.references import unused
from messaging.models import QuickReply
from messaging.queries import Conversation

MOST = 50
PLACES = {
    "worker": "the worker's name",
    "first name": "their first name",
    "assignment": "the number of the assignment",
    "title": "its title",
    "start": "when it starts",
    "company": "the name of your company",
    "me": "your own name",
}
PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


class UnknownPlace(DomainError):
    message = "“{{{name}}}” cannot be filled in. Use one of: {known}."
    field = "body"


class TooMany(DomainError):
    message = "A company keeps at most {most} quick replies. Archive one you no longer use."


@transaction.atomic
def add(*, title: str, body: str, by: Actor, at: datetime) -> QuickReply:
    """Keep a new one, behind the others (``UnknownPlace``, ``TooMany``)."""
    assert by.company is not None
    standing = _locked(by)
    if len(standing) >= MOST:
        raise TooMany(most=MOST)
    _check(body)
    made = QuickReply.objects.create(
        company=by.company, reference=unused(QuickReply, "QR"), title=title, body=body,
        position=max((one.position for one in standing), default=0) + 1, created_at=at,
    )  # fmt: skip
    return _said("added", made, by=by, at=at)


@transaction.atomic
def change(reply: QuickReply, *, title: str, body: str, by: Actor, at: datetime) -> QuickReply:
    reply = QuickReply.objects.select_for_update().get(pk=reply.pk)
    _check(body)
    reply.title, reply.body = title, body
    reply.save(update_fields=["title", "body"])
    return _said("changed", reply, by=by, at=at)


@transaction.atomic
def shelve(reply: QuickReply, *, by: Actor, at: datetime) -> QuickReply:
    """Archive it, or take an archived one back into use, behind the others."""
    standing = _locked(by)
    reply = QuickReply.objects.select_for_update().get(pk=reply.pk)
    if reply.archived_at and len(standing) >= MOST:
        raise TooMany(most=MOST)
    restored = reply.archived_at is not None
    reply.archived_at = None if restored else at
    reply.position = max((one.position for one in standing), default=0) + 1
    reply.save(update_fields=["archived_at", "position"])
    return _said("restored" if restored else "archived", reply, by=by, at=at)


@transaction.atomic
def move_up(reply: QuickReply, *, by: Actor, at: datetime) -> QuickReply:
    """Let it stand before the one that was before it; the first one stays where it is."""
    standing = _locked(by)
    place = next((n for n, one in enumerate(standing) if one.pk == reply.pk), 0)
    if place == 0:
        return reply
    standing[place - 1], standing[place] = standing[place], standing[place - 1]
    for position, one in enumerate(standing, start=1):
        one.position = position
    QuickReply.objects.bulk_update(standing, ["position"])
    return _said("moved", standing[place - 1], by=by, at=at)


def filled_in(reply: QuickReply, conversation: Conversation, by: Actor) -> str:
    """The words for this worker and this assignment; a time that is not set is a blank line."""
    assignment: Assignment = conversation.assignment
    name = str(conversation.worker)
    start = assignment.starts_at
    words = {
        "worker": name,
        "first name": name.split()[0] if name.split() else name,
        "assignment": assignment.reference,
        "title": assignment.title,
        "start": moment_words(start, assignment.time_zone) if start else "____",
        "company": str(assignment.company),
        "me": str(by.user or ""),
    }
    return PLACE.sub(lambda found: words.get(found[1].strip().lower(), found[0]), reply.body)


def _check(body: str) -> None:
    for found in PLACE.finditer(body):
        if found[1].strip().lower() not in PLACES:
            known = ", ".join(f"{{{name}}}" for name in PLACES)
            raise UnknownPlace(name=found[1], known=known)


def _locked(by: Actor) -> list[QuickReply]:
    """Those in use, in order, under lock, so that two who sort at once do not mix them up."""
    rows = QuickReply.objects.visible_to(by).select_for_update().filter(archived_at=None)
    return sorted(rows.order_by("pk"), key=lambda one: (one.position, one.pk))


def _said(what: str, reply: QuickReply, *, by: Actor, at: datetime) -> QuickReply:
    record(f"quick_reply.{what}", reply, by=by, at=at, company_key=reply.company_id,
           title=reply.title)  # fmt: skip
    return reply
