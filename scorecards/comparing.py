"""Comparing the rolled-up rows with the facts, so that a figure that drifts is told of.

Time alone changes figures too: a row leaves the window, work waits on. Each kind of fact is
therefore compared as of the moment at which it was drawn last; what differs even then was
changed by something that no event announced, or by somebody who wrote past the verbs.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Company, WorkerProfile
from activity.models import Event
from assignments.models import Assignment
from scorecards import claiming, drawing, scoring
from scorecards.formulas import VERSION
from scorecards.models import CompanyScorecard, ScorecardCheck, WorkerScorecard
from scorecards.reactions import COMPANY_FIGURES, WORKER_FIGURES

log = logging.getLogger(__name__)
BATCH = 5_000
MOST_NAMED = 200
Finding = dict[str, Any]


def compare_all(*, at: datetime) -> ScorecardCheck:
    """Compare every rolled-up row, then draw it anew; report what had drifted.

    A batch of owners is locked while it is compared and drawn, so that no event falls between
    the two. Owners with an event on its way are left out of the comparison, and so are rows
    drawn by an earlier version of the formulas.
    """
    began = time.monotonic()
    findings: list[Finding] = []
    owners = 0
    for model, people in ((CompanyScorecard, Company), (WorkerScorecard, WorkerProfile)):
        for batch in _batches(list(people.objects.order_by("pk").values_list("pk", flat=True))):
            findings += _compare_and_draw(model, batch, at=at)
            owners += len(batch)
    for finding in findings[:MOST_NAMED]:
        log.error(
            "scorecard drift: %(side)s %(owner)s, %(window)s %(figure)s: stored %(stored)s, "
            "the rows come to %(fact)s",
            finding,
        )
    return ScorecardCheck.objects.create(
        checked_at=at, seconds=time.monotonic() - began, owners=owners, count=len(findings),
        findings=findings[:MOST_NAMED],
    )  # fmt: skip


@transaction.atomic
def _compare_and_draw(model: type[Any], keys: Sequence[int], *, at: datetime) -> list[Finding]:
    at = claiming.claim(model, keys, at=at)
    found = drift(model, keys, at=at)
    is_company = model is CompanyScorecard
    (scoring.draw_companies if is_company else scoring.draw_workers)(keys, at=at)
    return found


def drift(model: type[Any], keys: Sequence[int], *, at: datetime) -> list[Finding]:
    """What the rows of these owners, which the caller has locked, say other than the facts."""
    is_company = model is CompanyScorecard
    every = (scoring.company_sources if is_company else scoring.worker_sources)()
    suspects = {row[0] for row in drawing.unlike(model, every, keys, at=at)}
    wrong = [
        row
        for source, moment, owners in _as_drawn(model, sorted(suspects))
        for row in drawing.unlike(
            model, [one for one in every if one[0].name == source], owners, at=moment
        )
    ]
    if is_company:
        wrong += drawing.misjudged(keys)
    waiting = _waiting(is_company) if wrong else set()
    return [
        {
            "side": "company" if is_company else "worker", "owner": owner, "window": window,
            "figure": figure, "stored": stored, "fact": fact,
        }
        for owner, window, figure, stored, fact in sorted(wrong, key=lambda row: row[:3])
        if owner not in waiting
    ]  # fmt: skip


def _as_drawn(
    model: type[Any], owners: Collection[int]
) -> Iterator[tuple[str, datetime, list[int]]]:
    """Each kind of fact with a moment at which it was drawn, and for whom it was then."""
    column = drawing.owner_column(model)
    rows = model.objects.filter(
        **{f"{column}__any_of": list(owners)}, formula_version=VERSION
    ).values_list(column, "drawn_at")
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for owner, drawn_at in rows:
        for source, moment in drawn_at.items():
            groups[source, moment].add(owner)
    for (source, moment), keys in sorted(groups.items()):
        yield source, datetime.fromisoformat(moment), sorted(keys)


def _waiting(is_company: bool) -> set[int]:
    """Owners with an event that has not been answered yet: their figures are about to change."""
    kinds = COMPANY_FIGURES if is_company else WORKER_FIGURES
    events = Event.objects.undispatched().filter(kind__in=list(kinds))
    if is_company:
        return {key for key in events.values_list("company_key", flat=True) if key is not None}
    told = list(events.values_list("subject_key", "data__worker"))
    named = WorkerProfile.objects.filter(reference__in=[name for _, name in told if name])
    assigned = Assignment.objects.filter(pk__in=[key for key, _ in told], worker__isnull=False)
    return {*named.values_list("pk", flat=True), *assigned.values_list("worker", flat=True)}


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
