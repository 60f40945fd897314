"""Reads of conversations: who talks with whom, what is said, what is unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import WorkerProfile
from assignments.models import Application, Assignment, Decline, Invitation
from assignments.states import Status
from messaging.models import Attachment, Broadcast, Mention, Message, Question, ReadMark, Thread

PAGE = 20
AFTERWARDS = 5
MOST_PEOPLE = 50
MOST_QUESTIONS = 100
MOST_WAITING = 20
FILES = f"""(
    SELECT jsonb_agg(jsonb_build_object(
               'reference', reference, 'name', name, 'size', size, 'type', content_type,
               'checksum', checksum, 'small', thumbnail <> '') ORDER BY id)
    FROM "{Attachment._meta.db_table}" WHERE message_id = "{Message._meta.db_table}".id)"""  # noqa: S608
NAMES = f"""(
    SELECT jsonb_agg(written ORDER BY length(written) DESC)
    FROM "{Mention._meta.db_table}" WHERE message_id = "{Message._meta.db_table}".id)"""  # noqa: S608
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
    sql, values = _news_in(actor, thread=f'"{Thread._meta.db_table}"."id"')
    return threads.annotate(unread=RawSQL(sql, values, BooleanField()))  # noqa: S611


def unread_count(actor: Actor) -> int:
    """How many of the newest conversations hold something unread (one query, bounded).

    Every page asks this, so the statement is written out: the ORM takes longer to put it
    together than PostgreSQL to answer it.
    """
    if actor.user is None or not (actor.company or actor.worker):
        return 0
    column, owner = "worker_id", actor.worker.pk if actor.worker else 0
    if actor.company:
        column, owner = "company_id", actor.company.pk
    news, values = _news_in(actor, thread="newest.id")
    newest = (
        f'SELECT id FROM "{Thread._meta.db_table}" WHERE {column} = %s'  # noqa: S608
        f" ORDER BY last_message_at DESC, id DESC LIMIT {NEWEST}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({newest}) AS newest WHERE {news}",  # noqa: S608
            [owner, *values],
        )
        (count,) = cursor.fetchone()
    return int(count)


def inbox(actor: Actor, show: str = "all") -> QuerySet[Any, Any]:
    """The actor's conversations with what a row of the inbox shows, in no order yet.

    ``show`` is ``all``, ``unread``, ``waiting`` for those that wait for the actor's side, or
    ``asked`` for those in which this side waits for the other.
    """
    threads = with_unread(
        Thread.objects.visible_to(actor).select_related("assignment", "worker__user", "company"),
        actor,
    ).annotate(newest_key=Subquery(_readable(actor, thread="pk").order_by("-pk").values("pk")[:1]))
    if show == "unread":
        return threads.filter(unread=True)
    if show == "waiting":
        return threads.filter(waiting_for=side_of(actor))
    if show == "asked":
        return threads.exclude(waiting_for__in=["", side_of(actor)])
    return threads


def unanswered_questions(actor: Actor) -> list[Question]:
    """Public questions that wait for the company, the longest waiting first (one query)."""
    if not actor.is_client:
        return []
    rows = Question.objects.visible_to(actor).filter(
        answered_at=None, assignment__status=Status.SENT
    )
    return list(rows.select_related("assignment", "worker__user").order_by("pk")[:MOST_WAITING])


def newest_of(threads: Sequence[Thread]) -> dict[int, Message]:
    """The newest readable message of each thread that came from ``inbox`` (one query)."""
    keys = [thread.newest_key for thread in threads if thread.newest_key]  # type: ignore[attr-defined]
    found = Message.objects.filter(pk__in=keys).select_related("author")
    return {message.thread_id: message for message in found}


def conversations(assignment: Assignment, actor: Actor) -> list[Conversation]:
    """The conversations the actor may look into, latest first.

    For a worker their own; for the company and staff one per worker who is assigned, wrote,
    was written to, applied or was invited, at most ``MOST_PEOPLE``. One query, and on a sent
    assignment a second one for those to whom nothing was said yet.
    """
    threads: QuerySet[Any, Any] = Thread.objects.filter(assignment=assignment)
    threads = threads.select_related("worker__user")
    if actor.is_worker:
        threads = threads.filter(worker=actor.worker)
    threads = with_unread(threads.annotate(in_touch=_in_touch(assignment)), actor)
    found = [
        Conversation(
            assignment,
            thread.worker,
            thread.pk,
            thread.in_touch or assignment.worker_id == thread.worker_id,
            thread.unread,
            thread.waiting_for,
            thread.settled_by,
            thread.last_message_at,
        )
        for thread in threads.order_by("-last_message_at", "worker_id")[:MOST_PEOPLE]
    ]
    return [*found, *_silent(assignment, actor, {one.worker.pk for one in found})][:MOST_PEOPLE]


def _silent(assignment: Assignment, actor: Actor, wrote: set[int]) -> list[Conversation]:
    """Those who have to do with the assignment and no thread yet, by key."""
    if assignment.status == Status.SENT:
        people = WorkerProfile.objects.exclude(pk__in=wrote).select_related("user")
        people = people.filter(pk=actor.worker.pk) if actor.worker else people.filter(
            pk__in=_candidates(assignment)
        )  # fmt: skip
        marked = people.annotate(in_touch=_in_touch(assignment, worker="pk")).order_by("pk")
        return [
            Conversation(assignment, person, None, person.in_touch)
            for person in marked[:MOST_PEOPLE]
        ]
    person = actor.worker or assignment.worker
    if person is None or person.pk in wrote:
        return []
    return [Conversation(assignment, person, None, assignment.worker_id == person.pk)]


def is_in_touch(assignment: Assignment, worker: WorkerProfile) -> bool:
    """Whether this worker and the company have a reason to write to each other now."""
    if assignment.worker_id is not None or assignment.status != Status.SENT:
        return assignment.worker_id == worker.pk
    asked = _in_touch(assignment, worker="pk")
    row = WorkerProfile.objects.annotate(in_touch=asked).values("in_touch")
    return bool(row.get(pk=worker.pk)["in_touch"])


def said_in(thread_id: int | None, actor: Actor, *, before: int | None = None) -> Said:
    """One page of a conversation that the actor may read (one query; none without a thread).

    Each message has its ``files``: reference, name, size, type, checksum, and ``small`` where there
    is a thumbnail.
    """
    if thread_id is None:
        return Said((), False)
    rows = readable(thread_id, actor)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return Said(found[:PAGE][::-1], len(found) > PAGE)


def said_since(thread_id: int, actor: Actor, key: int) -> list[Message]:
    """What came after the message of that key, oldest first, at most a page (one query)."""
    return list(readable(thread_id, actor).filter(pk__gt=key).order_by("pk")[:PAGE])


def before_which(thread_id: int | None, actor: Actor, key: int) -> int | None:
    """The key to read a page before, so that it ends shortly after the message of ``key``; None
    where that is the newest page (one query)."""
    if thread_id is None:
        return None
    later = readable(thread_id, actor).filter(pk__gt=key).order_by("pk")
    return later.values_list("pk", flat=True)[AFTERWARDS : AFTERWARDS + 1].first()


def readable(thread_id: int, actor: Actor) -> QuerySet[Any, Any]:
    """The messages of a thread this actor may read, with authors, ``files`` and how
    people are ``named`` in them, unordered."""
    attached = RawSQL(FILES, (), JSONField())  # noqa: S611 - a constant
    rows = Message.objects.filter(
        thread=thread_id, visibility__in=Message.READ_BY[Message.Side(side_of(actor))]
    )
    named = RawSQL(NAMES, (), JSONField())  # noqa: S611 - a constant
    return rows.annotate(files=attached, named=named).select_related("author")


def newest_in(reference: str, worker: str, actor: Actor) -> int | None:
    """The key of the newest readable message of a conversation, zero before the first one, and
    None where the actor has nothing to do with it (one query where anything was said)."""
    threads = Thread.objects.visible_to(actor).filter(assignment__reference=reference)
    if worker and not actor.is_worker:
        threads = threads.filter(worker__reference=worker)
    newest = Subquery(_readable(actor, thread="pk").order_by("-pk").values("pk")[:1])
    found = list(threads.values_list(newest)[:1])
    if found:
        return found[0][0] or 0
    visible = Assignment.objects.visible_to(actor).filter(reference=reference)
    return 0 if visible.exists() else None


def broadcasts_about(assignment: Assignment) -> QuerySet[Any, Any]:
    """What was written to all applicants, with how many have ``read`` it and ``answered`` since."""
    mark = ReadMark.objects.filter(
        thread=OuterRef("thread"), user=OuterRef("thread__worker__user"),
        message_key__gte=OuterRef("pk"),
    )  # fmt: skip
    later = Message.objects.filter(
        thread=OuterRef("thread"), side=Message.Side.WORKER, pk__gt=OuterRef("pk")
    )
    return (
        Broadcast.objects.filter(assignment=assignment)
        .select_related("sent_by")
        .annotate(read=_how_many(Exists(mark)), answered=_how_many(Exists(later)))
    )


def _how_many(condition: Exists) -> Any:
    """Of the messages of a broadcast those for which the condition holds."""
    rows = Message.objects.filter(condition, broadcast=OuterRef("pk")).order_by()
    counted = rows.values("broadcast").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def questions_about(assignment: Assignment) -> list[Question]:
    """What was asked, oldest first, at most ``MOST_QUESTIONS`` (one query)."""
    rows = Question.objects.filter(assignment=assignment).select_related(
        "worker__user", "answered_by"
    )
    return list(rows.order_by("pk")[:MOST_QUESTIONS])


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


def _news_in(actor: Actor, *, thread: str) -> tuple[str, list[Any]]:
    """SQL that is true where the thread of that column holds news for the actor, and its values."""
    since = "AND news.posted_at >= %s" if actor.membership else ""
    sql = f"""EXISTS (
        SELECT FROM "{Message._meta.db_table}" AS news
        WHERE news.thread_id = {thread} AND news.author_id <> %s
          AND news.visibility = ANY (%s) {since}
          AND news.id > coalesce((
            SELECT mark.message_key FROM "{ReadMark._meta.db_table}" AS mark
            WHERE mark.thread_id = {thread} AND mark.user_id = %s), 0))"""  # noqa: S608
    readable = [str(one) for one in Message.READ_BY[Message.Side(side_of(actor))]]
    joined = [actor.membership.joined_at] if actor.membership else []
    return sql, [actor.user_id or 0, readable, *joined, actor.user_id or 0]


def _candidates(assignment: Assignment) -> Any:
    """Who applied or was invited, as a union that indexes serve."""
    applied = Application.objects.filter(assignment=assignment, status=Application.Status.OPEN)
    invited = Invitation.objects.filter(assignment=assignment)
    return applied.values_list("worker").union(invited.values_list("worker"))


def _in_touch(assignment: Assignment, *, worker: str = "worker") -> Any:
    if assignment.status != Status.SENT:
        return Value(False)
    mine = {"assignment": assignment, "worker": OuterRef(worker)}
    applied = Application.objects.filter(**mine, status=Application.Status.OPEN)
    invited = Invitation.objects.filter(**mine)
    return Exists(applied) | (Exists(invited) & ~Exists(Decline.objects.filter(**mine)))
