"""One supervised process: its own session, its own log, and no life after its parent's."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from marketplace.embedded.places import Account

PR_SET_PDEATHSIG = 1
YOUNG = 10.0
"""A process that ends within so many seconds waits ever longer before it is started again."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
LARGEST_LOG = 10 * 1024 * 1024


def tie_to_parent(stop_signal: int) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends ``stop_signal`` when the parent is gone (Linux).

    Set after the change of account, which would clear it. On other systems the start after a
    killed supervisor ends what is left (``leftovers``).
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, stop_signal)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return prepare


class Child:
    """A process in a session of its own, so that a terminal's Ctrl-C reaches only its parent."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: Path | str = "/",
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 10.0,
        must_finish: bool = False,
        to_terminal: bool = False,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.env = dict(env)
        self.cwd = cwd
        self.stop_signal = stop_signal
        self.grace = grace
        self.must_finish = must_finish
        self.to_terminal = to_terminal
        self.as_account: dict[str, Any] = account.popen_arguments() if account else {}
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.early_ends = 0
        self.due_at: float | None = None
        self.was_ready = False

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=None if self.to_terminal else log,
                stderr=None if self.to_terminal else subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tie_to_parent(self.stop_signal),
                **self.as_account,
            )
        self.started_at = time.monotonic()
        self.due_at = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def is_running(self) -> bool:
        """Also reaps: a dead PostgreSQL that nobody waited for looks alive to the next one."""
        return self.process is not None and self.process.poll() is None

    def note_end(self) -> float:
        """It has ended: clear away its group, and return after how many seconds to start again."""
        self.kill_group()
        died_young = time.monotonic() - self.started_at < YOUNG
        self.early_ends = self.early_ends + 1 if died_young else 0
        pause = min(FIRST_PAUSE * 2**self.early_ends, LONGEST_PAUSE)
        self.due_at = time.monotonic() + pause
        return pause

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask, wait, then kill the whole group: a child of a child may hang.

        Once ``hurry`` is true the waiting ends, but for a child that must finish its stop.
        """
        if self.process is None:
            return
        if self.is_running():
            self.process.send_signal(self.stop_signal)
        limit = time.monotonic() + self.grace
        while self.is_running() and time.monotonic() < limit:
            if hurry() and not self.must_finish:
                break
            time.sleep(0.02)
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self, lines: int = 15) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""
