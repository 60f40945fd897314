"""The people whom a notice about conduct concerns; beside those of ``notifications.people``."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Membership, User
from notifications.facts import Fact
from notifications.people import (
    COMPANY,
    MANAGING,
    STAFF,
    WORKER,
    Told,
    as_member,
    as_staff,
    as_worker,
    concerns,
    members,
)

STANDING = "it is about your standing"
STANDING_OF = "it is about the standing of {company}"
DECIDES_APPEALS = "you decide appeals"
CONDUCT_DESK = "you work at the conduct desk"
REPORTED = "you reported this"


@concerns(COMPANY, WORKER)
def its_party(fact: Fact) -> list[Told]:
    """Whom a violation, a measure or an appeal concerns: the worker, or who manages the work."""
    about = fact.subject.measure if fact.event.subject_kind == "conduct.appeal" else fact.subject
    if about.worker is not None:
        return as_worker(about.worker, STANDING)
    return members(about.company_id, MANAGING, STANDING_OF)


@concerns(STAFF)
def appeal_deciders(fact: Fact) -> list[Told]:
    """Staff who may decide it: all of them but whoever took the first decision."""
    first = fact.subject.first_decided_by_id
    return [as_staff(u, DECIDES_APPEALS) for u in staff_with("decide_appeal") if u.pk != first]


@concerns(STAFF)
def concern_desk(fact: Fact) -> list[Told]:
    return [as_staff(user, CONDUCT_DESK) for user in staff_with("work_concern")]


def staff_with(code: str) -> Iterable[User]:
    """The people who have this permission of conduct, by their groups or themselves."""
    own = Q(user_permissions__codename=code) | Q(groups__permissions__codename=code)
    staff = User.objects.filter(own, is_active=True, is_staff=True)
    return staff.distinct().order_by("pk")


@concerns(COMPANY, WORKER)
def reporter(fact: Fact) -> list[Told]:
    """Whoever made a report, in the capacity they made it in; nobody where a rule found it."""
    concern = fact.subject
    if concern.reported_by is None:
        return []
    if concern.is_from_worker:
        return [Told(concern.reported_by_id, "worker", REPORTED)]
    own = Membership.objects.current().filter(user=concern.reported_by)
    member = own.filter(company__assignments__reference=concern.assignment_reference).first()
    return [as_member(member, REPORTED)] if member else []
