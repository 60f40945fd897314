"""The people a notice may concern: in which capacity they are told, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Q

from accounts.models import Membership, Role, User, WorkerProfile
from assignments.models import Application, Assignment, SendReportLine
from escalations.models import Case, Side
from escalations.team import members as team_members
from notifications.facts import Fact
from vetting.queries.agreements import signers_before

MANAGING = (Role.ADMINISTRATOR, Role.MANAGER)
APPROVING = (Role.ADMINISTRATOR, Role.MANAGER, Role.CONTROLLER)
PAYING = (Role.ADMINISTRATOR, Role.CONTROLLER)

OWNS = "you are the owner of this assignment"
APPROVES = "you approve the work of {company}"
PAYS = "you look after the payments of {company}"
MANAGES = "you manage the work of {company}"
WORKS = "this is your assignment"
APPLIED = "you applied for this assignment"
INVITED = "{company} invited you"
IN_GROUP_OF_CLIENT = "the client keeps you among the workers it asks first"
IN_GROUP = "you have to do with this group"
KEEPS_AGREEMENT = "you look after this agreement of {company}"
KEEPS_GROUP = "you look after this group of {company}"
ITS_WORKER = "this is your credential"
REVIEWS = "you look after the workers of {company}"
SIGNED = "you signed this agreement"
TESTED = "you took this test"
KEEPS_TEST = "you look after this test of {company}"
PAID = "it is about your money"
DESK = "you work at the escalation desk"
TAKES_CARE = "this case is assigned to you"
PARTY = "you are a party to this case"


COMPANY, WORKER, STAFF = "company", "worker", "staff"
"""In whose capacity somebody is told, as the page of preferences shows it."""


@dataclass(frozen=True)
class Told:
    """One person to tell. ``acting_as`` is a value of the capacity switch in the page header."""

    user_id: int
    acting_as: str
    reason: str


Who = Callable[[Fact], Iterable[Told]]
W = TypeVar("W", bound=Who)
_sides: dict[Who, tuple[str, ...]] = {}
_beside: set[Who] = set()


def concerns(*sides: str, beside: bool = False) -> Callable[[W], W]:
    """Stands at each function that the audience table names: on which sides its people are.

    ``beside``: told besides those whom the event is about, whose words stand for it.
    """

    def note(who: W) -> W:
        _sides[who] = sides
        if beside:
            _beside.add(who)
        return who

    return note


def sides_of(who: Who) -> tuple[str, ...]:
    return _sides[who]


def is_beside(who: Who) -> bool:
    return who in _beside


def as_member(membership: Membership, reason: str) -> Told:
    company = membership.company
    return Told(membership.user_id, f"company:{company.slug}", reason.format(company=company.name))


def as_worker(worker: WorkerProfile | None, reason: str, company: str = "") -> list[Told]:
    if worker is None:
        return []
    return [Told(worker.user_id, "worker", reason.format(company=company))]


def as_staff(user: User, reason: str) -> Told:
    return Told(user.pk, "staff", reason)


def members(company_id: int, roles: Iterable[str], reason: str) -> list[Told]:
    """The current members with one of these roles, oldest first."""
    found = Membership.objects.current().filter(company_id=company_id, roles__overlap=list(roles))
    found = found.filter(user__is_active=True).select_related("company").order_by("pk")
    return [as_member(membership, reason) for membership in found]


def owner_of(assignment: Assignment) -> list[Told]:
    """The owner while a member, else the administrators and managers."""
    own = Membership.objects.current().filter(
        company_id=assignment.company_id, user_id=assignment.owner_id, user__is_active=True
    )
    if membership := own.select_related("company").first():
        return [as_member(membership, OWNS)]
    return members(assignment.company_id, MANAGING, MANAGES)


@concerns(COMPANY)
def owner(fact: Fact) -> list[Told]:
    return owner_of(fact.assignment)


@concerns(COMPANY)
def approvers(fact: Fact) -> list[Told]:
    return owner(fact) + members(fact.assignment.company_id, APPROVING, APPROVES)


@concerns(COMPANY)
def payers(fact: Fact) -> list[Told]:
    return members(fact.subject.company_id, PAYING, PAYS)


@concerns(WORKER)
def the_worker(fact: Fact) -> list[Told]:
    return as_worker(fact.worker, WORKS)


@concerns(WORKER)
def paid_worker(fact: Fact) -> list[Told]:
    return as_worker(fact.worker, PAID)


@concerns(WORKER)
def assigned_worker(fact: Fact) -> list[Told]:
    return as_worker(fact.assignment.worker, WORKS)


@concerns(WORKER)
def applicant(fact: Fact) -> list[Told]:
    return as_worker(fact.worker, APPLIED)


@concerns(WORKER)
def invited(fact: Fact) -> list[Told]:
    references = fact.event.data.get("workers", [])
    workers = WorkerProfile.objects.filter(reference__in=references).order_by("pk")
    company = str(fact.assignment.company)
    return [told for worker in workers for told in as_worker(worker, INVITED, company)]


@concerns(WORKER)
def named_for_group(fact: Fact) -> list[Told]:
    """The workers an event about a group names; nobody where they never see the group."""
    if fact.subject.is_private:
        return []
    workers = WorkerProfile.objects.filter(reference__in=fact.event.data.get("workers", []))
    return [told for worker in workers.order_by("pk") for told in as_worker(worker, IN_GROUP)]


@concerns(WORKER)
def members_of_group(fact: Fact) -> list[Told]:
    """Whoever was a member when the event happened and still is."""
    group = fact.subject
    rows = WorkerProfile.objects.filter(
        group_memberships__group=group, group_memberships__status="member",
        group_memberships__joined_at__lte=fact.event.at, user__is_active=True,
    )  # fmt: skip
    why = IN_GROUP_OF_CLIENT if group.is_private else IN_GROUP
    return [told for worker in rows.order_by("pk") for told in as_worker(worker, why)]


@concerns(COMPANY)
def group_keepers(fact: Fact) -> list[Told]:
    """Whoever made the group while a member, else the administrators and managers."""
    return keepers(fact.subject, KEEPS_GROUP)


@concerns(COMPANY)
def agreement_keepers(fact: Fact) -> list[Told]:
    """Whoever wrote the agreement while a member, else the administrators and managers."""
    return keepers(fact.subject, KEEPS_AGREEMENT)


def keepers(made: Any, why: str) -> list[Told]:
    """Who looks after something of a company: its maker while a member, else its managers."""
    own = Membership.objects.current().filter(
        company_id=made.company_id, user_id=made.created_by_id, user__is_active=True
    )
    if membership := own.select_related("company").first():
        return [as_member(membership, why)]
    return members(made.company_id, MANAGING, MANAGES)


@concerns(WORKER)
def its_worker(fact: Fact) -> list[Told]:
    return as_worker(fact.worker, ITS_WORKER)


@concerns(COMPANY)
def reviewing_company(fact: Fact) -> list[Told]:
    """The managers and dispatchers of the company a credential was handed in to."""
    return members(fact.subject.company_id, (*MANAGING, Role.DISPATCHER), REVIEWS)


@concerns(WORKER)
def earlier_signers(fact: Fact) -> list[Told]:
    """Whoever signed an older version of an agreement and not this one."""
    workers = signers_before(fact.subject, int(fact.event.data["number"]))
    return [told for worker in workers for told in as_worker(worker, SIGNED)]


@concerns(WORKER)
def tested_worker(fact: Fact) -> list[Told]:
    """Whose attempt it is; what they brought about themselves they have seen."""
    return as_worker(fact.subject.worker, TESTED)


@concerns(WORKER)
def granted_worker(fact: Fact) -> list[Told]:
    return as_worker(fact.worker, TESTED)


@concerns(COMPANY)
def test_keepers(fact: Fact) -> list[Told]:
    """Whoever made the test while a member, else the administrators and managers."""
    return keepers(fact.subject.test, KEEPS_TEST)


@concerns(WORKER)
def reached_by_groups(fact: Fact) -> list[Told]:
    """Members of the groups an assignment was sent to who got it by that."""
    lines = SendReportLine.objects.filter(
        report=fact.event.data.get("report"), outcome=SendReportLine.Outcome.GOT
    ).exclude(group=None)
    workers = WorkerProfile.objects.filter(pk__in=lines.values("worker")).order_by("pk")
    return [told for worker in workers for told in as_worker(worker, IN_GROUP_OF_CLIENT)]


@concerns(WORKER)
def open_applicants(fact: Fact) -> list[Told]:
    return _applicants(fact, Q(status=Application.Status.OPEN))


@concerns(WORKER)
def passed_over(fact: Fact) -> list[Told]:
    """Whoever was passed over in the very act the event is about."""
    return _applicants(fact, Q(status=Application.Status.PASSED_OVER, decided_at=fact.event.at))


@concerns(WORKER)
def passed_over_before(fact: Fact) -> list[Told]:
    """Whoever was passed over when the worker who has now left was chosen."""
    others = _applicants(fact, Q(status=Application.Status.PASSED_OVER))
    gone = fact.worker.user_id if fact.worker else None
    return list({told.user_id: told for told in others if told.user_id != gone}.values())


def _applicants(fact: Fact, which: Q) -> list[Told]:
    rows = Application.objects.filter(which, assignment=fact.assignment)
    rows = rows.select_related("worker").order_by("pk")
    return [told for row in rows for told in as_worker(row.worker, APPLIED)]


@concerns(COMPANY)
def requester(fact: Fact) -> list[Told]:
    """Whoever added these funds, or took them back, while still a member."""
    asked = fact.subject
    own = Membership.objects.current().filter(
        company_id=asked.company_id, user_id=asked.requested_by_id
    )
    return [as_member(m, "you asked for it") for m in own.select_related("company")]


@concerns(COMPANY)
def looks_after_series(fact: Fact) -> list[Told]:
    """For whom the series acts, and the managers beside them."""
    series = fact.subject
    own = [] if series.member.removed_at else [as_member(series.member, "you began this series")]
    return own + members(series.company_id, MANAGING, MANAGES)


@concerns(COMPANY)
def importer(fact: Fact) -> list[Told]:
    """Whoever uploaded the file, while still a member."""
    member = fact.subject.member
    return [] if member.removed_at else [as_member(member, "you uploaded this file")]


@concerns(COMPANY)
def administrators(fact: Fact) -> list[Told]:
    return members(
        fact.subject.company_id, (Role.ADMINISTRATOR,), "you are an administrator of {company}"
    )


@concerns(COMPANY, WORKER)
def message_readers(fact: Fact) -> list[Told]:
    """The other side of a message; internal notes tell nobody."""
    message = fact.message
    if message is None or message.visibility != "parties":
        return []
    to_worker = as_worker(message.thread.worker, "you take part in this conversation")
    to_owner = owner(fact)
    return {"worker": to_owner, "company": to_worker}.get(message.side, to_worker + to_owner)


@concerns(COMPANY, beside=True)
def named_in_message(fact: Fact) -> list[Told]:
    """Members named by an @, while they are members: they may read the conversation."""
    keys = fact.event.data.get("named") or []
    rows = Membership.objects.current().filter(
        company_id=fact.assignment.company_id, user_id__in=keys, user__is_active=True
    )  # fmt: skip
    return [as_member(one, "somebody named you") for one in rows.select_related("company")]


def side_of_case(case: Case, side: str) -> list[Told]:
    """On the company's side the owner, the managers and whoever opened the case."""
    if side == Side.WORKER:
        return as_worker(case.worker, PARTY)
    opener = Membership.objects.current().filter(
        company_id=case.company_id, user_id=case.opened_by_id
    )
    return [
        *(as_member(m, PARTY) for m in opener.select_related("company")),
        *owner_of(case.assignment),
        *members(case.company_id, MANAGING, MANAGES),
    ]


