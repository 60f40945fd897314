"""``bin/bench --beside DIR``: how the times of the same requests grow from one world to another.

One request after the other, to the smaller and to the larger world in turn: whatever else keeps
the machine busy lengthens both alike, so that their ratio can be read on a machine that others
share. Each repetition has its ratio; the middle one counts.
"""

from __future__ import annotations

import http.client
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.asking import Asked
from tests.bench.load import Request, Server, share_of, timed

MOST = 1.3
WARM = 12
HEAD = (
    f"{'job':<16}{'smaller p50':>12}{'p95 ms':>8}{'larger p50':>12}{'p95 ms':>8}"
    f"{'p50 x':>7}{'p95 x':>7}{'most':>6}"
)


@dataclass(frozen=True)
class World:
    """A running site, and what each job asks it."""

    site: Server
    asked: Asked


def run(smaller: World, larger: World, *, repetitions: int, times: int) -> int:
    """Measure every job that both worlds have; returns 1 where the 95th percentile grows by
    more than ``MOST``."""
    print(f"One request at a time, the two worlds in turn, {repetitions} repetitions of {times}.\n")
    print(HEAD)
    misses = 0
    for name in [name for name in smaller.asked if name in larger.asked]:
        misses += _measure(name, smaller, larger, repetitions=repetitions, times=times)
    return 1 if misses else 0


def _measure(name: str, smaller: World, larger: World, *, repetitions: int, times: int) -> bool:
    pairs = list(zip(smaller.asked[name], larger.asked[name], strict=False))
    lines = [http.client.HTTPConnection("127.0.0.1", w.site.port) for w in (smaller, larger)]
    _in_turn(lines, pairs[:WARM])
    pairs = pairs[WARM:]
    rounds = [_in_turn(lines, pairs[n * times : (n + 1) * times]) for n in range(repetitions)]
    figures = [
        [share_of(spent, share) for spent in both for share in (0.5, 0.95)] for both in rounds
    ]
    p50, p95, larger_p50, larger_p95 = (
        statistics.median(column) for column in zip(*figures, strict=True)
    )
    growth = statistics.median(figure[3] / figure[1] for figure in figures)
    missed = growth > MOST
    print(
        f"{name:<16}{p50:>12.1f}{p95:>8.1f}{larger_p50:>12.1f}{larger_p95:>8.1f}"
        f"{larger_p50 / p50:>7.2f}{growth:>7.2f}{MOST:>6.2f}{'  above' if missed else ''}",
        flush=True,
    )
    return missed


def _in_turn(
    lines: Sequence[http.client.HTTPConnection], pairs: Sequence[tuple[Request, Request]]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, by world; they take turns in going first."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number, pair in enumerate(pairs):
        for world in (0, 1) if number % 2 else (1, 0):
            spent[world].append(1000 * timed(lines[world], pair[world]))
    return spent
