"""One client, one worker, and as many of everything else as a test wants to count by."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.actors import Actor
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.pools import SPEAKS
from vetting import groups, publishing, requirement_sets
from vetting.models import Group, GroupMembership, RequirementSet, Test


class Cast:
    """A client and a worker, and ``number`` of whatever an act may be about."""

    def __init__(self, alice: Actor, wanda: Actor, at: Any, client_of: Any) -> None:
        self.alice, self.wanda, self.at = alice, wanda, at
        self.browser, self.phone = client_of(alice), client_of(wanda)
        self.number = 1

    def workers(self) -> list[Any]:
        return [people.worker(f"Worker {n} {uuid.uuid4()}").worker for n in range(self.number)]

    def set(self, kinds: int | None = None) -> RequirementSet:
        """Asks six kinds, and of the last as many as there are."""
        by = {"by": self.alice, "at": self.at}
        made = requirement_sets.create(name=f"Set {uuid.uuid4()}"[:80], **by)
        asks: list[tuple[str, dict[str, Any]]] = [
            ("language", SPEAKS), ("distance", {"miles": 50}), ("profile", {}),
            ("credential", {"kind": proofs.kind().slug, "name": "License"}),
        ]  # fmt: skip
        for _ in range(self.number):
            test = quizzes.published(self.alice, at=self.at, name=f"Test {uuid.uuid4()}")
            agreement = proofs.agreement(self.alice, f"Words {uuid.uuid4()}", at=self.at)
            group = self.group(None)
            asks += [("test", {"test": test.reference, "name": test.name}),
                     ("agreement", {"agreement": agreement.reference, "title": "T"}),
                     ("group", {"group": group.reference, "name": "G", "open": True})]  # fmt: skip
        for kind, values in asks[: kinds or requirement_sets.MOST_REQUIREMENTS]:
            requirement_sets.add(made, kind, values, **by)
        return made

    def group(self, wanted: RequirementSet | None, kind: str = "public") -> Group:
        return groups.create(
            name=f"Group {uuid.uuid4()}", kind=kind, requirement_set=wanted,
            by=self.alice, at=self.at,
        )  # fmt: skip

    def standing(self, status: str, *, asks: bool = False) -> tuple[str, list[str]]:
        """The address of a group's members, and who of them stands so."""
        group = self.group(self.set() if asks else None)
        rows = self.workers()
        GroupMembership.objects.bulk_create(
            GroupMembership(group=group, worker=row, status=status, changed_at=self.at,
                            joined_at=self.at)
            for row in rows
        )  # fmt: skip
        return f"/groups/{group.reference}/members/", [row.reference for row in rows]

    def test(self, *, publish: bool = False, pools: bool = True, **facts: Any) -> Test:
        """A draft with as many questions of every kind, each in a pool of its own or in none."""
        by = {"by": self.alice, "at": self.at}
        test = quizzes.draft(self.alice, at=self.at, name=f"Test {uuid.uuid4()}", **facts)
        for n in range(self.number):
            for kind in quizzes.QUESTIONS:
                quizzes.ask(test, kind, pool=f"{kind} {n}" if pools else "", **by)
        if publish:
            publishing.publish(test, **by)
            test.refresh_from_db()
        return test
