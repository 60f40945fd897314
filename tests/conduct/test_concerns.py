"""Reports from the gear menu, what sweeps bring forward, and what staff do about it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assignments import gear, lifecycle, reporting
from assignments.models import Mark, Unassignment
from conduct import concerns
from conduct.models import Concern, Measure, Source, Violation
from conduct.parties import OwnParty, StaffDecide
from messaging import posting
from tests.conduct.making import concern, kind
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def found(source, at):
    concerns.sweep(at=at)
    return Concern.objects.filter(source=source).order_by("pk")


# Reports.


def url_of(assignment):
    return f"/assignments/{assignment.reference}/report/"


def entry(assignment, actor, at):
    menu = gear.menu(assignment, actor, at=at)
    return next((action for action in menu if action.name == "report"), None)


def test_either_side_reports_from_the_menu(assigned, sent, alice, wanda, walt, olga, at):
    assert entry(assigned, alice, at).label == "Report this assignment"
    assert entry(assigned, wanda, at).url == url_of(assigned)
    assert entry(assigned, olga, at) is None


def test_a_client_has_nobody_to_report_before_anybody_is_assigned(sent, alice, walt, client_of, at):
    assert entry(sent, alice, at) is None
    assert entry(sent, walt, at)
    assert client_of(alice).get(url_of(sent)).url == sent.get_absolute_url()
    with pytest.raises(reporting.NobodyToReport):
        reporting.report(sent, reason="scam", words="x", key="k", by=alice, at=at)


def good(**given):
    return {"reason": "scam", "words": "They asked for a deposit.", "key": str(uuid.uuid4()),
            **given}  # fmt: skip


def test_a_report_reaches_staff_once_and_never_the_other_side(
    assigned, wanda, alice, lena, client_of, at
):
    browser = client_of(wanda)
    assert "Acme does not learn" in browser.get(url_of(assigned)).text
    for _ in range(2):
        answer = browser.post(url_of(assigned), good())
        assert answer.url == assigned.get_absolute_url()
    made = Concern.objects.get()
    assert (made.company, made.worker, made.reported_side) == (alice.company, None, "worker")
    assert made.is_urgent
    assert "deposit" not in client_of(alice).get(assigned.get_absolute_url()).text
    page = client_of(lena).get(f"/admin/conduct/concern/{made.pk}/change/").text
    assert "They asked for a deposit." in page
    assert "Wanda Wells" in page


def test_after_it_is_closed_one_can_report_again(assigned, wanda, lena, at):
    given = {"reason": "other", "words": "x", "by": wanda, "at": at}
    first = reporting.report(assigned, key="1", **given)
    assert reporting.report(assigned, key="2", **given) == first
    concerns.dismiss(first, words="x", by=lena, at=at)
    assert reporting.report(assigned, key="1", **given) == first
    assert reporting.report(assigned, key="3", **given) != first


@pytest.mark.parametrize(
    "given,said",
    [
        ({"reason": ""}, "required"), ({"reason": "x"}, "Select a valid choice"),
        ({"words": ""}, "required"), ({"words": "a\x00"}, "Null characters"),
        ({"words": "x" * 2_001}, "at most 2000"), ({"key": "x"}, "out of date"),
    ],
    ids=["no-reason", "odd-reason", "no-words", "nul", "long", "key"],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_is_lost(given, said, assigned, wanda, client_of):
    answer = client_of(wanda).post(url_of(assigned), good(**given))
    assert answer.status_code == 422
    assert said in answer.text
    assert not Concern.objects.exists()


# What sweeps bring forward.


@pytest.fixture
def unassigned(sent, wanda, at):
    def made(mark, *, ago=1, reason="no_show", worker=None):
        return Unassignment.objects.create(
            assignment=sent, worker=(worker or wanda).worker, side="client", reason_id=reason,
            late_notice=True, mark=mark, assigned_at=at - 5 * DAY, unassigned_at=at - ago * DAY,
            note="Nobody came.",
        )  # fmt: skip

    return made


def test_each_no_show_is_brought_forward_once(unassigned, wanda, lena, at):
    unassigned(Mark.ABANDONED)
    unassigned(Mark.ABANDONED, ago=2, reason="left_the_site")
    unassigned(Mark.ABANDONED, ago=31)
    rows = found(Source.NO_SHOW, at)
    assert [(row.worker, row.kind.slug) for row in rows] == [
        (wanda.worker, "no_show"), (wanda.worker, "left_site"),
    ]  # fmt: skip
    assert "Nobody came." in rows[0].words
    concerns.dismiss(rows[0], words="An accident.", by=lena, at=at)
    assert len(found(Source.NO_SHOW, at + DAY)) == 2
    assert not Measure.objects.exists(), "nothing is punished by a machine"


def test_three_late_cancellations_are_one_suggestion(unassigned, wanda, walt, at):
    for ago in (1, 2):
        unassigned(Mark.CANCELLED_LATE, ago=ago)
        unassigned(Mark.CANCELLED_LATE, ago=ago, worker=walt)
    assert not found(Source.LATE_CANCELLATION, at)
    unassigned(Mark.CANCELLED_LATE, ago=3)
    (row,) = found(Source.LATE_CANCELLATION, at)
    assert (row.worker, row.kind.slug) == (wanda.worker, "late_back_out")
    assert "3 assignments late in 30 days" in row.words
    unassigned(Mark.CANCELLED_LATE, ago=-1)
    assert len(found(Source.LATE_CANCELLATION, at + 2 * DAY)) == 1


def test_late_cancellations_of_a_client(alice, wanda, at):
    for number in range(3):
        one = work.in_stage("assigned", alice, wanda, at=at, title=f"Work {number}")
        lifecycle.cancel(
            one, reason="other", note="Changed our minds.", fee=Decimal(0), by=alice,
            at=one.starts_at - timedelta(hours=2),
        )  # fmt: skip
    (row,) = found(Source.LATE_CANCELLATION, one.starts_at)
    assert (row.company, row.kind.slug) == (alice.company, "late_cancellation")
    assert "3 of them without a fee" in row.words


def test_unpaid_invoices_are_shown_a_week_after_they_were_due(invoiced, alice, at):
    due = invoiced.invoice.due_on
    noon = at.replace(year=due.year, month=due.month, day=due.day, hour=12)
    assert not found(Source.PAYMENT_LATE, noon + 7 * DAY)
    (row,) = found(Source.PAYMENT_LATE, noon + 8 * DAY)
    assert row.company == alice.company
    assert "1 invoice past due, the oldest for 8 days" in row.words
    assert len(found(Source.PAYMENT_LATE, noon + 9 * DAY)) == 1


def test_contact_details_of_either_side_are_shown_once(sent, alice, wanda, walt, at):
    work.application(sent, wanda, at=at)
    for number, (by, body) in enumerate(
        [(alice, "Call 614-555-0100"), (alice, "or www.acme.example"), (wanda, "me@wanda.example")]
    ):
        posting.post(
            assignment=sent, worker=wanda.worker, body=body, by=by, at=at, key=f"m{number}"
        )
    rows = found(Source.CONTACT_DETAILS, at)
    assert {(row.company or row.worker).pk for row in rows} == {alice.company.pk, wanda.worker.pk}
    assert {row.kind.slug for row in rows} == {"contact"}
    assert "614-555-0100" in next(row.words for row in rows if row.company)
    assert len(found(Source.CONTACT_DETAILS, at + DAY)) == 2


def test_a_new_client_is_shown_with_its_first_posting(sent, alice, lena, at):
    company = type(alice.company).objects
    assert not found(Source.NEW_CLIENT, at), "made in January"
    company.filter(pk=alice.company.pk).update(created_at=at - 3 * DAY)
    (row,) = found(Source.NEW_CLIENT, at)
    assert "Joined 3 days ago" in row.words
    assert "Nobody has verified" in row.words
    assert row.assignment_reference == sent.reference
    concerns.dismiss(row, words="Called them.", outcome="cleared", by=lena, at=at)
    assert len(found(Source.NEW_CLIENT, at + DAY)) == 1


def test_every_rule_costs_one_query_however_much_there_is(unassigned, at):
    from conduct.concerns import _finders

    counts = []
    for number in (1, 29):
        for _ in range(number):
            unassigned(Mark.ABANDONED)
            unassigned(Mark.CANCELLED_LATE)
        with CaptureQueriesContext(connection) as queries:
            for finder in _finders:
                list(finder.find(at))
        counts.append(len(queries))
    assert counts == [len(_finders)] * 2


# What staff do about it.


def test_a_posting_is_taken_down_by_staff(sent, wanda, lena, client_of, at):
    made = reporting.report(sent, reason="scam", words="x", key="k", by=wanda, at=at)
    browser = client_of(lena)
    url = f"/admin/conduct/concern/{made.pk}/"
    assert "Take the posting down" in browser.get(f"{url}change/").text
    answer = browser.post(f"{url}take_down/", {"take_down-words": "It asked for a deposit."})
    assert answer.status_code == 302
    sent.refresh_from_db()
    assert (sent.status, sent.void_note) == ("voided", "It asked for a deposit.")
    page = browser.get(f"{url}change/").text
    assert "Took the posting down" in page
    with pytest.raises(concerns.NotPossibleHere):
        concerns.act(made, "take_down", words="x", by=lena, at=at)


def test_only_staff_and_nobody_of_the_party_decide(acme, wanda, alice, lena, at):
    made = concern(acme, wanda, at=at)
    for verb in (
        lambda by: concerns.dismiss(made, words="x", by=by, at=at),
        lambda by: concerns.confirm(made, kind=kind(), words="x", by=by, at=at),
        lambda by: concerns.stop(made, words="x", by=by, at=at),
        lambda by: concerns.act(made, "take_down", words="x", by=by, at=at),
    ):
        for actor in (alice, wanda):
            with pytest.raises(StaffDecide):
                verb(actor)
    acme.memberships.create(user=lena.user, roles=["viewer"], joined_at=at)
    with pytest.raises(OwnParty):
        concerns.dismiss(made, words="x", by=lena, at=at)


@pytest.mark.parametrize(
    "attack",
    [{"words": "Other"}, {"reported_by": None}, {"reason": ""}, {"outcome": "dismissed"}],
    ids=["words", "reporter", "reason", "closed-by-nobody"],
)
def test_the_database_keeps_what_was_reported(attack, acme, wanda, at):
    made = concern(acme, wanda, at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Concern.objects.filter(pk=made.pk).update(**attack)
    with pytest.raises(DatabaseError), transaction.atomic():
        Concern.objects.filter(pk=made.pk)._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.create(source="no_show", key="x", words="x", raised_at=at)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_dismissed_at_once_ends_in_one(acme, wanda, lena, at):
    made, mina = concern(acme, wanda, at=at), people.lead("Mina Moss")
    outcomes = race(
        lambda: concerns.confirm(made, kind=kind(), words="x", by=lena, at=at),
        lambda: concerns.dismiss(made, words="y", by=mina, at=at),
    )
    assert sorted(one.won for one in outcomes) == [False, True]
    made.refresh_from_db()
    assert Violation.objects.count() == (made.outcome == "violation")
