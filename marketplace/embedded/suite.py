"""``bin/test``: run pytest against a PostgreSQL and a Valkey made for this one run.

They lie in a temporary directory of their own, so that a running site is not touched and
several runs can go on at once.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from marketplace.embedded import migrated
from marketplace.embedded.child import tie_to_parent
from marketplace.embedded.places import Account
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.supervisor import Stopped, Supervisor, say
from marketplace.embedded.trouble import Trouble
from marketplace.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "marketplace-test-"
WHOLE_SUITE = ["-q", "-n", str(max(2, min(os.cpu_count() or 2, 8)))]
"""The whole suite runs on every core; with arguments of one's own, as these say."""


def main(arguments: list[str]) -> int:
    sweep()
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    place.chmod(0o711)  # so that root's `nobody` can enter
    (place / "logs").mkdir()
    supervisor = Supervisor(place)
    try:
        supervisor.claim("a test run")
        supervisor.heed_signals()
        reuse = ["--reuse-db"] if migrated.put_into(place, Account()) else []
        env = environment(supervisor, place)
        return run_tests(supervisor, env, [*reuse, *(arguments or WHOLE_SUITE)])
    except Stopped:
        return 130
    except Trouble as trouble:
        say(str(trouble))
        return 1
    finally:
        supervisor.stop()
        shutil.rmtree(place, ignore_errors=True)


def sweep() -> None:
    """Remove what killed test runs left: directories of ours whose lock nobody holds."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (place / "lock").open("a") as lock:
            if place.stat().st_uid == os.geteuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)


def services(supervisor: Supervisor, place: Path, *, durable: bool) -> dict[str, str]:
    """Start a PostgreSQL and a Valkey in ``place``; returns the environment that leads to them."""
    account = Account()
    postgres = Postgres(place, place / "logs", account, durable=durable)
    valkey = Valkey(place, place / "logs", account, durable=durable)
    supervisor.start(postgres, postgres.is_ready)
    supervisor.start(valkey, valkey.is_ready)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"DATABASE_URL": postgres.url("postgres"), "REDIS_URL": valkey.url()}


def environment(supervisor: Supervisor, place: Path) -> dict[str, str]:
    return services(supervisor, place, durable=False) | {
        "DEBUG": "1",
        "DEMO": "1",
        "MEDIA_ROOT": str(place / "files"),
        "STATIC_ROOT": str(place / "static"),
    }


def run_tests(supervisor: Supervisor, env: dict[str, str], arguments: list[str]) -> int:
    """pytest keeps the terminal; a stop reaches it as Ctrl-C, so that it can clear up."""
    tests = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env=env,
        preexec_fn=tie_to_parent(signal.SIGTERM),
    )
    until: float | None = None
    while tests.poll() is None:
        if supervisor.signals and until is None:
            until = time.monotonic() + 20
            if not sys.stdin or not sys.stdin.isatty():  # a terminal has told pytest already
                tests.send_signal(signal.SIGINT)
        if until and time.monotonic() > until:
            tests.kill()
        supervisor.keep_running()
        time.sleep(0.05)
    return tests.returncode if tests.returncode >= 0 else 128 - tests.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
