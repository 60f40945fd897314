"""The database refuses what would spoil the books, whoever writes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.actors import SYSTEM
from payments import (
    adjustments,
    checking,
    credit_notes,
    funding,
    invoicing,
    ledger,
    payout_settings,
    payouts,
    refunds,
    reservations,
    statements,
)
from payments.models import (
    AccountKind,
    AutoPayAttempt,
    LedgerAccount,
    PayoutAccount,
    Posting,
    ProviderEvent,
    Transfer,
)
from payments.providers.base import BankDetails
from tests.factories import accounts as people
from tests.factories.payments import make_payable
from tests.payments.attacks import ATTACKS, posting, transfer
from tests.payments.attacks_on_orders import TWICE_OR_NOTHING
from tests.payments.attacks_on_papers import ON_PAPERS
from tests.psql import run, stopped_all_the_same, successes, triggers_of


@pytest.fixture
def world(acme, globex, alice, wanda, walt, olga, issue, reserve, funds, at) -> dict[str, object]:
    """Some of everything: keys by the names that the attacks use."""
    settled = funding.add(
        company=acme, amount=Decimal(1000), method="card", key="k-1", by=alice, at=at
    )
    refund, refused = (
        refunds.request(acme, Decimal(amount), key=amount, by=alice, at=at)[0]
        for amount in ("40", "50.13")
    )
    refunds.drive(refused, at=at)
    pending = funding.request(
        company=acme, amount=Decimal(70), method="bank", key="k-2", by=alice, at=at
    )
    funds(globex, 1)
    closed = reservations.release(reserve(50, key="T-3"), by=SYSTEM, at=at)
    paid = invoicing.pay(issue(400), by=SYSTEM, at=at)
    standing = reserve(60, key="T-2")
    removed = payout_settings.replace_bank_account(
        wanda.worker, BankDetails("W", "011401533", "5555"), key="old", by=wanda, at=at
    )
    make_payable(wanda, at=at)
    asked, failed = (
        payouts.request(wanda.worker, Decimal(amount), key=amount, by=wanda, at=at)
        for amount in ("30", "20.13")
    )
    payouts.drive(failed, at=at)
    opened = issue(100, terms_days=30)
    stated = statements.issue(acme, at.date(), at.date(), at=at)
    note = credit_notes.issue(paid, Decimal(1), reason="x", by=SYSTEM, at=at)
    reserve(note.total, key="T-4")
    first, second = (
        adjustments.propose(
            ledger.Accounts("USD", company=acme).cash, direction="give", amount=Decimal(5),
            reason="x", by=olga, at=at,
        )
        for _ in range(2)
    )  # fmt: skip
    adjustments.refuse(second, by=people.lead("Otto Second"), at=at)
    checking.check_books(at=at)
    enrolled = PayoutAccount.objects.create(
        worker=wanda.worker, provider="stripe", account="acct_1", begun_at=at
    )
    assert settled.transfer and stated
    attempt = AutoPayAttempt.objects.create(
        invoice=issue(50, terms_days=30), day=at.date(), refusal="No cash"
    )
    connection.check_constraints()
    accounts = ledger.Accounts("USD", company=acme)
    assert LedgerAccount.objects.get(pk=accounts.cash.pk).balance == Decimal(460)
    return {
        "at": at.isoformat(),
        "company": acme.pk,
        "other_company": globex.pk,
        "worker": wanda.worker.pk,
        "other_worker": walt.worker.pk,
        "cash": accounts.cash.pk,
        "fees": accounts.fees.pk,
        "other_cash": ledger.Accounts("USD", company=globex).cash.pk,
        "euro_cash": ledger.account(AccountKind.COMPANY_CASH, company=acme, currency="EUR").pk,
        "outside": ledger.account(AccountKind.OUTSIDE, provider="sandbox").pk,
        "transfer": settled.transfer.pk,
        "key": settled.transfer.key,
        "loose": Transfer.objects.get(kind="release").pk,
        "posting": settled.transfer.postings.latest("pk").pk,
        "paid": paid.pk,
        "open": opened.pk,
        "statement": stated.pk,
        "credit_note": note.pk,
        "adjustment": first.pk,
        "refused": second.pk,
        "funding": pending.pk,
        "settled": settled.pk,
        "attempt": attempt.pk,
        "event": ProviderEvent.objects.get(kind="funding.settled").pk,
        "reservation": standing.pk,
        "closed": closed.pk,
        "refund": refund.pk,
        "failed_refund": refused.pk,
        "payout": asked.pk,
        "failed_payout": failed.pk,
        "payout_account": enrolled.pk,
        "bank": asked.bank_account_id,
        "removed_bank": removed.pk,
    }


ALL = ATTACKS + ON_PAPERS + TWICE_OR_NOTHING


def test_the_database_refuses_every_attack(world):
    assert successes(ALL, world) == []
    assert len(ALL) >= 90


def test_without_its_guard_each_attack_succeeds(world):
    assert stopped_all_the_same(ALL, world) == []


def test_every_guard_is_attacked(db):
    """Every trigger, and every rule that a model of the app names."""
    guards = triggers_of("payments\\_%") | {
        (model._meta.db_table, rule.name)
        for model in apps.get_app_config("payments").get_models()
        for rule in model._meta.constraints
    }
    assert len(guards) > 60
    assert guards - {(attack.table, attack.guard) for attack in ALL} == set()


def test_a_temporary_table_does_not_catch_what_a_posting_moves(world, cash):
    run(
        "CREATE TEMPORARY TABLE payments_ledgeraccount "
        "(LIKE public.payments_ledgeraccount INCLUDING ALL) ON COMMIT DROP;"
        + transfer()
        + ";"
        + posting("cash", "debit")
        + ";"
        + posting("fees", "credit"),
        world,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT balance FROM public.payments_ledgeraccount WHERE id = %(cash)s", world
        )
        assert cursor.fetchone() == (Decimal("450.00"),)


def test_a_session_setting_does_not_switch_the_guards_off(world):
    attack = next(a for a in ATTACKS if a.name == "delete a posting")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{posting_kept,account_guarded}'")
    with pytest.raises(IntegrityError), transaction.atomic():
        run(attack.sql, world)


def test_the_platform_and_the_outside_world_keep_no_balance(world):
    kept = LedgerAccount.objects.filter(kind__in=["platform_fees", "outside"])
    assert {account.balance for account in kept} == {Decimal(0)}
    assert Posting.objects.filter(account__in=kept).exists()


def test_a_posting_needs_a_transfer_and_an_account_that_exist(world):
    for sql in (
        posting("cash", "credit", to="999999999"),
        transfer() + ";" + posting("cash", "credit").replace("{cash}", "999999999"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(sql, world)


@pytest.mark.django_db(transaction=True)
def test_an_unbalanced_transfer_is_refused_at_commit(world):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute((transfer() + ";" + posting("cash", "credit")).format(**world))
    assert not Transfer.objects.filter(key="attack").exists()
