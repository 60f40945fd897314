"""The colors: every text on every surface it may stand on, in both looks."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SOURCE = (Path(settings.BASE_DIR) / "static/css/src/tokens.css").read_text(encoding="utf-8")
TONES = ("info", "good", "warning", "bad", "neutral")
SURFACES = ("canvas", "surface", "sunken", "hover", "raised")


def _blocks() -> list[dict[str, str]]:
    """The values of the light look, of the system's dark one and of the chosen dark one."""
    found = []
    for block in re.findall(r"\{([^{}]*--canvas: [^{}]*)\}", SOURCE):
        values = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        if "info-soft" in values:
            found.append(values)
    return found


LIGHT, DARK, CHOSEN_DARK = _blocks()


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_dark_look_is_the_same_by_system_and_by_choice():
    assert DARK == CHOSEN_DARK


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "faint", "accent-text"])
def test_text_is_readable_on_every_surface(look, text):
    poor = {
        s: contrast(look[text], look[s]) for s in SURFACES if contrast(look[text], look[s]) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", TONES)
def test_every_tone_is_readable_on_its_own_soft_surface_and_on_cards(look, tone):
    assert contrast(look[tone], look[f"{tone}-soft"]) >= 4.5
    assert contrast(look[tone], look["surface"]) >= 4.5


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_buttons_and_fields_stand_out(look):
    assert contrast(look["accent"], look["accent-ink"]) >= 4.5
    assert contrast(look["accent-hover"], look["accent-ink"]) >= 4.5
    assert contrast(look["bad-solid"], "#ffffff") >= 4.5
    assert contrast(look["accent-text"], look["accent-soft"]) >= 4.5
    assert contrast(look["field-line"], look["surface"]) >= 3
