"""A cluster with the tests' databases migrated, kept between runs of ``bin/test``.

Migrating takes longer than most runs of a few tests. The first run after a migration has
changed migrates once and keeps the result; every run then works on a copy of its own and
throws it away, so that no run finds what another one left.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from marketplace.embedded import places
from marketplace.embedded.places import Account
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.supervisor import Supervisor
from marketplace.embedded.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
KEPT = 3
"""Results kept: enough to go to and fro between branches."""

DATABASE = "test_postgres"
WORKERS = 8
"""Parallel runs use up to this many databases, each a copy of the first."""


def shelf(account: Account) -> Path:
    """Where results are kept: ours alone, and open enough for the account to enter."""
    name = f"marketplace-migrated-{os.geteuid()}"
    return places.owned_directory(Path(tempfile.gettempdir()) / name, os.geteuid(), 0o711)


def fingerprint(root: Path = ROOT) -> str:
    """Of everything that decides what the migrated databases hold."""
    digest = hashlib.sha256(sys.version.encode())
    migrations = root.glob("*/migrations/*.py")
    for path in (root / "requirements-dev.txt", *sorted(migrations)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def put_into(place: Path, account: Account) -> bool:
    """Copy the migrated cluster to where a PostgreSQL of ``place`` looks for its own.

    Makes it first where migrations have changed. False where it cannot be had: the tests
    then migrate for themselves.
    """
    kept = shelf(account) / fingerprint()
    if not kept.exists() and not _make(kept, account):
        return False
    target = places.service_directory(place, "postgres", account)
    with contextlib.suppress(OSError), _held(kept.parent, fcntl.LOCK_SH):
        os.utime(kept)
        if subprocess.run(["cp", "-a", kept, target], check=False).returncode == 0:
            return True
    shutil.rmtree(target, ignore_errors=True)  # half a copy would not start
    return False


@contextlib.contextmanager
def _held(directory: Path, how: int) -> Iterator[None]:
    """The lock on the shelf: many may copy at once, and nothing is removed meanwhile."""
    with (directory / "lock").open("a") as lock:
        fcntl.flock(lock, how)
        yield


def _make(kept: Path, account: Account) -> bool:
    """Migrate in a workshop beside the shelf and move the result there whole."""
    workshop = Path(tempfile.mkdtemp(prefix="marketplace-migrating-"))
    workshop.chmod(0o711)
    (workshop / "logs").mkdir()
    supervisor = Supervisor(workshop)
    try:
        supervisor.claim("migrating for tests")
        postgres = Postgres(workshop, workshop / "logs", account, durable=False)
        supervisor.start(postgres, postgres.is_ready)
        made = _migrate(postgres)
        supervisor.stop()
        if made:
            with contextlib.suppress(OSError):  # another run may have been quicker
                postgres.data.rename(kept)
            _tidy(kept.parent)
        return kept.exists()
    except Trouble:
        return False
    finally:
        supervisor.stop()
        shutil.rmtree(workshop, ignore_errors=True)


def _migrate(postgres: Postgres) -> bool:
    """As pytest-django makes its databases; the parallel ones are copies of the first."""
    postgres.ensure_database(DATABASE)
    env = os.environ | {"DATABASE_URL": postgres.url(DATABASE), "DEBUG": "1", "DEMO": "1"}
    env["REDIS_URL"] = "redis://nowhere.invalid/0"
    command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--run-syncdb", "-v", "0"]
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0:
        return False
    names = [f"{DATABASE}_gw{number}" for number in range(WORKERS)]
    return all(postgres.ask("createdb", "-T", DATABASE, name) == 0 for name in names)


def _tidy(directory: Path) -> None:
    """Remove all but the results used last; while somebody copies one, the next run tidies."""
    with contextlib.suppress(BlockingIOError), _held(directory, fcntl.LOCK_EX | fcntl.LOCK_NB):
        results = [path for path in directory.iterdir() if path.is_dir()]
        results.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in results[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
