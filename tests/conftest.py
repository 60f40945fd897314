"""The standing cast, and one assignment in each stage, made through the verbs themselves.

*Acme* is the client: Alice its administrator, Mona a manager, Cody a controller who may
approve up to $100, Dirk a dispatcher who may send up to $200, Abel a viewer. *Wanda* and
*Walt* are workers. *Charlie* is administrator of *Globex*, a stranger to all this. *Olga*
works at the escalation desk, *Lena* leads it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.backends.signals import connection_created
from django.test import Client

from accounts.actors import Actor
from accounts.models import Company, Membership
from assignments import reasons
from assignments.models import Assignment, Reason
from conduct import catalogue
from tests import quick, serving
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash


def _mark_test_database(sender: object, connection: object, **kwargs: object) -> None:
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SET squarely.test_database = 'yes'")


connection_created.connect(_mark_test_database)


@pytest.fixture(autouse=True)
def _quick_and_contained(settings, tmp_path):
    """Cheap password hashes, mail in memory, files in a folder of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.WHITENOISE_AUTOREFRESH = True  # looks for a file when asked, not for all at first


@pytest.fixture(autouse=True)
def _answered(request):
    """What a closed browser still asked for ends before the tables are emptied."""
    yield
    if "live_server" in request.fixturenames:
        serving.wait_until_answered()


@pytest.fixture(autouse=True, scope="session")
def _cheap(django_test_environment):
    serving.note_requests()
    quick.note_pages_only()
    quick.look_for_rubbish_seldom()


@pytest.fixture
def at() -> datetime:
    """The moment at which the tests' world is made: a Tuesday, 15:00 UTC."""
    return datetime(2026, 11, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def published(db, at):
    """The policies, in force long before, and the rows that migrations bring: reason codes, the
    catalogue of violations and the ladder."""
    quick.publish_policies()
    if not Reason.objects.exists():
        reasons.establish()
        catalogue.establish()


@pytest.fixture
def acme(published) -> Company:
    return people.company("Acme", credit_limit=Decimal("5000.00"))


@pytest.fixture
def globex(published) -> Company:
    return people.company("Globex")


@pytest.fixture
def alice(acme, at) -> Actor:
    return people.member(acme, "Alice Adams", ["administrator"], at=at)


@pytest.fixture
def mona(acme, at) -> Actor:
    return people.member(acme, "Mona Marsh", ["manager"], at=at)


@pytest.fixture
def cody(acme, at) -> Actor:
    return people.member(acme, "Cody Clark", ["controller"], approve_limit=Decimal(100), at=at)


@pytest.fixture
def dirk(acme, at) -> Actor:
    return people.member(acme, "Dirk Dale", ["dispatcher"], send_limit=Decimal(200), at=at)


@pytest.fixture
def abel(acme, at) -> Actor:
    return people.member(acme, "Abel Ames", ["viewer"], at=at)


@pytest.fixture
def charlie(globex, at) -> Actor:
    return people.member(globex, "Charlie Cole", ["administrator"], at=at)


@pytest.fixture
def wanda(published, at) -> Actor:
    return people.worker("Wanda Wells", at=at)


@pytest.fixture
def walt(published, at) -> Actor:
    return people.worker("Walt Webb", at=at)


@pytest.fixture
def olga(published) -> Actor:
    return people.agent("Olga Olsen")


@pytest.fixture
def lena(published) -> Actor:
    return people.lead("Lena Lund")


@pytest.fixture
def funds(at) -> Callable[[Company, Decimal | int], None]:
    """Adds cash to a company, as a settled funding would."""
    return lambda company, amount: add_cash(company, Decimal(amount), at=at)


@pytest.fixture
def draft(alice, at) -> Assignment:
    """A flat $250 assignment with one deliverable, starting three days from now."""
    return work.draft(alice, at=at)


@pytest.fixture
def sent(draft, alice, at, funds) -> Assignment:
    funds(alice.company, 1000)
    return work.sent(draft, alice, at=at)


@pytest.fixture
def assigned(sent, alice, wanda, at) -> Assignment:
    return work.assigned(sent, alice, wanda, at=at)


@pytest.fixture
def in_progress(assigned, wanda) -> Assignment:
    return work.in_progress(assigned, wanda)


@pytest.fixture
def submitted(in_progress, wanda) -> Assignment:
    return work.submitted(in_progress, wanda)


@pytest.fixture
def paid(submitted, alice) -> Assignment:
    return work.approved(submitted, alice)


@pytest.fixture
def invoiced(alice, wanda, at) -> Assignment:
    """Approved work on terms of 30 days, not yet paid."""
    return work.in_stage("invoiced", alice, wanda, at=at, terms_days=30)


@pytest.fixture
def client_of() -> Callable[[Actor], Client]:
    """A browser signed in as this actor, acting in that capacity."""

    def signed_in(actor: Actor) -> Client:
        client = Client()
        if actor.user is None:
            return client
        client.force_login(actor.user, backend="accounts.backends.PasswordBackend")
        session = client.session
        session["acting_as"] = f"company:{actor.company.slug}" if actor.company else actor.kind
        session.save()
        return client

    return signed_in


@pytest.fixture
def membership_of() -> Callable[[Actor], Membership]:
    def of(actor: Actor) -> Membership:
        assert actor.membership is not None
        return actor.membership

    return of
