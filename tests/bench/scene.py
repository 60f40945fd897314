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
from tests.bench.acting import TOKEN, WRITES, Requests, Write, cookie
from tests.bench.load import Figures, Request, in_turn

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
HANDLER = ClientHandler(enforce_csrf_checks=False)
"""One for all clients: each would look through all static files first."""
LARGEST = 1
"""The company that owns a fifth of all work."""
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
                "find work near, with requirements",
                [(client, f"{path}&qualified=on") for client, path in near],
                ["/list/?miles=50&qualified=on"], 0.35, 10,
            ),
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
            self._writing("apply", self._to_apply_for(), "apply", "revision", 0.35),
            self._writing("approve and pay", self._to_approve(), "approval", "submitted_at", 0.25),
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

    def _writing(
        self, name: str, waiting: Iterator[tuple[Client, str]], page: str, field: str, ratio: float
    ) -> Job:
        """A job that does one thing to each of what waits, with the form that its page shows."""
        ours, least = f"/assignments/{{}}/{page}/", f"/{page}/{{}}/"
        write = Write(waiting, page=ours, field=field, minimal=least, most=self.writes)
        return Job(name, write.site, write.limit, ratio, 18, write.sample)

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
        return signed_in(Actor.as_worker(profile), "worker", now)

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
            self.clients[company_id] = signed_in(
                actor, f"company:{membership.company.slug}", self.now
            )
        return self.clients[company_id]

    def _to_apply_for(self) -> Iterator[tuple[Client, str]]:
        rows = (
            Assignment.objects.filter(status="sent")
            .exclude(applications__worker_id__lte=len(self.workers))
            .order_by("pk")
        )
        for reference, number in rows.values_list("reference", "pk"):
            yield self.workers[number % len(self.workers)], reference

    def _to_approve(self) -> Iterator[tuple[Client, str]]:
        rows = Assignment.objects.filter(status="pending_approval").order_by("pk")
        for reference, company_id in rows.values_list("reference", "company_id"):
            yield self.administrator(company_id), reference


def _twenty_messages():
    from django.db.models import Count

    return (
        Message.objects.filter(thread_id__lte=100_000)
        .values("thread__assignment_id").annotate(n=Count("pk")).filter(n__gte=20)
        .values("thread__assignment_id")
    )  # fmt: skip


def signed_in(actor: Actor, acting_as: str, now) -> Client:
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
    client.cookies["csrftoken"] = TOKEN
    return client
