"""How many statements the heaviest pages and the main writes may cost: 10, 12 and 18.

What opens and closes a transaction asks nothing and is not counted, as in ``bin/bench``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments import lifecycle
from assignments.models import Assignment
from core.files import check_upload
from escalations import casework
from messaging import posting
from scorecards import keeping, rating
from tests.bench.jobs import CONTROL
from tests.factories import assignments as work
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.pools import SPEAKS, asking
from vetting import agreements, groups

LIST, DETAIL, WRITE = 10, 12, 18
pytestmark = pytest.mark.django_db


@contextmanager
def at_most(number: int):
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(CONTROL)]
    assert len(asked) <= number, "\n".join(sql[:160] for sql in asked)


def say(assignment: Assignment, by: Any, *, at: Any, files: Any = ()) -> None:
    worker = by.worker or assignment.worker
    key = str(uuid.uuid4())
    posting.post(
        assignment=assignment, worker=worker, body="Noted.", by=by, at=at, key=key, files=files
    )


def fill(assignment: Assignment, alice: Any, wanda: Any) -> Assignment:
    """More than a page of messages, some with files, and figures for everybody."""
    at = assignment.sent_at
    for number in range(12):
        say(assignment, alice, at=at + timedelta(minutes=number))
        files = [check_upload(work.photo(f"{number}.txt"))] if number % 3 == 0 else []
        say(assignment, wanda, at=at + timedelta(minutes=number), files=files)
    keeping.rebuild(at=at)
    return assignment


def rate(assignment: Assignment, by: Any, *, at: Any) -> None:
    rating.rate(assignment=assignment, overall="excellent", marks=(5, 5, 4), comment="Good.",
                by=by, at=at)  # fmt: skip


def disputed(assignment: Assignment, by: Any) -> None:
    casework.open_case(
        assignment=assignment, kind="payment_dispute", what_happened="Less was paid than agreed.",
        outcome="pay_in_full", outcome_words="Pay what was agreed.", by=by,
        at=assignment.submitted_at + timedelta(hours=1),
    )  # fmt: skip


def heaviest(stage: str, alice: Any, wanda: Any, *, at: Any) -> Assignment:
    """An assignment of this stage with all that may hang on one."""
    assignment = fill(work.in_stage(stage, alice, wanda, at=at), alice, wanda)
    if stage == "pending_approval":
        disputed(assignment, wanda)
    if stage == "paid":
        for by in (alice, wanda):
            rate(assignment, by, at=assignment.paid_at + timedelta(hours=1))
    return assignment


@pytest.fixture
def read(client_of, today) -> Callable[..., None]:
    def reading(actor: Any, path: str, most: int) -> None:
        client = client_of(actor)
        assert client.get(path).status_code == 200
        with at_most(most):
            client.get(path)

    return reading


@pytest.fixture
def today(at):
    import time_machine

    with time_machine.travel(at + timedelta(days=4), tick=True):
        yield


@pytest.mark.parametrize("stage", ["in_progress", "pending_approval", "paid"])
@pytest.mark.parametrize("who", ["alice", "wanda", "olga"])
def test_an_assignment_with_everything_on_it(stage, who, alice, wanda, request, at, read):
    actor = request.getfixturevalue(who)
    assignment = heaviest(stage, alice, wanda, at=at)
    read(actor, assignment.get_absolute_url(), DETAIL)


def test_a_sent_assignment_with_applicants(sent, alice, wanda, walt, at, read):
    for worker in (wanda, walt):
        work.application(sent, worker, at=at)
        say(sent, worker, at=at)
    for actor in (alice, wanda):
        read(actor, sent.get_absolute_url(), DETAIL)


@pytest.mark.parametrize(
    "path",
    ["/assignments/", "/inbox/", "/payments/invoices/", "/workers/", "/cases/", "/notifications/"],
)
def test_lists_of_a_client(path, alice, wanda, at, read):
    heaviest("paid", alice, wanda, at=at)
    heaviest("pending_approval", alice, wanda, at=at)
    read(alice, path, LIST)


@pytest.mark.parametrize("path", ["/work/", "/work/?q=switch", "/work/mine/", "/inbox/", "/cases/"])
def test_lists_of_a_worker(path, alice, wanda, at, read):
    heaviest("paid", alice, wanda, at=at)
    heaviest("pending_approval", alice, wanda, at=at)
    work.in_stage("sent", alice, wanda, at=at)
    read(wanda, path, LIST)


@pytest.mark.parametrize("who", ["alice", "wanda"])
@pytest.mark.parametrize("path", ["/", "/scorecard/"])
def test_homes_and_scorecards(who, path, alice, wanda, request, at, read):
    heaviest("paid", alice, wanda, at=at)
    heaviest("pending_approval", alice, wanda, at=at)
    work.in_stage("sent", alice, wanda, at=at)
    read(request.getfixturevalue(who), path, DETAIL)


def test_scorecards_of_others(alice, wanda, at, read):
    heaviest("paid", alice, wanda, at=at)
    read(wanda, f"/companies/{alice.company.slug}/scorecard/", DETAIL)
    read(alice, f"/workers/{wanda.worker.reference}/scorecard/", DETAIL)


def test_applying(sent, wanda, client_of, at):
    client = client_of(wanda)
    url = f"/assignments/{sent.reference}/apply/"
    client.get(url)
    with at_most(WRITE):
        answer = client.post(url, {"revision": sent.revision, "note": "I am near."})
    assert answer.status_code == 302 and sent.applications.count() == 1


def test_approving_and_paying(submitted, alice, wanda, client_of, at):
    work.in_stage("paid", alice, wanda, at=at)  # their ledger accounts are open already
    client = client_of(alice)
    url = f"/assignments/{submitted.reference}/approval/"
    client.get(url)
    with at_most(WRITE):
        answer = client.post(url, {"submitted_at": submitted.submitted_at.isoformat()})
    assert answer.status_code == 302
    submitted.refresh_from_db()
    assert submitted.status == "paid"


def test_assigning(sent, alice, wanda, client_of, at):
    applied = work.application(sent, wanda, at=at)
    client = client_of(alice)
    url = f"/assignments/{sent.reference}/applications/"
    client.get(url)
    with at_most(WRITE):
        answer = client.post(url, {"application": applied.pk, "assign": "yes"})
    assert answer.status_code == 302
    sent.refresh_from_db()
    assert sent.status == "assigned"


def test_the_verb_alone_costs_less(submitted, alice, wanda, at):
    work.in_stage("paid", alice, wanda, at=at)
    with at_most(16):
        lifecycle.approve(submitted, by=alice, at=submitted.submitted_at)


@pytest.fixture
def vetting(alice, wanda, walt, olga, at, funds) -> dict[str, str]:
    """A company that asks much, and a worker who has something of everything: addresses by name."""
    keeps = quizzes.published(alice, at=at)
    quizzes.answered(keeps, wanda, at=at)
    by_hand = quizzes.published(alice, at=at, kinds=("long", "single"), name="By hand")
    waiting = quizzes.answered(by_hand, walt, at=at)
    sitting = quizzes.answered(
        quizzes.published(alice, at=at, name="Under way"), wanda, at=at, hand_in=False
    )
    agreement = proofs.agreement(alice, at=at)
    agreements.sign(agreement, number=1, typed_name="Wanda Wells", by=wanda, at=at)
    own = proofs.kind("site-orientation", reviewed_by="company")
    for_us = proofs.pending(wanda, own, company=alice.company, at=at)
    license_ = proofs.pending(wanda, at=at)
    group = asking(
        alice, at=at, language=SPEAKS, distance={"miles": 50}, profile={},
        credential={"kind": "license", "name": "License", "amount": "", "region": ""},
        test={"test": keeps.reference, "name": keeps.name, "survey": False},
        agreement={"agreement": agreement.reference, "title": agreement.title},
    )  # fmt: skip
    wanted = group.requirement_set
    funds(alice.company, 1_000)
    work.sent(work.draft(alice, at=at, requirement_sets=[wanted.pk]), alice, at=at)
    groups.apply(asking_nothing := groups.create(name="All", kind="public", by=alice, at=at),
                 by=wanda, at=at)  # fmt: skip
    groups.approve(asking_nothing, [wanda.worker], by=alice, at=at)
    keeping.rebuild(at=at)
    return {
        "group": f"/groups/{group.reference}/", "own_group": f"/groups/{asking_nothing.reference}/",
        "set": f"/requirements/{wanted.reference}/",
        "find": f"/workers/?requirements={wanted.reference}",
        "agreement": f"/agreements/{agreement.reference}/", "test": f"/tests/{keeps.reference}/",
        "for_us": f"/credentials/{for_us.reference}/",
        "license": f"/credentials/{license_.reference}/",
        "waiting": f"/tests/attempts/{waiting.reference}/",
        "sitting": f"/tests/attempts/{sitting.reference}/",
    }  # fmt: skip


@pytest.mark.parametrize(
    "who, path, most",
    [
        ("alice", "/groups/", LIST),
        ("alice", "/requirements/", LIST), ("alice", "/credentials/", LIST),
        ("alice", "/agreements/", LIST), ("alice", "/tests/", LIST),
        ("alice", "/tests/marking/", LIST), ("alice", "{find}", LIST),
        ("alice", "{group}", DETAIL), ("alice", "{own_group}", DETAIL),
        ("alice", "{agreement}", DETAIL), ("alice", "{test}", DETAIL),
        ("alice", "{test}results/", DETAIL), ("alice", "{for_us}", DETAIL),
        ("alice", "{waiting}", DETAIL), ("alice", "{set}add/distance/", DETAIL),
        ("alice", "{own_group}broadcasts/", DETAIL), ("alice", "{own_group}invitations/", DETAIL),
        ("wanda", "/groups/", LIST), ("wanda", "/credentials/", LIST),
        ("wanda", "/agreements/", LIST), ("wanda", "/tests/", LIST),
        ("wanda", "/work/?qualified=on", LIST), ("wanda", "/work/qualifications/", LIST),
        ("alice", "{set}", DETAIL), ("alice", "{set}overrides/", DETAIL),
        ("wanda", "{own_group}", DETAIL), ("wanda", "{group}", DETAIL),
        ("wanda", "{agreement}", DETAIL),
        ("wanda", "{license}", DETAIL), ("wanda", "{license}change/", DETAIL),
        ("wanda", "{test}", DETAIL), ("wanda", "{sitting}", DETAIL),
        ("wanda", "{sitting}1/", DETAIL),
    ],
)  # fmt: skip
def test_pages_of_vetting(who, path, most, vetting, request, read):
    read(request.getfixturevalue(who), path.format(**vetting), most)
