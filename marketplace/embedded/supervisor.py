"""Starts children in order, keeps them running, and stops them in reverse order."""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from marketplace.embedded import leftovers
from marketplace.embedded.child import Child
from marketplace.embedded.trouble import Trouble

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STARTS_BEFORE_GIVING_UP = 4


class Stopped(Exception):
    """Somebody asked us to stop while we were waiting for something."""


def say(line: str) -> None:
    """To the terminal, which may be gone by now."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


class Supervisor:
    """Owns a data directory (one supervisor at a time) and the children started for it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.record = data_dir / "processes"
        self.children: list[Child] = []
        self.signals = 0
        self.lock: TextIO | None = None

    def claim(self, description: str) -> None:
        """Take the lock on the data directory, or raise Trouble naming who holds it.

        The lock is the kernel's: it goes with its holder, however that ends. What a killed
        holder left running is ended before anything is started.
        """
        lock = (self.data_dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise Trouble(
                f"{self.data_dir} is in use by {holder}. Stop that one first (Ctrl-C in its"
                " terminal), or start beside it with other places:"
                " PORT=8001 DATA_DIR=.data-2 bin/run"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {description}")
        lock.flush()
        self.lock = lock
        if leftovers.end(self.record):
            say("An earlier run was killed; what it left behind has been stopped.")

    def heed_signals(self) -> None:
        for number in STOPPING:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup
            signal.signal(number, self.on_signal)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def start(
        self, child: Child, ready: Callable[[], bool] | None = None, *, limit: float = 60.0
    ) -> None:
        """Start a child and, if asked, wait until it is ready to serve."""
        self.children.append(child)
        child.start()
        leftovers.write_down(self.children, self.record)
        if ready:
            self.wait(child, ready, limit)

    def wait(self, child: Child, ready: Callable[[], bool], limit: float) -> None:
        until = time.monotonic() + limit
        while not ready():
            self.check_signals()
            self.keep_running()
            if time.monotonic() > until:
                raise Trouble(f"{child.name} is not ready after {limit:.0f} s.\n{trail(child)}")
            time.sleep(0.03)

    def finish(self, child: Child) -> int:
        """Run a child to its end; returns its exit status."""
        child.start()
        leftovers.write_down([*self.children, child], self.record)
        try:
            while child.is_running():
                self.check_signals()
                self.keep_running()
                time.sleep(0.03)
        finally:
            child.stop()
        assert child.process is not None
        return child.process.returncode

    def check_signals(self) -> None:
        if self.signals:
            raise Stopped

    def keep_running(self) -> None:
        """One round: note which children have ended, and start again those whose pause is over."""
        for child in self.children:
            if child.is_running():
                continue
            if child.due_at is None:
                self.note_end(child)
            elif time.monotonic() >= child.due_at:
                child.start()
                leftovers.write_down(self.children, self.record)

    def note_end(self, child: Child) -> None:
        pause = child.note_end()
        status = child.process.returncode if child.process else None
        if child.early_ends >= STARTS_BEFORE_GIVING_UP and not child.was_ready:
            raise Trouble(f"{child.name} does not start (status {status}).\n{trail(child)}")
        say(f"{child.name} ended (status {status}); starting it again in {pause:.1f} s.")

    def watch(self) -> None:
        """Until somebody asks to stop."""
        for child in self.children:
            child.was_ready = True
        with contextlib.suppress(Stopped):
            while True:
                self.check_signals()
                self.keep_running()
                time.sleep(0.1)

    def stop(self) -> None:
        """In reverse order; a second signal cuts the waiting short, except for the database's."""
        asked = max(self.signals, 1)
        for child in reversed(self.children):
            child.stop(hurry=lambda: self.signals > asked)
        self.children.clear()
        self.record.unlink(missing_ok=True)
        if self.lock:
            self.lock.truncate(0)
            self.lock.close()
            self.lock = None


def trail(child: Child) -> str:
    return f"The end of {child.log}:\n{child.last_words()}"