@concerns(COMPANY, WORKER)
def opening_side(fact: Fact) -> list[Told]:
    return side_of_case(fact.case, fact.case.side)


@concerns(COMPANY, WORKER)
def other_side(fact: Fact) -> list[Told]:
    other = Side.WORKER if fact.case.side == Side.COMPANY else Side.COMPANY
    return side_of_case(fact.case, other)


@concerns(COMPANY, WORKER)
def both_sides(fact: Fact) -> list[Told]:
    return opening_side(fact) + other_side(fact)


@concerns(COMPANY, WORKER)
def asked_side(fact: Fact) -> list[Told]:
    return side_of_case(fact.case, fact.event.data["side"])


@concerns(COMPANY, WORKER)
def reminded_sides(fact: Fact) -> list[Told]:
    sides = fact.event.data["sides"]
    return [told for side in sides for told in side_of_case(fact.case, side)]


@concerns(STAFF)
def desk(fact: Fact) -> list[Told]:
    """Whoever works the case, or the whole team while nobody does."""
    if fact.case.assignee:
        return [as_staff(fact.case.assignee, TAKES_CARE)]
    return [as_staff(user, DESK) for user in team_members()]


@concerns(STAFF)
def new_assignee(fact: Fact) -> list[Told]:
    key = fact.event.data.get("assignee")
    return [Told(key, "staff", TAKES_CARE)] if key else []


@concerns(COMPANY, WORKER)
def readers_of_reply(fact: Fact) -> list[Told]:
    """Whoever may read a reply in a case: staff always, a side where it is meant for it."""
    to = fact.event.data.get("to")
    sides = {"parties": both_sides, "staff": lambda fact: []}
    read = sides[to](fact) if to in sides else side_of_case(fact.case, str(to))
    return read + desk(fact)
