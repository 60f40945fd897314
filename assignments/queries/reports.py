"""Reads of what sending came to: reports with their counts, and who could not be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat, Left

from accounts.models import Membership as TeamMembership
from accounts.models import WorkerProfile
from assignments import screening
from assignments.models import (
    Assignment,
    Decline,
    Invitation,
    RoutingPlan,
    SendReport,
    SendReportLine,
)
from conduct import standing
from vetting.models import (
    CompanyMark,
    Group,
    GroupMembership,
    RequirementSet,
    Standing,
    WorkerMark,
)
from vetting.requirements import registry
from vetting.states import Membership

MOST_REPORTS = 30
MOST_NAMED = 50

LONGEST_REASON = 300

Outcome = SendReportLine.Outcome


@dataclass(frozen=True)
class Told:
    """One report as the page shows it."""

    report: SendReport
    counts: Counter[str]
    lines: list[SendReportLine] = field(default_factory=list)
    """Those who could not be reached, and those chosen as matches; at most ``MOST_NAMED``."""

    @property
    def got(self) -> int:
        return self.counts[Outcome.GOT]

    @property
    def words(self) -> str:
        """``12 got it · 1 blocked by you · 2 said no to it already``."""
        return " · ".join(
            f"{self.counts[outcome]} {outcome.label[0].lower()}{outcome.label[1:]}"
            for outcome in Outcome
            if self.counts[outcome]
        )


def outcomes(assignment: Assignment, worker: str, *, meets: Q, at: datetime) -> Case:
    """What sending it to a worker comes to now; ``worker`` is the column of their key, ``meets``
    the condition of who meets the requirements.

    A worker who has shut the company out, or is stopped by staff, is, like one who takes no work
    at present, “not open to new work”: whom they avoid, and why we act, is not for the company.
    """
    own = OuterRef(worker)
    mine = {"assignment": assignment, "worker": own}
    company = assignment.company_id
    marks = CompanyMark.objects.filter(company=company, worker=own, standing=Standing.BLOCKED)
    shut_out = WorkerMark.objects.filter(company=company, worker=own, standing=Standing.BLOCKED)
    people = WorkerProfile.objects.filter(pk=own)
    members = TeamMembership.objects.current().filter(company=company, user__worker=own)
    had = SendReportLine.objects.filter(
        report__assignment=assignment, worker=own, outcome=Outcome.GOT
    )
    away = people.filter(Q(available=False) | Q(user__is_active=False))
    stopped = standing.worker_stopped(worker, at=at)
    return Case(
        When(Exists(marks), then=Value(Outcome.BLOCKED)),
        When(Exists(members), then=Value(Outcome.OWN_MEMBER)),
        When(Exists(Decline.objects.filter(**mine)), then=Value(Outcome.DECLINED)),
        When(Exists(Invitation.objects.filter(**mine)), then=Value(Outcome.HAD)),
        When(Exists(had), then=Value(Outcome.HAD)),
        When(Exists(away) | Exists(shut_out) | stopped, then=Value(Outcome.NOT_TAKING)),
        *([When(~Exists(people.filter(meets)), then=Value(Outcome.UNQUALIFIED))] if meets else []),
        default=Value(Outcome.GOT),
        output_field=CharField(),
    )


def outcomes_of(
    assignment: Assignment, workers: Sequence[WorkerProfile], *, at: datetime
) -> dict[int, tuple[str, str]]:
    """What sending it to each of these workers comes to, and what they lack (one query, and those
    that read what is asked)."""
    asked = screening.sets_of(assignment)
    meets = screening.condition_of(asked, assignment, at)
    rows = WorkerProfile.objects.filter(pk__in=[worker.pk for worker in workers])
    columns = (outcomes(assignment, "pk", meets=meets, at=at), what_lacks(asked, assignment, at))
    found = rows.values_list("pk", *columns).order_by()
    return {key: (outcome, missing) for key, outcome, missing in found}


def what_lacks(asked: Sequence[RequirementSet], assignment: Assignment, at: datetime) -> Any:
    """In words what a worker does not meet; empty for nothing."""
    on = screening.on(assignment, at)
    parts: list[Any] = [Value("")]
    for row in (row for found in asked for row in found.requirements.all()):
        kind = registry.kind(row.kind)
        if wanted := kind.condition(row.values, on):
            words = Value(f"{kind.sentence(row.values)}; ")
            parts.append(Case(When(wanted, then=Value("")), default=words))
    words = reduce(lambda a, b: Concat(a, b), parts)
    trimmed = {"function": "rtrim", "output_field": CharField()}
    return Func(Left(words, LONGEST_REASON), Value("; "), **trimmed)


def members_reached(
    report: SendReport, groups: Sequence[Group], *, since: datetime | None
) -> QuerySet[Any, Any]:
    """The lines of a report for everybody in these groups, each worker once.

    Lapsed members are named; so are those who left ``since`` the sending was planned.
    """
    assignment, at = report.assignment, report.made_at
    asked = screening.sets_of(assignment)
    meets = screening.condition_of(asked, assignment, at)
    left = Q(status=Membership.REMOVED, joined_at__isnull=False, changed_at__gte=since)
    wanted = Q(status__in=(Membership.MEMBER, Membership.LAPSED))
    came_of = Case(
        When(status=Membership.LAPSED, then=Value(Outcome.LAPSED)),
        When(status=Membership.REMOVED, then=Value(Outcome.LEFT)),
        default=outcomes(assignment, "worker_id", meets=meets, at=at),
        output_field=CharField(),
    )
    rank = Case(When(status=Membership.MEMBER, then=Value(0)), default=Value(1))
    return (
        GroupMembership.objects.filter(wanted | left if since else wanted, group__in=groups)
        .order_by("worker_id", rank, "group_id")
        .distinct("worker_id")
        .values_list(
            Value(report.pk),
            "worker_id",
            "group_id",
            came_of,
            _why_not(asked, assignment, at, meets),
        )
    )


def _why_not(
    asked: Sequence[RequirementSet], assignment: Assignment, at: datetime, meets: Q
) -> Any:
    """What the member of a row lacks, where they do not meet the requirements."""
    if not meets:
        return Value("")
    people = WorkerProfile.objects.filter(pk=OuterRef("worker_id"))
    words = people.annotate(lacks=what_lacks(asked, assignment, at)).values("lacks")[:1]
    return Case(When(Exists(people.filter(meets)), then=Value("")), default=Subquery(words))


def of_assignment(assignment: Assignment) -> list[Told]:
    """The latest reports, newest first, with counts and the lines worth reading (3 queries)."""
    rows = assignment.send_reports.select_related("made_by").order_by("-pk")
    reports = list(rows[:MOST_REPORTS])
    counts: dict[int, Counter[str]] = {report.pk: Counter() for report in reports}
    lines = SendReportLine.objects.filter(report__in=counts).order_by()
    for report, outcome, number in lines.values_list("report", "outcome").annotate(n=Count("pk")):
        counts[report][outcome] = number
    named: dict[int, list[SendReportLine]] = {}
    worth = lines.exclude(outcome=Outcome.GOT, group__isnull=False)
    for line in worth.select_related("worker__user").order_by("report", "outcome", "pk")[:500]:
        named.setdefault(line.report_id, []).append(line)
    return [
        Told(report, counts[report.pk], named.get(report.pk, [])[:MOST_NAMED]) for report in reports
    ]


def lines_of(report: SendReport, outcome: str = "") -> QuerySet[SendReportLine, SendReportLine]:
    """Everybody in a report, for its own page."""
    rows = SendReportLine.objects.filter(report=report)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows.select_related("worker__user", "group")


def plan_of(assignment: Assignment) -> RoutingPlan | None:
    """The latest plan with its steps in order, running or over (two queries)."""
    rows = assignment.routing_plans.select_related("made_by", "ended_by")
    plan = rows.order_by("-pk").first()
    if plan is not None:
        plan.ordered = list(  # type: ignore[attr-defined]
            plan.steps.select_related("group", "report").order_by("position")
        )
    return plan
