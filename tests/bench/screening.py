"""Asking requirements of everybody: who qualifies, and the nightly check of all groups."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, WorkerProfile
from core.places import Place
from marketplace.finding import queries
from marketplace.finding.forms import FinderForm
from tests.bench.scene import LARGEST
from vetting import rechecking
from vetting.models import Group, RequirementSet

PAGE = 25
PAIRS = 15
MOST_TIMES = 10
MOST_STATEMENTS = 4
MOST_A_GROUP = 15
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def run(*, only: list[str] | None) -> int:
    """Measure what was chosen; returns how many goals are missed."""
    measures = {"who qualifies": _who_qualifies, "nightly check": _nightly_check}
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
