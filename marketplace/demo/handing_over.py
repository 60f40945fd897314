"""What the demonstration's clients keep and hand over: lists, days, documents, parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.actors import Actor
from assignments import catalog as lists
from assignments import lifecycle
from assignments.contents import Contents, GivenDocument, GivenPart
from assignments.models import Assignment, Customer, Location, Project
from assignments.schedule import Day
from core import files
from core.files import CleanUpload
from core.places import place_of
from core.wall_clock import moved
from marketplace.demo import catalog

GUIDE = b"""How we label

1. Both ends of each lead carry the number of the port.
2. Photos show the label and the port together.
3. The old unit goes into the box of the new one.
"""
DOORS = b"""Doors and codes

Delivery door: ring twice, ask for the manager. The rack key hangs behind the counter.
"""
PARTS = (
    GivenPart("24-port switch", "SW-24-POE", Decimal("412.00"), return_wanted=False),
    GivenPart("Receipt printer", "RP-80", Decimal("189.50"), return_wanted=True),
    GivenPart("Console cable", "CC-9", Decimal("14.00"), return_wanted=True),
)
FUTURE = {"draft", "sent", "assigned"}


@dataclass
class Shelf:
    """A company's lists."""

    customers: list[Customer] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)


def stock(actor: Actor, names: tuple[str, ...], *, now: datetime) -> Shelf:
    """Customers with a project each, and a location at each of the first few sites."""
    shelf, at = Shelf(), now - timedelta(days=170)
    for number, name in enumerate(names):
        facts = {"name": name, "number": str(4700 + number)}
        customer = lists.add(Customer, facts, by=actor, at=at)
        project = {
            "name": f"{name} refresh", "customer": customer, "budget": Decimal(6000),
            "starts_on": at.date(), "ends_on": at.date() + timedelta(days=300),
        }  # fmt: skip
        shelf.customers.append(customer)
        shelf.projects.append(lists.add(Project, project, by=actor, at=at))
    for number, (postal_code, street) in enumerate(catalog.SITES[:8]):
        place = place_of(postal_code)
        assert place is not None
        contacts = [lists.Contact(*catalog.CONTACTS[(number + n) % 5]) for n in range(2)]
        facts = {
            "name": f"Store {101 + 13 * number}", "number": f"{number + 1:04}", "street": street,
            "city": place.city, "region": place.region, "postal_code": postal_code,
            "latitude": place.latitude, "longitude": place.longitude,
            "time_zone": place.time_zone, "dress_code": "Dark shirt, no shorts",
            "customer": shelf.customers[number % len(names)],
            "access_instructions": "Delivery door at the back; sign in at the counter.",
        }  # fmt: skip
        shelf.locations.append(lists.add(Location, facts, contacts=contacts, by=actor, at=at))
    return shelf


def enriched(contents: Contents, shelf: Shelf, *, owner: Any, stage: str) -> Contents:
    """The posting with what the company's lists and its store room add to it.

    Its own dice, thrown by the title and the start, leave the rest of the world as it is.
    """
    dice = Random(f"{contents.fields['title']} {contents.fields['starts_at']}")
    fields = dict(contents.fields)
    if fields["on_site"] and shelf.locations and dice.random() < 0.6:
        fields |= _at(dice.choice(shelf.locations))
        fields["project"] = next(
            (one for one in shelf.projects if one.customer == fields["customer"]), None
        )
    fields |= {"support_contact": owner, "support_phone": "614 555 0100"}
    parts = (dice.choice(PARTS),) if fields["on_site"] and dice.random() < 0.35 else ()
    days: tuple[Day, ...] = ()
    if stage in FUTURE and dice.random() < 0.25:
        days = _days(fields, dice.randint(2, 4))
    documents = _documents(dice)
    return replace(contents, fields=fields, parts=parts, days=days, documents=documents)


def _at(location: Location) -> dict[str, Any]:
    names = (
        "street", "city", "region", "postal_code", "latitude", "longitude", "time_zone",
        "dress_code", "access_instructions", "customer",
    )  # fmt: skip
    contact = location.contacts.order_by("position")[0]
    return {name: getattr(location, name) for name in names} | {
        "location": location, "site_name": location.name,
        "contact_name": contact.name, "contact_phone": contact.phone,
    }  # fmt: skip


def _days(fields: dict[str, Any], count: int) -> tuple[Day, ...]:
    zone, first, last = fields["time_zone"], fields["starts_at"], fields["ends_at"]
    steps = [timedelta(days=number) for number in range(count)]
    return tuple(Day(moved(first, step, zone), moved(last, step, zone)) for step in steps)


def _documents(dice: Random) -> tuple[GivenDocument, ...]:
    given = []
    for chance, name, text, audience in (
        (0.4, "How we label.txt", GUIDE, "everybody"),
        (0.2, "Doors and codes.txt", DOORS, "worker"),
    ):  # fmt: skip
        if dice.random() < chance:
            clean = CleanUpload(text, name, "text/plain", len(text))
            path = files.store(clean, "documents/demo")
            given.append(GivenDocument(path, name, "text/plain", len(text), audience))
    return tuple(given)


def shipping(
    assignment: Assignment, client: Actor, worker: Actor, at: datetime
) -> Iterator[datetime]:
    """The parts go out soon after the assigning and arrive before the start."""
    for part in assignment.parts.order_by("position"):
        yield (sent := at + timedelta(minutes=50))
        lifecycle.ship(part, carrier="UPS", tracking="1Z999AA10123456784", by=client, at=sent)
        yield (here := max(sent, assignment.starts_at - timedelta(hours=20)))
        if assignment.starts_at > here:
            lifecycle.receive(part, by=worker, at=here)
