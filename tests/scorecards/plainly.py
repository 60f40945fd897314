"""The figures once more, naively: rows read one by one, and plain arithmetic.

Written from docs/formulas.md, not from the code that is tested.
"""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, time, timedelta

from django.conf import settings

from activity.models import Event
from assignments.models import (
    Assignment,
    Cancellation,
    DeliverableRequest,
    Unassignment,
    Visit,
)
from scorecards.models import Rating

DAY = timedelta(days=1)


def mean(values):
    return statistics.fmean(values) if values else None


def undisputed(assignment, start, end, kind="dispute"):
    """Days between two moments less the union of the holds of a kind, or of all."""
    if end <= start:
        return 0.0
    spans = sorted(
        (max(hold.placed_at, start), min(hold.released_at or end, end))
        for hold in assignment.holds.all()
        if kind is None or hold.kind == kind
    )
    held, reached = timedelta(0), start
    for first, last in spans:
        first = max(first, reached)
        if last > first:
            held += last - first
            reached = last
    return (end - start - held) / DAY


def company_figures(company, since, at):
    mine = Assignment.objects.filter(company=company).select_related("invoice")
    ratings = [
        r for r in Rating.objects.filter(company=company, by="worker")
        if r.published_at and not r.hidden_at and r.published_at >= since
    ]  # fmt: skip
    approved = [a for a in mine if a.approved_at and a.approved_at >= since]
    pending = [a for a in mine if a.status == "pending_approval" and not open_dispute(a)]
    billed = [a for a in mine if a.invoice and not a.invoice.withdrawn_at]
    paid = []
    for a in billed:
        due = end_of(a.invoice.due_on)
        ended = a.invoice.paid_at or at
        if (a.invoice.paid_at or due < at) and ended >= since:
            paid.append(undisputed(a, due, ended))
    owed = [a for a in billed if not a.invoice.paid_at and not open_dispute(a)]
    waits = [
        e.data["waited"] / 3600
        for e in Event.objects.filter(kind="message.posted", company_key=company.pk, at__gte=since)
        if e.data["side"] == "company" and "waited" in e.data
    ]
    late = [
        c for c in Cancellation.objects.filter(assignment__company=company, cancelled_at__gte=since)
        if c.mark == "cancelled_late"
    ]  # fmt: skip
    return {
        "ratings": len(ratings),
        "satisfaction": mean([r.overall != "unsatisfied" for r in ratings]),
        "approvals": len(approved),
        "approval_days": mean([undisputed(a, a.submitted_at, a.approved_at) for a in approved]),
        "payments": len(paid),
        "days_past_due": mean(paid),
        "paid_on_time": mean([days == 0 for days in paid]),
        "pending_too_long": mean([undisputed(a, a.submitted_at, at) > 3 for a in pending]),
        "past_due": mean([undisputed(a, end_of(a.invoice.due_on), at) > 0 for a in owed]),
        "answer_hours": statistics.median(waits) if waits else None,
        "late_cancellations": len(late),
        "late_cancellations_paid": sum(c.fee > 0 for c in late),
    }


def arrivals(worker):
    """When each assignment was first come to, and whether that was in time."""
    found = []
    visits = Visit.objects.filter(worker=worker, arrived_at__isnull=False).order_by("pk")
    seen = set()
    for visit in visits.select_related("assignment"):
        a = visit.assignment
        if a.pk in seen:
            continue
        seen.add(a.pk)
        start = visit.expected_at
        for change in a.changes.filter(kind="reschedule", side="client").order_by("pk"):
            stood = change.asked_at <= visit.arrived_at and (
                change.answered_at is None or change.answered_at >= visit.arrived_at
            )
            expired = change.expires_at and change.expires_at <= visit.arrived_at
            if stood and not expired:
                wanted = change.ends_at if a.is_window else change.starts_at
                start = max(visit.expected_at, wanted)
        allowed = 0.0 if a.is_window else settings.ON_TIME_GRACE_MINUTES / (24 * 60)
        in_time = undisputed(a, start, visit.arrived_at, None) <= allowed
        if in_time or visit.unassignment_id or a.status != "cancelled":
            found.append((visit.arrived_at, in_time))
    return found


def deliverables(worker, at):
    """When each deliverable was due, and whether all of it was there by then."""
    found = []
    requests = DeliverableRequest.objects.filter(assignment__worker=worker, due_at__isnull=False)
    for request in requests.select_related("assignment"):
        a = request.assignment
        if a.status == "cancelled" or request.due_at <= a.assigned_at:
            continue
        if request.due_at >= at or undisputed(a, request.due_at, at, None) <= 0:
            continue
        there = [
            d for d in request.deliverables.filter(removed_at=None)
            if d.verdict != "refused"
            and undisputed(a, request.due_at, d.handed_in_at, None) <= 0
        ]  # fmt: skip
        found.append((request.due_at, len(there) >= request.count))
    return found


def worker_figures(worker, since, at):
    mine = Assignment.objects.filter(worker=worker)
    ratings = [
        r for r in Rating.objects.filter(worker=worker, by="company", hidden_at=None)
        if r.published_at and r.published_at >= since
    ]  # fmt: skip
    came = [in_time for moment, in_time in arrivals(worker) if moment >= since]
    handed = [in_time for due, in_time in deliverables(worker, at) if due >= since]
    done = [a for a in mine if a.status in ("invoiced", "paid") and a.approved_at >= since]
    left = [u.mark for u in Unassignment.objects.filter(worker=worker, unassigned_at__gte=since)]
    return {
        "ratings": len(ratings),
        "satisfaction": mean([r.overall != "unsatisfied" for r in ratings]),
        "on_time": mean(came),
        "deliverables_on_time": mean(handed),
        "completed": len(done),
        "cancelled": left.count("cancelled") + left.count("cancelled_late"),
        "cancelled_late": left.count("cancelled_late"),
        "abandoned": left.count("abandoned"),
        "quality": mean([r.mark_1 for r in ratings]),
        "professionalism": mean([r.mark_2 for r in ratings]),
        "communication": mean([r.mark_3 for r in ratings]),
    }


def end_of(day):
    return datetime.combine(day + DAY, time(), tzinfo=UTC)


def open_dispute(assignment):
    return assignment.holds.filter(kind="dispute", released_at=None).exists()
