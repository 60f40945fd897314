"""The plan of one assignment of the demonstration, as its story follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from accounts.actors import Actor
from assignments.models import Assignment
from core.files import CleanUpload
from marketplace.demo.catalog import Job
from marketplace.demo.people import Client
from messaging import posting as messages


@dataclass
class Plan:
    """One assignment to be: whose, what, when it starts, how far it gets, who does it."""

    client: Client
    job: Job
    starts_at: datetime
    stage: str
    terms_days: int
    worker: Actor
    others: list[Actor]
    latest: datetime
    random: Random
    assignment: Assignment | None = None

    def post(self, by: Actor, body: str, at: datetime) -> None:
        assert self.assignment is not None and self.worker.worker is not None
        key = f"demo-{self.assignment.reference}-{by.user_id}-{at.isoformat()}"
        messages.post(
            assignment=self.assignment, worker=self.worker.worker, body=body, by=by, at=at, key=key
        )


def file_of(title: str) -> CleanUpload:
    text = f"{title}\n\nHanded in for the demonstration.\n".encode()
    name = title.lower().replace(" ", "-") + ".txt"
    return CleanUpload(text, name, "text/plain", len(text))
