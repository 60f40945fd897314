"""A real Celery worker on the real broker: nudged, killed, followed by another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from activity.models import Event
from activity.tasks import dispatch_events, nudge
from notifications import delivering
from notifications.models import Delivery, DemoMail
from notifications.tasks import deliver_due
from tests.escalations.making import opened
from tests.notifications.moments import a_delivery

PATIENCE = 40


def broker_is_up() -> bool:
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1).ping())
    except RedisError:
        return False


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not broker_is_up(), reason="needs the broker at REDIS_URL"),
]


@contextmanager
def a_worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the test's database; killed with everything it started."""
    address = urlsplit(settings.DATABASE_URL)
    database = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "marketplace", "worker", "-c", "1",
            "-Q", "default,delivery,sweeps", "--without-gossip", "--without-mingle",
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


def test_what_a_page_did_reaches_the_other_side_by_mail(submitted, wanda, alice):
    case = opened(submitted, wanda, at=timezone.now())
    wanted = DemoMail.objects.filter(recipient=alice.user.email, subject__contains=case.label)
    with a_worker():
        wait_for(wanted.exists, lambda: nudge(dispatch_events))
    assert wanted.count() == 1
    assert Event.objects.get(kind="case.opened").dispatched_at is not None


def test_a_worker_killed_while_sending_is_followed_by_one_that_sends_the_rest_once(alice, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    number = 60
    for key in range(number):
        a_delivery(alice, at=timezone.now(), key=str(key))
    with a_worker() as first:
        wait_for(DemoMail.objects.exists, lambda: nudge(deliver_due))
        kill(first)
    assert Delivery.objects.filter(status="due").exists() or DemoMail.objects.count() == number

    later = timezone.now() + delivering.LEASE
    while delivering.deliver(at=later).handled:
        pass

    assert not Delivery.objects.filter(status="due").exists()
    assert DemoMail.objects.count() == number
