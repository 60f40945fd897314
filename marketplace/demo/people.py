"""The demonstration's people: four companies with their members, forty workers, the staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts import companies, people
from accounts.actors import SYSTEM, Actor
from accounts.models import Industry, Membership, Role, User
from conduct import acceptance
from marketplace.demo import logos
from marketplace.demo.catalog import FIRST, JOBS, LAST, SITES
from marketplace.demo.handing_over import Shelf
from marketplace.demo.logins import PASSWORD
from payments.models import CompanyBooks


@dataclass
class Client:
    """One company of the demonstration: who acts for it, and how well it behaves."""

    actor: Actor
    controller: Actor
    manager: Actor
    approval_hours: tuple[int, int]
    late_days: tuple[int, int]
    pleased: float
    terms: tuple[int, ...]
    hard_to_please: bool = False
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def work_takes(self) -> timedelta:
        """From the start of work until it is submitted, at most; slow answers hold it up."""
        return timedelta(hours=42 if self.hard_to_please else 14)


@dataclass
class Cast:
    """Everybody in the demonstration."""

    clients: dict[str, Client] = field(default_factory=dict)
    workers: list[Actor] = field(default_factory=list)
    agent: Actor = SYSTEM
    lead: Actor = SYSTEM
    reviewer: Actor = SYSTEM


def assemble(random: Random, *, now: datetime) -> Cast:
    """Make every person and company, all of whom have accepted the guidelines."""
    since = now - timedelta(days=180)
    cast = Cast()
    cast.clients["harbor"] = _client(
        "Harbor Retail Services", "client@demo.test", "Hannah Brooks", "Columbus", "OH", 25_000,
        "controller@demo.test", "Colin Ortega", "manager@demo.test", "Miriam Stone",
        "Runs technology for 400 stores in the Midwest.", at=since,
        approval_hours=(3, 30), late_days=(-6, 0), pleased=0.95, terms=(0, 0, 15),
    )  # fmt: skip
    cast.clients["pinnacle"] = _client(
        "Pinnacle Rollouts", "redclient@demo.test", "Rex Calloway", "Phoenix", "AZ", 90_000,
        "books@pinnacle.demo.test", "Dana Frost", "ops@pinnacle.demo.test", "Theo Marsh",
        "National rollouts at short notice.", at=since,
        approval_hours=(70, 150), late_days=(2, 5), pleased=0.4, terms=(7, 15), hard_to_please=True,
    )  # fmt: skip
    cast.clients["lakeshore"] = _client(
        "Lakeshore Networks", "client2@demo.test", "Ingrid Solberg", "Chicago", "IL", 40_000,
        "books@lakeshore.demo.test", "Paul Achebe", "ops@lakeshore.demo.test", "Nadia Rahman",
        "Builds and looks after networks for schools and libraries.", at=since,
        approval_hours=(8, 48), late_days=(-3, 0), pleased=0.9, terms=(0, 15, 30),
    )  # fmt: skip
    cast.clients["fernway"] = _client(
        "Fernway Clinics", "newclient@demo.test", "Grace Lindqvist", "Milwaukee", "WI", 5_000,
        "books@fernway.demo.test", "Arun Patel", "ops@fernway.demo.test", "Sofia Reyes",
        "Twelve clinics; new here since this month.", at=now - timedelta(days=20),
        approval_hours=(5, 20), late_days=(-2, 0), pleased=1.0, terms=(0,),
    )  # fmt: skip
    _limit(cast.clients["harbor"].manager)
    logos.draw(cast.clients["harbor"], shade="#0b4f6c", at=since)
    logos.draw(cast.clients["lakeshore"], shade="#7a3e9d", at=since)
    cast.workers = _workers(random, at=since)
    cast.agent = _staff("agent@demo.test", "Amara Obi", "Escalations agents", at=since)
    cast.lead = _staff("lead@demo.test", "Leon Varga", "Escalations leads", at=since)
    _staff("auditor@demo.test", "Tove Lang", "Escalations auditors", at=since)
    cast.reviewer = _staff("admin@demo.test", "Ada Admin", None, at=since)
    _everybody_accepts(cast, now=now)
    return cast


@cache
def _password_hash() -> str:
    """One hash for all: hashing is slow on purpose, and the password is public anyway."""
    return make_password(PASSWORD)


def _person(email: str, name: str, *, zone: str = "America/New_York", **fields: bool) -> User:
    user = User.objects.create_user(email, None, full_name=name, time_zone=zone, **fields)
    user.password = _password_hash()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _client(
    name: str, email: str, person: str, city: str, region: str, credit: int,
    controller_email: str, controller: str, manager_email: str, manager: str, about: str, *,
    at: datetime, approval_hours: tuple[int, int], late_days: tuple[int, int], pleased: float,
    terms: tuple[int, ...], hard_to_please: bool = False,
) -> Client:  # fmt: skip
    owner = _person(email, person)
    facts = {
        "name": name, "city": city, "region": region, "about": about,
        "industry": Industry.objects.order_by("pk").first(), "default_terms_days": terms[0],
    }  # fmt: skip
    membership = companies.start(owner, facts, by=Actor("person", user=owner), at=at)
    company = membership.company
    CompanyBooks.objects.update_or_create(
        company=company, defaults={"credit_limit": Decimal(credit)}
    )
    return Client(
        Actor.as_client(membership),
        _member(company, controller_email, controller, Role.CONTROLLER, at=at),
        _member(company, manager_email, manager, Role.MANAGER, at=at),
        approval_hours, late_days, pleased, terms, hard_to_please,
    )  # fmt: skip


def _member(company: object, email: str, name: str, role: str, *, at: datetime) -> Actor:
    membership = Membership.objects.create(
        user=_person(email, name), company=company, roles=[role], joined_at=at
    )
    return Actor.as_client(membership)


def _limit(manager: Actor) -> None:
    """The manager of the demo may send up to $400 and approve up to $300."""
    assert manager.membership is not None
    manager.membership.send_limit = Decimal(400)
    manager.membership.approve_limit = Decimal(300)
    manager.membership.save(update_fields=["send_limit", "approve_limit"])


def _workers(random: Random, *, at: datetime) -> list[Actor]:
    names = [f"{first} {last}" for first, last in zip(FIRST, LAST, strict=True)]
    known = [("worker@demo.test", "Dana Whitfield"), ("worker2@demo.test", "Marcus Lindgren")]
    others = [(f"{name.lower().replace(' ', '.')}@demo.test", name) for name in names]
    industries = list(Industry.objects.all())
    made = []
    for number, (email, name) in enumerate([*known, *others][:40]):
        skills = sorted({s for job in random.sample(JOBS, 3) for s in job.skills})
        user = _person(email, name)
        postal_code = SITES[number % 3][0] if number < 3 else random.choice(SITES)[0]
        profile = people.become_worker(
            user,
            {
                "headline": f"{skills[0].capitalize()} and {skills[-1]}, on time",
                "about": f"{random.randint(3, 18)} years in the field, own van and tools.",
                "skills": skills,
                "languages": random.choice([["English"], ["English", "Spanish"]]),
                "hourly_rate": Decimal(random.randrange(35, 70)),
                "postal_code": postal_code,
                "travel_miles": random.choice([30, 50, 75, 100]),
                "phone": f"614 555 {number:04d}",
            },
            industries=random.sample(industries, min(3, len(industries))),
            by=Actor("person", user=user),
            at=at,
        )
        made.append(Actor.as_worker(profile))
    return made


def _staff(email: str, name: str, group: str | None, *, at: datetime) -> Actor:
    user = _person(email, name, is_staff=True, is_superuser=group is None)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return Actor.as_staff(user)


def _everybody_accepts(cast: Cast, *, now: datetime) -> None:
    clients = cast.clients.values()
    members = [m for c in clients for m in (c.actor, c.controller, c.manager)]
    for actor in [*members, *cast.workers]:
        assert actor.user is not None
        versions = acceptance.outstanding(actor, at=now)
        acceptance.accept(actor.user, versions, by=actor, at=now, ip_address="127.0.0.1")
