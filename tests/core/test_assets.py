"""The committed bundles, and what the templates may hold under the strict content policy."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from core.assets import STATIC, bundles

BASE = Path(settings.BASE_DIR)
PAGES = [p for p in (BASE / "templates").rglob("*.html") if "email" not in p.parts]


@pytest.mark.parametrize("path", bundles(), ids=lambda path: path.name)
def test_a_bundle_is_in_step_with_its_sources(path):
    assert path.read_text(encoding="utf-8") == bundles()[path], "run manage.py build_assets"


def test_a_cold_page_leaves_room_for_its_content():
    names = ["css/site.css", "js/site.js", "img/icons.svg", "img/favicon.svg"]
    files = [STATIC / name for name in names] + list((STATIC / "vendor/htmx").glob("*.js"))
    assert len(files) == 5
    assert sum(len(gzip.compress(f.read_bytes())) for f in files) < 50 * 1024


def test_scripts_stay_small():
    files = [STATIC / "js/site.js", *(STATIC / "vendor/htmx").glob("*.js")]
    assert sum(len(gzip.compress(f.read_bytes())) for f in files) <= 30 * 1024


def test_no_template_holds_inline_style_or_script():
    inline = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|hx-on", re.IGNORECASE)
    script = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)
    tags = re.compile(r"{%.*?%}|{#.*?#}")
    found = []
    for page in PAGES:
        text = tags.sub("", page.read_text(encoding="utf-8"))
        if inline.search(text) or script.search(text):
            found.append(str(page.relative_to(BASE)))
    assert found == []


def test_every_icon_that_is_named_exists():
    drawn = {path.stem for path in (STATIC / "vendor/lucide").glob("*.svg")}
    named = set()
    for page in (BASE / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', page.read_text(encoding="utf-8")))
        named |= set(re.findall(r'\bicon="([\w-]+)"', page.read_text(encoding="utf-8")))
    assert named - drawn == set()


def test_every_badge_and_place_has_its_icon():
    from core.badges import WORDS
    from marketplace.navigation import FOOTER, PERSON, PLACES

    drawn = {path.stem for path in (STATIC / "vendor/lucide").glob("*.svg")}
    named = {icon for _, icon in WORDS.values()}
    named |= {e.icon for entries in [*PLACES.values(), PERSON, FOOTER] for e in entries}
    assert named - drawn == set()


def test_the_sprite_loads_nothing_from_elsewhere():
    sprite = (STATIC / "img/icons.svg").read_text(encoding="utf-8")
    assert "href=" not in sprite
    assert "<script" not in sprite
