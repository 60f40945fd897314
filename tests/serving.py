"""The server that browsers ask: a request that still runs as a test ends."""

from __future__ import annotations

import threading
import time

from django.core.signals import request_finished, request_started

PATIENCE = 10.0
"""Seconds that all requests together are waited for."""

_at_work: set[int] = set()
"""Threads of the server that answer a request now."""


def note_requests() -> None:
    """Know from now on which threads are at work; the main thread is the test's own client."""
    request_started.connect(_began)
    request_finished.connect(_ended)


def _began(**kwargs: object) -> None:
    if threading.current_thread() is not threading.main_thread():
        _at_work.add(threading.get_ident())


def _ended(**kwargs: object) -> None:
    _at_work.discard(threading.get_ident())


def wait_until_answered() -> None:
    """Return once no request is at work, or after ``PATIENCE``.

    A page asks on by itself, for news of a conversation or a count. Such a request reads tables
    that the end of the test empties: each would wait for the other.
    """
    until = time.monotonic() + PATIENCE
    while _at_work & {thread.ident for thread in threading.enumerate()}:
        if time.monotonic() > until:
            return
        time.sleep(0.01)
