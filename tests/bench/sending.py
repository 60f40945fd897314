"""Mails claimed and delivered to a mail server by two worker processes, beside no-op tasks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from redis import Redis

from notifications.models import Delivery
from notifications.tasks import deliver_due
from tests.bench.nothing import nothing
from tests.smtp_sink import a_sink

NUMBER = 10_000
WORKERS = 2
QUEUE = "delivery"
TASKS = 40
"""Nudges of the sender: each ends after a number of batches."""
PATIENCE = 600
WARM = 100
"""So many are done before the time counts: the workers have started by then."""


def rates(at: datetime) -> tuple[float, float]:
    """Tasks that do nothing, and mails, a second; the mails are those made before ``at``."""
    return rate_of_nothing(), rate_of_mails(at)


def rate_of_nothing() -> float:
    queue = emptied()
    for _ in range(NUMBER):
        nothing.apply_async(queue=QUEUE)
    with workers():
        return rate(lambda: NUMBER - int(queue.llen(QUEUE)) - int(queue.hlen("unacked")))


def rate_of_mails(at: datetime) -> float:
    keep_due(at)
    emptied()
    with a_sink() as sink:
        for _ in range(TASKS):
            deliver_due.apply_async()
        with workers(DEMO="0", EMAIL_URL=sink.url):
            found = rate(lambda: len(sink.arrived))
        arrived = sink.by_id()
    assert len(arrived) == arrived.total() == NUMBER
    return found


def emptied() -> Redis:
    """The broker without what an earlier run may have left in it."""
    queue = Redis.from_url(settings.REDIS_URL)
    queue.flushdb()
    return queue


def keep_due(at: datetime) -> None:
    """So many deliveries of those that the sweep made, due now and not too late."""
    from django.utils import timezone

    from notifications.models import Notice

    now = timezone.now()
    Notice.objects.filter(made_at__gte=at).update(made_at=now)
    keys = Delivery.objects.filter(status="due").order_by("pk").values_list("pk", flat=True)
    Delivery.objects.exclude(pk__in=list(keys[:NUMBER])).delete()
    Delivery.objects.update(due_at=now)


def rate(done: Callable[[], int]) -> float:
    """How many a second, from when the first are done until all are."""
    began, already = 0.0, 0
    deadline = time.monotonic() + PATIENCE
    while (count := done()) < NUMBER:
        assert time.monotonic() < deadline, f"only {count} of {NUMBER} were done in time"
        if not began and count >= WARM:
            began, already = time.perf_counter(), count
        time.sleep(0.005)
    return (NUMBER - already) / (time.perf_counter() - began)


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
            one.wait(timeout=30)
