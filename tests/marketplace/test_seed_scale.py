"""The filled database is one that the site itself could have made."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Company, Industry, Membership, WorkerProfile
from assignments import reasons
from assignments.models import Assignment, AssignmentLabel
from conduct import acceptance
from scorecards import keeping
from scorecards.models import CompanyScorecard, WorkerScorecard
from tests.scorecards.test_consistency import snapshot
from vetting.models import (
    Agreement,
    AgreementSignature,
    Attempt,
    Credential,
    Group,
    GroupMembership,
    RequirementSet,
    Test,
)
from vetting.queries.requirements import lines_of
from vetting.requirements import screening
from vetting.requirements.registry import On

ASSIGNMENTS = 1_000
pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(db):
    if not Industry.objects.exists():  # a transactional test has emptied the tables
        Industry.objects.bulk_create(
            Industry(name=f"Trade {n}", slug=f"trade-{n}") for n in range(10)
        )
    reasons.establish()


@pytest.fixture
def filled(empty):
    before = indexes(), defaults()
    call_command("seed_scale", assignments=ASSIGNMENTS, verbosity=0)
    return before


def indexes():
    """PostgreSQL writes the condition of a partial index in more than one way: left out."""
    return rows(
        "SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes WHERE schemaname = 'public' "
        "UNION ALL "
        "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1"
    )


def defaults():
    return rows(
        "SELECT table_name, column_name, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY 1, 2"
    )


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return set(cursor.fetchall())


def test_the_filled_database_is_whole(filled, client, at):
    assert indexes() ^ filled[0] == set()
    assert defaults() ^ filled[1] == set()
    call_command("check_ledger")
    assert dangling() == []
    stages = Counter(Assignment.objects.values_list("status", flat=True))
    assert stages.total() == ASSIGNMENTS
    assert stages["paid"] == pytest.approx(650, abs=60)
    assert min(stages.values()) > 0
    assert WorkerProfile.objects.count() == ASSIGNMENTS / 5
    assert Company.objects.count() == ASSIGNMENTS / 50
    assert Assignment.objects.filter(company=1).count() == pytest.approx(210, abs=50)
    assert len(set(Assignment.objects.filter(company=2).values_list("status", flat=True))) > 1
    assert CompanyScorecard.objects.filter(window="recent", answer_hours__isnull=False).exists()
    assert WorkerScorecard.objects.filter(on_time__isnull=False).exists()
    assert AssignmentLabel.objects.filter(rule="", resolved_at=None).exists()
    assert AssignmentLabel.objects.filter(rule="unfilled_soon").exists()
    assert Assignment.objects.exclude(requirement_sets=[]).count() == pytest.approx(370, abs=80)
    every_page_opens(client, at)


def test_what_is_asked_is_met_by_some_and_refers_to_what_is_there(filled):
    company = Company.objects.get(pk=1)
    for asked in RequirementSet.objects.filter(company=company):
        on = On.today(company, timezone.now())
        met = screening.qualified(WorkerProfile.objects.all(), [asked], on).count()
        assert 0 < met <= WorkerProfile.objects.count(), asked
        assert not any(line.gone for line in lines_of(asked)), asked
    assert {s for s, _ in Group.objects.get(pk=1).memberships.values_list("status", "pk")} >= {
        "member", "invited", "applied", "declined", "lapsed",
    }  # fmt: skip
    for model in (Credential, Attempt, AgreementSignature, GroupMembership):
        assert model.objects.values("worker").distinct().count() > ASSIGNMENTS / 10, model


def test_workers_and_groups_may_be_as_many_as_wanted(empty):
    call_command("seed_scale", assignments=100, workers=500, groups=40, verbosity=0)
    assert WorkerProfile.objects.count() == 500
    assert Group.objects.count() == 40
    assert dangling() == []


def dangling():
    """Foreign keys that lead nowhere: bulk loading checks none."""
    found = []
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey):
                lost = {f"{field.name}__isnull": True, f"{field.attname}__isnull": False}
                target = field.target_field.name
                lost = model._base_manager.exclude(**{f"{field.attname}": None}).exclude(
                    **{f"{field.attname}__in": field.related_model._base_manager.values(target)}
                )
                if lost.exists():
                    found.append(str(field))
    return found


def every_page_opens(client, at):
    member = Membership.objects.filter(company=1).order_by("pk")[0]
    actor = Actor.as_client(member)
    acceptance.accept(actor.user, acceptance.outstanding(actor, at=at), by=actor, at=at)
    client.force_login(actor.user)
    assert client.get("/assignments/").status_code == 200
    for model in (RequirementSet, Group, Agreement, Test):
        one = model.objects.filter(company=1)[0]
        assert client.get(one.get_absolute_url()).status_code == 200, model
    for page in ("requirements", "groups", "tests", "agreements", "workers"):
        assert client.get(f"/{page}/").status_code == 200, page
    for status in Assignment.objects.values_list("status", flat=True).distinct():
        one = Assignment.objects.filter(company=1, status=status).first()
        assert client.get(f"/assignments/{one.reference}/").status_code == 200, status


def test_the_figures_are_those_that_single_refreshes_come_to(filled, at):
    before = snapshot()
    assert any(card["approvals"] for card in before["CompanyScorecard"])
    keeping.BATCH, batch = 7, keeping.BATCH
    try:
        keeping.rebuild(at=CompanyScorecard.objects.latest("computed_at").computed_at)
    finally:
        keeping.BATCH = batch
    assert snapshot() == before


def test_a_database_in_use_is_left_alone(acme):
    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_scale", assignments=10)
