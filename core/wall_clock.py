"""Clocks on walls: what a date and a time mean where summer time begins and ends."""

from datetime import UTC, datetime, timedelta

from core.dates import zone_of


def moments_of(naive: datetime, zone: str) -> list[datetime]:
    """Every moment at which the zone's clocks show this: one; none in the hour that is skipped
    in spring; two in the hour that comes twice in autumn, the earlier first.

    ``OverflowError`` at the ends of the calendar; ``ZoneInfoNotFoundError`` or ``ValueError``
    where there is no such zone.
    """
    if not zone:
        raise ValueError("a wall clock needs a zone")
    place = zone_of(zone)
    wall = naive.replace(fold=0)
    found: list[datetime] = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=place, fold=fold)
        back = moment.astimezone(UTC).astimezone(place)
        same = back.replace(tzinfo=None, fold=0) == wall
        if same and all(moment.utcoffset() != other.utcoffset() for other in found):
            found.append(moment)
    return found


def moved(moment: datetime, by: timedelta, zone: str) -> datetime:
    """The moment moved on the zone's clock: 9:00 stays 9:00 across a change of the clocks.

    A time that the change skips comes an hour later, one that occurs twice is the first.
    """
    place = zone_of(zone)
    wall = moment.astimezone(place).replace(tzinfo=None, fold=0) + by
    return wall.replace(tzinfo=place).astimezone(UTC)


def on_wall(moment: datetime, zone: str) -> datetime:
    """What the zone's clocks show at this moment, without the zone."""
    return moment.astimezone(zone_of(zone)).replace(tzinfo=None)
