"""Asking requirements of everybody: who qualifies, and the nightly check of all groups."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, WorkerProfile
from assignments.models import Assignment
from core.places import Place
from marketplace.finding import queries
from marketplace.finding.forms import FinderForm
from tests.bench.scene import LARGEST, Scene
from vetting import rechecking
from vetting.models import Group, RequirementSet

PAGE = 25
PAIRS = 15
MOST_TIMES = 10
MOST_STATEMENTS = 4
MOST_A_GROUP = 15
MOST_STATEMENTS_OF_PAGE = 10
MOST_TIMES_OF_PAGE = 75
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def run(*, only: list[str] | None) -> int:
    """Measure what was chosen; returns how many goals are missed."""
    measures = {
        "who qualifies": _who_qualifies, "find workers": _find_workers,
        "nightly check": _nightly_check,
    }  # fmt: skip
    return sum(measure() for name, measure in measures.items() if not only or name in only)


def _who_qualifies() -> bool:
    """The set of the largest company that asks the most, around where a worker lives."""
    member = Membership.objects.select_related("company", "user").filter(company=LARGEST)
    actor = Actor.as_client(member.order_by("pk")[0])
    sets = RequirementSet.objects.filter(company=LARGEST).annotate(n=Count("requirements"))
    asked = sets.order_by("-n", "pk")[0]
    lives = WorkerProfile.objects.get(pk=1)
    near = Place("", lives.city, lives.region, lives.latitude, lives.longitude, "UTC")
    form = FinderForm(QueryDict(f"requirements={asked.reference}"), lists=queries.lists_of(
        actor.company))  # fmt: skip
    assert form.is_valid(), form.errors
    missed = False
    for where, place in (("near a place", near), ("anywhere", None)):
        search = queries.Search(form.cleaned_data, place, None, timezone.now())
        with CaptureQueriesContext(connection) as captured:
            total = _first_page(actor, search)
        ours, bare = _in_turn(lambda: _first_page(actor, search), WorkerProfile.objects.count)  # noqa: B023
        times = ours / bare
        goal = place is not None
        over = goal and (times > MOST_TIMES or len(captured) > MOST_STATEMENTS)
        missed |= over
        print(
            f"\nwho qualifies {where}: {total:,} of {WorkerProfile.objects.count():,} workers meet "
            f"{asked.n} requirements; first page and count in {len(captured)} statements, "  # type: ignore[attr-defined]
            f"{times:.1f} times a bare count of the workers ({ours:.0f} and {bare:.0f} ms)"
            + (f", at most {MOST_STATEMENTS} and {MOST_TIMES}{'  above' if over else ''}" * goal),
            flush=True,
        )
    return missed


def _find_workers() -> bool:
    """The page of finding workers, for the largest company: everybody, by a word, and the best for
    work on a site and for remote work, of whom many more are in question."""
    client = Scene(writes=0).administrator(LARGEST)
    open_work = Assignment.objects.filter(company=LARGEST, status="sent", requirement_sets=[])
    on_site, remote = open_work.order_by("pk")[:2]
    searches = {
        "everybody": "", "by a word": "?q=firewall",
        "for work on a site": f"?assignment={on_site.reference}",
        "for remote work": f"?assignment={remote.reference}",
    }  # fmt: skip
    missed = False
    print(f"\nfind workers, of {WorkerProfile.objects.count():,}: the first page")
    with transaction.atomic():
        Assignment.objects.filter(pk=remote.pk).update(on_site=False, latitude=None, longitude=None)
        for name, query in searches.items():
            path = f"/workers/{query}"
            asked = _asked(client, path)
            page, bare = _in_turn(lambda: client.get(path), WorkerProfile.objects.count)  # noqa: B023
            over = page / bare > MOST_TIMES_OF_PAGE or asked > MOST_STATEMENTS_OF_PAGE
            missed |= over
            print(
                f"  {name:<20}{asked:>3} statements, {page / bare:>5.1f} times a bare count of the "
                f"workers ({page:.0f} and {bare:.0f} ms), at most {MOST_STATEMENTS_OF_PAGE} and "
                f"{MOST_TIMES_OF_PAGE}{'  above' if over else ''}",
                flush=True,
            )
        transaction.set_rollback(True)
    return missed


def _asked(client: Client, path: str) -> int:
    """How many statements the page asks, warm."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len([q for q in captured.captured_queries if not q["sql"].startswith(CONTROL)])


def _first_page(actor: Actor, search: queries.Search) -> int:
    """What the page of finding workers asks for its rows and their count; returns the count."""
    assert actor.company is not None
    rows = queries.asked(search, actor.company)
    found = queries.matching(actor, search, rows)
    keys, total = queries.first_of(found, search, actor.company, PAGE, counted=True)
    list(queries.matching(actor, search, rows, keys))
    return total


def _in_turn(*acts: Callable[[], object]) -> list[float]:
    """The median milliseconds of each, asked one after the other in turn."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(PAIRS):
        for place, act in enumerate(acts):
            began = time.monotonic()
            act()
            times[place].append(1000 * (time.monotonic() - began))
    return [statistics.median(spent) for spent in times]


def _nightly_check() -> bool:
    """Two nights, taken back afterwards: in the first some lapse, in the second nobody does."""
    asking = Group.objects.current().filter(requirement_set__isnull=False)
    members = Count("memberships", filter=Q(memberships__status__in=("member", "lapsed")))
    sizes = dict(asking.annotate(n=members).values_list("pk", "n"))
    tonight, missed = timezone.now(), False
    print(
        f"\nnightly check: {len(sizes):,} groups that ask something, {sum(sizes.values()):,} "
        f"memberships, from {min(sizes.values()):,} to {max(sizes.values()):,} in one, "
        f"of {WorkerProfile.objects.count():,} workers"
    )
    with transaction.atomic():
        for night in (0, 1):
            at = tonight + timedelta(days=night)
            counted = _Statements()
            began = time.monotonic()
            with connection.execute_wrapper(counted):
                asked = rechecking.sweep(at=at)
            spent = time.monotonic() - began
            a_group = counted.number / max(asked, 1)
            over = asked != len(sizes) or a_group > MOST_A_GROUP
            missed |= over
            print(
                f"  night {night + 1}: {asked:,} groups in {spent:.1f} s, {counted.number:,} "
                f"statements, {a_group:.1f} a group, at most {MOST_A_GROUP}"
                f"{'  above' if over else ''}",
                flush=True,
            )
        transaction.set_rollback(True)
    return missed


class _Statements:
    """Counts what is asked of the database, without keeping it; not what opens a transaction."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if not sql.startswith(CONTROL):
            self.number += 1
        return execute(sql, params, many, context)
