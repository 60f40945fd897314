"""``bin/bench``: fill a database, start both sites on it, measure, print one table."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import django

from marketplace.embedded.child import Child
from marketplace.embedded.suite import services
from marketplace.embedded.supervisor import Stopped, Supervisor
from marketplace.embedded.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
SITE_PORT, LIMIT_PORT = 8471, 8472
SERVER = ("-k", "gthread", "-w", "2", "--threads", "2", "--no-control-socket", "--timeout", "60")


def main() -> int:
    options = arguments()
    place = Path(tempfile.mkdtemp(prefix="marketplace-bench-"))
    place.chmod(0o711)
    (place / "logs").mkdir()
    supervisor = Supervisor(place)
    try:
        supervisor.claim("a measurement")
        supervisor.heed_signals()
        env = environment(supervisor, place)
        prepare(env, options.assignments)
        os.environ.update(env)
        serve(supervisor, place, env)
        django.setup()
        from tests.bench import jobs

        return jobs.run(
            SITE_PORT, LIMIT_PORT, seconds=options.seconds, repetitions=options.repetitions
        )
    except Stopped:
        return 130
    except Trouble as trouble:
        print(trouble)
        return 1
    finally:
        supervisor.stop()
        shutil.rmtree(place, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("--assignments", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one repetition")
    parser.add_argument("--repetitions", type=int, default=3)
    return parser.parse_args()


def environment(supervisor: Supervisor, place: Path) -> dict[str, str]:
    return services(supervisor, place, durable=True) | {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": "a-key-for-this-measurement-only",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": f"http://127.0.0.1:{SITE_PORT}",
        "LOG_LEVEL": "WARNING",
        "STATIC_ROOT": str(place / "static"),
        "MEDIA_ROOT": str(place / "files"),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }


def prepare(env: dict[str, str], assignments: int) -> None:
    """Tables, the filled world, static files, and the limit site's own three tables."""
    manage = [sys.executable, "manage.py"]
    for command in (
        [*manage, "migrate", "-v", "0"],
        [*manage, "seed_scale", "--assignments", str(assignments)],
        [*manage, "collectstatic", "--noinput", "-v", "0"],
        [sys.executable, "-m", "tests.bench.limits.tables"],
    ):
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        print(f"{' '.join(command[1:3])}: {time.monotonic() - began:.0f} s", flush=True)


def serve(supervisor: Supervisor, place: Path, env: dict[str, str]) -> None:
    limit_env = {k: v for k, v in env.items() if k != "DJANGO_SETTINGS_MODULE"}
    for name, module, port, its_env in (
        ("site", "marketplace.wsgi", SITE_PORT, env),
        ("limits", "tests.bench.limits.site", LIMIT_PORT, limit_env),
    ):
        command = [sys.executable, "-m", "gunicorn", module, "-b", f"127.0.0.1:{port}", *SERVER]
        child = Child(name, command, log=place / "logs" / f"{name}.log", env=its_env, cwd=ROOT)
        supervisor.start(child)
        supervisor.wait(child, lambda port=port: _answers(port), 60)


def _answers(port: int) -> bool:
    path = "health/live" if port == SITE_PORT else "token/"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
