"""A plain map: sites around a middle, with rings that tell the distance; north is up.

Nothing is fetched from outside. Over the few hundred miles that it shows, a degree of
latitude is 69 miles, and one of longitude that times the cosine of the middle's latitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from assignments.queries.find_work import MILES_PER_DEGREE, Origin
from assignments.queries.sites import Site

SIZE = 640
MIDDLE = SIZE / 2
REACH = MIDDLE - 24
"""From the middle to the outermost ring, in units of the drawing."""

RINGS = 4
WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class Ring:
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class Spot:
    """One site on the drawing: where, how large, and what it says."""

    x: float
    y: float
    radius: float
    site: Site
    direction: str


@dataclass(frozen=True, slots=True)
class RingMap:
    rings: tuple[Ring, ...]
    spots: tuple[Spot, ...]
    size: int = SIZE
    middle: float = MIDDLE


def draw(origin: Origin, sites: Iterable[Site], *, miles: int) -> RingMap:
    """Sites within ``miles`` of the origin; more work makes a larger spot."""
    rings = tuple(
        Ring(round(REACH * n / RINGS, 1), f"{miles * n / RINGS:g} mi") for n in range(1, RINGS + 1)
    )
    return RingMap(rings, tuple(_spot(origin, site, miles) for site in sites))


def _spot(origin: Origin, site: Site, miles: int) -> Spot:
    east, north = _offset(origin, site)
    scale = REACH / miles
    return Spot(
        x=round(MIDDLE + east * scale, 1),
        y=round(MIDDLE - north * scale, 1),
        radius=round(min(6 + 3 * math.sqrt(site["count"] - 1), 20), 1),
        site=site,
        direction=_wind(east, north),
    )


def _offset(origin: Origin, site: Site) -> tuple[float, float]:
    """Miles to the east and to the north."""
    north = (site["latitude"] - origin.latitude) * MILES_PER_DEGREE
    across = (site["longitude"] - origin.longitude + 180) % 360 - 180
    return across * MILES_PER_DEGREE * math.cos(math.radians(origin.latitude)), north


def _wind(east: float, north: float) -> str:
    if math.hypot(east, north) < 1:
        return ""
    return WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]
