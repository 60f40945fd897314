"""Where a ZIP code is: town, coordinates and time zone, from tables that come with the site."""

import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

import zipcodes

WRITTEN = re.compile(r"[0-9]{5}(-[0-9]{4})?")
MISNAMED_ZONES = {"Napakiak": "America/Anchorage"}
"""Zones that the ZIP code tables spell with the name of the town."""

TIME_ZONES = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Mountain, no daylight saving (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
)
"""Zones a person may choose from where no site decides it."""

COUNTRIES = (("US", "United States"), ("CA", "Canada"), ("MX", "Mexico"))

STATES = (
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"),
    ("CA", "California"), ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"),
    ("DC", "District of Columbia"), ("FL", "Florida"), ("GA", "Georgia"), ("HI", "Hawaii"),
    ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"), ("KS", "Kansas"),
    ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"),
    ("MO", "Missouri"), ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"),
    ("NH", "New Hampshire"), ("NJ", "New Jersey"), ("NM", "New Mexico"), ("NY", "New York"),
    ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"), ("OK", "Oklahoma"),
    ("OR", "Oregon"), ("PA", "Pennsylvania"), ("PR", "Puerto Rico"), ("RI", "Rhode Island"),
    ("SC", "South Carolina"), ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"),
    ("UT", "Utah"), ("VT", "Vermont"), ("VA", "Virginia"), ("WA", "Washington"),
    ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
)  # fmt: skip
"""The states as the ZIP code tables abbreviate them."""


@dataclass(frozen=True, slots=True)
class Place:
    postal_code: str
    city: str
    region: str
    latitude: float
    longitude: float
    time_zone: str


@lru_cache(maxsize=4096)
def place_of(postal_code: str) -> Place | None:
    """The place of a ZIP code (``60601`` or ``60601-1234``); None where no map knows it.

    Military post offices move with their units and have no place.
    """
    digits = postal_code.strip()
    if not WRITTEN.fullmatch(digits):  # the tables' library panics on digits of other scripts
        return None
    for row in zipcodes.matching(digits):
        zone = MISNAMED_ZONES.get(row["timezone"], row["timezone"])
        if zone in available_timezones():
            return Place(
                digits,
                row["city"],
                row["state"],
                float(row["lat"]),
                float(row["long"]),
                zone,
            )
    return None


def miles_between(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """The distance over ground in miles, as the crow flies."""
    return float(zipcodes.haversine(longitude, latitude, other_longitude, other_latitude))


def away_words(miles: float) -> str:
    """``under a mile away``, ``1 mile away``, ``1,250 miles away``."""
    if miles < 1:
        return "under a mile away"
    return f"{miles:,.0f} mile{'' if round(miles) == 1 else 's'} away"
