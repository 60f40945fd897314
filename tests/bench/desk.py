"""``bin/bench desk``: the escalation desk over 100,000 cases, beside a stock admin of the same.

The pages are asked in this process, desk and stock in turn, by one lead; replies are sent to the
site and to the limit site, as the other writes are.
"""

from __future__ import annotations

import itertools
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.db.models import Max
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import marketplace.scale
from accounts.actors import Actor
from accounts.models import User
from escalations.models import Case, CaseEntry
from escalations.team import AGENTS, LEADS
from marketplace.scale import loading
from tests.bench import jobs
from tests.bench.acting import TOKEN, WRITES, Write
from tests.bench.load import Server, measure
from tests.bench.scene import Job, signed_in

CASES, LINES, TEAM = 100_000, 20, 10
TIMES = 15
MOST_OF_LIST, MOST_OF_FORM = 1.0, 2.0
MOST_FOR_QUEUE, MOST_FOR_CASE, MOST_FOR_REPLY = 10, 25, 18
DESK, STOCK = "/admin/escalations/case/", "/stock/escalations/case/"


def run(site: Server, limit: Server, *, cases: int, seconds: float, repetitions: int) -> int:
    """Fill what is missing, compare the pages and the writes; returns 1 where a goal is missed."""
    team = _team()
    _fill(team, cases)
    lead = signed_in(Actor.as_staff(team[0]), "staff", timezone.now())
    with override_settings(ROOT_URLCONF="tests.bench.stock"):
        missed = _pages(lead)
    return int(_replies(lead, site, limit, seconds, repetitions) or missed)


def _team() -> list[User]:
    """A lead who may also change cases in the stock admin, and agents; made once."""
    found = list(User.objects.filter(email__endswith="@desk.scale").order_by("pk"))
    if found:
        return found
    with transaction.atomic():
        for number in range(TEAM):
            person = User.objects.create_user(
                f"agent{number}@desk.scale", full_name=f"Agent {number}", is_staff=True
            )
            person.groups.add(Group.objects.get(name=AGENTS if number else LEADS))
            found.append(person)
        codes = ["view_case", "change_case", "view_caseentry", "change_caseentry"]
        found[0].user_permissions.set(
            Permission.objects.filter(content_type__app_label="escalations", codename__in=codes)
        )
    return found


def _fill(team: list[User], cases: int) -> None:
    if Case.objects.count() < cases:
        began = time.monotonic()
        sizes = {
            "cases": cases, "lines": LINES, "first_agent": team[0].pk, "agents": len(team)
        }  # fmt: skip
        file = Path(marketplace.scale.__file__).with_name("cases.sql")
        with transaction.atomic(), connection.cursor() as cursor:
            loading.fill(cursor, sizes, say=print, files=[file])
            loading.advance_sequences(cursor)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE escalations_case")
            cursor.execute("VACUUM ANALYZE escalations_caseentry")
        print(f"{cases:,} cases in {time.monotonic() - began:.0f} s")
    lines = CaseEntry.objects.count()
    print(f"{Case.objects.count():,} cases, {lines:,} lines of timeline")


def _pages(lead: Client) -> bool:
    """Each queue beside the stock change list, and a case beside its stock change form."""
    word = Case.objects.select_related("company").order_by("pk")[500].company.name.split()[0]
    keys = list(Case.objects.active().order_by("pk").values_list("pk", flat=True)[:TIMES])
    lists = {
        "all open": ("", ""),
        "mine": ("?queue=mine", ""),
        "overdue": ("?queue=overdue", ""),
        "ended": ("?queue=closed", "?status__exact=resolved"),
        "found by a word": (f"?q={word}", f"?q={word}"),
    }
    missed = False
    for name, (ours, stock) in lists.items():
        missed |= _beside(
            lead, f"queue, {name}", [f"{DESK}{ours}"], [f"{STOCK}{stock}"],
            most=MOST_OF_LIST, statements=MOST_FOR_QUEUE,
        )  # fmt: skip
    missed |= _beside(
        lead, "a case", [f"{DESK}{key}/change/" for key in keys],
        [f"{STOCK}{key}/change/" for key in keys], most=MOST_OF_FORM, statements=MOST_FOR_CASE,
    )  # fmt: skip
    return missed


def _beside(
    lead: Client, name: str, ours: list[str], stock: list[str], *, most: float, statements: int
) -> bool:
    """The medians of both, asked in turn; the first answer of each does not count."""
    desk, beside = ([_timed(lead, path) for path in paths] for paths in (ours[:1], stock[:1]))
    asked = _asked(lead, ours[-1])
    desk, beside = [], []
    for turn in range(TIMES):
        desk.append(_timed(lead, ours[turn % len(ours)]))
        beside.append(_timed(lead, stock[turn % len(stock)]))
    took, stock_took = statistics.median(desk), statistics.median(beside)
    over = took > most * stock_took or asked > statements
    print(
        f"  {name:<34}{took:>7.1f} ms, {took / stock_took:>5.2f} times the stock admin's "
        f"{stock_took:>7.1f} ms (at most {most:g}); {asked} statements, at most {statements}"
        f"{'  above' if over else ''}",
        flush=True,
    )
    return over


def _timed(client: Client, path: str) -> float:
    began = time.monotonic()
    assert client.get(path).status_code == 200, path
    return 1000 * (time.monotonic() - began)


def _asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len([q for q in captured.captured_queries if not q["sql"].startswith(jobs.CONTROL)])


class Reply(Write):
    """A reply to both sides of each case in turn, with what its page would have sent."""

    def sample(self) -> tuple[Client, str, str]:
        client, key = next(self.waiting)
        newest = CaseEntry.objects.filter(case=key).aggregate(last=Max("pk"))["last"]
        body = {
            "csrfmiddlewaretoken": TOKEN, "seen": newest, "reply-key": str(uuid.uuid4()),
            "reply-to": "parties", "reply-body": "We have it and will be back within two days.",
        }  # fmt: skip
        return client, self.page.format(key), urlencode(body)


def _replies(lead: Client, site: Server, limit: Server, seconds: float, repetitions: int) -> int:
    def waiting() -> Iterator[tuple[Client, str]]:
        """The open cases again and again: each takes another reply."""
        keys = Case.objects.active().order_by("pk").values_list("pk", flat=True)
        for key in itertools.cycle(list(keys)):
            yield lead, str(key)

    write = Reply(
        waiting(), page=f"{DESK}{{}}/reply/", field="reply-body", minimal="/reply/{}/", most=WRITES
    )
    sample: Callable[[], tuple[Client, str, str | None]] = write.sample
    job = Job("reply in a case", write.site, write.limit, 0.35, MOST_FOR_REPLY, sample)
    print(f"\n{jobs.HEAD}")
    cost = jobs.cost_of(job)
    jobs.warm(job, site, limit)
    for _ in range(repetitions):
        job.limit_runs.append(measure(limit, job.limit(), seconds))
        job.site_runs.append(measure(site, job.site(), seconds))
    return jobs.print_row(job, *cost)
