"""The assignment page in two queries: the row with what it points to, and what hangs on it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

from accounts.actors import Actor
from accounts.models import WorkerProfile
from assignments.claiming import visited_hours
from assignments.models import (
    Application,
    Assignment,
    AssignmentField,
    AssignmentLabel,
    ChangeRequest,
    Decline,
    Deliverable,
    DeliverableRequest,
    Document,
    Hold,
    Invitation,
    Label,
    Missing,
    Part,
    Reason,
    RoutingPlan,
    SendBack,
    Unassignment,
    Visit,
    VisitCorrection,
    WorkDay,
)
from assignments.queries.named import named
from core.prepared import Prepared
from vetting.models import Requirement, RequirementOverride, RequirementSet

Row = TypeVar("Row", bound=models.Model)

NAMED = (
    "company", "industry", "owner", "customer", "project", "support_contact", "worker__user",
    "reservation", "invoice", "cancellation__reason",
)  # fmt: skip

ATTACHED = """
SELECT jsonb_build_object(
  'holds', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.id) FROM {hold} h
            WHERE h.assignment_id = %(key)s AND h.released_at IS NULL),
  'visits', (SELECT jsonb_agg(to_jsonb(v) ORDER BY v.checked_in_at, v.id) FROM {visit} v
             WHERE v.assignment_id = %(key)s AND v.unassignment_id IS NULL),
  'requests', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.position, r.id) FROM {request} r
               WHERE r.assignment_id = %(key)s),
  'days', (SELECT jsonb_agg(to_jsonb(w) ORDER BY w.starts_at, w.id) FROM {work_day} w
           WHERE w.assignment_id = %(key)s),
  'parts', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.position, p.id) FROM {part} p
            WHERE p.assignment_id = %(key)s),
  'documents', (SELECT jsonb_agg(to_jsonb(o) ORDER BY o.position, o.id) FROM {document} o
                WHERE o.assignment_id = %(key)s),
  'files', (SELECT jsonb_agg(to_jsonb(d) || jsonb_build_object('by', u.full_name) ORDER BY d.id)
            FROM {deliverable} d JOIN {user} u ON u.id = d.handed_in_by_id
            WHERE d.assignment_id = %(key)s AND d.removed_at IS NULL),
  'corrections', (SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('by', u.full_name)
                                   ORDER BY c.id)
                  FROM {correction} c JOIN {visit} v ON v.id = c.visit_id
                  JOIN {user} u ON u.id = c.corrected_by_id
                  WHERE v.assignment_id = %(key)s),
  'missing', (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.position, m.id) FROM {missing} m
              WHERE m.send_back_id = (SELECT max(s.id) FROM {send_back} s
                                      WHERE s.assignment_id = %(key)s)),
  'labels', (SELECT jsonb_agg(jsonb_build_object('rule', l.rule, 'name', o.name, 'tone', o.tone,
                              'icon', o.icon) ORDER BY o.name, l.id)
             FROM {label} l LEFT JOIN {own_label} o ON o.id = l.label_id
             WHERE l.assignment_id = %(key)s AND l.resolved_at IS NULL),
  'asked', (SELECT jsonb_agg(to_jsonb(q) ORDER BY q.is_survey, q.set_name, q.field_set_id,
                             q.position, q.id)
            FROM {asked} q WHERE q.assignment_id = %(key)s AND q.unassignment_id IS NULL),
  'send_backs', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.id) FROM {send_back} s
                 WHERE s.assignment_id = %(key)s),
  'changes', (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.id) FROM {change} c
              WHERE c.assignment_id = %(key)s AND c.status = 'open'),
  'applicants', (SELECT count(*) FROM {application} a
                 WHERE a.assignment_id = %(key)s AND a.status = 'open'),
  'invited_count', (SELECT count(*) FROM {invitation} i WHERE i.assignment_id = %(key)s),
  'applications', (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.id) FROM {application} a
                   WHERE a.assignment_id = %(key)s AND a.worker_id = %(worker)s),
  'next_at', (SELECT min(p.next_at) FROM {plan} p
              WHERE p.assignment_id = %(key)s AND p.ended_at IS NULL),
  'invited', EXISTS (SELECT FROM {invitation} i
                     WHERE i.assignment_id = %(key)s AND i.worker_id = %(worker)s),
  'left', (SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object(
             'who', wu.full_name, 'by', bu.full_name, 'why', re.label,
             'visits', (SELECT jsonb_agg(to_jsonb(v) ORDER BY v.id) FROM {visit} v
                        WHERE v.unassignment_id = x.id),
             'files', (SELECT jsonb_agg(jsonb_build_object('id', d.id, 'name', d.name,
                              'size', d.size) ORDER BY d.id)
                       FROM {deliverable} d WHERE d.unassignment_id = x.id
                         AND d.removed_at = x.unassigned_at)) ORDER BY x.id)
           FROM {unassignment} x JOIN {reason} re ON re.code = x.reason
           JOIN {profile} wp ON wp.id = x.worker_id JOIN {user} wu ON wu.id = wp.user_id
           LEFT JOIN {user} bu ON bu.id = x.unassigned_by_id
           WHERE x.assignment_id = %(key)s AND (%(worker)s IS NULL OR x.worker_id = %(worker)s)),
  'requirements', (SELECT jsonb_agg(to_jsonb(r) || jsonb_build_object('set_name', s.name)
                                    ORDER BY s.id, r.position, r.id)
                   FROM {requirement} r JOIN {requirement_set} s ON s.id = r.requirement_set_id
                   WHERE s.company_id = %(company)s AND (s.on_all OR s.id = ANY(%(sets)s))),
  'passes', (SELECT jsonb_agg(o.requirement_set_id) FROM {override} o
             WHERE o.worker_id = %(worker)s AND o.ended_at IS NULL
               AND (o.assignment_key IS NULL OR o.assignment_key = %(key)s)),
  'declined', EXISTS (SELECT FROM {decline} n
                      WHERE n.assignment_id = %(key)s AND n.worker_id = %(worker)s)
)"""


@dataclass(frozen=True)
class Left:
    """A worker who was assigned before, with what they did until they left."""

    unassignment: Unassignment
    who: str
    by: str
    why: str
    visits: list[Visit]
    files: list[dict[str, Any]]

    @property
    def hours(self) -> Decimal:
        return visited_hours(self.visits)


@dataclass
class Attached:
    """What hangs on one assignment, as its page shows it to one actor.

    ``application`` is the looking worker's latest; ``handed_in`` the files by the key of
    what was asked for, each with ``by``, the name of whoever handed it in. ``requirements`` have
    ``set_name``; ``passes`` are the keys of the sets that the looking worker may pass.
    """

    holds: list[Hold] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    requests: list[DeliverableRequest] = field(default_factory=list)
    days: list[WorkDay] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    handed_in: dict[int, list[Deliverable]] = field(default_factory=dict)
    changes: list[ChangeRequest] = field(default_factory=list)
    asked: list[AssignmentField] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=list)
    sent_back: SendBack | None = None
    missing: list[Missing] = field(default_factory=list)
    applicants: int = 0
    invited_count: int = 0
    application: Application | None = None
    left: list[Left] = field(default_factory=list)
    next_at: datetime | None = None
    requirements: list[Requirement] = field(default_factory=list)
    passes: set[int] = field(default_factory=set)
    invited: bool = False
    declined: bool = False

    @property
    def kinds_of_hold(self) -> set[str]:
        return {hold.kind for hold in self.holds}

    @property
    def open_visit(self) -> Visit | None:
        return next((visit for visit in self.visits if not visit.checked_out_at), None)

    @property
    def hours(self) -> Decimal:
        """Hours on site over all visits that ended."""
        return visited_hours(self.visits)

    @property
    def has_applied(self) -> bool:
        """Whether this worker's bid stands."""
        return self.application is not None and self.application.status == "open"

    def count_of(self, request: DeliverableRequest) -> int:
        """How many files count as handed in; refused ones do not."""
        return sum(not file.is_refused for file in self.handed_in.get(request.pk, ()))


