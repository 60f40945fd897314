"""The record of events is attacked by SQL, as somebody at ``psql`` would."""

import importlib
import os

import psycopg2
import pytest
from django.db import IntegrityError, connection, transaction

from activity.models import Event

COLUMNS = {
    "id": "id + 1000",
    "kind": "'assignment.paid'",
    "subject_kind": "'payments.invoice'",
    "subject_key": "subject_key + 1",
    "company_key": "coalesce(company_key, 0) + 1",
    "user_id": "NULL",
    "acting_as": "'staff'",
    "data": """'{"amount": "1.00"}'::jsonb""",
    "at": "at - interval '1 day'",
}
AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
FREE = {"dispatched_at", "tries"}


@pytest.fixture
def event(draft):
    return Event.objects.filter(user__isnull=False).order_by("pk")[0]


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused(*statements):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(*statements)


def test_every_column_is_attacked():
    assert {field.column for field in Event._meta.concrete_fields} == set(COLUMNS) | FREE


@pytest.mark.parametrize("column", COLUMNS)
def test_what_happened_cannot_be_rewritten(event, column):
    before = Event.objects.values().get(pk=event.pk)
    refused(f"UPDATE activity_event SET {column} = {COLUMNS[column]} WHERE id = {event.pk}")
    assert Event.objects.values().get(pk=event.pk) == before


def test_a_change_hidden_in_a_permitted_one_is_refused(event):
    refused(f"UPDATE activity_event SET tries = 1, kind = 'other' WHERE id = {event.pk}")
    refused(
        f"INSERT INTO activity_event SELECT * FROM activity_event WHERE id = {event.pk} "
        "ON CONFLICT (id) DO UPDATE SET kind = 'other'"
    )


def test_the_dispatcher_may_note_its_work(event):
    run(f"UPDATE activity_event SET dispatched_at = now(), tries = 2 WHERE id = {event.pk}")
    event.refresh_from_db()
    assert event.dispatched_at
    assert event.tries == 2


def test_what_happened_cannot_be_removed(event):
    refused(f"DELETE FROM activity_event WHERE id = {event.pk}")
    refused(AT_ONCE, "SET LOCAL squarely.test_database = ''", "TRUNCATE activity_event CASCADE")
    assert Event.objects.filter(pk=event.pk).exists()


def test_a_session_setting_does_not_switch_the_guards_off(event):
    ignore = "SET LOCAL pgtrigger.ignore = '{event_read_only,event_kept,event_not_truncated}'"
    refused(ignore, f"UPDATE activity_event SET kind = 'other' WHERE id = {event.pk}")
    refused(ignore, f"DELETE FROM activity_event WHERE id = {event.pk}")
    refused(
        ignore,
        AT_ONCE,
        "SET LOCAL squarely.test_database = 'no'",
        "TRUNCATE activity_event CASCADE",
    )


@pytest.fixture
def people_database(db):
    """A database that is not named as tests name theirs, with the table and its guards."""
    name = f"guards_{os.getpid()}"
    given = connection.get_connection_params() | {"cursor_factory": None}
    server = psycopg2.connect(**given | {"dbname": "postgres"})
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0")
    there = psycopg2.connect(**given | {"dbname": name})
    there.autocommit = True
    guards = importlib.import_module("activity.migrations.0002_event_guards").GUARDS
    there.cursor().execute("CREATE TABLE activity_event (id bigint)")
    there.cursor().execute(guards)
    yield there.cursor()
    there.close()
    server.cursor().execute(f"DROP DATABASE {name}")
    server.close()


def test_only_a_test_database_can_be_emptied(people_database):
    people_database.execute("SET squarely.test_database = 'yes'")
    with pytest.raises(psycopg2.errors.CheckViolation, match="append-only"):
        people_database.execute("TRUNCATE activity_event")


def test_each_guard_stands(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'activity_event'::regclass "
            "AND NOT tgisinternal AND tgenabled = 'O'"
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names == {"event_read_only", "event_kept", "event_not_truncated"}
