"""Real Celery workers on a real broker, over the database of the test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from celery import Task
from django.conf import settings
from django.db import connection
from kombu import Connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from marketplace.embedded.places import Account
from marketplace.embedded.valkey import Valkey

PATIENCE = 40


def broker_is_up() -> bool:
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1).ping())
    except RedisError:
        return False


@contextmanager
def a_worker(
    queues: str = "default,delivery,texts,pushes,sweeps", **env: str
) -> Iterator[subprocess.Popen[bytes]]:
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
            **env,
        },
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)


@contextmanager
def a_broker() -> Iterator[Valkey]:
    """A broker of the test's own, which it may stop and kill; it keeps nothing."""
    place = Path(tempfile.mkdtemp(prefix="mp-"))
    place.chmod(0o711)
    (place / "logs").mkdir()
    broker = Valkey(place, place / "logs", Account(), durable=False)
    try:
        begin(broker)
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(place, ignore_errors=True)


def begin(broker: Valkey) -> None:
    broker.start()
    wait_for(broker.is_ready, lambda: None)


def end(broker: Valkey) -> None:
    """``kill -9``: what waited in it is lost."""
    assert broker.process is not None
    os.kill(broker.process.pid, signal.SIGKILL)
    broker.process.wait(timeout=10)


def nudge_through(broker: Valkey, *tasks: Task) -> None:
    """As ``nudge`` does, on this broker: what is lost is lost."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    address = broker.url().replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    with suppress(OperationalError), Connection(address, transport_options=options) as line:
        for task in tasks:
            task.apply_async(connection=line, retry=False, ignore_result=True)


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
