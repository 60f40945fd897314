"""The demonstration's groups: whom each company keeps together, and how they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.actors import Actor
from accounts.models import WorkerProfile
from marketplace.demo.people import Cast, Client
from marketplace.demo.stories import Story
from vetting import broadcasting, groups, inviting, marks, requirement_sets


@dataclass(frozen=True)
class Pool:
    """One group to be: how many members, applicants and people still invited it has."""

    company: str
    name: str
    kind: str
    description: str
    members: int
    applicants: int = 0
    invited: int = 0


POOLS = (
    Pool("harbor", "Store network technicians", "invitation",
         "Switches, access points and cabling in our stores. We send this group our work 30 "
         "minutes before anybody else.\n\n- Own console cable and tone generator\n"
         "- Photos before and after, every time", 12, invited=3),
    Pool("harbor", "POS installers, Midwest", "public",
         "Tills, printers and payment terminals in Ohio, Indiana and Michigan. Anybody with two "
         "years of experience may apply.", 8, applicants=3, invited=1),
    Pool("harbor", "Call first", "private", "Solved something difficult without being asked.", 5),
    Pool("pinnacle", "Rollout crew", "public",
         "National rollouts at short notice. Be ready to travel.", 6, applicants=2),
    Pool("pinnacle", "Night shift", "invitation", "After 9 PM, at time and a half.", 4, invited=2),
    Pool("lakeshore", "School-cleared technicians", "invitation",
         "Work in schools and libraries while classes are on.", 9, invited=2),
    Pool("lakeshore", "Fiber and structured cabling", "public",
         "Splicing, terminating, certifying. Bring your own tester.", 7, applicants=1),
    Pool("fernway", "Clinic regulars", "private", "Quiet, tidy, good with patients about.", 3),
)  # fmt: skip

WORDS = (
    "Eight years of this kind of work, own van and tester.",
    "I live ten minutes from two of your sites.",
    "Certified installer; I can start this week.",
)
ASKED: dict[str, dict[str, Any]] = {
    "region": {"where": "named", "country": "US", "states": ["OH", "IN", "MI", "IL", "PA", "KY"]},
    "language": {"language": "English"},
    "not_blocked": {},
}
REASONS = (
    "We look for two years of experience with this equipment; apply again when you have it.",
    "We have enough people in your area at the moment.",
)


def stories(cast: Cast, *, now: datetime) -> list[Story]:
    random = Random(2027)
    return [_life(pool, cast, Random(random.random()), now=now) for pool in POOLS]


def _life(pool: Pool, cast: Cast, rnd: Random, *, now: datetime) -> Story:
    client = cast.clients[pool.company]
    company = client.actor.company
    assert company is not None
    yield (at := max(company.created_at, now - timedelta(days=100)) + timedelta(days=1))
    group = groups.create(
        name=pool.name, kind=pool.kind, description=pool.description, by=client.actor, at=at
    )
    people = _people(pool, cast, rnd)
    members, rest = people[: pool.members], people[pool.members :]
    if pool.kind == "private":
        groups.invite(group, _profiles(members), by=client.manager, at=at)
        if pool.company == "harbor":
            yield from _marked(members, cast.workers[-1], client, now, at)
        return
    yield from _joining(group, members, client, at)
    late = rest[: pool.applicants + pool.invited + 2]
    yield (at := now - timedelta(days=rnd.randint(1, 3), hours=rnd.randint(2, 9)))
    groups.invite(group, _profiles(late[: pool.invited]), by=client.manager, at=at)
    if pool.kind == "public":
        hopeful = late[pool.invited : pool.invited + pool.applicants]
        for actor in hopeful:
            groups.apply(group, note=rnd.choice(WORDS), by=actor, at=at)
        _turn_down(group, late[-2], client, rnd, at)
    _told(group, client, at)
    yield (at := at + timedelta(hours=1))
    groups.remove(
        group, _profiles(members[-1:]), reason="Did not answer five invitations in a row.",
        by=client.actor, at=at,
    )  # fmt: skip


def _marked(
    liked: list[Actor], disliked: Actor, client: Client, now: datetime, at: datetime
) -> Story:
    """Some of those called first are favorites; one worker is blocked, after all else happened."""
    for worker in _profiles(liked[1:4]):
        marks.mark_worker(worker, "favorite", by=client.manager, at=at)
    yield (at := now - timedelta(minutes=5))
    for worker in _profiles([disliked]):
        note = "Left the store open overnight."
        marks.mark_worker(worker, "blocked", note=note, by=client.manager, at=at)


def _told(group: groups.Group, client: Client, at: datetime) -> None:
    """The first groups ask something, write to their members and to people without a login."""
    if group.name == POOLS[0].name:
        broadcasting.send(
            group, subject="New labels from Monday", key="labels", by=client.manager, at=at,
            body="From Monday on every patch cable gets a label at both ends. The depot hands out "
            "rolls; photos without labels come back to you.",
        )  # fmt: skip
    if group.name == POOLS[1].name:
        asked = requirement_sets.create(
            name="Midwest installer", note="Asked of everybody in the public group.",
            by=client.manager, at=at,
        )  # fmt: skip
        for kind, values in ASKED.items():
            requirement_sets.add(asked, kind, values, by=client.manager, at=at)
        groups.edit(group, {"requirement_set": asked}, by=client.manager, at=at)
        emails = ["sam.ortiz@fieldwork.example", "lee.park@tillcare.example"]
        inviting.invite(group, emails, by=client.manager, at=at)


def _joining(group: groups.Group, members: list[Actor], client: Client, at: datetime) -> Story:
    groups.invite(group, _profiles(members), by=client.actor, at=at)
    for number, actor in enumerate(members):
        yield at + timedelta(hours=3 + number * 5)
        groups.accept(group, by=actor, at=at + timedelta(hours=3 + number * 5))


def _turn_down(
    group: groups.Group, actor: Actor, client: Client, rnd: Random, at: datetime
) -> None:
    groups.apply(group, note=rnd.choice(WORDS), by=actor, at=at)
    reason = rnd.choice(REASONS)
    groups.decline(group, _profiles([actor]), reason=reason, by=client.manager, at=at)


def _people(pool: Pool, cast: Cast, rnd: Random) -> list[Actor]:
    """Dana is a member of the first groups; the last of Harbor's invited is Marcus."""
    dana, marcus, *others = cast.workers
    rnd.shuffle(others)
    if pool.kind == "private":
        return [dana, marcus, *others]
    if pool.name == POOLS[0].name:
        return [dana, *others[: pool.members - 1], marcus, *others[pool.members - 1 :]]
    return [dana, marcus, *others] if rnd.random() < 0.5 else [marcus, *others, dana]


def _profiles(actors: list[Actor]) -> list[WorkerProfile]:
    return [actor.worker for actor in actors if actor.worker]
