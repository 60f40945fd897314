"""The second half of ``bin/bench faults``: processes killed in the middle of money operations.

A real site serves browsers that add funds, approve, pay, add a bonus and pay out. While they do,
one of its processes is killed at a random moment, again and again. A browser whose answer was
lost sends the same form again, as a person does who presses the button once more. In the end
every operation has happened once, or not at all where no answer ever came, and the books balance.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from tests.bench.acting import cookie
from tests.bench.load import Server
from tests.bench.reading import filled_form

TRIES = 40
CONNECTIONS = 3
SOONEST, LATEST = 0.0, 0.12
"""Seconds after a form is sent between which a process is killed: most operations take less."""


class Unanswered(Exception):
    """The site did not answer, or said that it could not: whether it acted is unknown."""


@dataclass(frozen=True)
class Page:
    """What ``filled_form`` needs of an answer."""

    status_code: int
    content: bytes
    headers: http.client.HTTPMessage


class Browser:
    """Somebody signed in, over the network; a page that does not come is asked for again."""

    def __init__(self, server: Server, actor: Actor) -> None:
        self.server, self.cookies = server, {}
        client = Client()
        client.force_login(actor.user, backend="accounts.backends.PasswordBackend")
        session = client.session
        session["acting_as"] = f"company:{actor.company.slug}" if actor.company else actor.kind
        session.save()
        for part in cookie(client).split("; "):
            name, _, value = part.partition("=")
            self.cookies[name] = value

    def get(self, path: str) -> Page:
        for _ in range(TRIES):
            try:
                return self._send("GET", path)
            except Unanswered:
                time.sleep(0.25)
        raise AssertionError(f"{path} never came")

    def submit(self, path: str, field_name: str, **typed: str) -> tuple[int, int]:
        """Fill in the form of a page and send it until an answer comes; the answer, the tries."""
        shown = parse_qs(filled_form(self, path, field_name), keep_blank_values=True)
        shown.pop("figures", None)  # the button for browsers without scripts
        body = urlencode({**shown, **typed}, doseq=True)
        for tries in range(1, TRIES + 1):
            try:
                return self._send("POST", path, body).status_code, tries
            except Unanswered:
                time.sleep(0.25)
        return 0, TRIES

    def _send(self, method: str, path: str, body: str | None = None) -> Page:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=15)
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            page = Page(answer.status, answer.read(), answer.headers)
        except (OSError, http.client.HTTPException) as lost:
            raise Unanswered from lost
        finally:
            line.close()
        if page.status_code >= 500:
            raise Unanswered(page.status_code)
        for value in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return page


@dataclass
class Operation:
    """One form that moves money, and how often the database says that it did."""

    kind: str
    who: Actor
    path: str
    field_name: str
    happened: Callable[[], int]
    typed: dict[str, str] = field(default_factory=dict)
    answer: int = 0
    tries: int = 0

    @property
    def answered(self) -> bool:
        return self.answer in (302, 303)


class Killer:
    """Kills one process of the site at the moments that the seed says."""

    def __init__(self, seed: int, victims: Callable[[], list[tuple[str, int]]]) -> None:
        self.chance, self.victims = random.Random(seed), victims
        self.killed: Counter[str] = Counter()
        self.lock = threading.Lock()

    def soon(self) -> threading.Timer | None:
        """Three in five operations have somebody killed while they run."""
        with self.lock:
            wait, strikes = self.chance.uniform(SOONEST, LATEST), self.chance.random() < 0.6
        if not strikes:
            return None
        timer = threading.Timer(wait, self._kill)
        timer.start()
        return timer

    def _kill(self) -> None:
        with self.lock:
            there = sorted(self.victims())
            if not there:
                return
            name, pid = self.chance.choice(there)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed[name] += 1


def children_of(pid: int | None) -> list[int]:
    """The processes whose parent this is."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def carry_out(
    operations: list[Operation], server: Server, killer: Killer, keep_running: Callable[[], None]
) -> None:
    """All of them, a few at a time, while the supervisor starts again what was killed."""
    waiting, lock = iter(operations), threading.Lock()
    browsers = {id(one.who): Browser(server, one.who) for one in operations}
    trouble: list[BaseException] = []

    def work() -> None:
        while True:
            with lock:
                one = next(waiting, None)
            if one is None or trouble:
                return
            timer = killer.soon()
            try:
                browser = browsers[id(one.who)]
                one.answer, one.tries = browser.submit(one.path, one.field_name, **one.typed)
            except BaseException as error:
                trouble.append(error)
            if timer:
                timer.join()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        keep_running()
        time.sleep(0.05)
    if trouble:
        raise trouble[0]


def settled(*, at: datetime | None = None) -> None:
    """Let the sweeps finish what killed processes began, as they would within the hour."""
    from payments import funding, payouts, refunds

    at = at or timezone.now()
    for hours in (1, 2, 4, 30):
        later = at + timedelta(hours=hours)
        funding.sweep(at=later)
        refunds.sweep(at=later)
        payouts.sweep(at=later)
