"""Browser tests: where Chromium is, how it is started, and what happens where there is none.

A pytest plugin, named in the conftest.py of the project root. Tests marked ``browser`` are
skipped where no Chromium is found, with one line that says how to get it; with
``REQUIRE_BROWSER=1`` or ``CI=true`` its absence is a failure.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DOWNLOADED = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]
HOW_TO_GET_IT = (
    "No Chromium found, so the browser tests are skipped. To get it: "
    "`sudo apt-get install chromium libatomic1`, or `.venv/bin/playwright install chromium`, "
    "or set CHROMIUM to the path of one."
)


def find_chromium() -> str | None:
    """The path of a Chromium: ``$CHROMIUM``, then the PATH, then what playwright downloaded."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if os.access(chosen, os.X_OK) else None
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    found = sorted(path for pattern in DOWNLOADED for path in cache.glob(pattern))
    return str(found[-1]) if found else None


def driver_starts() -> bool:
    """Whether playwright's own Node runs: a bare Debian lacks a library that it needs."""
    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


def browser_required() -> bool:
    return os.environ.get("REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    # Playwright's sync API runs an event loop; the ORM calls of a browser test are safe beside it.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if not in_browser or (find_chromium() and driver_starts()):
        return
    if browser_required():
        raise pytest.UsageError(HOW_TO_GET_IT.replace(", so the browser tests are skipped", ""))
    skip = pytest.mark.skip(reason=HOW_TO_GET_IT)
    for item in in_browser:
        item.add_marker(skip)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if any(HOW_TO_GET_IT in str(skip.longrepr) for skip in terminalreporter.getreports("skipped")):
        terminalreporter.write_line(HOW_TO_GET_IT, yellow=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.skip(HOW_TO_GET_IT)
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(autouse=True)
def _page_time_limit(request: pytest.FixtureRequest) -> None:
    """Ten seconds for a step in a page: generous on a busy machine, short enough to fail early."""
    if "page" in request.fixturenames:
        page = request.getfixturevalue("page")
        page.set_default_timeout(10_000)
        page.set_default_navigation_timeout(20_000)
