"""Real Celery workers on the real broker, over the database of the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

PATIENCE = 40


def broker_is_up() -> bool:
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1).ping())
    except RedisError:
        return False


@contextmanager
def a_worker(queues: str = "default,delivery,sweeps") -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the test's database; killed with everything it started."""
    address = urlsplit(settings.DATABASE_URL)
    database = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "marketplace", "worker", "-c", "1",
            "-Q", queues, "--without-gossip", "--without-mingle",
            "--without-heartbeat", "-l", "warning",
        ],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": urlunsplit(address._replace(path=f"/{database}")),
            "DEBUG": "1",
            "DEMO": "1",
        },
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9`` to the worker and everything it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def wait_for(condition: Callable[[], object], nudged: Callable[[], None]) -> None:
    """Until the condition holds, nudging again as the sweep on beat would."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the worker did not come to it in time"
        nudged()
        time.sleep(0.3)
