"""Who is found: by what is wanted of them, and for which work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models import Window as Over
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Company, Industry
from accounts.queries import order_of_workers, workers_found
from assignments import screening as asked_of_work
from assignments.models import Assignment
from assignments.queries import busy, matches
from assignments.states import Status
from core.paging import Key, measure_key, number_key
from core.places import Place
from scorecards.models import Window, WorkerScorecard
from vetting.models import (
    CompanyMark,
    Group,
    GroupMembership,
    Requirement,
    RequirementSet,
    Standing,
)
from vetting.requirements import screening
from vetting.requirements.registry import On
from vetting.states import Membership

Lists = dict[str, list[tuple[str, str]]]
Workers = QuerySet[Any, Any]
MOST_ASSIGNMENTS = 100
BEST_FIRST: list[Key] = [measure_key("points", descending=True), number_key()]


@dataclass(frozen=True)
class Search:
    """What is looked for: the answers of the form, and the work they are for."""

    wanted: dict[str, Any]
    zip_place: Place | None
    assignment: Assignment | None
    at: datetime

    @property
    def place(self) -> Place | None:
        """Around which distance is measured: the ZIP code, else the site of the work."""
        one = self.assignment
        if self.zip_place or one is None or not one.on_site or one.latitude is None:
            return self.zip_place
        assert one.longitude is not None
        return Place(
            one.postal_code, one.city, one.region, one.latitude, one.longitude, one.time_zone
        )

    @property
    def miles(self) -> int:
        return self.wanted["miles"] or 50

    @property
    def order(self) -> list[Key]:
        return BEST_FIRST if self.assignment else order_of_workers(self.place)

    @property
    def shows_blocked(self) -> bool:
        return bool(self.wanted["show"] == Standing.BLOCKED)

    def on(self, company: Company) -> On:
        """For what the requirements are asked."""
        if self.assignment:
            return asked_of_work.on(self.assignment, self.at)
        at, place = self.at, self.place
        if place is None:
            return On.today(company, at)
        return On(company, at, at.date(), place.latitude, place.longitude, region=place.region)


def lists_of(company: Company, *, also: str = "") -> Lists:
    """What the page offers to choose from: industries, and the company's own (one query).

    Of its assignments the newest that can be sent or are sent; ``also`` names one more.
    """
    text = CharField()

    def part(name: str, rows: Any, key: str, label: str) -> Any:
        named = {"list": Value(name, text), "key": Cast(key, text), "label": Cast(label, text)}
        return rows.order_by().annotate(**named).values_list("list", "key", "label")

    own_groups = Group.objects.current().filter(company=company)
    own_sets = RequirementSet.objects.current().filter(company=company)
    work = Assignment.objects.filter(company=company, status__in=(Status.DRAFT, Status.SENT)).defer(
        None
    )
    newest = work.order_by("-pk").values("pk")[:MOST_ASSIGNMENTS]
    offered = work.filter(Q(pk__in=newest) | Q(reference=also))
    rows = part("industry", Industry.objects.all(), "slug", "name").union(
        part("group", own_groups, "reference", "name"),
        part("requirements", own_sets, "reference", "name"),
        part("work", offered, "reference", "title"),
        part("assignment", offered.filter(status=Status.SENT), "reference", "title"),
        all=True,
    )
    lists: Lists = {name: [] for name in ("industry", "group", "requirements", "work",
                                          "assignment")}  # fmt: skip
    for name, key, label in rows.order_by("label", "key"):
        lists[name].append((key, label))
    return lists


def asked(search: Search, company: Company) -> list[Requirement]:
    """The requirements whose ticks are shown: of the chosen set, and of the work (one query, or
    none where neither is chosen)."""
    reference, work = search.wanted["requirements"], search.assignment
    if not reference and work is None:
        return []
    wanted = Q(reference=reference) if reference else Q(pk__in=())
    if work is not None:
        wanted |= Q(pk__in=work.requirement_sets) | Q(on_all=True)
    sets = RequirementSet.objects.filter(wanted, company=company)
    rows = Requirement.objects.filter(requirement_set__in=sets.values("pk"))
    return list(rows.select_related("requirement_set").order_by("requirement_set", "position"))


def matching(
    actor: Actor,
    search: Search,
    rows: Sequence[Requirement],
    keys: Collection[int] | QuerySet[Any, Any] | None = None,
) -> Workers:
    """Workers who fit all of what is wanted; for an assignment with their ``points`` for it.

    Of those whose ``keys`` were found already nothing is asked again; ``keys`` may be a query.
    """
    wanted, company = search.wanted, actor.company
    assert company is not None
    found: Workers = workers_found(
        actor, words=wanted["q"], skill=wanted["skill"], industry=wanted["industry"],
        near=search.place, miles=search.miles, everybody=search.shows_blocked,
    )  # fmt: skip
    found = found.filter(_wanted(search, company))
    if keys is not None:
        found = found.filter(pk__in=keys)
    elif rows and not wanted["lacking"]:
        found = found.filter(screening.condition(_sets_of(rows), search.on(company)))
    if search.assignment:
        found = matches.among(found, search.assignment, miles=search.miles, found=keys is not None)
    return found


def first_of(
    found: Workers, search: Search, company: Company, size: int, *, counted: bool
) -> tuple[list[int], int]:
    """The keys of the first workers in the order of the search (one query), so that no more than
    a page of them is drawn; and, ``counted``, how many there are in all: who meets what is asked
    is worked out once for both."""
    rows = found.select_related(None)
    if not counted and search.order == order_of_workers(None):
        return _newest_of(rows, company, size), 0
    rows = rows.order_by(*(key.order for key in search.order))
    if not counted:
        return list(rows.values_list("pk", flat=True)[:size]), 0
    keys = dict(rows.annotate(total=Over(Count("pk"))).values_list("pk", "total")[:size])
    return list(keys), next(iter(keys.values()), 0)


def _newest_of(found: Workers, company: Company, size: int) -> list[int]:
    """The favorites, who are few, and then the others, of whom no more are read than shown."""
    marks = CompanyMark.objects.filter(company=company, standing=Standing.FAVORITE)
    rows = found.order_by().values_list("pk", "rank")
    favorites = rows.filter(pk__in=marks.values("worker"))
    others = rows.filter(~Exists(marks.filter(worker=OuterRef("pk")))).order_by("-pk")[:size]
    first = favorites.union(others, all=True).order_by("-rank", "-pk")[:size]
    return [key for key, _ in first]


def _sets_of(rows: Sequence[Requirement]) -> list[RequirementSet]:
    """Their sets, each with its requirements at hand (no query)."""
    sets: dict[int, RequirementSet] = {}
    parts: dict[int, list[Requirement]] = {}
    for row in rows:
        sets[row.requirement_set_id] = row.requirement_set
        parts.setdefault(row.requirement_set_id, []).append(row)
    for key, one in sets.items():
        one._prefetched_objects_cache = {"requirements": parts[key]}  # type: ignore[attr-defined]
    return list(sets.values())


def _wanted(search: Search, company: Company) -> Q:
    """The filters that read other tables than the worker's own, as one condition."""
    wanted, condition, worker = search.wanted, Q(), OuterRef("pk")
    if wanted["group"]:
        rows = GroupMembership.objects.filter(
            group__reference=wanted["group"], group__company=company, worker=worker,
            status=Membership.MEMBER,
        )  # fmt: skip
        condition &= Q(Exists(rows))
    if wanted["show"]:
        marks = CompanyMark.objects.filter(company=company, standing=wanted["show"])
        condition &= Q(Exists(marks.filter(worker=worker)))
    shares = {
        f"{name}__gte": wanted[name] / 100 for name in ("satisfaction", "on_time") if wanted[name]
    }
    if shares:
        cards = WorkerScorecard.objects.filter(worker=worker, window=Window.RECENT)
        condition &= Q(Exists(cards.filter(**shares)))
    if wanted["free_on"]:
        condition &= ~busy.between(*_day(wanted["free_on"], search.place))
    if wanted["free"] and search.assignment:
        condition &= ~busy.at_time_of(search.assignment)
    return condition


def _day(day: Any, place: Place | None) -> tuple[datetime, datetime]:
    """The day from midnight to midnight, where the work is; else where the client is."""
    zone = ZoneInfo(place.time_zone) if place else timezone.get_current_timezone()
    begins = datetime.combine(day, time(), tzinfo=zone)
    return begins, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
