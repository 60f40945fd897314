"""Reads of conversations: who talks with whom, what is said, what is unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import WorkerProfile
from assignments.models import Application, Assignment, Decline, Invitation
from assignments.states import Status
from messaging.models import Message, ReadMark, Thread

PAGE = 20
MOST_PEOPLE = 50
NEWEST = 500
"""How far back unread conversations are counted: a badge is not worth a walk over all."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One worker's conversation about one assignment, whether or not anything was said yet.

    ``in_touch``: the worker is assigned, or the assignment is sent and they applied or were
    invited, so that both sides have a reason to write.
    """

    assignment: Assignment
    worker: WorkerProfile
    thread_id: int | None
    in_touch: bool
    unread: bool = False
    waiting_for: str = ""
    settled_by: str = ""
    last_message_at: datetime | None = None

    @property
    def company_id(self) -> int:
        return self.assignment.company_id


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of a conversation, oldest first, and whether there is more before it."""

    messages: Sequence[Message]
    has_older: bool


def side_of(actor: Actor) -> str:
    """For which side the actor reads and writes."""
    if actor.is_client:
        return Message.Side.COMPANY
    return Message.Side.WORKER if actor.is_worker else Message.Side.STAFF


def with_unread(threads: QuerySet[Thread, Thread], actor: Actor) -> QuerySet[Any, Any]:
    """Mark as ``unread`` where others wrote something the actor may read and has not read.

    What was written before a member joined the company is not news to them.
    """
    return threads.annotate(
        read_up_to=_read_up_to(actor, thread="pk"),
        unread=Exists(_news(actor, thread="pk")),
    )


def unread_count(actor: Actor) -> int:
    """How many of the newest conversations hold something unread (one query, bounded)."""
    if actor.user is None or not (actor.is_client or actor.is_worker):
        return 0
    newest = Thread.objects.visible_to(actor).order_by("-last_message_at", "-pk")[:NEWEST]
    return (
        with_unread(Thread.objects.filter(pk__in=newest.values("pk")), actor)
        .filter(unread=True)
        .count()
    )


def inbox(actor: Actor, show: str = "all") -> QuerySet[Any, Any]:
    """The actor's conversations with what a row of the inbox shows, in no order yet.

    ``show`` is ``all``, ``unread``, or ``waiting`` for those that wait for the actor's side.
    """
    threads = with_unread(
        Thread.objects.visible_to(actor).select_related("assignment", "worker__user", "company"),
        actor,
    ).annotate(newest_key=Subquery(_readable(actor, thread="pk").order_by("-pk").values("pk")[:1]))
    if show == "unread":
        return threads.filter(unread=True)
    if show == "waiting":
        return threads.filter(waiting_for=side_of(actor))
    return threads


def newest_of(threads: Sequence[Thread]) -> dict[int, Message]:
    """The newest readable message of each thread that came from ``inbox`` (one query)."""
    keys = [thread.newest_key for thread in threads if thread.newest_key]  # type: ignore[attr-defined]
    found = Message.objects.filter(pk__in=keys).select_related("author")
    return {message.thread_id: message for message in found}


def conversations(assignment: Assignment, actor: Actor) -> list[Conversation]:
    """The conversations the actor may look into, latest first (one query).

    For a worker their own; for the company and staff one per worker who is assigned, wrote,
    was written to, applied or was invited, at most ``MOST_PEOPLE``.
    """
    people = WorkerProfile.objects.filter(pk__in=_people(assignment))
    if actor.is_worker:
        people = WorkerProfile.objects.filter(pk=actor.worker.pk if actor.worker else 0)
    mine = Thread.objects.filter(assignment=assignment, worker=OuterRef("pk"))
    rows = (
        people.select_related("user")
        .annotate(
            thread_key=Subquery(mine.values("pk")[:1]),
            wrote_at=Subquery(mine.values("last_message_at")[:1]),
            waits_for=Subquery(mine.values("waiting_for")[:1]),
            was_settled_by=Subquery(mine.values("settled_by")[:1]),
            in_touch=_in_touch(assignment),
        )
        .annotate(read_up_to=_read_up_to(actor, thread="thread_key"))
        .annotate(unread=Exists(_news(actor, thread="thread_key")))
        .order_by(F("wrote_at").desc(nulls_last=True), "pk")[:MOST_PEOPLE]
    )
    return [
        Conversation(
            assignment,
            row,
            row.thread_key,
            row.in_touch or assignment.worker_id == row.pk,
            row.unread,
            row.waits_for or "",
            row.was_settled_by or "",
            row.wrote_at,
        )
        for row in rows
    ]


def is_in_touch(assignment: Assignment, worker: WorkerProfile) -> bool:
    """Whether this worker and the company have a reason to write to each other now."""
    if assignment.worker_id is not None or assignment.status != Status.SENT:
        return assignment.worker_id == worker.pk
    row = WorkerProfile.objects.annotate(in_touch=_in_touch(assignment)).values("in_touch")
    return bool(row.get(pk=worker.pk)["in_touch"])


def said_in(thread_id: int | None, actor: Actor, *, before: int | None = None) -> Said:
    """One page of a conversation that the actor may read (two queries; none without a thread)."""
    if thread_id is None:
        return Said((), False)
    rows = Message.objects.filter(
        thread=thread_id, visibility__in=Message.READ_BY[Message.Side(side_of(actor))]
    )
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(
        rows.select_related("author").prefetch_related("attachments").order_by("-pk")[: PAGE + 1]
    )
    return Said(found[:PAGE][::-1], len(found) > PAGE)


def newest_key(thread: Thread, actor: Actor) -> int:
    """The key of the newest message the actor may read; zero where there is none."""
    rows = Message.objects.filter(
        thread=thread, visibility__in=Message.READ_BY[Message.Side(side_of(actor))]
    )
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _readable(actor: Actor, *, thread: str) -> QuerySet[Message, Message]:
    return Message.objects.filter(
        thread=OuterRef(thread), visibility__in=Message.READ_BY[Message.Side(side_of(actor))]
    )


def _read_up_to(actor: Actor, *, thread: str) -> Coalesce:
    mark = ReadMark.objects.filter(thread=OuterRef(thread), user=actor.user_id)
    return Coalesce(Subquery(mark.values("message_key")[:1]), Value(0))


def _news(actor: Actor, *, thread: str) -> QuerySet[Message, Message]:
    news = _readable(actor, thread=thread).filter(pk__gt=OuterRef("read_up_to"))
    if actor.membership:
        news = news.filter(posted_at__gte=actor.membership.joined_at)
    return news.exclude(author=actor.user_id)


def _people(assignment: Assignment) -> Any:
    """The workers who have to do with an assignment, as a union that indexes serve."""
    people = WorkerProfile.objects.filter(pk=assignment.worker_id or 0).values_list("pk")
    people = people.union(Thread.objects.filter(assignment=assignment).values_list("worker"))
    if assignment.status == Status.SENT:
        people = people.union(
            Application.objects.filter(
                assignment=assignment, status=Application.Status.OPEN
            ).values_list("worker"),
            Invitation.objects.filter(assignment=assignment).values_list("worker"),
        )
    return people


def _in_touch(assignment: Assignment) -> Any:
    if assignment.status != Status.SENT:
        return Value(False)
    mine = {"assignment": assignment, "worker": OuterRef("pk")}
    applied = Application.objects.filter(**mine, status=Application.Status.OPEN)
    invited = Invitation.objects.filter(**mine)
    return Exists(applied) | (Exists(invited) & ~Exists(Decline.objects.filter(**mine)))
