"""How higher apps answer to events: a table of handlers, run once per event.

Handlers run in the dispatcher's transaction together with the mark that the event is
dispatched, so that each takes effect once; they touch rows only, never the network.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.db import transaction

from activity.models import Event

Handler = Callable[[Event], None]
_handlers: dict[str, list[Handler]] = defaultdict(list)
log = logging.getLogger(__name__)


def react_to(*kinds: str) -> Callable[[Handler], Handler]:
    """Register a handler for these kinds of event; called from ``AppConfig.ready``."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            if handler not in _handlers[kind]:
                _handlers[kind].append(handler)
        return handler

    return register


def answered(kind: str) -> bool:
    """Whether any handler waits for this kind of event."""
    return bool(_handlers.get(kind))


def dispatch(*, at: datetime, limit: int = 500, leave_out: Collection[Handler] = ()) -> int:
    """Run the reactions of undispatched events, oldest first; returns how many succeeded.

    1. Claim one event with ``FOR UPDATE SKIP LOCKED``: any number of dispatchers may run.
    2. Run its handlers and set ``dispatched_at`` in the same transaction.
    3. A handler that fails leaves its event for the next sweep, with one more try noted,
       and does not stop the events behind it.

    ``leave_out`` names handlers whose effect the caller brings about otherwise, as a seed
    does that draws every figure once at its end.
    """
    done, last = 0, 0
    for _ in range(limit):
        outcome = _dispatch_next(after=last, at=at, leave_out=leave_out)
        if outcome is None:
            break
        last, succeeded = outcome
        done += succeeded
    return done


def _dispatch_next(
    *, after: int, at: datetime, leave_out: Collection[Handler]
) -> tuple[int, bool] | None:
    with transaction.atomic():
        event = (
            Event.objects.undispatched()
            .filter(pk__gt=after)
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("pk")
            .first()
        )
        if event is None:
            return None
        try:
            with transaction.atomic():
                _run((h for h in _handlers.get(event.kind, ()) if h not in leave_out), event)
        except Exception:
            log.exception("reaction to event %s (%s) failed", event.pk, event.kind)
            event.tries += 1
            event.save(update_fields=["tries"])
            return event.pk, False
        event.dispatched_at = at
        event.save(update_fields=["dispatched_at"])
        return event.pk, True


def _run(handlers: Iterable[Handler], event: Event) -> None:
    for handler in handlers:
        handler(event)
