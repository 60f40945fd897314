"""An embedded PostgreSQL: one cluster, reached only through a private unix socket."""

import contextlib
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from marketplace.embedded import binaries, places
from marketplace.embedded.child import Child
from marketplace.embedded.places import Account
from marketplace.embedded.trouble import Trouble

SOCKET = ".s.PGSQL.5432"
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "jit": "off",
    "random_page_cost": "1.1",  # of a disk without moving parts: lists walk their index
    "max_connections": "100",
}
FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
}


class Postgres(Child):
    """Safe without passwords: socket and data can be opened by its own account only."""

    def __init__(
        self, data_dir: Path, logs: Path, account: Account, *, durable: bool = True
    ) -> None:
        self.account = account
        self.programs = binaries.postgres_programs(account)
        self.data = places.service_directory(data_dir, "postgres", account)
        self.sockets = places.socket_directory(self.data, SOCKET, account)
        settings = SETTINGS if durable else SETTINGS | FOR_TESTS
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data]
        command += ["-k", self.sockets]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        super().__init__(
            "postgres",
            command,
            log=logs / "postgres.log",
            env=CLEAN_ENVIRONMENT,
            account=account,
            stop_signal=signal.SIGINT,  # "fast": sends clients away, writes a checkpoint
            grace=30.0,
            must_finish=True,
        )

    def url(self, database: str) -> str:
        return f"postgres://postgres@/{database}?{urlencode({'host': self.sockets}, safe='/')}"

    def start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self.make_cluster()
        self.check_version()
        self.drop_stale_pid_file()
        super().start()

    def make_cluster(self) -> None:
        """Make the cluster beside its place and move it there whole, so that no half one stays."""
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        places.make_private(draft, self.account)
        old = int(self.major_version()) < 17
        locale = (
            ["--locale=C.UTF-8"]
            if old
            else ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        )
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", *locale]
        options += ["--no-sync", "--no-instructions", "-D", str(draft)]
        made = subprocess.run(
            [str(self.programs / "initdb"), *options],
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            **self.as_account,
        )
        if made.returncode != 0:
            raise Trouble(f"PostgreSQL could not make its data directory:\n{made.stderr.strip()}")
        if self.data.is_dir() and not any(self.data.iterdir()):
            self.data.rmdir()
        draft.rename(self.data)

    def major_version(self) -> str:
        answer = subprocess.run(
            [self.programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return answer.stdout.split()[2].split(".")[0]

    def check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = self.major_version()
        if made_by != ours:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {made_by}, and this is PostgreSQL {ours}."
                " Start with another DATA_DIR, or remove this one to begin anew."
            )

    def drop_stale_pid_file(self) -> None:
        """After a power cut the number in the file may be another program's, and mislead.

        The caller holds the lock on the data directory, so no PostgreSQL of ours is running.
        """
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):
            pid = pid_file.read_text().split()[0]
            name = Path("/proc", pid, "comm").read_text().strip()
            if name != "postgres":
                pid_file.unlink()

    def is_ready(self) -> bool:
        return answers(self.sockets / SOCKET) and self.ask("pg_isready", "-q") == 0

    def ask(self, program: str, *arguments: str) -> int:
        """Run one of PostgreSQL's own programs against this server; returns its exit status."""
        command = [
            str(self.programs / program),
            *arguments,
            "-h",
            str(self.sockets),
            "-U",
            "postgres",
        ]
        return subprocess.run(
            command,
            env=CLEAN_ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode

    def ensure_database(self, name: str) -> None:
        exists = self.ask("psql", "-d", name, "-c", "select 1") == 0
        if not exists and self.ask("createdb", name) != 0:
            raise Trouble(f"The database {name} could not be made; {self.log} tells why.")


def answers(path: Path) -> bool:
    """Whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
