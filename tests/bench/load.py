"""A small load client: two connections, kept alive, for a fixed time; times of every answer."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import math
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 2


@dataclass(frozen=True)
class Request:
    """One request to be sent, and the statuses that count as done."""

    path: str
    cookie: str
    body: str | None = None
    good: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Server:
    """A site to be measured: where it listens, and the process whose children do the work."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU time used so far by the children; nothing where there is no /proc."""
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.pid:
                    used += int(fields[11]) + int(fields[12])
        return used / os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    """What one repetition came to; times in milliseconds, CPU time for one request."""

    per_second: float
    p50: float
    p95: float
    cpu: float
    bad: int
    first_bad: str = ""


def measure(
    server: Server, requests: Callable[[int], Iterator[Request]], seconds: float
) -> Figures:
    """Send requests from ``CONNECTIONS`` threads until the time is over."""
    times: list[float] = []
    bad: list[str] = []
    until = time.monotonic() + seconds
    used = server.cpu()

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for request in requests(number):
            began = time.monotonic()
            if began > until:
                break
            status, place = _send(connection, request)
            times.append(time.monotonic() - began)
            if status not in request.good:
                bad.append(f"{status} {request.path} {place}")
        connection.close()

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    used = server.cpu() - used
    ordered = sorted(times) or [0.0]
    return Figures(
        per_second=len(times) / took,
        p50=statistics.median(ordered) * 1000,
        p95=share_of(ordered, 0.95) * 1000,
        cpu=used / len(ordered) * 1000,
        bad=len(bad),
        first_bad=bad[0] if bad else "",
    )


def share_of(times: Iterable[float], share: float) -> float:
    """The time within which this share of the requests was answered."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def timed(connection: http.client.HTTPConnection, request: Request) -> float:
    """Seconds until the answer was read; an unexpected one is an error."""
    began = time.monotonic()
    status, place = _send(connection, request)
    took = time.monotonic() - began
    if status not in request.good:
        raise AssertionError(f"{status} {request.path} {place}")
    return took


def _send(connection: http.client.HTTPConnection, request: Request) -> tuple[int, str]:
    headers = {"Cookie": request.cookie, "Accept": "text/html", "Host": "127.0.0.1"}
    method = "GET"
    if request.body is not None:
        method = "POST"
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, request.path, body=request.body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("Location", "")


def in_turn(requests: list[Request]) -> Callable[[int], Iterator[Request]]:
    """The same requests again and again, each connection beginning elsewhere."""

    def of(number: int) -> Iterator[Request]:
        half = len(requests) * number // CONNECTIONS
        return itertools.cycle(requests[half:] + requests[:half])

    return of


def once_each(requests: Iterator[Request]) -> Callable[[int], Iterator[Request]]:
    """Each request once, whichever connection is free."""
    lock = threading.Lock()

    def of(number: int) -> Iterator[Request]:
        while True:
            with lock:
                request = next(requests, None)
            if request is None:
                return
            yield request

    return of
