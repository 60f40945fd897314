"""ZIP codes lead to a place on the map, or to nothing; they never raise."""

from zoneinfo import available_timezones

import pytest
import zipcodes

from core.places import MISNAMED_ZONES, TIME_ZONES, miles_between, place_of


def test_a_zip_code_names_town_state_and_zone():
    place = place_of("60601")
    assert (place.city, place.region, place.time_zone) == ("Chicago", "IL", "America/Chicago")
    assert 41 < place.latitude < 42 and -88 < place.longitude < -87


def test_a_zip_code_with_four_more_digits_is_the_same_place():
    assert place_of("90210-1234").city == "Beverly Hills"


@pytest.mark.parametrize(
    "written",
    ["", " ", "abc", "6060", "606011", "60601\x00", "９０２１０", "99999", "60601-", "🙂"],
)
def test_what_is_no_zip_code_has_no_place(written):
    assert place_of(written) is None


def test_a_military_post_office_has_no_place():
    assert place_of("09001") is None


def test_every_zone_of_the_tables_is_known_or_repaired():
    zones = {row["timezone"] for row in zipcodes.list_all()} - {""}
    assert zones - available_timezones() == set(MISNAMED_ZONES)
    assert {name for name, _ in TIME_ZONES} <= available_timezones()


def test_miles_are_measured_over_ground():
    assert 700 < miles_between(41.88, -87.63, 40.71, -74.00) < 720
