"""What probes and monitors are told, with the services up and with each of them down."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity.models import Event
from marketplace import health
from marketplace.celery import app
from notifications.models import Delivery, Notice, Reminder
from payments import funding, payouts, provider_events, refunds
from payments.models import Funding
from payments.providers.base import Answer
from tests.factories.payments import make_payable

pytestmark = pytest.mark.django_db


@pytest.fixture
def probe():
    return Client(headers={"host": "10.1.2.3:8000"})


@pytest.fixture(autouse=True)
def _fresh():
    health._check_migrations.cache_clear()
    yield
    health._check_migrations.cache_clear()


@pytest.fixture
def no_database(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError("the database is down")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.fixture
def no_broker(monkeypatch):
    monkeypatch.setattr(app, "connection_for_write", lambda **kwargs: _broken_connection(**kwargs))


def _broken_connection(**kwargs):
    return app.connection("redis+socket:///nowhere/at/all.sock", **kwargs)


def test_live_asks_nobody(probe, no_database, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = probe.get(reverse("health_live"))
    assert response.status_code == 200
    assert response.content == b"alive\n"


def test_ready_when_every_service_answers(probe):
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 200
    told = {
        "database": True,
        "migrations": True,
        "broker": True,
        "on_time": True,
        "scorecards": True,
    }
    assert response.json() == told


def test_a_probe_needs_no_known_host_and_leaves_no_session(probe, settings):
    settings.ALLOWED_HOSTS = ["squarely.example"]
    settings.SECURE_SSL_REDIRECT = True
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_not_ready_without_the_database(probe, no_database):
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 503
    assert response.json()["database"] is False
    assert response.json()["broker"] is True


def test_ready_without_the_broker_but_it_is_told(probe, no_broker):
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 200
    assert response.json()["broker"] is False


@pytest.mark.parametrize(("minutes", "on_time"), [(0.9, True), (1.1, False)])
def test_ready_tells_when_work_waits_too_long(probe, minutes, on_time):
    """The workers are late or gone; the pages of this process work all the same."""
    wait_since(timezone.now() - timedelta(minutes=minutes))
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 200
    assert response.json()["on_time"] is on_time


def wait_since(at):
    return Event.objects.create(
        kind="test.happened", subject_kind="core.none", subject_key=1, acting_as="system", at=at
    )


def test_not_ready_before_the_migrations(probe):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id ="
            " (SELECT max(id) FROM django_migrations WHERE app = 'notifications')"
        )
    response = probe.get(reverse("health_ready"))
    assert response.status_code == 503
    assert response.json()["migrations"] is False


def test_an_unknown_probe_is_not_found(probe):
    assert probe.get("/health/nonsense").status_code == 404


def test_metrics_tell_how_long_the_oldest_event_waits(probe, settings):
    settings.DEMO = True
    wait_since(timezone.now() - timedelta(minutes=5))
    lines = probe.get(reverse("metrics")).content.decode().splitlines()
    assert 'marketplace_backlog_rows{queue="events"} 1' in lines
    assert 'marketplace_backlog_rows{queue="deliveries"} 0' in lines
    age = next(line for line in lines if "oldest_seconds" in line and "events" in line)
    assert 299 < float(age.split()[1]) < 320
    assert 'marketplace_backlog_limit_seconds{queue="events"} 60' in lines
    assert "# TYPE marketplace_backlog_rows gauge" in lines
    assert "marketplace_broker_up 1" in lines
    assert 'marketplace_broker_messages{queue="sweeps"} 0' in lines


def test_every_backlog_has_its_age_and_its_limit(probe, settings, paid, wanda, alice, acme):
    settings.DEMO = True
    long_ago = timezone.now() - timedelta(hours=1)
    wait_since(long_ago)
    payable = make_payable(wanda, at=long_ago)
    notice = Notice.objects.create(recipient=alice.user, title="Late", key="late", made_at=long_ago)
    Delivery.objects.create(notice=notice, channel="email", due_at=long_ago)
    Reminder.objects.create(
        rule="test", object_key=1, recipient=alice.user, due_at=long_ago, made_at=long_ago
    )
    requested = funding.request(
        company=alice.company, amount=Decimal(50), method="card", key="late", by=alice, at=long_ago
    )
    Funding.objects.filter(pk=requested.pk).update(lease_until=long_ago)
    answer = Answer("e-1", "funding.settled", "late", Decimal(50), "USD")
    provider_events.store("sandbox", [answer], at=long_ago)
    sent = payouts.request(payable, Decimal(20), key="out", by=wanda, at=long_ago)
    assert sent.lease_until == long_ago
    add = {"company": acme, "amount": Decimal(50), "method": "card", "key": "in", "by": alice}
    added = funding.drive(funding.request(**add, at=long_ago), at=long_ago)
    assert added.has_arrived
    refunds.request(acme, Decimal(10), key="back", by=alice, at=long_ago)
    late = {backlog.name for backlog in health.BACKLOGS if backlog.is_late(timezone.now())}
    assert late == {
        "events", "deliveries", "reminders", "fundings", "refunds", "payouts", "provider_events",
    }  # fmt: skip
    text = probe.get(reverse("metrics")).content.decode()
    for name in late:
        (age,) = re.findall(rf'oldest_seconds{{queue="{name}"}} (\S+)', text)
        (limit,) = re.findall(rf'limit_seconds{{queue="{name}"}} (\S+)', text)
        assert float(age) >= 3600 > float(limit)


def test_metrics_answer_while_the_broker_is_down(probe, settings, no_broker):
    settings.DEMO = True
    lines = probe.get(reverse("metrics")).content.decode().splitlines()
    assert "marketplace_broker_up 0" in lines
    assert 'marketplace_backlog_rows{queue="events"} 0' in lines


@pytest.mark.parametrize(
    ("token", "header", "status"),
    [
        ("", None, 404),
        ("secret", None, 404),
        ("secret", "Bearer wrong", 404),
        ("secret", "Bearer sécret", 404),
        ("secret", "Bearer secret", 200),
    ],
)
def test_in_production_metrics_are_for_the_bearer_of_the_token(
    probe, settings, token, header, status
):
    settings.DEBUG = settings.DEMO = False
    settings.METRICS_TOKEN = token
    headers = {"authorization": header} if header else {}
    assert probe.get(reverse("metrics"), headers=headers).status_code == status
