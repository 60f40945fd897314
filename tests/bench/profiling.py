"""``bin/bench --profile``: what a request costs inside this process, and where it goes.

Other programs on the machine lengthen wall time but hardly CPU time, so these figures can be
compared from one change to the next while the machine is busy.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from itertools import islice
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.scene import Job, Scene, act, chosen

ROOT = Path(__file__).resolve().parents[2]
WARM, HOTTEST, LONGEST = 5, 45, 1500


def run(*, only: list[str] | None, times: int) -> None:
    """Each job: CPU and wall milliseconds a request, its statements, its hottest functions."""
    scene = Scene()
    for job in chosen(scene.jobs(), only):
        _profile(job, times)


def _profile(job: Job, times: int) -> None:
    samples = iter([job.sample() for _ in range(WARM + 1 + 2 * times)])
    for sample in islice(samples, WARM):
        act(sample)
    began, wall = time.process_time(), time.monotonic()
    for sample in islice(samples, times):
        act(sample)
    cpu, wall = time.process_time() - began, time.monotonic() - wall
    print(f"\n{job.name}: {1000 * cpu / times:.2f} ms CPU, {1000 * wall / times:.2f} ms in all")
    with CaptureQueriesContext(connection) as queries:
        act(next(samples))
    for query in queries.captured_queries:
        print(f"  {1000 * float(query['time']):6.1f} ms  {query['sql'][:LONGEST]}")
    profile = cProfile.Profile()
    for sample in samples:
        profile.runcall(act, sample)
    print(_hottest(profile, "tottime"), _hottest(profile, "cumulative"), sep="\n")


def _hottest(profile: cProfile.Profile, order: str) -> str:
    written = io.StringIO()
    pstats.Stats(profile, stream=written).sort_stats(order).print_stats(HOTTEST)
    lines = [line for line in written.getvalue().splitlines() if line.strip()]
    return "\n".join(line.replace(f"{ROOT}/", "") for line in lines[2:])
