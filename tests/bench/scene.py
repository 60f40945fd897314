"""Who measures and what they ask: the jobs of the site, each beside its limit page."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Industry, Membership, User, WorkerProfile
from assignments.models import Assignment, Label
from conduct import acceptance
from messaging.models import Message
from tests.bench.load import Figures, Request, in_turn, once_each
from tests.bench.reading import filled_form

WORDS = [
    "router",
    "switch",
    "printer",
    "cable",
    "kiosk",
    "display",
    "server",
    "tablet",
    "badge",
    "rack",
]
WRITES = 300
HANDLER = ClientHandler(enforce_csrf_checks=False)
"""One for all clients: each would look through all static files first."""
LARGEST = 1
"""The company that owns a fifth of all work."""
Requests = Callable[[int], Iterator[Request]]
Sample = tuple[Client, str, str | None]
"""Who asks, the path, and the body of a write."""


@dataclass
class Job:
    """One row of the table: the site's requests, the limit's, and the goals."""

    name: str
    site: Callable[[], Requests]
    limit: Callable[[], Requests]
    ratio: float
    most_sql: int
    sample: Callable[[], Sample]
    site_runs: list[Figures] = field(default_factory=list)
    limit_runs: list[Figures] = field(default_factory=list)


def chosen(jobs: list[Job], only: list[str] | None) -> list[Job]:
    return [job for job in jobs if not only or job.name in only]


def act(sample: Sample) -> HttpResponseBase:
    """Send one request inside this process, as a browser would."""
    client, path, body = sample
    if body is None:
        return client.get(path, HTTP_ACCEPT_ENCODING="gzip")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


class Scene:
    """Who measures: a worker and company administrators, signed in, guidelines accepted."""

    def __init__(self, *, writes: int = WRITES) -> None:
        now = timezone.now()
        self.writes = writes
        self.workers = [self._worker(pk, now) for pk in range(1, 41)]
        self.now = now
        self.sent = iter(
            Assignment.objects.filter(status="sent")
            .exclude(applications__worker_id__lte=len(self.workers))
            .order_by("pk")
            .values_list("reference", "pk")
        )
        self.pending = iter(
            Assignment.objects.filter(status="pending_approval").order_by("pk")
            .values_list("reference", "company_id")
        )  # fmt: skip
        self.clients: dict[int, Client] = {}

    def jobs(self) -> list[Job]:
        worker = self.workers[0]
        talks = self._threads_of_twenty()
        largest, board = self.administrator(LARGEST), f"/board/{LARGEST}/"
        near = [(w, "/work/?miles=50&sort=nearest") for w in self.workers]
        details = [(client, f"/assignments/{ref}/") for ref, _, client in talks]
        boards = [(client, "/assignments/") for _, _, client in talks]
        words = [(largest, f"/assignments/?words={word}") for word in WORDS]
        filtered = self._three_filters()
        return [
            self._reading("find work", [(worker, "/work/")], ["/list/"], 0.35, 10),
            self._reading("find work near", near, ["/list/?miles=50"], 0.35, 10),
            self._reading(
                "search", [(worker, f"/work/?q={word}") for word in WORDS],
                [f"/list/?words={word}" for word in WORDS], 0.35, 10,
            ),
            self._reading(
                "client's list", boards, [f"/board/{company}/" for _, company, _ in talks], 0.35, 10
            ),
            self._reading("board", [(largest, "/assignments/")], [board], 0.35, 10),
            self._reading(
                "board of 150", [(largest, "/assignments/?rows_shown=150")],
                [f"{board}?rows=150"], 0.70, 10,
            ),
            self._reading(
                "three filters", [(largest, f"/assignments/?{urlencode(ours)}")
                                  for ours, _ in filtered],
                [f"{board}?{urlencode(limits)}" for _, limits in filtered], 0.35, 10,
            ),
            self._reading(
                "client's search", words, [f"{board}?words={word}" for word in WORDS], 0.35, 10
            ),
            self._reading(
                "assignment page", details, [f"/detail/{ref}/" for ref, _, _ in talks], 0.30, 12
            ),
            Job("apply", self._applications, self._limit_writes, 0.35, 18, self._one_application),
            Job("approve and pay", self._approvals, self._limit_writes, 0.25, 18,
                self._one_approval),
        ]  # fmt: skip

    def _three_filters(self) -> list[tuple[dict[str, object], dict[str, object]]]:
        """Pairs of what the site's board and the limit page are asked for."""
        owners = User.objects.filter(memberships__company=LARGEST).order_by("pk")
        first, second, third = owners.values_list("pk", flat=True)[:3]
        industries = Industry.objects.order_by("pk").values_list("pk", flat=True)
        label = Label.objects.filter(company=LARGEST).order_by("pk").first()
        assert label is not None
        today = timezone.localdate()
        start, end = today - timedelta(days=120), today - timedelta(days=60)
        return [
            (same := {"status": "paid", "owner": second, "industry": industries[3]}, same),
            (
                {"owner": first, "where": "site", "starts_from": start, "starts_to": end},
                {"owner": first, "on_site": True, "from": start, "to": end + timedelta(days=1)},
            ),
            (same := {"label": label.reference, "status": "paid", "owner": third}, same),
            (
                {"status": "cancelled", "industry": industries[7], "starts_to": end},
                {"status": "cancelled", "industry": industries[7], "to": end + timedelta(days=1)},
            ),
        ]

    def _reading(
        self, name: str, asked: list[tuple[Client, str]], limits: list[str], ratio: float, sql: int
    ) -> Job:
        """A job that reads the same pages again and again; the limit is asked by the same."""
        ours = [Request(path, cookie(client)) for client, path in asked]
        people = [cookie(client) for client, _ in asked]
        minimal = [
            Request(path, person)
            for path, person in zip(itertools.cycle(limits), people, strict=False)
        ]
        samples = itertools.cycle([(client, path, None) for client, path in asked])
        return Job(
            name, lambda: in_turn(ours), lambda: in_turn(minimal), ratio, sql, lambda: next(samples)
        )

    def pages(self) -> dict[str, tuple[Client, str]]:
        """What is weighed as a browser loads it with an empty cache."""
        ref, _, client = self._threads_of_twenty()[0]
        return {
            "landing": (Client(HTTP_HOST="127.0.0.1"), "/"),
            "find work": (self.workers[0], "/work/"),
            "assignment": (client, f"/assignments/{ref}/"),
            "client's list": (client, "/assignments/"),
        }

    def _threads_of_twenty(self) -> list[tuple[str, int, Client]]:
        found = Assignment.objects.filter(status="paid", pk__in=_twenty_messages()).order_by("pk")
        return [(a.reference, a.company_id, self.administrator(a.company_id)) for a in found[:40]]

    def _worker(self, pk: int, now) -> Client:
        profile = WorkerProfile.objects.select_related("user").get(pk=pk)
        return _signed_in(Actor.as_worker(profile), "worker", now)

    def administrator(self, company_id: int) -> Client:
        """A member of the company who may do everything, signed in."""
        if company_id not in self.clients:
            membership = (
                Membership.objects.select_related("company", "user")
                .filter(company_id=company_id)
                .order_by("pk")[0]
            )
            membership.roles = ["administrator"]
            membership.save(update_fields=["roles"])
            actor = Actor.as_client(membership)
            self.clients[company_id] = _signed_in(
                actor, f"company:{membership.company.slug}", self.now
            )
        return self.clients[company_id]

    def _one_application(self) -> tuple[Client, str, str]:
        reference, number = next(self.sent)
        worker = self.workers[number % len(self.workers)]
        path = f"/assignments/{reference}/apply/"
        return worker, path, filled_form(worker, path, "revision", ticked={"red_scorecard_seen"})

    def _one_approval(self) -> tuple[Client, str, str]:
        reference, company_id = next(self.pending)
        client = self.administrator(company_id)
        path = f"/assignments/{reference}/approval/"
        return client, path, filled_form(client, path, "submitted_at")

    def _applications(self) -> Requests:
        return self._posts(self._one_application)

    def _approvals(self) -> Requests:
        return self._posts(self._one_approval)

    def _posts(self, make: Callable[[], tuple[Client, str, str]]) -> Requests:
        made = []
        for _ in range(self.writes):
            try:
                made.append(make())
            except StopIteration:  # a small world runs out of work; the run ends early
                break
        return once_each(
            iter([Request(path, cookie(client), body, (302,)) for client, path, body in made])
        )

    def _limit_writes(self) -> Requests:
        worker = self.workers[0]
        token = "a" * 32
        both = f"{cookie(worker)}; csrftoken={token}"
        references = Assignment.objects.order_by("pk").values_list("reference", flat=True)[:2000]
        body = f"csrfmiddlewaretoken={token}"
        writes = [Request(f"/write/{ref}/", both, body, (302,)) for ref in references]
        return once_each(itertools.cycle(writes))


def _twenty_messages():
    from django.db.models import Count

    return (
        Message.objects.filter(thread_id__lte=100_000)
        .values("thread__assignment_id").annotate(n=Count("pk")).filter(n__gte=20)
        .values("thread__assignment_id")
    )  # fmt: skip


def _signed_in(actor: Actor, acting_as: str, now) -> Client:
    """A client whose session is in the database, so that both sites know it."""
    user: User = actor.user
    acceptance.accept(user, acceptance.outstanding(actor, at=now), by=actor, at=now)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["acting_as"] = acting_as
    session.save()
    client = Client(HTTP_HOST="127.0.0.1")
    client.handler = HANDLER
    client.cookies["sessionid"] = session.session_key
    client.cookies["csrftoken"] = "a" * 32
    return client


def cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
