"""The demonstration's world, made once by ``seed_demo`` and looked at from every side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User
from assignments import reasons
from assignments.models import Assignment
from assignments.states import Status
from escalations.models import (
    Case,
    CaseLink,
    Evidence,
    Exhibit,
    Opinion,
    Proposal,
    Reversal,
)
from escalations.states import CaseStatus
from marketplace.demo.case_scripts import AGO
from marketplace.demo.people import Client as DemoClient
from marketplace.demo.world import OF_CASES, start_of
from notifications.models import Delivery, Digest, Reach
from payments import audit
from tests.test_access import PERSONAS, rows

pytestmark = pytest.mark.django_db


def establish_what_migrations_made() -> None:
    """A transactional test that ran before has emptied the tables."""
    import_module("accounts.migrations.0004_industries").add_industries(apps, None)
    reasons.establish()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """The whole world, within one transaction that is rolled back in the end."""
    files = tmp_path_factory.mktemp("demo")
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    changes = {"MEDIA_ROOT": files, "DEMO": True, "PASSWORD_HASHERS": quick}
    with django_db_blocker.unblock(), override_settings(**changes), transaction.atomic():
        establish_what_migrations_made()
        call_command("seed_demo", small=True, verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def browser_of(world):
    def signed_in(email: str) -> Client:
        client = Client()
        client.force_login(
            User.objects.get(email=email), backend="accounts.backends.PasswordBackend"
        )
        return client

    return signed_in


def expected_of(persona: str) -> list[str]:
    """The addresses without an object that show this persona of the access table a page."""
    place = PERSONAS.index(persona)
    return sorted(
        name for name, of, method, answers in rows()
        if of == "-" and method == "get" and answers[place] == 200
    )  # fmt: skip


def test_there_are_assignments_in_each_of_the_nine_statuses(world):
    assert set(Assignment.objects.values_list("status", flat=True)) == set(Status.values)
    assert len(Status.values) == 9


def test_there_are_cases_in_every_status(world):
    assert set(Case.objects.values_list("status", flat=True)) == set(CaseStatus.values)


def test_cases_show_whatever_a_case_can_come_to(world):
    cases = Case.objects.filter(merged_into=None)
    assert not cases.filter(particulars=[]).exists()
    assert set(Evidence.objects.values_list("content_type", flat=True)) == {
        "image/jpeg", "application/pdf",
    }  # fmt: skip
    assert {exhibit.kind for exhibit in Exhibit.objects.all()} == {
        "message", "visit", "deliverable",
    }  # fmt: skip
    assert set(Opinion.objects.values_list("mark", flat=True)) == set(Opinion.Mark.values)
    assert {row.company_answer for row in Proposal.objects.filter(ended_at=None)} == {
        "", "accepted",
    }  # fmt: skip
    assert Reversal.objects.exists() and CaseLink.objects.exists()
    assert Case.objects.exclude(merged_into=None).exists() and cases.filter(round=2).exists()
    assert cases.filter(kind="rating").exists()


@pytest.mark.parametrize("hard_to_please", [False, True])
def test_work_that_cases_are_about_is_submitted_in_time_at_any_hour(hard_to_please):
    client = DemoClient(
        SYSTEM, SYSTEM, SYSTEM, approval_hours=(1, 30), late_days=(0, 1), pleased=1.0, terms=(0,),
        hard_to_please=hard_to_please,
    )  # fmt: skip
    for hour in range(7 * 24):
        now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC) + timedelta(hours=hour)
        start = start_of(client, OF_CASES, 0, Random(hour), now=now)
        assert now - timedelta(days=8) < start <= now - AGO - client.work_takes


def test_somebody_has_quiet_hours_a_telephone_and_a_digest(world):
    reached = Reach.objects.exclude(phone_confirmed_at=None).exclude(quiet_from=None)
    assert reached.count() == 2
    assert Digest.objects.filter(recipient__reach__in=reached).exists()
    dead = Delivery.objects.filter(status=Delivery.Status.DEAD)
    assert not dead.exists()


def test_the_books_are_right(world):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # whatever a commit would have checked
    call_command("check_ledger", verbosity=0)
    assert list(audit.findings()) == []


@pytest.mark.parametrize(
    "email,persona",
    [
        ("client@demo.test", "alice"), ("controller@demo.test", "cody"),
        ("redclient@demo.test", "charlie"), ("worker@demo.test", "wanda"),
        ("worker2@demo.test", "walt"), ("agent@demo.test", "olga"),
    ],
)  # fmt: skip
def test_every_list_opens(browser_of, email, persona):
    client = browser_of(email)
    names = expected_of(persona)
    answers = {name: client.get(reverse(name)).status_code for name in names}
    assert len(names) > 20
    assert {name: status for name, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("email", ["agent@demo.test", "lead@demo.test", "admin@demo.test"])
def test_every_list_of_the_admin_opens_for_its_staff(browser_of, email):
    client = browser_of(email)
    staff = User.objects.get(email=email)
    shown = [
        model for model in admin.site._registry
        if staff.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]  # fmt: skip
    assert Case in shown
    wrong = {}
    for model in shown:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        if (status := client.get(url).status_code) != 200:
            wrong[url] = status
    assert wrong == {}


def test_one_assignment_of_each_status_opens_for_its_client(browser_of):
    client = browser_of("client@demo.test")
    harbor = Assignment.objects.filter(company__name="Harbor Retail Services").order_by("pk")
    for status in Status.values:
        found = harbor.filter(status=status).first()
        assert found is not None, status
        assert client.get(found.get_absolute_url()).status_code == 200, status


def test_every_case_opens_for_the_desk_and_its_client(browser_of):
    desk, client = browser_of("lead@demo.test"), browser_of("client@demo.test")
    for case in Case.objects.select_related("assignment__company"):
        assert desk.get(reverse("admin:escalations_case_change", args=[case.pk])).status_code == 200
        if case.assignment.company.name == "Harbor Retail Services":
            assert client.get(case.get_absolute_url()).status_code == 200
