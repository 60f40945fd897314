"""Bring the database and the static files up to the code.

One process for all steps, because loading the site costs more than most of them.
"""

import hashlib
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"  {name:<14}{time.monotonic() - began:5.1f} s", flush=True)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    from django.conf import settings

    with step("migrations"):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("publish_policies", verbosity=0, stdout=io.StringIO())
    if settings.DEMO:
        with step("demo data"):
            call_command("seed_demo", if_empty=True, verbosity=0, stdout=io.StringIO())
    if not settings.DEBUG:
        with step("static files"):
            collect_static(Path(settings.STATIC_ROOT))


def collect_static(target: Path) -> None:
    """Only when a source file or the set of libraries has changed since the last time."""
    stamp = target / ".collected-from"
    sources = fingerprint()
    if stamp.exists() and stamp.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=target.exists())
    stamp.write_text(sources)


def fingerprint() -> str:
    parts = [(ROOT / "requirements.txt").read_text()]
    for folder in (ROOT / "static", *ROOT.glob("[!.]*/static")):
        for path in sorted(folder.rglob("*")):
            facts = path.stat()
            parts.append(f"{path} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


if __name__ == "__main__":
    main()
