"""Reads of groups: a company's own with how many are in them, and what a worker may join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Company, User, WorkerProfile
from core.paging import Key, number_key, walk
from vetting.models import (
    Broadcast,
    CompanyMark,
    Group,
    GroupInvitee,
    GroupKind,
    GroupMembership,
    Standing,
)
from vetting.queries.marks import open_to_invite
from vetting.requirements import screening
from vetting.requirements.registry import On
from vetting.states import Membership

NEWEST: list[Key] = [number_key("pk", descending=True)]
MOST_OWN = 200
MOST_TOLD = 10
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


def memberships(group: Group) -> Members:
    """Everybody who has to do with the group, with what a row shows."""
    rows = GroupMembership.objects.filter(group=group)
    return rows.select_related("worker__user", "changed_by").defer("worker__search")


def named(rows: Members, words: str) -> Members:
    names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
        words=SearchQuery(words, config="simple", search_type="plain")
    )
    return rows.filter(worker__user__in=names.values("pk"))


def skilled(rows: Members, skill: str) -> Members:
    wanted = SearchQuery(skill, config="english", search_type="phrase")
    return rows.filter(worker__search=wanted)


def favorites_of(rows: Members, company: Company) -> Members:
    marks = CompanyMark.objects.filter(company=company, standing=Standing.FAVORITE)
    return rows.filter(worker__in=marks.values("worker"))


def meeting(rows: Members, group: Group, at: datetime, *, met: bool = True) -> Members:
    """Those who meet what the group asks now, or those who lack something."""
    sets = [group.requirement_set] if group.requirement_set else []
    on = On.today(group.company, at)
    people = WorkerProfile.objects.filter(pk=OuterRef("worker"))
    found = Exists(screening.qualified(people, sets, on))
    return rows.filter(found if met else ~found)


def keys_meeting(rows: Iterable[GroupMembership], group: Group, at: datetime) -> set[int]:
    """Of these rows the keys of those who meet what the group asks (two queries at most)."""
    if group.requirement_set is None:
        return set()
    shown = GroupMembership.objects.filter(pk__in=[row.pk for row in rows])
    return set(meeting(shown, group, at).values_list("pk", flat=True))


MEMBER_COLUMNS: dict[str, Callable[[GroupMembership], object]] = {
    "Name": lambda row: str(row.worker),
    "Number": lambda row: row.worker.reference,
    "Standing": lambda row: row.get_status_display(),
    "City": lambda row: row.worker.city,
    "State": lambda row: row.worker.region,
    "ZIP code": lambda row: row.worker.postal_code,
    "Skills": lambda row: ", ".join(row.worker.skills),
    "Headline": lambda row: row.worker.headline,
    "Member since": lambda row: f"{row.joined_at:%Y-%m-%d}" if row.joined_at else "",
    "Since": lambda row: f"{row.changed_at:%Y-%m-%d}",
    "Lapses on": lambda row: f"{row.lapses_on:%Y-%m-%d}" if row.lapses_on else "",
    "Note": lambda row: row.reason,
}
"""Headings of the exported table and what stands under them; days are of UTC."""


def lines_of(rows: Members) -> Iterator[list[object]]:
    """One line after the other, read in chunks."""
    for row in walk(rows, NEWEST):
        yield [read(row) for read in MEMBER_COLUMNS.values()]


def invitees_of(group: Group) -> QuerySet[GroupInvitee, GroupInvitee]:
    """Who was asked by e-mail, the latest first; those taken back are left out."""
    rows = GroupInvitee.objects.filter(group=group, withdrawn_at=None)
    return rows.select_related("invited_by", "worker__user").order_by("-invited_at", "-pk")


def invitation_with(token_hash: str) -> GroupInvitee | None:
    """The invitation behind a link, while it can be accepted."""
    rows = GroupInvitee.objects.open().filter(token_hash=token_hash, group__archived_at=None)
    return rows.select_related("group__company", "group__requirement_set", "invited_by").first()


def invitations_to(worker: WorkerProfile) -> list[GroupInvitee]:
    """What waits for this worker by a verified address, the latest first (one query)."""
    rows = GroupInvitee.objects.open().filter(worker=worker, group__archived_at=None)
    found = rows.exclude(group__kind=GroupKind.PRIVATE).select_related("group__company")
    return list(found.order_by("-invited_at", "-pk")[:MOST_OWN])


def invitation_of(group: Group, worker: WorkerProfile) -> GroupInvitee | None:
    rows = GroupInvitee.objects.open().filter(group=group, worker=worker)
    return rows.select_related("group").first()


def broadcasts_of(group: Group) -> QuerySet[Broadcast, Broadcast]:
    return Broadcast.objects.filter(group=group).select_related("sent_by").order_by("-pk")


def broadcasts_to(membership: GroupMembership) -> list[Broadcast]:
    """What the members were told since this one joined, the latest first."""
    rows = Broadcast.objects.filter(
        group=membership.group_id, sent_at__gte=membership.joined_at
    ).select_related("sent_by")
    return list(rows.order_by("-pk")[:MOST_TOLD])


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
