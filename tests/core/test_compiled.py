"""A compiled query answers as the queryset it was made of, and says what it cannot do."""

from __future__ import annotations

import sys
import threading

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.transaction import TransactionManagementError

from accounts.models import Company, Membership, User
from assignments.queries import named
from assignments.views.loading import EVERYTHING
from core.compiled import Compiled
from payments.models import LedgerAccount

pytestmark = pytest.mark.django_db


def memberships(user: int):
    return (
        Membership.objects.current()
        .filter(user=user)
        .select_related("company__industry", "user__worker")
        .annotate(others=Count("company__memberships") - 1)
        .order_by("pk")
    )


def test_rows_are_those_of_the_queryset(alice, cody, django_assert_num_queries):
    compiled = Compiled(memberships, user=int)
    for person in (alice.user, cody.user, alice.user):
        expected = list(memberships(person.pk))
        with django_assert_num_queries(1):
            found = compiled.all(user=person.pk)
            for one, other in zip(found, expected, strict=True):
                assert one.__dict__.keys() == other.__dict__.keys()
                assert one == other and one.others == other.others
                assert one.company.name == other.company.name and one.user == person
                assert not one._state.adding and one._state.db == "default"
    assert expected


def test_what_hangs_on_nothing_is_nothing(alice, wanda):
    with_worker = Compiled(
        lambda key: User.objects.select_related("worker").filter(pk=key), key=int
    )
    assert with_worker.first(key=wanda.user.pk).worker == wanda.worker
    assert not hasattr(with_worker.first(key=alice.user.pk), "worker")
    assert with_worker.first(key=0) is None


def test_values_may_come_anywhere_and_twice(alice, cody):
    named = Compiled(
        lambda name, least: Company.objects.filter(
            Q(name=name) | Q(slug=name) | Q(about__contains=name), pk__gte=least
        ).values_list("pk", "name"),
        name=str,
        least=int,
    )
    company = alice.company
    assert named.all(name=company.name, least=0) == [(company.pk, company.name)]
    assert named.all(name=company.slug, least=company.pk) == [(company.pk, company.name)]
    assert named.all(name=company.slug, least=company.pk + 1) == []
    assert named.all(name="%s' OR 1=1 --", least=0) == []
    names = Compiled(
        lambda name: (
            Company.objects.filter(name=name)
            .values_list("slug", flat=True)
            .union(Company.objects.filter(name=name).values_list("name", flat=True))
        ),
        name=str,
    )
    assert set(names.all(name=company.name)) == {company.name, company.slug}


def test_columns_left_out_are_read_when_asked_for(alice, django_assert_num_queries):
    short = Compiled(lambda key: Company.objects.only("name").filter(pk=key), key=int)
    found = short.first(key=alice.company.pk)
    with django_assert_num_queries(1):
        assert found.slug == alice.company.slug


def test_fields_convert_what_the_database_gives(alice):
    """Money has its two places and JSON is read, whichever process compiled the query."""
    rows = LedgerAccount.objects.filter(company=alice.company).order_by("pk")
    compiled = Compiled(
        lambda company: LedgerAccount.objects.filter(company=company).order_by("pk"), company=int
    )
    found = compiled.all(company=alice.company.pk)
    assert [row.balance for row in found] == [row.balance for row in rows]


def test_text_that_is_no_number_is_no_key(alice):
    compiled = Compiled(lambda key: User.objects.filter(pk=key), key=int)
    assert compiled.first(key=str(alice.user.pk)) == alice.user
    for wrong in ("1 OR 1=1", None, ""):
        with pytest.raises((TypeError, ValueError)):
            compiled.first(key=wrong)
    with pytest.raises(KeyError):
        compiled.first()


def test_a_query_without_values_is_asked_and_prepared_alike(alice):
    newest = Compiled(lambda: User.objects.order_by("-pk")[:1])
    for _ in range(3):
        assert newest.first() == User.objects.latest("pk")


def test_what_is_prefetched_or_does_not_depend_on_its_value_is_refused():
    prefetched = Compiled(
        lambda key: User.objects.prefetch_related("memberships").filter(pk=key), key=int
    )
    with pytest.raises(AssertionError, match="prefetched"):
        prefetched.all(key=1)
    ignored = Compiled(lambda key: User.objects.filter(pk=F("pk")), key=int)
    with pytest.raises(AssertionError, match="not in the statement"):
        ignored.all(key=1)


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction_however_often_it_was_taken(alice):
    locking = Compiled(lambda key: User.objects.filter(pk=key).select_for_update(), key=int)
    key = alice.user.pk
    for _ in range(2):
        with pytest.raises(TransactionManagementError):
            locking.first(key=key)
        with transaction.atomic():
            assert locking.first(key=key) == alice.user


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_its_own_connection(alice):
    compiled = Compiled(lambda key: User.objects.filter(pk=key), key=int)
    compiled.first(key=alice.user.pk)
    found = []

    def ask() -> None:
        found.append(compiled.first(key=alice.user.pk))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [alice.user]


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
        return [statement for (statement,) in cursor.fetchall()]


def test_a_connection_prepares_what_it_is_asked_again(alice, cody):
    """The plan is kept from the second time on; a transaction rolled back does not lose it."""
    compiled = Compiled(memberships, user=int)
    before = len(prepared())
    for times, person in enumerate((alice.user, cody.user, alice.user, cody.user)):
        with transaction.atomic():
            assert compiled.all(user=person.pk) == list(memberships(person.pk))
            transaction.set_rollback(True)
        assert len(prepared()) - before == (1 if times else 0)
    assert '"user_id" = $1' in prepared()[-1]


def test_text_goes_into_a_prepared_statement_as_it_is(alice):
    named = Compiled(
        lambda name, least: Company.objects.filter(Q(name=name) | Q(slug=name), pk__gte=least),
        name=str,
        least=int,
    )
    for name in ("x", "%s' OR 1=1 --", "$1", "\\'; --", "é\u2028"):
        assert named.all(name=name, least=0) == []
        assert named.all(name=alice.company.name, least=0) == [alice.company]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_anew(alice):
    compiled = Compiled(lambda key: User.objects.filter(pk=key), key=int)
    for _ in range(2):
        for _ in range(3):
            assert compiled.first(key=alice.user.pk) == alice.user
        assert len(prepared()) >= 1
        connection.close()
        assert prepared() == []


def test_a_pool_that_hands_connections_on_prepares_nothing(alice, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    compiled, before = Compiled(lambda key: User.objects.filter(pk=key), key=int), prepared()
    for _ in range(3):
        assert compiled.first(key=alice.user.pk) == alice.user
    assert prepared() == before


def test_every_compiled_query_of_the_site_can_be_prepared(alice):
    found = [named._in_company(EVERYTHING), named._for_worker(EVERYTHING)]
    for module in [*sys.modules.values()]:
        found += [one for one in vars(module).values() if type(one) is Compiled]
    assert len(found) > 10
    for compiled in found:
        nobody = {name: kind(0) for name, kind in compiled._types.items()}
        try:
            compiled._statement or compiled.all(**nobody)
        except AssertionError:  # one of these tests, about what cannot be compiled
            continue
        for _ in range(3):
            compiled.all(**nobody)
