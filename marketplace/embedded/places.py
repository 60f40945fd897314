"""As whom the services run, and where their files lie.

PostgreSQL refuses to run as root, so root starts the services as ``nobody``. ``nobody`` cannot
enter a directory like ``/root`` (0700), and nobody's access to it is changed for our sake: the
files then lie under ``/var/tmp``, with a link to them in the data directory.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from marketplace.embedded.trouble import Trouble

ELSEWHERE = Path("/var/tmp")  # noqa: S108  (survives a restart of the machine; owners are checked)
LONGEST_SOCKET = 100


class Account:
    """The account that the services run as: the caller's own, or ``nobody`` for root."""

    def __init__(self) -> None:
        self.is_other = os.geteuid() == 0
        if self.is_other:
            try:
                entry = pwd.getpwnam("nobody")
            except KeyError:
                raise Trouble(
                    "PostgreSQL cannot run as root, and there is no account `nobody` to run it as."
                    " Run the command as an ordinary user."
                ) from None
            self.uid, self.gid = entry.pw_uid, entry.pw_gid
        else:
            self.uid, self.gid = os.geteuid(), os.getegid()

    def popen_arguments(self) -> dict[str, Any]:
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, directory: Path) -> bool:
        """Whether the account can reach what lies in an existing directory."""
        if not self.is_other:
            return True
        return all(place.stat().st_mode & stat.S_IXOTH for place in (directory, *directory.parents))

    def can_run(self, program: Path) -> bool:
        if not self.is_other:
            return os.access(program, os.X_OK)
        wanted = stat.S_IXOTH | stat.S_IROTH
        return self.can_enter(program.parent) and program.stat().st_mode & wanted == wanted


def short_hash(path: Path, *more: object) -> str:
    return hashlib.sha256(repr((str(path), *more)).encode()).hexdigest()[:12]


def owned_directory(path: Path, uid: int, mode: int) -> Path:
    """Make a directory in a place that others write to as well, or find it and trust only ours."""
    try:
        path.mkdir(mode=mode)
        path.chmod(mode)
        if uid != os.geteuid():
            os.chown(path, uid, -1)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise Trouble(f"{path} belongs to somebody else. Remove it and start again.") from None
    return path


def service_directory(data_dir: Path, name: str, account: Account) -> Path:
    """Where the service ``name`` keeps its files: in the data directory if the account can enter.

    The directory may not exist yet; its parent does. If it lies elsewhere, a link in the data
    directory leads there; without that link (the data directory was removed) what is left
    over elsewhere is removed too.
    """
    inside = data_dir / name
    if account.can_enter(data_dir):
        check_owner(inside, account)
        return inside
    if inside.exists() and not inside.is_symlink():
        raise Trouble(
            f"{inside} was made while `nobody` could enter {data_dir}, and now it cannot."
            " Choose another DATA_DIR, or move this one."
        )
    parent = owned_directory(ELSEWHERE / f"marketplace-{short_hash(data_dir)}", 0, 0o711)
    target = parent / name
    if not inside.is_symlink() or inside.readlink() != target:
        inside.unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        inside.symlink_to(target)
    return target


def check_owner(path: Path, account: Account) -> None:
    if path.exists() and path.stat().st_uid != account.uid:
        owner = path.owner()
        raise Trouble(
            f"{path} belongs to the account {owner}: start as that account, or choose another"
            " DATA_DIR."
        )


def make_private(directory: Path, account: Account) -> Path:
    """A directory that only the account can open."""
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)
    if account.is_other:
        os.chown(directory, account.uid, account.gid)
    return directory


def socket_directory(directory: Path, socket_name: str, account: Account) -> Path:
    """The directory itself, or a short one in the temporary directory.

    A socket's path is limited to 107 bytes, and it must stand in a URL as it is.
    """
    path = str(directory / socket_name)
    if len(path.encode()) <= LONGEST_SOCKET and re.fullmatch(r"[\w./-]+", path, re.ASCII):
        return directory
    short = Path(tempfile.gettempdir()) / f"marketplace-{short_hash(directory)}"
    return owned_directory(short, account.uid, 0o700)
