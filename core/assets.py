"""The committed bundles under ``static/``: one style sheet, one script, one icon sprite.

A page may cost eight requests and 80 KiB, so sources are joined here, not in the browser.
``manage.py build_assets`` writes the bundles; nothing is built when the site runs.
"""

import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"

CSS = (
    "css/src/layers.css",
    "vendor/bootstrap/bootstrap-reboot.css",
    "css/src/tokens.css",
    "css/src/base.css",
    "vendor/bootstrap/bootstrap-utilities.css",
    "css/src/navigation.css",
    "css/src/layout.css",
    "css/src/buttons.css",
    "css/src/forms.css",
    "css/src/pieces.css",
    "css/src/frames.css",
    "css/src/tables.css",
    "css/src/lists.css",
    "css/src/progress.css",
    "css/src/menus.css",
    "css/src/thread.css",
    "css/src/figures.css",
    "css/src/pages.css",
    "css/src/assignments.css",
    "css/src/imports.css",
    "css/src/series.css",
    "css/src/work.css",
    "css/src/calendar.css",
    "css/src/cases.css",
    "css/src/scorecards.css",
    "css/src/requirements.css",
    "css/src/tests.css",
    "css/src/notifications.css",
)
JS = (
    "js/src/requests.js",
    "js/src/dialogs.js",
    "js/src/menus.js",
    "js/src/hovers.js",
    "js/src/once.js",
    "js/src/drafts.js",
    "js/src/moments.js",
    "js/src/fields.js",
    "js/src/names.js",
    "js/src/ticks.js",
    "js/src/locate.js",
    "js/src/sitting.js",
    "js/src/live.js",
    "js/src/sorting.js",
    "js/src/theme.js",
    "js/src/passkeys.js",
    "js/src/push.js",
)
SPRITE = "img/icons.svg"
ICONS = "vendor/lucide"


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """All style sources in order, without comments (licences stay) and without white space."""
    joined = "\n".join(_read(name) for name in CSS)
    bare = re.sub(r"/\*(?!!).*?\*/", "", joined, flags=re.DOTALL)
    licences = re.findall(r"/\*!.*?\*/", bare, flags=re.DOTALL)
    bare = re.sub(r"/\*!.*?\*/", "", bare, flags=re.DOTALL)
    bare = re.sub(r"\s+", " ", bare)
    bare = re.sub(r" ?([{};,]) ?", r"\1", bare)
    bare = re.sub(r"([{;][\w-]+): ", r"\1:", bare).replace(";}", "}").strip()
    return "\n".join([*licences, bare, ""])


def script() -> str:
    """All modules, each in a block of its own; comment lines and indentation are left out."""
    parts = []
    for name in JS:
        lines = (line.strip() for line in _read(name).splitlines())
        kept = [line for line in lines if line and not line.startswith(("//", "/*", "*"))]
        parts.append("{\n" + "\n".join(kept) + "\n}")
    return "\n".join(parts) + "\n"


def sprite() -> str:
    """Every Lucide drawing of the vendor folder as one symbol, named as its file."""
    symbols = []
    for path in sorted((STATIC / ICONS).glob("*.svg")):
        drawing = path.read_text(encoding="utf-8")
        body = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.index("</svg>")]
        body = re.sub(r"\s+", " ", body).replace(" />", "/>").replace("> <", "><").strip()
        symbols.append(f'<symbol id="{path.stem}" viewBox="0 0 24 24">{body}</symbol>')
    return (
        "<!-- Lucide (https://lucide.dev), ISC licence: vendor/lucide/LICENSE -->\n"
        '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"
    )


def bundles() -> dict[Path, str]:
    """What each bundle must hold, by path."""
    return {
        STATIC / "css/site.css": style_sheet(),
        STATIC / "js/site.js": script(),
        STATIC / SPRITE: sprite(),
    }
