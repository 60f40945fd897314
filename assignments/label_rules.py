"""Labels that rules set and resolve: what is late, unconfirmed, unfilled, lost.

A rule looks at what is true now, never at what changed since the last look: one statement
resolves what is no longer true, one opens what has become true. Run twice, by two at once or
after a day of silence, it comes to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.badges import Badge

NOT_HELD = """NOT EXISTS (SELECT FROM assignments_hold h WHERE h.assignment_id = work.id
   AND h.kind = 'schedule' AND h.released_at IS NULL)"""


@dataclass(frozen=True)
class Rule:
    """``source`` selects ``assignment_id`` and ``since``, the moment from which it is true.

    What a schedule hold silences is simply not in the source.
    """

    name: str
    label: str
    tone: str
    icon: str
    source: str

    @property
    def badge(self) -> Badge:
        return Badge(self.label, self.tone, self.icon)


LATE = Rule(
    "late", "Late", "bad", "clock",
    """SELECT work.id AS assignment_id, moment.late AS since
  FROM assignments_assignment work
 CROSS JOIN LATERAL (SELECT CASE WHEN work.is_window THEN work.ends_at
                                 ELSE work.starts_at + %(grace)s END AS late) moment
 WHERE work.status = 'assigned' AND moment.late <= %(at)s AND {not_held}""",
)  # fmt: skip
DELIVERABLES_LATE = Rule(
    "deliverables_late", "Deliverables late", "bad", "upload",
    """SELECT work.id AS assignment_id, min(request.due_at) AS since
  FROM assignments_assignment work
  JOIN assignments_deliverablerequest request ON request.assignment_id = work.id
 WHERE work.status IN ('assigned', 'in_progress') AND request.due_at <= %(at)s AND {not_held}
   AND request.count > (SELECT count(*) FROM assignments_deliverable d
                         WHERE d.request_id = request.id AND d.removed_at IS NULL
                           AND d.verdict <> 'refused')
 GROUP BY work.id""",
)  # fmt: skip
NOT_CONFIRMED = Rule(
    "not_confirmed", "Not confirmed", "warning", "circle-help",
    """SELECT work.id AS assignment_id, moment.due AS since
  FROM assignments_assignment work
 CROSS JOIN LATERAL (SELECT greatest(
       work.starts_at - work.confirm_hours_before * interval '1 hour',
       work.assigned_at + interval '1 hour') AS due) moment
 WHERE work.status = 'assigned' AND work.wants_confirmation AND work.confirmed_at IS NULL
   AND moment.due <= %(at)s AND {not_held}""",
)  # fmt: skip
UNFILLED = Rule(
    "unfilled_soon", "Unfilled soon", "warning", "user-x",
    """SELECT work.id AS assignment_id,
       greatest(work.starts_at - %(soon)s, work.sent_at) AS since
  FROM assignments_assignment work
 WHERE work.status = 'sent' AND work.starts_at <= %(at)s + %(soon)s""",
)  # fmt: skip
CANCELLED_LATE = Rule(
    "cancelled_late", "Cancelled late", "bad", "ban",
    """SELECT ending.assignment_id, ending.cancelled_at AS since
  FROM assignments_cancellation ending
 WHERE ending.late_notice AND ending.cancelled_at > %(at)s - %(shown)s""",
)  # fmt: skip
ABANDONED = Rule(
    "abandoned", "Abandoned", "bad", "user-minus",
    """SELECT work.id AS assignment_id, max(gone.unassigned_at) AS since
  FROM assignments_assignment work
  JOIN assignments_unassignment gone ON gone.assignment_id = work.id
 WHERE work.status = 'sent' AND gone.mark = 'abandoned'
 GROUP BY work.id""",
)  # fmt: skip

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (LATE, DELIVERABLES_LATE, NOT_CONFIRMED, UNFILLED, CANCELLED_LATE, ABANDONED)
}


def badges_of(found: Iterable[dict[str, str]] | None) -> list[Badge]:
    """The labels of a row: what rules say first, then the company's own."""
    rules = [RULES[one["rule"]].badge for one in found or () if one["rule"] in RULES]
    own = [Badge(one["name"], one["tone"], one["icon"]) for one in found or () if one["name"]]
    return [*rules, *own]


PARAMS = {
    "grace": timedelta(minutes=15),
    "soon": timedelta(hours=48),
    "shown": timedelta(days=30),
}

RESOLVE = """
UPDATE assignments_assignmentlabel AS open SET resolved_at = %(at)s
 WHERE open.rule = %(rule)s AND open.label_id IS NULL AND open.resolved_at IS NULL
   AND NOT EXISTS (SELECT FROM ({source}) AS found
                    WHERE found.assignment_id = open.assignment_id
                      AND found.since = open.since)
"""
OPEN = """
INSERT INTO assignments_assignmentlabel (assignment_id, rule, since, opened_at, note)
SELECT found.assignment_id, %(rule)s, found.since, %(at)s, ''
  FROM ({source}) AS found
 WHERE NOT EXISTS (SELECT FROM assignments_assignmentlabel AS known
                    WHERE known.assignment_id = found.assignment_id AND known.rule = %(rule)s
                      AND (known.resolved_at IS NULL
                           OR known.resolved_by_id IS NOT NULL AND known.since = found.since))
    ON CONFLICT DO NOTHING
"""
"""What a person has resolved stays so for that occasion."""


def sweep(*, at: datetime) -> int:
    """Resolve and open the labels of every rule; returns how many rows changed."""
    return sum(sweep_rule(rule, at=at) for rule in RULES.values())


@transaction.atomic
def sweep_rule(rule: Rule, *, at: datetime) -> int:
    values: dict[str, Any] = {**PARAMS, "at": at, "rule": rule.name}
    source = rule.source.format(not_held=NOT_HELD)
    changed = 0
    with connection.cursor() as cursor:
        for statement in (RESOLVE, OPEN):
            cursor.execute(statement.format(source=source), values)
            changed += int(cursor.rowcount)
    return changed
