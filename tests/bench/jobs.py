"""What is measured: each job of the site beside its limit page, medians of the repetitions."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, User, WorkerProfile
from assignments.models import Assignment
from conduct import acceptance
from messaging.models import Message
from tests.bench.load import Figures, Request, Server, in_turn, measure, once_each
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
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
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


def run(
    site: Server, limit: Server, *, seconds: float, repetitions: int, only: list[str] | None
) -> int:
    """Measure every job in turn, site and limit side by side; returns 1 where a goal is missed."""
    scene = Scene()
    print(f"Two connections, two workers each, {repetitions} repetitions of {seconds:g} s.\n")
    print(HEAD)
    misses = 0
    for job in chosen(scene.jobs(), only):
        cost = _cost(job)
        for _ in range(repetitions):
            job.limit_runs.append(measure(limit, job.limit(), seconds))
            job.site_runs.append(measure(site, job.site(), seconds))
        misses += _print_row(job, *cost)
    misses += _print_weights(scene)
    return 1 if misses else 0


def chosen(jobs: list[Job], only: list[str] | None) -> list[Job]:
    return [job for job in jobs if not only or job.name in only]


HEAD = (
    f"{'job':<16}{'req/s':>7}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'SQL':>5}{'most':>5}"
    f"{'bytes':>8}{'limit/s':>9}{'CPU ms':>8}{'ratio':>7}{'goal':>6}"
)


def _print_row(job: Job, sql: int, size: int) -> int:
    site, limit = _median(job.site_runs), _median(job.limit_runs)
    ratio = site.per_second / limit.per_second if limit.per_second else 0
    missed = ratio < job.ratio or sql > job.most_sql or site.bad > 0 or limit.bad > 0
    print(
        f"{job.name:<16}{site.per_second:>7.1f}{site.p50:>8.1f}{site.p95:>8.1f}{site.cpu:>8.1f}"
        f"{sql:>5}{job.most_sql:>5}{size:>8}{limit.per_second:>9.1f}{limit.cpu:>8.1f}"
        f"{ratio:>7.2f}{job.ratio:>6.2f}{'  below' if missed else ''}",
        flush=True,
    )
    for runs in (site, limit):
        if runs.bad:
            print(f"  {runs.bad} unexpected answers, the first: {runs.first_bad}")
    return int(missed)


def _median(runs: list[Figures]) -> Figures:
    """The middle of each figure over the repetitions; unexpected answers are summed."""
    middle = {
        name: statistics.median(getattr(run, name) for run in runs)
        for name in ("per_second", "p50", "p95", "cpu")
    }
    first = next((run.first_bad for run in runs if run.bad), "")
    return Figures(**middle, bad=sum(run.bad for run in runs), first_bad=first)


def _cost(job: Job) -> tuple[int, int]:
    """Statements and bytes of one request, counted inside this process, warm.

    What opens and closes a transaction asks the database nothing and is not counted.
    """
    warm, counted = job.sample(), job.sample()
    act(warm)
    with CaptureQueriesContext(connection) as queries:
        answer = act(counted)
    asked = [q for q in queries.captured_queries if not q["sql"].startswith(CONTROL)]
    return len(asked), len(answer.content)


def act(sample: Sample) -> HttpResponseBase:
    """Send one request inside this process, as a browser would."""
    client, path, body = sample
    if body is None:
        return client.get(path, HTTP_ACCEPT_ENCODING="gzip")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


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
        find = [(worker, "/work/")]
        search = [(worker, f"/work/?q={word}") for word in WORDS]
        refs = self._threads_of_twenty()
        details = [(client, f"/assignments/{ref}/") for ref, _, client in refs]
        boards = [(client, "/assignments/") for _, _, client in refs]
        return [
            self._reading("find work", find, ["/list/"], 0.35, 10),
            self._reading("search", search, [f"/search/?words={w}" for w in WORDS], 0.35, 10),
            self._reading(
                "client's list", boards, [f"/board/{company}/" for _, company, _ in refs], 0.35, 10
            ),
            self._reading(
                "assignment page", details, [f"/detail/{ref}/" for ref, _, _ in refs], 0.30, 12
            ),
            Job("apply", self._applications, self._limit_writes, 0.35, 18, self._one_application),
            Job("approve and pay", self._approvals, self._limit_writes, 0.25, 18,
                self._one_approval),
        ]  # fmt: skip

    def _reading(
        self, name: str, asked: list[tuple[Client, str]], limits: list[str], ratio: float, sql: int
    ) -> Job:
        """A job that reads the same pages again and again."""
        person = cookie(self.workers[0])
        ours = [Request(path, cookie(client)) for client, path in asked]
        minimal = [Request(path, person) for path in limits]
        samples = itertools.cycle([(client, path, None) for client, path in asked])
        return Job(
            name, lambda: in_turn(ours), lambda: in_turn(minimal), ratio, sql, lambda: next(samples)
        )

    def pages(self) -> dict[str, tuple[Client, str]]:
        ref, _, client = self._threads_of_twenty()[0]
        return {
            "landing": (Client(HTTP_HOST="127.0.0.1"), "/"),
            "find work": (self.workers[0], "/work/"),
            "assignment": (client, f"/assignments/{ref}/"),
            "client's list": (client, "/assignments/"),
        }

    def _threads_of_twenty(self) -> list[tuple[str, int, Client]]:
        found = Assignment.objects.filter(status="paid", pk__in=_twenty_messages()).order_by("pk")
        return [(a.reference, a.company_id, self._administrator(a.company_id)) for a in found[:40]]

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
        return worker, path, filled_form(worker, path, "revision")

    def _one_approval(self) -> tuple[Client, str, str]:
        reference, company_id = next(self.pending)
        client = self._administrator(company_id)
        path = f"/assignments/{reference}/approval/"
        return client, path, filled_form(client, path, "submitted_at")

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
    session[BACKEND_SESSION_KEY] = "accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["acting_as"] = acting_as
    session.save()
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies["sessionid"] = session.session_key
    client.cookies["csrftoken"] = "a" * 32
    return client


def cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
