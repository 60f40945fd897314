"""What an earlier supervisor left running when it was killed, found by session and start time."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from marketplace.embedded.child import Child

PATIENCE = 20.0


def write_down(children: Iterable[Child], record: Path) -> None:
    """Note which processes are ours; a process number alone may mean another one by then."""
    lines = [f"{child.pid} {start_of(child.pid)}\n" for child in children if child.pid]
    draft = record.with_suffix(".new")
    draft.write_text("".join(lines))
    draft.replace(record)


def end(record: Path, *, patience: float = PATIENCE) -> int:
    """Wait for recorded sessions to end by themselves, then kill; returns how many there were.

    A killed supervisor's children have been told to stop by the kernel, and a database that is
    writing its last checkpoint must be let finish.
    """
    sessions = [session for session in recorded(record) if members(*session)]
    limit = time.monotonic() + patience
    while any(members(*session) for session in sessions) and time.monotonic() < limit:
        time.sleep(0.05)
    for session in sessions:
        for pid in members(*session):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    record.unlink(missing_ok=True)
    return len(sessions)


def recorded(record: Path) -> list[tuple[int, str]]:
    with contextlib.suppress(OSError, ValueError):
        pairs = [line.split() for line in record.read_text().splitlines()]
        return [(int(pid), started) for pid, started in pairs]
    return []


def members(leader: int, started: str) -> list[int]:
    """The living processes of a session, unless its number now belongs to a newer process."""
    if start_of(leader) not in (started, ""):
        return []
    return [pid for pid, session in sessions_now() if session == leader]


def sessions_now() -> Iterable[tuple[int, int]]:
    for place in Path("/proc").glob("[0-9]*"):
        fields = stat_fields(int(place.name))
        if fields and fields[0] != "Z":
            yield int(place.name), int(fields[3])


def start_of(pid: int | None) -> str:
    """When a process started, in the kernel's ticks; empty where it is gone or cannot be told."""
    fields = stat_fields(pid) if pid else []
    return fields[19] if fields and fields[0] != "Z" else ""


def stat_fields(pid: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` after the name (state, parent, group, session, ...)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
