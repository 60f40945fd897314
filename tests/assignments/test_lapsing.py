"""Requests for a change that nobody answered in time are closed by a sweep, and both sides hear."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from activity.models import Event
from assignments import history, lapsing, lifecycle
from assignments.models import Assignment, ChangeRequest
from core.errors import DomainError
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything, told
from tests.racing import race

HOUR = timedelta(hours=1)


def asked(assignment, by, *, at, kind="add_expense", until=2 * HOUR) -> ChangeRequest:
    verb = lifecycle.VERBS[kind]
    return verb(
        assignment, amount=Decimal(15), reason="Parking", by=by, at=at,
        expires_at=at + until if until else None,
    )  # fmt: skip


@pytest.mark.django_db
class TestSweep:
    def test_what_is_over_lapses_once_and_nothing_else(self, assigned, wanda, at):
        over = asked(assigned, wanda, at=at)
        later = asked(assigned, wanda, at=at, kind="add_bonus", until=3 * HOUR)
        open_end = asked(assigned, wanda, at=at, kind="raise_budget", until=None)
        assert lapsing.sweep_expired(at=at + 2 * HOUR - timedelta(seconds=1)) == 0
        assert lapsing.sweep_expired(at=at + 2 * HOUR) == 1
        assert lapsing.sweep_expired(at=at + 2 * HOUR) == 0
        statuses = [ChangeRequest.objects.get(pk=one.pk).status for one in (over, later, open_end)]
        assert statuses == ["lapsed", "open", "open"]

    def test_nothing_is_reserved_and_the_price_stands(self, assigned, wanda, at):
        asked(assigned, wanda, at=at)
        lapsing.sweep_expired(at=at + 3 * HOUR)
        assigned.refresh_from_db()
        assert (assigned.expenses, assigned.reservation.amount) == (0, Decimal("275.00"))

    def test_both_sides_are_told_and_the_history_says_so(self, assigned, alice, wanda, at):
        asked(assigned, wanda, at=at)
        lapsing.sweep_expired(at=at + 3 * HOUR)
        line = history.of(assigned, wanda)[-1]
        assert line.sentence == "let the request for expenses of $15.00 lapse, unanswered"
        assert line.who == "The system"
        tell_everything(at + 3 * HOUR)
        assert told(wanda, "change.expired") == [
            f"Nobody answered your request for expenses of $15.00 on “{assigned.title}”"
        ]
        assert told(alice, "change.expired")[0].startswith("Wanda Wells’s request")

    def test_new_times_of_the_client_lapse_too(self, assigned, alice, wanda, at):
        later = assigned.starts_at + timedelta(days=1)
        lifecycle.reschedule(
            assigned, starts_at=later, ends_at=later + HOUR, reason="Delivery", by=alice, at=at,
            expires_at=at + HOUR,
        )  # fmt: skip
        assert lapsing.sweep_expired(at=at + HOUR) == 1
        tell_everything(at + HOUR)
        assert "has lapsed" in told(alice, "change.expired")[0]
        assert "request for another time" in told(wanda, "change.expired")[0]
        assigned.refresh_from_db()
        assert assigned.starts_at != later

    def test_many_cost_no_more_statements_than_one(self, alice, wanda, at, funds, acme):
        counts = []
        for many in (1, 8):
            for _ in range(many):
                asked(work.in_stage("assigned", alice, wanda, at=at), wanda, at=at)
            with CaptureQueriesContext(connection) as captured:
                assert lapsing.sweep_expired(at=at + 2 * HOUR) == many
            counts.append(len(captured))
        assert counts[0] == counts[1]

    def test_a_sweep_that_dies_leaves_all_open_for_the_next(self, assigned, wanda, at, monkeypatch):
        asked(assigned, wanda, at=at)

        def killed(*args, **kwargs):
            raise KeyboardInterrupt

        monkeypatch.setattr(lapsing, "record", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            lapsing.sweep_expired(at=at + 3 * HOUR)
        assert ChangeRequest.objects.get().status == "open"
        monkeypatch.undo()
        assert lapsing.sweep_expired(at=at + 3 * HOUR) == 1

    def test_a_lapsed_one_can_be_asked_for_again(self, assigned, wanda, alice, at):
        asked(assigned, wanda, at=at)
        lapsing.sweep_expired(at=at + 2 * HOUR)
        again = asked(assigned, wanda, at=at + 3 * HOUR)
        lifecycle.accept_change(again, by=alice, at=at + 4 * HOUR)
        assigned.refresh_from_db()
        assert assigned.expenses == 15


@pytest.mark.django_db(transaction=True)
def test_an_answer_against_the_sweep_ends_in_one_of_the_two(alice, wanda, at):
    """Right before its time is over the answer counts, whatever the sweep's clock says."""
    for _ in range(4):
        given = work.in_stage("assigned", alice, wanda, at=at)
        request = asked(given, wanda, at=at)
        just = at + 2 * HOUR - timedelta(seconds=1)

        outcomes = race(
            lambda r=request, now=just: lifecycle.accept_change(r, by=alice, at=now),
            lambda: lapsing.sweep_expired(at=at + 2 * HOUR),
        )

        if lapsing.sweep_expired(at=at + 2 * HOUR):
            pytest.fail("the sweep passed over a request that nobody held")
        request.refresh_from_db()
        given = Assignment.objects.get(pk=given.pk)
        accepted = request.status == "accepted"
        assert accepted == outcomes[0].won
        assert given.expenses == (15 if accepted else 0)
        kinds = Event.objects.about(given).filter(kind__startswith="change.")
        assert (kinds.filter(kind="change.expired").count() == 1) != accepted
        assert accepted or isinstance(outcomes[0].refusal, DomainError)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_close_each_request_once(alice, wanda, at):
    for _ in range(4):
        asked(work.in_stage("assigned", alice, wanda, at=at), wanda, at=at)
    race(*[lambda: lapsing.sweep_expired(at=at + 2 * HOUR)] * 3)
    lapsing.sweep_expired(at=at + 2 * HOUR)
    assert not ChangeRequest.objects.filter(status="open").exists()
    assert Event.objects.filter(kind="change.expired").count() == 4
