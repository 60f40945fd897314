"""Two or more calls at the same moment, each in a thread and transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.errors import DomainError


@dataclass(frozen=True)
class Outcome:
    """What one call came to: its result, or the refusal a person would read."""

    result: Any = None
    refusal: DomainError | None = None

    @property
    def won(self) -> bool:
        return self.refusal is None


def race(*calls: Callable[[], Any]) -> list[Outcome]:
    """Run the calls at once; anything but a ``DomainError`` is raised, as a 500 would be."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Outcome:
        try:
            connection.ensure_connection()
            gate.wait(timeout=10)
            return Outcome(result=call())
        except DomainError as refusal:
            return Outcome(refusal=refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, c) for c in calls]]
