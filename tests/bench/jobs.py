"""What is measured: each job of the site beside its limit page, medians of the repetitions."""

from __future__ import annotations

import statistics

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench import batches, figures, screening
from tests.bench.load import Figures, Server, measure
from tests.bench.reading import compressed, parts_of
from tests.bench.scene import Job, Scene, act, chosen

WARM = 1.5
"""Seconds before the first repetition of each job, on either side."""
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def run(
    site: Server, limit: Server, *, seconds: float, repetitions: int, only: list[str] | None
) -> int:
    """Measure every job in turn, site and limit side by side; returns 1 where a goal is missed."""
    scene = Scene()
    print(f"Two connections, two workers each, {repetitions} repetitions of {seconds:g} s.\n")
    print(HEAD)
    misses = 0
    for job in chosen(scene.jobs(), only):
        cost = cost_of(job)
        warm(job, site, limit)
        for _ in range(repetitions):
            job.limit_runs.append(measure(limit, job.limit(), seconds))
            job.site_runs.append(measure(site, job.site(), seconds))
        misses += print_row(job, *cost)
    misses += batches.run(scene, only=only)
    misses += screening.run(only=only)
    misses += figures.run(only=only)
    misses += _print_weights(scene)
    return 1 if misses else 0


def warm(job: Job, site: Server, limit: Server) -> None:
    """Let every process answer this job before its times count: what is compiled, drawn or read
    once in a process, and pages of the database that nobody asked for yet."""
    measure(limit, job.limit(), WARM)
    measure(site, job.site(), WARM)


NAME = 34
HEAD = (
    f"{'job':<{NAME}}{'req/s':>7}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'SQL':>5}{'most':>5}"
    f"{'bytes':>8}{'limit/s':>9}{'CPU ms':>8}{'ratio':>7}{'goal':>6}"
)


def print_row(job: Job, sql: int, size: int) -> int:
    site, limit = _median(job.site_runs), _median(job.limit_runs)
    ratio = site.per_second / limit.per_second if limit.per_second else 0
    missed = ratio < job.ratio or sql > job.most_sql or site.bad > 0 or limit.bad > 0
    print(
        f"{job.name:<{NAME}}{site.per_second:>7.1f}{site.p50:>8.1f}{site.p95:>8.1f}{site.cpu:>8.1f}"
        f"{sql:>5}{job.most_sql:>5}{size:>8}{limit.per_second:>9.1f}{limit.cpu:>8.1f}"
        f"{ratio:>7.2f}{job.ratio:>6.2f}{'  below' if missed else ''}",
        flush=True,
    )
    for runs in (site, limit):
        if runs.bad:
            print(f"  {runs.bad} unexpected answers, the first: {runs.first_bad}")
    return int(missed)


def _median(runs: list[Figures]) -> Figures:
    """The middle of each figure over the repetitions; unexpected answers are summed."""
    middle = {
        name: statistics.median(getattr(run, name) for run in runs)
        for name in ("per_second", "p50", "p95", "cpu")
    }
    first = next((run.first_bad for run in runs if run.bad), "")
    return Figures(**middle, bad=sum(run.bad for run in runs), first_bad=first)


def cost_of(job: Job) -> tuple[int, int]:
    """Statements and bytes of one request, counted inside this process, warm.

    What opens and closes a transaction asks the database nothing and is not counted.
    """
    warm, counted = job.sample(), job.sample()
    act(warm)
    with CaptureQueriesContext(connection) as queries:
        answer = act(counted)
    asked = [q for q in queries.captured_queries if not q["sql"].startswith(CONTROL)]
    return len(asked), len(answer.content)


def _print_weights(scene: Scene) -> int:
    print(f"\n{'page, cold':<22}{'requests':>9}{'KiB':>8}   at most 8 requests and 80 KiB")
    missed = 0
    for name, (client, path) in scene.pages().items():
        answer = client.get(path)
        parts = parts_of(answer.content.decode(), path)
        size = compressed(answer.content)
        for part in parts:
            body = b"".join(client.get(part))
            size += compressed(body)
        over = len(parts) + 1 > 8 or size > 80 * 1024
        missed += over
        print(f"{name:<22}{len(parts) + 1:>9}{size / 1024:>8.1f}{'  over' if over else ''}")
    return missed
