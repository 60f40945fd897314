"""An assignment in any stage, each reached through the verbs, a few hours apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from assignments import asked, catalog, field_sets, lifecycle
from assignments.contents import Contents, Wanted
from assignments.field_sets import Given, Use
from assignments.models import (
    Application,
    Assignment,
    AssignmentField,
    Document,
    FieldSet,
    Location,
)
from core import files
from core.files import check_upload
from tests.factories.accounts import industry
from tests.factories.payments import add_cash

FACTS: dict[str, Any] = {
    "title": "Replace a network switch",
    "description": "Swap the 24-port switch in the back office and label every port.",
    "special_instructions": "Ask for Priya at the counter.",
    "skills": ["cabling"],
    "on_site": True,
    "site_name": "Store 114",
    "street": "12 High Street",
    "city": "Columbus",
    "region": "OH",
    "postal_code": "43215",
    "latitude": 39.967,
    "longitude": -83.004,
    "contact_name": "Priya Rao",
    "contact_phone": "614 555 0114",
    "time_zone": "America/New_York",
    "pricing": "flat",
    "flat_price": Decimal("250.00"),
}

BY_THE_UNIT: dict[str, Any] = {
    "pricing": "unit", "flat_price": None, "unit_price": Decimal("12.00"),
    "max_units": Decimal(40), "unit_name": "device",
}  # fmt: skip
TWO_RATES: dict[str, Any] = {
    "pricing": "blended", "flat_price": None, "first_rate": Decimal("60.00"),
    "first_hours": Decimal(2), "second_rate": Decimal("40.00"), "second_hours": Decimal(4),
}  # fmt: skip


def draft(by: Actor, *, at: datetime, deliverables: bool = True, **fields: Any) -> Assignment:
    facts = {
        **FACTS,
        "industry": industry(),
        "starts_at": at + timedelta(days=3),
        "ends_at": at + timedelta(days=3, hours=4),
        **fields,
    }
    wanted = (Wanted("Photo of the rack"),) if deliverables else ()
    return lifecycle.create(Contents(facts, deliverables=wanted), by=by, at=at)


def field_set(
    by: Actor, *fields: Given, name: str = "Switch swap", at: datetime, **use: Any
) -> FieldSet:
    """A set of the company's own fields; without ``fields`` one of every kind, by the worker."""
    given = fields or (
        Given("Old serial number", "text", required=True, help="On the label at the back."),
        Given("Signal strength", "number"),
        Given("Installed on", "date"),
        Given("State of the rack", "choice", choices=("Good", "Fair", "Poor")),
        Given("Tools used", "choices", choices=("Ladder", "Drill", "Tester")),
        Given("Uplink tested", "yes_no", required=True),
        Given("Signed form", "file"),
    )
    return field_sets.add(name, Use(**use), given, by=by, at=at)


def question(
    assignment: Assignment, by: Actor, *, at: datetime, label: str = "Ticket number",
    kind: str = "text",
) -> AssignmentField:  # fmt: skip
    """A question to the worker, put on the assignment though it is posted already."""
    found = field_set(by, Given(label, kind), name=f"Set {at.isoformat()}", at=at)
    (one,) = asked.questions_of(found)
    (row,) = asked.rows_for(assignment, [one], by=by, at=at)
    row.save()
    return row


def location(by: Actor, name: str = "Store 114", *, at: datetime, **fields: Any) -> Location:
    """A saved site in Columbus, with one contact."""
    facts = {
        "street": "12 High Street", "city": "Columbus", "region": "OH", "postal_code": "43215",
        "latitude": 39.967, "longitude": -83.004, "time_zone": "America/New_York",
        "dress_code": "Dark shirt", "access_instructions": "Back door, code 1234.",
        **fields,
    }  # fmt: skip
    contacts = [catalog.Contact("Priya Rao", "614 555 0114")]
    return catalog.add(Location, {"name": name, **facts}, contacts=contacts, by=by, at=at)


def document(assignment: Assignment, *, audience: str = "everybody") -> Document:
    """A plan that hangs on the assignment."""
    clean = check_upload(photo("plan.txt"))
    return Document.objects.create(
        assignment=assignment, file=files.store(clean, "documents/test"), name=clean.name,
        content_type=clean.content_type, size=clean.size, audience=audience,
    )  # fmt: skip


def sent(assignment: Assignment, by: Actor, *, at: datetime, **routing: Any) -> Assignment:
    return lifecycle.send(assignment, by=by, at=at, **routing)


def application(assignment: Assignment, by: Actor, *, at: datetime, **terms: Any) -> Application:
    return lifecycle.apply(assignment, by=by, at=at, **terms)


def assigned(assignment: Assignment, by: Actor, worker: Actor, *, at: datetime) -> Assignment:
    return lifecycle.assign(application(assignment, worker, at=at), by=by, at=at)


def in_progress(assignment: Assignment, worker: Actor) -> Assignment:
    """Checked in at the start, to the minute."""
    lifecycle.check_in(assignment, by=worker, at=assignment.starts_at)
    assignment.refresh_from_db()
    return assignment


def photo(name: str = "rack.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Port 1: till. Port 2: printer.", content_type="text/plain")


def submitted(assignment: Assignment, worker: Actor, **claims: Any) -> Assignment:
    """Everything handed in, checked out after the hours claimed, else two, and submitted."""
    at = assignment.starts_at + timedelta(hours=float(claims.get("hours") or 2))
    for request in assignment.deliverable_requests.all():
        lifecycle.hand_in(request, check_upload(photo()), by=worker, at=at)
    lifecycle.check_out(assignment, by=worker, at=at)
    return lifecycle.submit(assignment, resolution="Done.", by=worker, at=at, **claims)


def approved(assignment: Assignment, by: Actor) -> Assignment:
    assert assignment.submitted_at is not None
    return lifecycle.approve(assignment, by=by, at=assignment.submitted_at + timedelta(hours=20))


STAGES = (
    "draft", "sent", "assigned", "in_progress", "pending_approval", "invoiced", "paid",
    "cancelled", "voided",
)  # fmt: skip


def in_stage(stage: str, by: Actor, worker: Actor, *, at: datetime, **fields: Any) -> Assignment:
    """A fresh assignment brought to this status; funded so that every step succeeds.

    ``invoiced`` needs terms: 30 days unless ``terms_days`` says otherwise.
    """
    assert by.company is not None
    if stage == "invoiced":
        fields.setdefault("terms_days", 30)
    add_cash(by.company, Decimal(1000), at=at)
    assignment = draft(by, at=at, **fields)
    if stage == "draft":
        return assignment
    assignment = sent(assignment, by, at=at)
    if stage == "voided":
        return lifecycle.void(assignment, note="Posted twice.", by=by, at=at)
    if stage == "sent":
        return assignment
    assignment = assigned(assignment, by, worker, at=at)
    if stage == "assigned":
        return assignment
    if stage == "cancelled":
        return lifecycle.cancel(
            assignment, reason="site_not_ready", note="The site is closed.", by=by, at=at
        )
    assignment = in_progress(assignment, worker)
    if stage == "in_progress":
        return assignment
    assignment = submitted(assignment, worker)
    if stage == "pending_approval":
        return assignment
    assignment = approved(assignment, by)
    if stage == "paid" and assignment.status != "paid":
        return lifecycle.pay(assignment, by=by, at=assignment.approved_at)
    return assignment
