"""Reads of groups: a company's own with how many are in them, and what a worker may join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Company, User, WorkerProfile
from core.paging import Key, number_key
from vetting.models import Group, GroupKind, GroupMembership
from vetting.queries.marks import open_to_invite
from vetting.states import Membership

NEWEST: list[Key] = [number_key("pk", descending=True)]
MOST_OWN = 200
MOST_WORDS = 8

Members = QuerySet[GroupMembership, GroupMembership]


def of_company(
    company: Company, *, archived: bool = False, words: str = ""
) -> QuerySet[Group, Group]:
    """The company's groups, those in use or those put away."""
    rows = Group.objects.filter(company=company, archived_at__isnull=not archived)
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(name__icontains=word)
    return rows


def to_send_to(company: Company) -> QuerySet[Any, Any]:
    """The company's groups in use, each with how many ``members`` it has, by name."""
    members = (
        GroupMembership.objects.filter(group=OuterRef("pk"), status=Membership.MEMBER)
        .order_by()
        .values("group")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = of_company(company).annotate(members=Coalesce(Subquery(members), 0))
    return rows.order_by("name", "pk")[:MOST_OWN]


def counts_of(groups: Iterable[Group]) -> dict[int, Counter[str]]:
    """How many workers stand how to each of these groups (one query)."""
    counts: dict[int, Counter[str]] = {group.pk: Counter() for group in groups}
    rows = GroupMembership.objects.filter(group__in=counts).order_by()
    for group, status, number in rows.values_list("group", "status").annotate(n=Count("pk")):
        counts[group][status] = number
    return counts


def memberships(group: Group, status: str, *, words: str = "", skill: str = "") -> Members:
    """Who stands so to the group, with what a row shows."""
    rows = GroupMembership.objects.filter(group=group, status=status)
    if words:
        names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
            words=SearchQuery(words, config="simple", search_type="plain")
        )
        rows = rows.filter(worker__user__in=names.values("pk"))
    if skill:
        wanted = SearchQuery(skill, config="english", search_type="phrase")
        rows = rows.filter(worker__search=wanted)
    return rows.select_related("worker__user", "changed_by").defer("worker__search")


def with_standing(
    workers: QuerySet[WorkerProfile, WorkerProfile], group: Group
) -> QuerySet[Any, Any]:
    """Workers with ``standing``, how they stand to the group, and whether they are ``is_in``:
    members, or invited and yet to answer."""
    own = GroupMembership.objects.filter(group=group, worker=OuterRef("pk"))
    return workers.annotate(
        standing=Subquery(own.values("status")[:1]),
        is_in=Exists(own.filter(status__in=(Membership.MEMBER, Membership.INVITED))),
    )


def may_be_added(
    workers: QuerySet[WorkerProfile, WorkerProfile], company: Company
) -> QuerySet[WorkerProfile, WorkerProfile]:
    """Of these workers, those the company can invite at all."""
    return workers.filter(pk__in=open_to_invite(company).values("pk"))


def keys_of_groups(worker: WorkerProfile | int) -> ArraySubquery:
    """The keys of the groups this worker (or the one with this key) is a member of, as an array
    that is read once."""
    rows = GroupMembership.objects.filter(worker=worker, status=Membership.MEMBER)
    return ArraySubquery(rows.values("group_id"))


def own_memberships(worker: WorkerProfile) -> list[GroupMembership]:
    """Groups the worker has to do with, invitations first; private ones never (one query)."""
    rows = GroupMembership.objects.filter(
        worker=worker,
        status__in=GroupMembership.KNOWN_TO_WORKER,
        group__archived_at=None,
    ).exclude(group__kind=GroupKind.PRIVATE)
    found = list(rows.select_related("group__company").order_by("-changed_at", "-pk")[:MOST_OWN])
    return sorted(found, key=lambda row: row.status != Membership.INVITED)


def open_to_join(actor: Actor, *, words: str = "") -> QuerySet[Group, Group]:
    """Public groups this worker has nothing to do with yet."""
    known = GroupMembership.objects.filter(
        worker=actor.worker, status__in=GroupMembership.KNOWN_TO_WORKER
    )
    rows = Group.objects.visible_to(actor).filter(kind=GroupKind.PUBLIC)
    rows = rows.exclude(pk__in=known.values("group"))
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(company__name__icontains=word)
        )
    return rows.select_related("company")


def standing_in(group: Group, worker: WorkerProfile) -> GroupMembership | None:
    """How this worker stands to the group (one query)."""
    rows = GroupMembership.objects.filter(group=group, worker=worker)
    return rows.select_related("worker", "changed_by").first()


def groups_of_worker(worker: WorkerProfile, company: Company) -> Sequence[GroupMembership]:
    """In which of the company's groups this worker is a member, invited or an applicant."""
    rows = GroupMembership.objects.filter(
        worker=worker,
        group__company=company,
        group__archived_at=None,
        status__in=GroupMembership.KNOWN_TO_WORKER,
    )
    return list(rows.select_related("group").order_by("group__name", "pk")[:MOST_OWN])
