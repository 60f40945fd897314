"""The address of a site: typed by hand, put on the map by its ZIP code."""

from __future__ import annotations

from typing import Any

from django import forms

from core.places import place_of
from core.text_fields import LineField


def postal_code_field(**kwargs: Any) -> LineField:
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    return LineField(max_length=12, label="ZIP code", widget=forms.TextInput(attrs=attrs), **kwargs)


def place_address(form: forms.Form, data: dict[str, Any]) -> None:
    """Complete what the ZIP code says: town, state, coordinates, zone; errors beside the fields."""
    if "street" in data and not data["street"]:
        form.add_error("street", "Enter the street and number of the site.")
    if "postal_code" not in data:
        return
    if not data["postal_code"]:
        form.add_error("postal_code", "Enter the ZIP code of the site.")
        return
    place = place_of(data["postal_code"])
    if place is None:
        form.add_error("postal_code", "We cannot find this ZIP code on the map. Enter five digits.")
        return
    region = data.get("region", "").upper()
    if region and region != place.region:
        form.add_error(
            "region",
            f"ZIP code {place.postal_code} is in {place.region}. Correct the one or the other.",
        )
    data.update(
        city=data.get("city") or place.city,
        region=place.region,
        latitude=place.latitude,
        longitude=place.longitude,
        time_zone=place.time_zone,
    )
