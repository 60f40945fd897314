"""Mails claimed and delivered to a mail server by two worker processes, beside no-op tasks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from redis import Redis

from notifications.models import Delivery
from notifications.tasks import deliver_due
from tests.bench.nothing import nothing
from tests.bench.sink import a_sink

NUMBER = 10_000
ROUNDS = 4
PART = NUMBER // ROUNDS
WORKERS = 2
QUEUE = "delivery"
TASKS = 40
"""Nudges of the sender: each ends after a number of batches."""
PATIENCE = 600
WARM = 100
"""So many are done before the time counts: the workers have started by then."""
STOPPING = 90
"""Seconds. A task process that ends as its last result is on the way waits half a minute until that
is read, which a worker that stops no longer does (billiard, ``_ensure_messages_consumed``)."""


def rates(at: datetime) -> tuple[float, float]:
    """Tasks that do nothing, and mails, a second, in turn, so that whatever else the machine does
    slows both; the mails are those made before ``at``."""
    shares = shares_of(at)
    nothings, mails = [], []
    for keys in shares:
        nothings.append(seconds_of_nothing())
        mails.append(seconds_of_mails(keys))
    each = PART - WARM
    return each * ROUNDS / sum(nothings), each * ROUNDS / sum(mails)


def seconds_of_nothing() -> float:
    queue = emptied()
    for _ in range(PART):
        nothing.apply_async(queue=QUEUE)
    with workers():
        return seconds(lambda: PART - int(queue.llen(QUEUE)) - int(queue.hlen("unacked")))


def seconds_of_mails(keys: list[int]) -> float:
    from django.utils import timezone

    Delivery.objects.filter(pk__in=keys).update(due_at=timezone.now())
    emptied()
    with a_sink() as sink:
        for _ in range(TASKS):
            deliver_due.apply_async()
        with workers(DEMO="0", EMAIL_URL=sink.url):
            found = seconds(lambda: len(sink.ids))
        came = sink.by_id()
    assert len(came) == came.total() == PART
    return found


def emptied() -> Redis:
    """The broker without what an earlier run may have left in it."""
    queue = Redis.from_url(settings.REDIS_URL)
    queue.flushdb()
    return queue


def shares_of(at: datetime) -> list[list[int]]:
    """So many deliveries of those that the sweep made, not too late and not due yet."""
    from django.utils import timezone

    from notifications.models import Notice

    now = timezone.now()
    Notice.objects.filter(made_at__gte=at).update(made_at=now)
    due = Delivery.objects.filter(status="due").order_by("pk")
    keys = list(due.values_list("pk", flat=True)[:NUMBER])
    assert len(keys) == NUMBER
    Delivery.objects.exclude(pk__in=keys).delete()
    Delivery.objects.update(due_at=now + timedelta(days=1))
    return [keys[start : start + PART] for start in range(0, NUMBER, PART)]


def seconds(done: Callable[[], int]) -> float:
    """How long it takes from when the first are done until all are."""
    began, already = 0.0, 0
    deadline = time.monotonic() + PATIENCE
    while (count := done()) < PART:
        assert time.monotonic() < deadline, f"only {count} of {PART} were done in time"
        if not began and count >= WARM:
            began, already = time.perf_counter(), count
        time.sleep(0.005)
    span = time.perf_counter() - began
    return span * (PART - WARM) / (PART - already)


@contextmanager
def workers(**env: str) -> Iterator[None]:
    """Two worker processes that take what waits, one task at a time each."""
    command = [
        sys.executable, "-m", "celery", "-A", "marketplace", "worker", "-c", "1", "-Q", QUEUE,
        "-I", "tests.bench.nothing", "--without-gossip", "--without-mingle", "-l", "error",
    ]  # fmt: skip
    started = [
        subprocess.Popen(
            [*command, "-n", f"bench-{number}"], env={**os.environ, **env}, cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for number in range(WORKERS)
    ]  # fmt: skip
    try:
        yield
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(timeout=STOPPING)
