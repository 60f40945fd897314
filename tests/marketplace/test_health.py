"""What probes and monitors are told, with the services up and with each of them down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activity.models import Event
from marketplace import health
from marketplace.celery import app

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
    assert response.json() == {"database": True, "migrations": True, "broker": True}


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
    at = timezone.now() - timedelta(minutes=5)
    Event.objects.create(
        kind="test.happened", subject_kind="core.none", subject_key=1, acting_as="system", at=at
    )
    lines = probe.get(reverse("metrics")).content.decode().splitlines()
    assert 'marketplace_backlog_rows{queue="events"} 1' in lines
    assert 'marketplace_backlog_rows{queue="deliveries"} 0' in lines
    age = next(line for line in lines if "oldest_seconds" in line and "events" in line)
    assert 299 < float(age.split()[1]) < 320
    assert "# TYPE marketplace_backlog_rows gauge" in lines
    assert "marketplace_broker_up 1" in lines
    assert 'marketplace_broker_messages{queue="sweeps"} 0' in lines


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
