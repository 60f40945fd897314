"""Who is found, and why they stand where they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.actors import Actor
from accounts.models import Company, Industry, WorkerProfile
from accounts.queries import workers_found
from assignments.models import Assignment
from assignments.states import Status
from core.places import Place
from scorecards.formulas import value_words
from scorecards.models import Window, WorkerScorecard
from vetting.models import CompanyMark, Group, GroupMembership, RequirementSet, Standing
from vetting.requirements import screening
from vetting.requirements.registry import On
from vetting.states import Membership

Lists = dict[str, list[tuple[str, str]]]
Workers = QuerySet[WorkerProfile, WorkerProfile]


@dataclass(frozen=True)
class Found:
    """One worker of the list, with the figures behind them and the reasons in words."""

    worker: WorkerProfile
    card: WorkerScorecard | None
    done: int
    is_favorite: bool
    group_names: list[str]

    @property
    def satisfied(self) -> str:
        return self._share("satisfaction")

    @property
    def on_time(self) -> str:
        return self._share("on_time")

    @property
    def deliverables(self) -> str:
        return self._share("deliverables_on_time")

    def _share(self, name: str) -> str:
        value = getattr(self.card, name) if self.card else None
        return "No figure yet" if value is None else value_words(value, "share")

    @property
    def reasons(self) -> list[str]:
        miles = getattr(self.worker, "miles", None)
        done = self.done
        card = self.card
        words = [
            "your favorite" if self.is_favorite else "",
            f"{miles:,.0f} miles away" if miles is not None else "",
            f"did {done} assignment{'s' * (done != 1)} for you" if done else "",
            f"{self.satisfied} satisfied" if card and card.satisfaction is not None else "",
            f"{self.on_time} on time" if card and card.on_time is not None else "",
            f"in {', '.join(self.group_names)}" if self.group_names else "",
        ]
        return [word for word in words if word]


def lists_of(company: Company) -> Lists:
    """What the page offers to choose from: industries, and the company's own (one query)."""
    text = CharField()

    def part(name: str, rows: Any, key: str, label: str) -> Any:
        named = {"list": Value(name, text), "key": Cast(key, text), "label": Cast(label, text)}
        return rows.order_by().annotate(**named).values_list("list", "key", "label")

    own_groups = Group.objects.current().filter(company=company)
    own_sets = RequirementSet.objects.current().filter(company=company)
    sent = Assignment.objects.filter(company=company, status=Status.SENT).defer(None)
    rows = part("industry", Industry.objects.all(), "slug", "name").union(
        part("group", own_groups, "reference", "name"),
        part("requirements", own_sets, "reference", "name"),
        part("assignment", sent, "reference", "title"),
        all=True,
    )
    lists: Lists = {name: [] for name in ("industry", "group", "requirements", "assignment")}
    for name, key, label in rows.order_by("label", "key"):
        lists[name].append((key, label))
    return lists


def matching(actor: Actor, wanted: dict[str, Any], place: Place | None, at: datetime) -> Workers:
    """Workers open to work who fit all of what is wanted."""
    found = workers_found(
        actor, words=wanted["q"], skill=wanted["skill"], industry=wanted["industry"],
        near=place, miles=wanted["miles"],
    )  # fmt: skip
    company = actor.company
    assert company is not None
    if wanted["group"]:
        rows = GroupMembership.objects.filter(
            group__reference=wanted["group"],
            group__company=company,
            worker=OuterRef("pk"),
            status=Membership.MEMBER,
        )
        found = found.filter(Exists(rows))
    if wanted["favorites"]:
        marks = CompanyMark.objects.filter(
            company=company, worker=OuterRef("pk"), standing=Standing.FAVORITE
        )
        found = found.filter(Exists(marks))
    shares = {
        f"{name}__gte": wanted[name] / 100 for name in ("satisfaction", "on_time") if wanted[name]
    }
    if shares:
        cards = WorkerScorecard.objects.filter(worker=OuterRef("pk"), window=Window.RECENT)
        found = found.filter(Exists(cards.filter(**shares)))
    if wanted["requirements"]:
        site = (place.latitude, place.longitude) if place else (None, None)
        on = On(company, at, at.date(), *site, region=place.region if place else "")
        sets = RequirementSet.objects.filter(company=company, reference=wanted["requirements"])
        found = screening.qualified(found, sets, on)
    return found


def with_reasons(workers: Sequence[WorkerProfile], actor: Actor) -> list[Found]:
    """The figures of these workers, for this company (three queries, however many)."""
    company, keys = actor.company, [worker.pk for worker in workers]
    cards = {
        card.worker_id: card
        for card in WorkerScorecard.objects.filter(worker__in=keys, window=Window.RECENT)
    }
    done, names = _done(company, keys), _groups(company, keys)
    return [
        Found(
            worker, cards.get(worker.pk), done.get(worker.pk, 0), bool(getattr(worker, "rank", 0)),
            names.get(worker.pk, []),
        )
        for worker in workers
    ]  # fmt: skip


def _done(company: Any, keys: Collection[int]) -> dict[int, int]:
    rows = Assignment.objects.filter(
        Q(status=Status.INVOICED) | Q(status=Status.PAID), company=company, worker__in=keys
    )
    return dict(rows.order_by().values("worker").annotate(n=Count("pk")).values_list("worker", "n"))


def _groups(company: Any, keys: Collection[int]) -> dict[int, list[str]]:
    rows = GroupMembership.objects.filter(
        worker__in=keys, group__company=company, group__archived_at=None,
        status=Membership.MEMBER,
    )  # fmt: skip
    names: dict[int, list[str]] = {}
    for worker, name in rows.order_by("group__name", "pk").values_list("worker", "group__name"):
        names.setdefault(worker, []).append(name)
    return names
