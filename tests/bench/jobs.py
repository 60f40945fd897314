"""What is measured: each job of the site beside its limit page, medians of the repetitions."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, User, WorkerProfile
from assignments.models import Assignment
from conduct import acceptance
from messaging.models import Message
from tests.bench.load import Figures, Request, in_turn, measure, once_each
from tests.bench.reading import compressed, filled_form, parts_of

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
Requests = Callable[[int], Iterator[Request]]


@dataclass
class Job:
    """One row of the table: the site's requests, the limit's, and the goals."""

    name: str
    site: Callable[[], Requests]
    limit: Callable[[], Requests]
    ratio: float
    most_sql: int
    sample: Callable[[], tuple[Client, str, str | None]]
    site_runs: list[Figures] = field(default_factory=list)
    limit_runs: list[Figures] = field(default_factory=list)


def run(site_port: int, limit_port: int, *, seconds: float, repetitions: int) -> int:
    """Measure every job in turn, site and limit side by side; returns the number of misses."""
    scene = Scene()
    print(f"Two connections, two workers each, {repetitions} repetitions of {seconds:g} s.\n")
    print(HEAD)
    misses = 0
    for job in scene.jobs():
        for _ in range(repetitions):
            job.limit_runs.append(measure(limit_port, job.limit(), seconds))
            job.site_runs.append(measure(site_port, job.site(), seconds))
        misses += _print_row(job)
    misses += _print_weights(scene)
    return 1 if misses else 0


HEAD = (
    f"{'job':<22}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'SQL':>5}{'most':>5}{'bytes':>8}"
    f"{'limit/s':>9}{'ratio':>7}{'goal':>6}"
)


def _print_row(job: Job) -> int:
    site = statistics.median(run.per_second for run in job.site_runs)
    limit = statistics.median(run.per_second for run in job.limit_runs)
    p50 = statistics.median(run.p50 for run in job.site_runs)
    p95 = statistics.median(run.p95 for run in job.site_runs)
    sql, size = _cost(job)
    ratio = site / limit if limit else 0
    bad = sum(run.bad for run in job.site_runs + job.limit_runs)
    missed = ratio < job.ratio or sql > job.most_sql or bad > 0
    print(
        f"{job.name:<22}{site:>8.1f}{p50:>8.1f}{p95:>8.1f}{sql:>5}{job.most_sql:>5}{size:>8}"
        f"{limit:>9.1f}{ratio:>7.2f}{job.ratio:>6.2f}{'  below' if missed else ''}"
    )
    if bad:
        first = next(run.first_bad for run in job.site_runs + job.limit_runs if run.bad)
        print(f"  {bad} unexpected answers, the first: {first}")
    return int(missed)


def _cost(job: Job) -> tuple[int, int]:
    """Statements and bytes of one request, counted inside this process, warm."""
    client, path, body = job.sample()
    if body is None:
        client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        if body is None:
            answer = client.get(path, HTTP_ACCEPT_ENCODING="gzip")
        else:
            answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
    savepoints = sum("SAVEPOINT" in q["sql"] for q in queries.captured_queries)
    return len(queries) - savepoints, len(answer.content)


def _print_weights(scene: Scene) -> int:
    print(f"\n{'page, cold':<22}{'requests':>9}{'KiB':>8}   at most 8 requests and 80 KiB")
    missed = 0
    for name, (client, path) in scene.pages().items():
        answer = client.get(path)
        parts = parts_of(answer.content.decode(), path)
        size = compressed(answer.content)
        for part in parts:
            body = b"".join(client.get(part))
            size += compressed(body)
        over = len(parts) + 1 > 8 or size > 80 * 1024
        missed += over
        print(f"{name:<22}{len(parts) + 1:>9}{size / 1024:>8.1f}{'  over' if over else ''}")
    return missed


class Scene:
    """Who measures: a worker and company administrators, signed in, guidelines accepted."""

    def __init__(self) -> None:
        now = timezone.now()
        self.workers = [self._worker(pk, now) for pk in range(1, 41)]
        busy = Message.objects.values_list("thread__assignment_id", flat=True).filter(
            thread__assignment__status="in_progress"
        )
        self.detail_refs = list(
            Assignment.objects.filter(pk__in=busy.distinct(), pk__gt=0)
            .order_by("pk")
            .values_list("reference", flat=True)[:149]
        )
        self.now = now
        self.sent = iter(
            Assignment.objects.filter(status="sent").order_by("pk").values_list("reference", "pk")
        )
        self.pending = iter(
            Assignment.objects.filter(status="pending_approval").order_by("pk")
            .values_list("reference", "company_id")
        )  # fmt: skip
        self.clients: dict[int, Client] = {}

    def jobs(self) -> list[Job]:
        worker = self.workers[0]
        find = ["/work/"]
        search = [f"/work/?q={word}" for word in WORDS]
        read_limit = lambda paths: lambda: in_turn([Request(p, cookie(worker)) for p in paths])  # noqa: E731
        refs = self._threads_of_twenty()
        return [
            Job("find work", lambda: in_turn([Request("/work/", cookie(worker))]),
                read_limit(["/list/"]), 0.35, 10, lambda: (worker, find[0], None)),
            Job("search", lambda: in_turn([Request(p, cookie(worker)) for p in search]),
                read_limit([f"/search/?words={w}" for w in WORDS]), 0.35, 10,
                lambda: (worker, search[0], None)),
            Job("assignment page", lambda: in_turn(
                    [Request(f"/assignments/{ref}/", cookie(client)) for ref, client in refs]),
                read_limit([f"/detail/{ref}/" for ref, _ in refs]), 0.30, 12,
                lambda: (refs[0][1], f"/assignments/{refs[0][0]}/", None)),
            Job("apply", self._applications, self._limit_writes, 0.35, 18, self._one_application),
            Job("approve and pay", self._approvals, self._limit_writes, 0.25, 18,
                self._one_approval),
        ]  # fmt: skip

    def pages(self) -> dict[str, tuple[Client, str]]:
        ref, client = self._threads_of_twenty()[0]
        return {
            "landing": (Client(), "/"),
            "find work": (self.workers[0], "/work/"),
            "assignment": (client, f"/assignments/{ref}/"),
            "client's list": (client, "/assignments/"),
        }

    def _threads_of_twenty(self) -> list[tuple[str, Client]]:
        found = Assignment.objects.filter(status="paid", pk__in=_twenty_messages()).order_by("pk")
        return [(a.reference, self._administrator(a.company_id)) for a in found[:40]]

    def _worker(self, pk: int, now) -> Client:
        profile = WorkerProfile.objects.select_related("user").get(pk=pk)
        return _signed_in(Actor.as_worker(profile), "worker", now)

    def _administrator(self, company_id: int) -> Client:
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
        return worker, path, filled_form(worker, path)

    def _one_approval(self) -> tuple[Client, str, str]:
        reference, company_id = next(self.pending)
        client = self._administrator(company_id)
        path = f"/assignments/{reference}/approval/"
        return client, path, filled_form(client, path)

    def _applications(self) -> Requests:
        return self._posts(self._one_application)

    def _approvals(self) -> Requests:
        return self._posts(self._one_approval)

    def _posts(self, make: Callable[[], tuple[Client, str, str]]) -> Requests:
        made = []
        for _ in range(WRITES):
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
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["acting_as"] = acting_as
    session.save()
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies["sessionid"] = session.session_key
    client.cookies["csrftoken"] = "a" * 32
    return client


def cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
