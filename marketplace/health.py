"""What machines ask: alive? ready? how far behind?

The middleware answers before everything else, so that a probe needs no session, no known host
name and, for liveness, no database.
"""

import contextlib
import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import ChannelError

from activity.models import Event
from marketplace.celery import app
from notifications.models import Delivery, Reminder
from payments.models import Funding, Payout, ProviderEvent, Refund
from scorecards.models import ScorecardCheck

QUEUES = ("default", "sweeps", "delivery", "imports")
PROBED = ("/health/", "/metrics")
Labels = dict[str, str]
COUNTED = 10_000
"""Backlogs are counted up to here: a metric must stay cheap when things are worst."""


class ProbeMiddleware:
    """First in the list: health and metrics skip the rest of the stack."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PROBED):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            response = HttpResponse(status=404)
        response["Cache-Control"] = "no-store"
        return response


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; asks nobody else."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has every migration, else 503.

    The broker, the backlogs and what the nightly comparison of scorecards found are reported but
    do not decide: pages work without, and what was to be done waits in the database. To fail
    would take every web process out of service for the fault of another part.
    """
    deciding = {"database": _passes(_check_database), "migrations": _passes(_check_migrations)}
    telling = {
        "broker": _passes(_check_broker),
        "on_time": _passes(_check_backlogs),
        "scorecards": _passes(_check_scorecards),
    }
    return JsonResponse({**deciding, **telling}, status=200 if all(deciding.values()) else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text; for the bearer of ``METRICS_TOKEN``, and for everybody in a demo."""
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    now = timezone.now()
    text = "".join(str(metric) for metric in (*_backlogs(now), *_scorecards(now), *_broker_state()))
    return HttpResponse(text, content_type="text/plain; version=0.0.4")


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # any fault of a service means: not ready
        return False


def _check_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


@functools.cache  # an exception is not kept: once migrated, asked no more
def _check_migrations() -> bool:
    """Whether the database knows every migration of this code (a newer database is fine)."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError("migrations are waiting")
    return True


def _check_broker() -> bool:
    with _broker() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
    return True


def _check_backlogs() -> bool:
    now = timezone.now()
    return not any(backlog.is_late(now) for backlog in BACKLOGS)


def _check_scorecards() -> bool:
    last = _last_check()
    return last is None or not last.count


def _last_check() -> ScorecardCheck | None:
    return ScorecardCheck.objects.order_by("-pk").first()


def _queue_lengths() -> dict[str, int]:
    """Messages waiting in each queue; an empty queue is unknown to a Redis broker."""
    lengths = dict.fromkeys(QUEUES, 0)
    with _broker() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
        channel = broker.default_channel
        for queue in QUEUES:
            with contextlib.suppress(ChannelError):
                lengths[queue] = channel.queue_declare(queue=queue, passive=True).message_count
    return lengths


def _broker() -> Connection:
    return app.connection_for_write(connect_timeout=1)


def _may_read_metrics(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return bool(settings.DEBUG or settings.DEMO)
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


@dataclass(frozen=True)
class Gauge:
    """One metric in the text format of Prometheus."""

    name: str
    help: str
    values: list[tuple[Labels, float]]

    def __str__(self) -> str:
        full = f"marketplace_{self.name}"
        lines = [f"# HELP {full} {self.help}", f"# TYPE {full} gauge"]
        for labels, value in self.values:
            inside = ",".join(f'{name}="{text}"' for name, text in labels.items())
            lines.append(f"{full}{{{inside}}} {value:g}" if inside else f"{full} {value:g}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Backlog:
    """A queue in the database: its rows that are due, since when, and how long they may wait."""

    name: str
    limit: timedelta
    due: Callable[[datetime], QuerySet[Any]]
    since: str

    def age(self, now: datetime) -> timedelta:
        """For how long the oldest due row has waited; an index gives it without a count."""
        rows = self.due(now).order_by(self.since, "pk").values_list(self.since, flat=True)
        oldest = rows.first()
        return max(now - oldest, timedelta(0)) if oldest else timedelta(0)

    def is_late(self, now: datetime) -> bool:
        return self.age(now) > self.limit


BACKLOGS = (
    # In the order in which they were written, which is also that of their times.
    Backlog("events", timedelta(minutes=1), lambda now: Event.objects.undispatched(), "at"),
    Backlog(
        "deliveries",
        timedelta(minutes=5),
        lambda now: Delivery.objects.filter(status="due", due_at__lte=now),
        "due_at",
    ),
    Backlog(
        "reminders",
        timedelta(minutes=5),
        lambda now: Reminder.objects.filter(status="due", due_at__lte=now),
        "due_at",
    ),
    Backlog(
        "fundings",
        timedelta(minutes=5),
        lambda now: Funding.objects.filter(status="requested", lease_until__lte=now),
        "lease_until",
    ),
    Backlog(
        "refunds",
        timedelta(minutes=5),
        lambda now: Refund.objects.filter(status__in=Refund.TAKEN, lease_until__lte=now),
        "lease_until",
    ),
    Backlog(
        "payouts",
        timedelta(minutes=5),
        lambda now: Payout.objects.filter(
            status__in=(*Payout.UNDER_WAY, Payout.Status.PAID), lease_until__lte=now
        ),
        "lease_until",
    ),
    Backlog(
        "provider_events",
        timedelta(minutes=5),
        lambda now: ProviderEvent.objects.filter(applied_at=None, error="", received_at__lte=now),
        "received_at",
    ),
)


def _backlogs(now: datetime) -> list[Gauge]:
    """How much waits in the database's own queues, since when, and for how long it may."""
    counts: list[tuple[Labels, float]] = []
    ages: list[tuple[Labels, float]] = []
    limits: list[tuple[Labels, float]] = []
    for backlog in BACKLOGS:
        label = {"queue": backlog.name}
        counts.append((label, backlog.due(now).order_by()[:COUNTED].count()))
        ages.append((label, backlog.age(now).total_seconds()))
        limits.append((label, backlog.limit.total_seconds()))
    return [
        Gauge("backlog_rows", f"Rows that wait to be worked, counted up to {COUNTED}", counts),
        Gauge("backlog_oldest_seconds", "For how long the oldest of them has waited", ages),
        Gauge("backlog_limit_seconds", "For how long it may: alarm when it is older", limits),
    ]


def _scorecards(now: datetime) -> list[Gauge]:
    """What the last comparison of rolled-up scorecards with the facts came to."""
    last = _last_check()
    if last is None:
        return []
    age = (now - last.checked_at).total_seconds()
    return [
        Gauge("scorecard_drift", "Figures that differed from the facts", [({}, last.count)]),
        Gauge("scorecard_check_age_seconds", "How long ago they were compared", [({}, age)]),
    ]


def _broker_state() -> list[Gauge]:
    try:
        lengths = _queue_lengths()
    except Exception:  # the broker is down: say so, and answer all the same
        return [Gauge("broker_up", "Whether the broker answers", [({}, 0)])]
    values: list[tuple[Labels, float]] = [({"queue": q}, n) for q, n in lengths.items()]
    return [
        Gauge("broker_up", "Whether the broker answers", [({}, 1)]),
        Gauge("broker_messages", "Messages waiting in a Celery queue", values),
    ]
