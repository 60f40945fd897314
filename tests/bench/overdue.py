"""The third part of ``bin/bench faults``: 10,000 reminders fall due while everything breaks.

A real site sweeps and sends to a real mail server, with two beats. Meanwhile its database, its
broker, its workers and a beat are killed one after the other, again and again. In the end each
reminder was told once and each mail arrived; only one that was out and not marked yet when its
sender was killed may have arrived twice, under one Message-ID.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from marketplace.embedded.child import Child
from marketplace.embedded.supervisor import Supervisor
from notifications import delivering
from notifications.models import Delivery, Notice, Reminder
from tests.bench.killing import children_of
from tests.factories import accounts as people
from tests.notifications.moments import many_expiring
from tests.smtp_sink import Sink

Answer = TypeVar("Answer")
PATIENCE = 1800
SOONEST, LATEST = 3.0, 12.0
"""Seconds between two kills."""
KIND = "reminder.credential_expiring"
AT_ONCE = 3
"""A kill strikes at most so many senders: two processes of a worker, or the database of both."""


def run(supervisor: Supervisor, sink: Sink, *, reminders: int, seed: int) -> int:
    """Returns 1 where a reminder is lost or told twice."""
    many_expiring(
        people.worker("Olive Overdue"), people.agent("Rae Reviewer"), reminders, at=timezone.now()
    )
    second_beat(supervisor)
    began = time.monotonic()
    struck = broken(supervisor, reminders, random.Random(seed))
    while patiently(Notice.objects.exists) is None:
        supervisor.keep_running()
        time.sleep(0.5)
    finish(sink)
    notices = Notice.objects.filter(kind=KIND)
    told = Reminder.objects.filter(rule="credential_expiring", status="told").count()
    sent = Delivery.objects.filter(notice__in=notices, status="sent").count()
    keys = Delivery.objects.filter(notice__in=notices).values_list("pk", flat=True)
    named = {f"<delivery-{key}@" for key in keys}
    arrived = Counter(
        {name: n for name, n in sink.by_id().items() if name.partition("@")[0] + "@" in named}
    )
    again = arrived.total() - len(arrived)
    print(f"\n{reminders:,} reminders in {time.monotonic() - began:.0f} s under "
          f"{struck.total()} kill -9: "
          + ", ".join(f"{count} of {name}" for name, count in struck.most_common())
          + f"\ntold {told:,}, notices {notices.count():,}, mails sent {sent:,}, arrived "
          f"{len(arrived):,}; {again} of them twice")  # fmt: skip
    right = told == notices.count() == sent == len(arrived) == reminders
    return 0 if right and again <= AT_ONCE * struck.total() else 1


def second_beat(supervisor: Supervisor) -> None:
    first = named(supervisor)["beat"]
    command = [*first.command[:-1], first.command[-1] + "-2"]
    log = first.log.with_name("beat-2.log")
    supervisor.start(Child("beat-2", command, log=log, env=first.env, cwd=first.cwd))


def broken(supervisor: Supervisor, number: int, chance: random.Random) -> Counter[str]:
    """Kill something every few seconds until all is told and no mail waits but those leased."""
    struck: Counter[str] = Counter()
    deadline = time.monotonic() + PATIENCE
    next_at = time.monotonic() + SOONEST
    while not done(number):
        assert time.monotonic() < deadline, "it did not come to an end in time"
        supervisor.keep_running()
        if time.monotonic() >= next_at:
            name = strike(supervisor, chance)
            struck[name] += 1
            next_at = time.monotonic() + chance.uniform(SOONEST, LATEST)
        time.sleep(0.2)
    return struck


def strike(supervisor: Supervisor, chance: random.Random) -> str:
    there = named(supervisor)
    name = chance.choice(["postgres", "valkey", "worker", "beat", "task process"])
    child = there["worker" if name == "task process" else name]
    if not child.is_running():
        return name
    if name == "task process":
        for pid in children_of(child.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
    else:
        assert child.process is not None
        child.process.kill()
    return name


def named(supervisor: Supervisor) -> dict[str, Child]:
    return {child.name: child for child in supervisor.children}


def done(number: int) -> bool:
    told = patiently(
        lambda: Reminder.objects.filter(rule="credential_expiring", status="told").count()
    )
    if told is None or told < number:
        return False
    free = Delivery.objects.filter(notice__kind=KIND, status="due", lease_until=None)
    return patiently(free.exists) is False


def patiently(ask: Callable[[], Answer]) -> Answer | None:
    """The answer, or None while the database is away."""
    try:
        return ask()
    except (OperationalError, InterfaceError):
        connection.close()
        return None


def finish(sink: Sink) -> None:
    """What a killed sender had claimed is sent when its lease is over."""
    later = timezone.now() + delivering.LEASE + timedelta(seconds=1)
    with override_settings(**sink.backend):
        while delivering.deliver(at=later).handled:
            pass