def for_detail(reference: str, actor: Actor) -> Assignment | None:
    """The assignment with every row that the page names, or None where it cannot be seen."""
    return named(reference, actor, joined=NAMED)


@cache
def _attached() -> Prepared:
    tables: dict[str, Any] = {
        "change": ChangeRequest, "hold": Hold, "visit": Visit, "request": DeliverableRequest,
        "deliverable": Deliverable,
        "label": AssignmentLabel, "own_label": Label, "asked": AssignmentField,
        "send_back": SendBack, "application": Application,
        "invitation": Invitation,
        "decline": Decline, "work_day": WorkDay, "part": Part, "document": Document,
        "unassignment": Unassignment, "reason": Reason, "plan": RoutingPlan,
        "correction": VisitCorrection, "missing": Missing, "profile": WorkerProfile,
        "user": Deliverable.handed_in_by.field.related_model,
        "requirement": Requirement, "requirement_set": RequirementSet,
        "override": RequirementOverride,
    }  # fmt: skip
    sql = ATTACHED.format(**{name: f'"{model._meta.db_table}"' for name, model in tables.items()})
    return Prepared(sql, key="bigint", worker="bigint", company="bigint", sets="bigint[]")


def attached_to(assignment: Assignment, actor: Actor) -> Attached:
    """Everything that hangs on the assignment, in one round trip.

    The ORM would ask a query for each of these tables, and the page is asked for often.
    """
    values = {
        "key": assignment.pk,
        "worker": actor.worker.pk if actor.worker else None,
        "company": assignment.company_id,
        "sets": assignment.requirement_sets,
    }
    with connection.cursor() as cursor:
        _attached().execute(connection, cursor, values)
        (found,) = cursor.fetchone()
    return _revived(json.loads(found) if isinstance(found, str) else found, assignment)


