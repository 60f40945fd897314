"""Putting a sent assignment before workers, and keeping who got it and who could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.actors import Actor
from accounts.models import User, WorkerProfile
from assignments.models import Assignment, Invitation, SendReport, SendReportLine
from assignments.moves import finish
from assignments.queries import matches, reports
from assignments.queries.reports import LONGEST_REASON
from core.errors import DomainError
from vetting.models import Group

LONGEST_AUDIENCE = 500
Outcome = SendReportLine.Outcome


class GroupNotInUse(DomainError):
    message = "The group “{group}” is archived. Bring it back or choose another one."
    field = "groups"


@dataclass(frozen=True)
class MatchesWanted:
    """How many of the best matches, and from how far around the site."""

    most: int
    miles: int

    @property
    def words(self) -> str:
        return f"the {self.most} best matches within {self.miles} miles"


@dataclass(frozen=True)
class Audience:
    """Whom an assignment is put before in one act."""

    on_marketplace: bool = False
    groups: Sequence[Group] = ()
    workers: Sequence[WorkerProfile] = ()
    matches: MatchesWanted | None = None

    def __bool__(self) -> bool:
        return bool(self.on_marketplace or self.groups or self.workers or self.matches)

    @property
    def words(self) -> str:
        """``the marketplace; group “A”; 2 chosen workers``."""
        count = len(self.workers)
        parts = [
            *(f"group “{group.name}”" for group in self.groups),
            f"{count} chosen worker{'s' * (count != 1)}" if count else "",
            self.matches.words if self.matches else "",
            "the marketplace" if self.on_marketplace else "",
        ]
        words = "; ".join(part for part in parts if part)
        return words if len(words) <= LONGEST_AUDIENCE else words[: LONGEST_AUDIENCE - 1] + "…"


@transaction.atomic
def reach(
    assignment: Assignment,
    audience: Audience,
    *,
    by: Actor,
    at: datetime,
    on_behalf: User | None = None,
    planned_at: datetime | None = None,
) -> SendReport:
    """Put the locked assignment before these workers; returns the report, which is kept.

    Workers chosen by name or as matches are invited once; groups are added to those whose
    members find it. Whoever is blocked, has said no or takes no work now is not told, and the
    report says so. ``on_behalf`` is the person behind a step that the system takes,
    ``planned_at`` the moment since when members who left are worth naming.

    Costs the same number of statements whatever the number of workers.
    """
    _require_own_groups(assignment, audience.groups)
    report = SendReport.objects.create(
        assignment=assignment, audience=audience.words, to_marketplace=audience.on_marketplace,
        made_by=by.user, made_at=at,
    )  # fmt: skip
    invited = _invite(assignment, report, audience, by=by, at=at, on_behalf=on_behalf)
    if audience.groups:
        _reach_groups(report, audience.groups, planned_at)
    _list(assignment, audience)
    if invited:
        references = [worker.reference for worker in invited]
        finish("invite", assignment, by=by, at=at, workers=references, report=report.pk)
    if audience.groups or planned_at:
        finish("route", assignment, by=by, at=at, report=report.pk, audience=audience.words)
    return report


def _require_own_groups(assignment: Assignment, groups: Sequence[Group]) -> None:
    """As the groups stand now: the caller's copies may be stale."""
    keys = [group.pk for group in groups]
    for group in Group.objects.filter(pk__in=keys) if keys else ():
        if group.company_id != assignment.company_id:
            raise ValueError(f"{group} is not a group of {assignment.company}")
        if group.archived_at is not None:
            raise GroupNotInUse(group=group.name)


def _list(assignment: Assignment, audience: Audience) -> None:
    """Open it to the marketplace and to the groups; what was open stays open."""
    keys = {group.pk for group in audience.groups} - set(assignment.routed_groups)
    changed = []
    if audience.on_marketplace and not assignment.on_marketplace:
        assignment.on_marketplace = True
        changed.append("on_marketplace")
    if keys:
        assignment.routed_groups = [*assignment.routed_groups, *sorted(keys)]
        changed.append("routed_groups")
    if changed:
        assignment.save(update_fields=changed)


def _invite(
    assignment: Assignment,
    report: SendReport,
    audience: Audience,
    *,
    by: Actor,
    at: datetime,
    on_behalf: User | None,
) -> list[WorkerProfile]:
    """Invite whom the report says got it; returns them."""
    inviter = on_behalf or by.user
    assert inviter is not None
    found = _matched(assignment, audience.matches, at)
    reasons = {match.worker.pk: match.sub for match in found}
    chosen = {w.pk: w for w in [*audience.workers, *(match.worker for match in found)]}
    if not chosen:
        return []
    came_of = reports.outcomes_of(assignment, list(chosen.values()), at=at)
    SendReportLine.objects.bulk_create(
        SendReportLine(
            report=report, worker=worker, outcome=came_of[key][0],
            reasons=_why(*came_of[key], reasons.get(key, "")),
        )
        for key, worker in chosen.items()
    )  # fmt: skip
    fresh = [worker for key, worker in chosen.items() if came_of[key][0] == Outcome.GOT]
    Invitation.objects.bulk_create(
        Invitation(assignment=assignment, worker=worker, invited_by=inviter, invited_at=at)
        for worker in fresh
    )
    return fresh


def _why(outcome: str, missing: str, reasons: str) -> str:
    """What the line says besides the outcome."""
    return missing if outcome == Outcome.UNQUALIFIED else reasons[:LONGEST_REASON]


def _matched(
    assignment: Assignment, wanted: MatchesWanted | None, at: datetime
) -> list[matches.Match]:
    if wanted is None:
        return []
    return matches.best(assignment, miles=wanted.miles, most=wanted.most, at=at)


def _reach_groups(report: SendReport, groups: Sequence[Group], planned_at: datetime | None) -> None:
    """One line for everybody in the groups, written where they are read."""
    rows = reports.members_reached(report, groups, since=planned_at)
    sql, params = rows.query.sql_with_params()
    table = SendReportLine._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (report_id, worker_id, group_id, outcome, reasons) '
            f"{sql} ON CONFLICT DO NOTHING",
            params,
        )
