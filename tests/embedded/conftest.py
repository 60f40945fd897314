"""Real processes in directories of their own; whatever a test leaves running fails it."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketplace.embedded import leftovers
from marketplace.embedded.child import Child
from marketplace.embedded.supervisor import Supervisor


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Short enough for sockets, and open enough for the account that root's services run as."""
    path = Path(tempfile.mkdtemp(prefix="mp-"))
    path.chmod(0o711)
    (path / "logs").mkdir()
    yield path
    left = leftovers.end(path / "processes", patience=0)
    shutil.rmtree(path, ignore_errors=True)
    assert not left, "processes were left running"


@pytest.fixture
def supervisor(data_dir: Path) -> Iterator[Supervisor]:
    owner = Supervisor(data_dir)
    owner.claim("a test")
    yield owner
    owner.stop()


@pytest.fixture
def python_child(data_dir: Path) -> Callable[..., Child]:
    """Makes a child that runs a few lines of Python."""

    def make(name: str, program: str, **options: object) -> Child:
        command = [sys.executable, "-c", program]
        log = data_dir / "logs" / f"{name}.log"
        return Child(name, command, log=log, env=dict(os.environ), **options)

    return make


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)