def _revived(found: dict[str, Any], assignment: Assignment) -> Attached:
    handed_in: dict[int, list[Deliverable]] = {}
    for row in found["files"] or ():
        by = row.pop("by")
        (deliverable,) = _rows(Deliverable, [row], assignment)
        deliverable.by = by  # type: ignore[attr-defined]
        assert deliverable.request_id is not None
        handed_in.setdefault(deliverable.request_id, []).append(deliverable)
    visits = _rows(Visit, found["visits"], assignment)
    _add_corrections(visits, found["corrections"] or ())
    applications = _rows(Application, found["applications"], assignment)
    send_backs = _rows(SendBack, found["send_backs"], assignment)
    return Attached(
        holds=_rows(Hold, found["holds"], assignment),
        changes=_rows(ChangeRequest, found["changes"], assignment),
        visits=visits,
        requests=_rows(DeliverableRequest, found["requests"], assignment),
        days=_rows(WorkDay, found["days"], assignment),
        parts=_rows(Part, found["parts"], assignment),
        documents=_rows(Document, found["documents"], assignment),
        handed_in=handed_in,
        asked=_rows(AssignmentField, found["asked"], assignment),
        labels=found["labels"] or [],
        sent_back=(standing := _standing(send_backs, assignment)),
        missing=_items(found["missing"], standing),
        left=[_left(row, assignment) for row in found["left"] or ()],
        applicants=found["applicants"],
        invited_count=found["invited_count"],
        application=applications[-1] if applications else None,
        next_at=datetime.fromisoformat(found["next_at"]) if found["next_at"] else None,
        requirements=_requirements(found["requirements"] or ()),
        passes=set(found["passes"] or ()),
        invited=found["invited"],
        declined=found["declined"],
    )


def _requirements(rows: Iterable[dict[str, Any]]) -> list[Requirement]:
    """Each with ``set_name``."""
    found = []
    for row in rows:
        name = row.pop("set_name")
        (requirement,) = _rows(Requirement, [row], None)
        requirement.set_name = name  # type: ignore[attr-defined]
        found.append(requirement)
    return found


def _standing(send_backs: list[SendBack], assignment: Assignment) -> SendBack | None:
    """The last one, unless it was said to an earlier worker."""
    last = send_backs[-1] if send_backs else None
    since = assignment.assigned_at
    return last if last and since and last.sent_back_at >= since else None


def _items(rows: Iterable[dict[str, Any]] | None, standing: SendBack | None) -> list[Missing]:
    if standing is None:
        return []
    items = _rows(Missing, rows, standing.assignment)
    for item in items:
        item.send_back = standing
    return items


def _add_corrections(visits: list[Visit], rows: Iterable[dict[str, Any]]) -> None:
    """Each visit's corrections, the oldest first, with ``by``, the name of whoever made it."""
    by_visit: dict[int, list[VisitCorrection]] = {visit.pk: [] for visit in visits}
    for row in rows:
        by = row.pop("by")
        (made,) = _rows(VisitCorrection, [row], None)
        made.by = by  # type: ignore[attr-defined]
        by_visit.setdefault(made.visit_id, []).append(made)
    for visit in visits:
        visit.corrected = by_visit[visit.pk]  # type: ignore[attr-defined]


def _left(row: dict[str, Any], assignment: Assignment) -> Left:
    files = row.pop("files") or []
    visits = _rows(Visit, row.pop("visits"), assignment)
    (unassignment,) = _rows(Unassignment, [row], assignment)
    return Left(unassignment, row["who"], row["by"] or "", row["why"], visits, files)


def _rows(
    model: type[Row], rows: Iterable[dict[str, Any]] | None, assignment: Assignment | None
) -> list[Row]:
    """Rows that came as JSON, as instances of their model: moments and amounts are read back."""
    columns = model._meta.concrete_fields
    names = [column.attname for column in columns]
    made = []
    for row in rows or ():
        values = [_value(column, row[str(column.column)]) for column in columns]
        instance = model.from_db(connection.alias, names, values)
        if assignment is not None:
            instance.assignment = assignment  # type: ignore[attr-defined]
        made.append(instance)
    return made


def _value(column: models.Field[Any, Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(column, models.DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-(column.decimal_places or 0)))
    return value
