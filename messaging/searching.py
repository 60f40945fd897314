"""Finding what was said: full text over every conversation the actor may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVector
from django.db.models import F, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.actors import Actor
from accounts.models import User
from assignments.models import Assignment
from messaging.models import WORDS_OF_BODY, WORDS_OF_NAME, Attachment, Message, Thread
from messaging.queries import FILES

LONGEST = 120
MOST_THREADS = 5
BEGINS, ENDS = "\x02", "\x03"
"""Around a word that was found, until the text is safe for a page; no text keeps them itself."""


def messages(words: str, actor: Actor) -> QuerySet[Any, Any]:
    """Messages whose text or whose files' names hold the words, in no order yet.

    Asked of ``visible_to`` twice, once for the message itself: a note of the other side is
    never found, whatever it or its files hold. Indexes on the words serve both halves.
    """
    visible = Message.objects.visible_to(actor)
    said = visible.annotate(words=WORDS_OF_BODY).filter(words=_query(words))
    named = Attachment.objects.visible_to(actor).annotate(words=WORDS_OF_NAME)
    named = named.filter(words=_query(words, config="simple"))
    return visible.filter(pk__in=said.values("pk").union(named.values("message_id")))


def drawn(rows: QuerySet[Any, Any], words: str) -> QuerySet[Any, Any]:
    """What a row of the results shows; ``excerpt`` is the part of the text around the words."""
    bare = Func(
        F("body"), Value(BEGINS + ENDS), Value(""), function="translate", output_field=TextField()
    )
    headline = SearchHeadline(
        bare, _query(words), config="english", start_sel=BEGINS, stop_sel=ENDS,
        min_words=12, max_words=28, max_fragments=2,
    )  # fmt: skip
    files = RawSQL(FILES, (), JSONField())  # noqa: S611 - a constant
    related = ("author", "thread__assignment", "thread__worker__user", "company")
    return rows.annotate(excerpt=headline, files=files).select_related(*related)


def threads(words: str, actor: Actor) -> Sequence[Thread]:
    """Conversations with somebody of that name, or about an assignment of that number or those
    words: the newest few (one query)."""
    names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
        words=SearchQuery(words, config="simple", search_type="plain")
    )
    about = Assignment.objects.filter(Q(search=_query(words)) | Q(reference__iexact=words.strip()))
    with_whom = Q(company__name__icontains=words) if actor.is_worker else Q(worker__user__in=names)
    rows = Thread.objects.visible_to(actor).filter(with_whom | Q(assignment__in=about))
    rows = rows.select_related("assignment", "worker__user", "company")
    return list(rows.order_by("-last_message_at", "-pk")[:MOST_THREADS])


def marked(excerpt: str) -> SafeString:
    """The excerpt with the words that were found in <mark>, all else as plain text."""
    safe = escape(excerpt).replace(BEGINS, "<mark>").replace(ENDS, "</mark>")
    return mark_safe(safe)


def _query(words: str, config: str = "english") -> SearchQuery:
    return SearchQuery(words, config=config, search_type="websearch")
