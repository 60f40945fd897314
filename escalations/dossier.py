"""What stands beside a case at the desk: the work, the money, the talk, the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.actors import Actor
from assignments import amounts, history
from assignments.models import Assignment
from conduct.models import Violation
from core.dates import range_words
from core.files import SHOWN
from escalations.models import Case, Side
from escalations.queries import earlier_cases
from messaging.panel import panel_of

MOST_VIOLATIONS = 10


@dataclass(frozen=True)
class Dossier:
    facts: Sequence[tuple[str, Any]]
    times: Sequence[tuple[str, datetime | None]]
    amounts: amounts.Amounts
    thread: Sequence[dict[str, Any]]
    thread_url: str
    files: Sequence[dict[str, Any]]
    history: Sequence[history.Line]
    earlier: Sequence[tuple[str, str, list[Case]]]
    violations: Sequence[tuple[Violation, str, bool]]
    """Each with the name of its party, and whether it counts now."""


def dossier_of(case: Case, actor: Actor, *, at: datetime) -> Dossier:
    """Everything around the case, for staff (about ten queries)."""
    assignment = case.assignment
    panel = panel_of(assignment, actor, at=at, worker=case.worker.reference)
    earlier = earlier_cases(case)
    return Dossier(
        facts=_facts(assignment),
        times=_times(assignment),
        amounts=amounts.of(assignment, actor),
        thread=panel.messages,
        thread_url=panel.older_url,
        files=[_file(row, case) for row in _deliverables(assignment)],
        history=list(reversed(history.of(assignment, actor))),
        earlier=[
            ("The client", case.company.name, earlier[Side.COMPANY]),
            ("The worker", str(case.worker), earlier[Side.WORKER]),
        ],
        violations=_violations(case, at),
    )


def _violations(case: Case, at: datetime) -> list[tuple[Violation, str, bool]]:
    """What was recorded of either party and not withdrawn, newest first (one query)."""
    of_either = Q(company=case.company_id) | Q(worker=case.worker_id)
    rows = Violation.objects.filter(of_either, withdrawn_at=None).select_related("kind")
    return [
        (row, case.company.name if row.company_id else str(case.worker), row.counts(at))
        for row in rows.order_by("-recorded_at", "-pk")[:MOST_VIOLATIONS]
    ]


def _facts(assignment: Assignment) -> list[tuple[str, Any]]:
    planned = range_words(assignment.starts_at, assignment.ends_at, assignment.zone)
    return [
        ("Status", assignment.get_status_display()),
        ("Planned", planned),
        ("Where", assignment.place),
        ("Price", assignment.terms.sentence(assignment.company.currency)),
        ("Terms", amounts.terms_words(assignment.terms_days)),
    ]


def _times(assignment: Assignment) -> list[tuple[str, datetime | None]]:
    visits = list(assignment.visits.order_by("checked_in_at"))
    first, last = (visits[0], visits[-1]) if visits else (None, None)
    return [
        ("Assigned", assignment.assigned_at),
        ("Confirmed", assignment.confirmed_at),
        ("Checked in", first.checked_in_at if first else None),
        ("Checked out", last.checked_out_at if last else None),
        ("Submitted", assignment.submitted_at),
        ("Approved", assignment.approved_at),
        ("Paid", assignment.paid_at),
        ("Cancelled", assignment.cancelled_at),
    ]


def _deliverables(assignment: Assignment) -> Any:
    return assignment.deliverables.filter(removed_at=None).select_related("request").order_by("pk")


def _file(row: Any, case: Case) -> dict[str, Any]:
    """Opened through the desk, where each look is recorded."""
    url = reverse("admin:escalations_case_handed_in", args=[case.pk, row.pk])
    return {
        "name": row.name,
        "url": f"{url}?download=1",
        "preview_url": url if row.content_type in SHOWN else "",
        "is_picture": row.content_type.startswith("image/"),
        "size": row.size,
        "kind": row.request.title,
        "at": row.handed_in_at,
    }


def contacts_of(case: Case) -> list[tuple[str, str]]:
    """How to reach the people of the case; every look at it is recorded by the page."""
    assignment = case.assignment
    found = [
        (f"{case.worker}", case.worker.user.email),
        ("Telephone of the worker", case.worker.phone),
        (f"{case.opened_by}, who opened it", case.opened_by.email),
        ("Support of the client", assignment.support_name),
        ("E-mail of the support", assignment.support_email),
        ("Telephone of the support", assignment.support_phone),
        ("Telephone on site", assignment.contact_phone),
    ]
    return [(label, value) for label, value in found if value]
