"""Reads of what sending came to: reports with their counts, and who could not be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Membership as TeamMembership
from accounts.models import WorkerProfile
from assignments.models import (
    Assignment,
    Decline,
    Invitation,
    RoutingPlan,
    SendReport,
    SendReportLine,
)
from vetting.models import CompanyMark, Group, GroupMembership, Standing, WorkerMark
from vetting.states import Membership

MOST_REPORTS = 30
MOST_NAMED = 50

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


def outcomes(assignment: Assignment, worker: str) -> Case:
    """What sending it to a worker comes to now; ``worker`` is the column of their key.

    A worker who has shut the company out is, like one who takes no work at present, “not open
    to new work”: whom they avoid is theirs alone.
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
    return Case(
        When(Exists(marks), then=Value(Outcome.BLOCKED)),
        When(Exists(members), then=Value(Outcome.OWN_MEMBER)),
        When(Exists(Decline.objects.filter(**mine)), then=Value(Outcome.DECLINED)),
        When(Exists(Invitation.objects.filter(**mine)), then=Value(Outcome.HAD)),
        When(Exists(had), then=Value(Outcome.HAD)),
        When(Exists(away) | Exists(shut_out), then=Value(Outcome.NOT_TAKING)),
        default=Value(Outcome.GOT),
        output_field=CharField(),
    )


def outcomes_of(assignment: Assignment, workers: Sequence[WorkerProfile]) -> dict[int, str]:
    """What sending it to each of these workers comes to (one query)."""
    rows = WorkerProfile.objects.filter(pk__in=[worker.pk for worker in workers])
    return dict(rows.values_list("pk", outcomes(assignment, "pk")).order_by())


def members_reached(
    report: SendReport, groups: Sequence[Group], *, since: datetime | None
) -> QuerySet[Any, Any]:
    """The lines of a report for everybody in these groups, each worker once.

    Lapsed members are named; so are those who left ``since`` the sending was planned.
    """
    left = Q(status=Membership.REMOVED, joined_at__isnull=False, changed_at__gte=since)
    wanted = Q(status__in=(Membership.MEMBER, Membership.LAPSED))
    standing = Case(
        When(status=Membership.LAPSED, then=Value(Outcome.LAPSED)),
        When(status=Membership.REMOVED, then=Value(Outcome.LEFT)),
        default=outcomes(report.assignment, "worker_id"),
        output_field=CharField(),
    )
    rank = Case(When(status=Membership.MEMBER, then=Value(0)), default=Value(1))
    return (
        GroupMembership.objects.filter(wanted | left if since else wanted, group__in=groups)
        .order_by("worker_id", rank, "group_id")
        .distinct("worker_id")
        .values_list(Value(report.pk), "worker_id", "group_id", standing, Value(""))
    )


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
