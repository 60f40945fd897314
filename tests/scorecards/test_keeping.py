"""Rolled-up rows stay true, by events, sweeps and rebuilds; what is told when they do not."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity import reactions
from activity.models import Event
from assignments import lifecycle
from scorecards import comparing, drawing, editions, keeping, market, rating, scoring
from scorecards.formulas import COMPANY, VERSION, WORKER
from scorecards.models import (
    CompanyScorecard,
    FormulaEdition,
    MarketFigure,
    ScorecardCheck,
    WorkerScorecard,
)
from scorecards.reactions import COMPANY_FIGURES, WORKER_FIGURES, refresh_figures
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.racing import race

DAY = timedelta(days=1)
EVERY_SOURCE = [*scoring.company_sources(), *scoring.worker_sources()]
MOST_STATEMENTS = 3


@pytest.fixture
def worked(alice, wanda, at):
    """One assignment done, approved, paid and rated by both; every event answered."""
    done = work.in_stage("paid", alice, wanda, at=at - 20 * DAY)
    for by in (wanda, alice):
        rating.rate(
            assignment=done, overall="satisfied", marks=[4, 4, 4], comment="", by=by, at=at - DAY
        )
    while reactions.dispatch(at=at):
        pass
    return done


# -- events


@pytest.mark.parametrize("kind", sorted({*COMPANY_FIGURES, *WORKER_FIGURES}))
def test_one_event_is_applied_by_three_statements_at_most(kind, worked, wanda):
    event = Event(
        kind=kind, subject_kind="assignments.assignment", subject_key=worked.pk,
        company_key=worked.company_id, at=worked.approved_at + 30 * DAY,
        data={"waited": 60.0, "worker": wanda.worker.reference},
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        refresh_figures(event)
    asked = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert 2 <= len(asked) <= MOST_STATEMENTS, asked


def test_the_first_event_of_two_newcomers_makes_their_rows(alice, wanda, at):
    assignment = work.in_stage("pending_approval", alice, wanda, at=at)
    CompanyScorecard.objects.all().delete()
    WorkerScorecard.objects.all().delete()
    while reactions.dispatch(at=at + 9 * DAY):
        pass
    assert CompanyScorecard.objects.filter(company=assignment.company_id).count() == 2
    mine = WorkerScorecard.objects.get(worker=wanda.worker, window="recent")
    assert mine.on_time == 1 and "arrivals" in mine.drawn_at


def test_an_event_told_late_does_not_slide_the_window_back(worked, acme, at):
    later = at + 200 * DAY
    scoring.refresh_company(acme, at=later)
    refresh_figures(Event.objects.get(kind="assignment.approved", subject_key=worked.pk))
    card = CompanyScorecard.objects.get(company=acme, window="recent")
    assert card.approvals == 0, "the approval is older than 90 days by then"


# -- time


def test_the_sweep_drops_what_has_left_the_window(worked, acme, wanda, at):
    gone = worked.approved_at + 90 * DAY + timedelta(hours=1)
    assert CompanyScorecard.objects.get(company=acme, window="recent").approvals == 1
    keeping.refresh_sliding(at=gone)
    assert CompanyScorecard.objects.get(company=acme, window="recent").approvals == 0
    assert CompanyScorecard.objects.get(company=acme, window="all_time").approvals == 1
    assert WorkerScorecard.objects.get(worker=wanda.worker, window="recent").completed == 0


# -- formulas


def test_a_change_of_formula_draws_every_row_anew_and_is_noted(worked, acme, client_of, alice, at):
    keeping.rebuild(at=at)
    FormulaEdition.objects.update(version=VERSION - 1, began_at=at - 300 * DAY)
    CompanyScorecard.objects.update(formula_version=VERSION - 1, approval_days=77)
    WorkerScorecard.objects.update(formula_version=VERSION - 1)
    assert editions.noted(at) == []
    keeping.refresh_stale(at=at + DAY, older_than=timedelta(days=900))
    assert {*CompanyScorecard.objects.values_list("formula_version", flat=True)} == {VERSION}
    assert CompanyScorecard.objects.get(company=acme, window="all_time").approval_days < 5
    edition = FormulaEdition.objects.get(version=VERSION)
    assert (edition.began_at, edition.recomputed_at) == (at + DAY, at + DAY)
    [(change, noted)] = editions.noted(at + 2 * DAY)
    assert (change.version, noted) == (VERSION, edition)
    assert editions.noted(at + 100 * DAY) == [], "after the window it is no news"


def test_the_latest_version_says_what_changed():
    assert [change.version for change in editions.CHANGES] == list(range(2, VERSION + 1))
    known = {"company": {f.name for f in COMPANY}, "worker": {f.name for f in WORKER}}
    for change in editions.CHANGES:
        assert set(change.company) <= known["company"] and set(change.worker) <= known["worker"]
        assert change.company or change.worker


# -- the nightly comparison


PLANTED = [
    (CompanyScorecard, {"approval_days": 9.5}, "approval_days"),
    (CompanyScorecard, {"ratings": 7}, "ratings"),
    (CompanyScorecard, {"satisfaction": None}, "satisfaction"),
    (CompanyScorecard, {"trend": {"approval_days": {"2026-11": 9}}}, "approval_days by month"),
    (CompanyScorecard, {"is_red": True}, "is_red"),
    (WorkerScorecard, {"on_time": 0.25}, "on_time"),
    (WorkerScorecard, {"completed": 0}, "completed"),
]


@pytest.mark.parametrize(
    ("model", "planted", "figure"), PLANTED, ids=[figure for _, _, figure in PLANTED]
)
def test_planted_drift_is_found_told_and_put_right(model, planted, figure, worked, at, caplog):
    assert comparing.compare_all(at=at).count == 0
    right = model.objects.filter(window="recent").values(*planted).order_by("pk").first()
    wrong = model.objects.filter(window="recent").order_by("pk").first()
    model.objects.filter(pk=wrong.pk).update(**planted)
    with caplog.at_level(logging.ERROR, logger="scorecards.comparing"):
        found = comparing.compare_all(at=at + 5 * DAY)
    assert figure in [one["figure"] for one in found.findings]
    assert {one["window"] for one in found.findings} == {"recent"}
    assert "scorecard drift" in caplog.text and figure in caplog.text
    assert model.objects.filter(pk=wrong.pk).values(*planted).get() == right
    assert comparing.compare_all(at=at + 5 * DAY).count == 0


def test_what_time_alone_changes_is_no_drift(worked, alice, wanda, at):
    work.in_stage("pending_approval", alice, wanda, at=at - 10 * DAY)
    work.in_stage("invoiced", alice, wanda, at=at - 40 * DAY)
    while reactions.dispatch(at=at):
        pass
    for days in (0, 5, 40, 95, 400):
        assert comparing.compare_all(at=at + days * DAY).findings == []


def test_an_event_on_its_way_is_no_drift(worked, alice, wanda, at):
    submitted = work.in_stage("pending_approval", alice, wanda, at=at - 10 * DAY)
    while reactions.dispatch(at=at):
        pass
    lifecycle.approve(submitted, by=alice, at=at + DAY)
    assert comparing.compare_all(at=at + DAY).findings == []
    Event.objects.undispatched().update(dispatched_at=at + DAY)
    assert comparing.compare_all(at=at + DAY).findings == [], "drawn anew meanwhile"


def test_a_verb_that_tells_nobody_is_drift(worked, at):
    """As if the approval had been moved without an event."""
    type(worked).objects.filter(pk=worked.pk).update(approved_at=worked.approved_at + DAY)
    found = comparing.compare_all(at=at).findings
    assert {one["figure"] for one in found} >= {"approval_days"}


def test_drift_stands_in_admin_health_and_metrics(worked, admin_client, client, settings, at):
    settings.DEBUG = True
    CompanyScorecard.objects.filter(window="recent").update(ratings=44)
    now = reverse("admin:scorecards_scorecardcheck_now")
    assert admin_client.get(now).status_code == 405
    page = admin_client.post(now, follow=True).text
    assert "had drifted" in page and "44 was stored, the rows come to" in page
    assert client.get("/health/ready").json()["scorecards"] is False
    assert "marketplace_scorecard_drift 1" in client.get("/metrics").text
    assert "are right" in admin_client.post(now, follow=True).text
    assert client.get("/health/ready").json()["scorecards"] is True
    assert ScorecardCheck.objects.count() == 2


# -- the marketplace


def test_medians_are_the_middle_of_all_who_have_the_figure(published, at, settings):
    settings.MARKET_OWNERS = 5
    days = [1.0, 2.0, 4.0, 8.0, 40.0]
    for number, value in enumerate(days):
        company = people.company(f"Company {number}")
        scoring.refresh_company(company, at=at)
        CompanyScorecard.objects.filter(company=company, window="recent").update(
            approval_days=value, approvals=number, satisfaction=1 if number else None
        )
    market.draw(at=at)
    found = market.compared_with(MarketFigure.Side.COMPANY)
    middle = found["recent", "approval_days"]
    assert (middle.median, middle.owners) == (4.0, 5)
    assert ("recent", "satisfaction") not in found, "four are no marketplace"
    assert ("all_time", "approval_days") not in found
    CompanyScorecard.objects.update(approval_days=3)
    market.draw(at=at + DAY)
    assert market.compared_with("company")["recent", "approval_days"].median == 3


def test_medians_cost_the_same_however_many_companies(published, at, django_assert_num_queries):
    for number in range(6):
        scoring.refresh_company(people.company(f"Company {number}"), at=at)
    with django_assert_num_queries(5):
        market.draw(at=at)


# -- at once


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_while_events_arrive_comes_to_the_same_figures(alice, wanda, at):
    waiting = [work.in_stage("pending_approval", alice, wanda, at=at - 9 * DAY) for _ in range(5)]
    while reactions.dispatch(at=at):
        pass

    def approve_all():
        for number, assignment in enumerate(waiting):
            lifecycle.approve(assignment, by=alice, at=at + number * timedelta(hours=1))
            reactions.dispatch(at=at)

    def rebuild():
        for _ in range(4):
            keeping.rebuild(at=at)

    race(approve_all, rebuild, lambda: reactions.dispatch(at=at))
    while reactions.dispatch(at=at):
        pass
    kept = _figures()
    assert CompanyScorecard.objects.get(company=alice.company, window="recent").approvals == 5
    keeping.rebuild(at=at + timedelta(hours=4))
    assert _figures() == kept


@pytest.mark.django_db
@pytest.mark.parametrize("source", EVERY_SOURCE, ids=lambda one: one[0].name)
def test_a_rebuild_looks_no_assignment_up_row_by_row(source, at):
    """What stands for their table in its statement has no index: a subquery that read it for
    every row would read all of it every time."""
    sql, params = drawing.facts(*source, None, lambda formula: drawing.windows(at), at)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) WITH {drawing.ASSIGNMENTS} {sql}", params)
        [(told,)] = cursor.fetchall()
    plan = told if isinstance(told, list) else json.loads(told)
    read = [(node, path) for node, path in _nodes(plan[0]["Plan"]) if "CTE Name" in node]
    assert not [path for _, path in read if "SubPlan" in path]


def _nodes(node, path=()):
    path = (*path, node.get("Parent Relationship", ""))
    yield node, path
    for below in node.get("Plans", ()):
        yield from _nodes(below, path)


def _figures():
    return [
        {name: value for name, value in row.items() if name not in ("computed_at", "drawn_at")}
        for model in (CompanyScorecard, WorkerScorecard)
        for row in model.objects.order_by("pk").values()
    ]


AS_OF_VERSION_5 = "68bf5c20b50a1e2d"


def test_no_formula_changes_without_a_new_version():
    """The SQL of every figure as it was when the version was given. Where a figure comes out
    differently, raise ``VERSION`` and say in ``editions.CHANGES`` what changed; where only its
    writing differs, note the new fingerprint here."""
    moment = datetime(2026, 11, 10, 15, tzinfo=UTC)
    written = [
        drawing.facts(source, formulas, [1], lambda formula: drawing.windows(moment), moment)[0]
        for source, formulas in EVERY_SOURCE
    ]
    fingerprint = hashlib.sha256(repr(written).encode()).hexdigest()[:16]
    assert (VERSION, fingerprint) == (5, AS_OF_VERSION_5)
