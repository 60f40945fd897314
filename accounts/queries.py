"""Reads over people and companies that join several tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import asin, cos, degrees, radians, sin

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, F, FloatField, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Expression
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import LessThanOrEqual

from accounts.actors import Actor
from accounts.models import Company, Industry, Invitee, Membership, User, WorkerProfile
from core.paging import Key, measure_key, number_key
from core.places import Place

EARTH_MILES = 3956.0
"""The earth's radius as ``core.places.miles_between`` has it, so that the two agree."""

SLACK = 1.001
POLE, DATE_LINE = 90.0, 180.0

Ranking = Callable[["QuerySet[WorkerProfile]", Actor], "QuerySet[WorkerProfile]"]
_rankings: list[Ranking] = []

Hindrance = Callable[[], Exists]
_hindrances: list[Hindrance] = []


def rank_workers(ranking: Ranking) -> Ranking:
    """Register what an app above knows about workers: it may leave some out, and set ``rank``
    (an integer; the highest come first). Called from ``AppConfig.ready``."""
    if ranking not in _rankings:
        _rankings.append(ranking)
    return ranking


def hinders_workers(hindrance: Hindrance) -> Hindrance:
    """Register what keeps a worker, the row outside, from taking on new work. Called from
    ``AppConfig.ready``."""
    if hindrance not in _hindrances:
        _hindrances.append(hindrance)
    return hindrance


def open_to_work(workers: QuerySet[WorkerProfile]) -> QuerySet[WorkerProfile]:
    """Of these, who take on new work: they say so, and no app above knows what hinders them."""
    able = workers.filter(available=True, user__is_active=True)
    return able.filter(*(~hindrance() for hindrance in _hindrances))


def miles_from(latitude: float | Expression, longitude: float | Expression) -> Expression:
    """The haversine distance in miles of a row's ``latitude`` and ``longitude``."""
    lat, lon = (
        there if isinstance(there, Expression) else Value(there) for there in (latitude, longitude)
    )
    north = Power(Sin((Radians(F("latitude")) - Radians(lat)) / 2), 2)
    east = Power(Sin((Radians(F("longitude")) - Radians(lon)) / 2), 2)
    chord = north + Cos(Radians(lat)) * Cos(Radians(F("latitude"))) * east
    distance: Expression = 2 * EARTH_MILES * ASin(Least(Sqrt(chord), Value(1.0)))
    distance.output_field = FloatField()
    return distance


def workers_found(
    actor: Actor,
    *,
    words: str = "",
    skill: str = "",
    industry: Industry | None = None,
    near: Place | None = None,
    miles: int = 50,
    everybody: bool = False,
) -> QuerySet[WorkerProfile]:
    """Workers open to work who match, with ``rank`` and, near a place, ``miles``; unordered.

    ``everybody`` leaves nobody out: those who are not open to work, or whom an app above would
    not show, are found too, all of one rank.
    """
    found: QuerySet[WorkerProfile, WorkerProfile]
    found = WorkerProfile.objects.visible_to(actor).select_related("user")
    if not everybody:
        found = open_to_work(found)
    if words:
        names = User.objects.annotate(words=_name_words()).filter(
            words=SearchQuery(words, config="simple", search_type="plain")
        )
        # By an index each; an OR of the two would be asked of every worker.
        by_words = SearchQuery(words, config="english", search_type="websearch")
        said = WorkerProfile.objects.filter(search=by_words).values("pk")
        named = WorkerProfile.objects.filter(user__in=names.values("pk")).values("pk")
        found = found.filter(pk__in=said.union(named))
    if skill:
        found = found.filter(search=SearchQuery(skill, config="english", search_type="phrase"))
    if industry:
        found = found.filter(industries=industry)
    if near:
        found = within(found, near.latitude, near.longitude, miles)
    found = found.annotate(rank=Value(0, IntegerField()))
    for ranking in () if everybody else _rankings:
        found = ranking(found, actor)
    return found


def order_of_workers(near: Place | None) -> list[Key]:
    """Favorites first, then the nearest, then the newest."""
    first = number_key("rank", descending=True)
    newest = number_key(descending=True)
    return [first, measure_key("miles"), newest] if near else [first, newest]


def within(
    workers: QuerySet[WorkerProfile], latitude: float, longitude: float, miles: int
) -> QuerySet[WorkerProfile]:
    """Those who live so near, with their true distance as ``miles``."""
    away = miles_from(latitude, longitude)
    return workers.filter(near(latitude, longitude, miles)).annotate(miles=away)


def near(latitude: float, longitude: float, miles: float) -> Q:
    """A box on the map, which the index serves, and within it the true distance."""
    reach = miles * SLACK / EARTH_MILES
    height = degrees(reach)
    box = Q(latitude__range=(latitude - height, latitude + height))
    if abs(latitude) + height < POLE:
        width = degrees(asin(min(1.0, sin(reach) / cos(radians(latitude)))))
        if abs(longitude) + width < DATE_LINE:
            box &= Q(longitude__range=(longitude - width, longitude + width))
    return box & Q(LessThanOrEqual(miles_from(latitude, longitude), Value(float(miles))))


def _name_words() -> Expression:
    return SearchVector("full_name", config="simple")


def team_of(company: Company) -> QuerySet[Membership]:
    """The current members in the order in which they joined."""
    return (
        Membership.objects.current()
        .filter(company=company)
        .select_related("user", "company")
        .order_by("joined_at", "pk")
    )


def open_invitations(company: Company) -> QuerySet[Invitee]:
    """Asked, and neither accepted nor withdrawn; those past their date are still listed."""
    return (
        Invitee.objects.filter(company=company, accepted_at=None, withdrawn_at=None)
        .select_related("invited_by")
        .order_by("-invited_at", "-pk")
    )


def invitation_with(token_hash: str, *, at: datetime) -> Invitee | None:
    """The invitation behind a link, while it can be accepted."""
    return (
        Invitee.objects.filter(token_hash=token_hash, withdrawn_at=None, expires_at__gt=at)
        .select_related("company", "invited_by")
        .first()
    )
