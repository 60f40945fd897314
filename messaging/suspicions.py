"""Contact details in what is written before an assignment, brought before staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from conduct.concerns import Finder, Found, register
from conduct.models import Concern, Source
from messaging.models import Message, Question

EXCERPT = 300
MOST = 500


def _shown() -> Exists:
    return Exists(Concern.objects.filter(source=Source.CONTACT_DETAILS, key=OuterRef("found_as")))


def in_messages(at: datetime) -> Iterator[Found]:
    """The first such message of each side of a conversation (one query)."""
    since = at - timedelta(days=settings.SUGGEST_WITHIN_DAYS)
    rows = (
        Message.objects.filter(
            has_contact_details=True, posted_at__gt=since, posted_at__lte=at,
            side__in=["company", "worker"],
        )
        .annotate(found_as=Concat(Cast("thread", CharField()), Value(":"), F("side")))
        .filter(~_shown())
        .order_by("found_as", "pk")
        .distinct("found_as")
        .select_related("thread__assignment")[:MOST]
    )  # fmt: skip
    for row in rows:
        thread, wrote_worker = row.thread, row.side == "worker"
        yield Found(
            row.found_as, f"In a message before assignment: “{row.body[:EXCERPT]}”",
            company=None if wrote_worker else thread.company_id,
            worker=thread.worker_id if wrote_worker else None,
            reference=thread.assignment.reference, kind="contact",
        )  # fmt: skip


def in_questions(at: datetime) -> Iterator[Found]:
    """Public questions of workers that seem to carry such details (one query)."""
    since = at - timedelta(days=settings.SUGGEST_WITHIN_DAYS)
    rows = (
        Question.objects.filter(has_contact_details=True, asked_at__gt=since, asked_at__lte=at)
        .annotate(found_as=Concat(Value("question:"), Cast("pk", CharField())))
        .filter(~_shown())
        .order_by("pk")
        .select_related("assignment")[:MOST]
    )
    for row in rows:
        yield Found(
            row.found_as, f"In a public question: “{row.body[:EXCERPT]}”", worker=row.worker_id,
            reference=row.assignment.reference, kind="contact",
        )  # fmt: skip


def bring_forward() -> None:
    for find in (in_messages, in_questions):
        register(Finder(Source.CONTACT_DETAILS, find))
