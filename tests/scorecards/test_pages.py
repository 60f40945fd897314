"""The pages of figures: who is shown what, and what a page costs however long the history."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activity import reactions
from messaging import posting
from scorecards import rating
from scorecards.formulas import COMPANY_FORMULAS, WORKER_FORMULAS
from scorecards.models import Rating
from tests.assignments.pages import words_of
from tests.factories import assignments as work

BUDGET = 12


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def history(alice, wanda, now):
    """So many assignments done, paid, rated by both sides, with a message answered in each."""

    def made(count: int) -> None:
        for _ in range(count):
            done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
            for by, at in ((wanda, now - timedelta(hours=2)), (alice, now - timedelta(hours=1))):
                posting.post(
                    assignment=done, worker=wanda.worker, body="Hello", by=by, at=at,
                    key=str(uuid.uuid4()),
                )  # fmt: skip
                rating.rate(
                    assignment=done, overall="satisfied", marks=[4, 4, 4], comment="Fine.",
                    by=by, at=at,
                )  # fmt: skip
            work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
            work.in_stage("invoiced", alice, wanda, at=now - timedelta(days=30))
        while reactions.dispatch(at=now):
            pass

    return made


def queries(session, path: str) -> int:
    assert session.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        session.get(path)
    return len(captured)


def paths_of(company: str, worker: str) -> list[str]:
    return (
        [f"/scorecard/?figure={name}" for name in COMPANY_FORMULAS]
        + [f"/companies/{company}/scorecard/?figure={name}" for name in COMPANY_FORMULAS]
        + [f"/workers/{worker}/scorecard/?figure={name}" for name in WORKER_FORMULAS]
    )


def test_a_page_of_figures_costs_the_same_however_long_the_history(
    alice, wanda, client_of, history
):
    session = client_of(alice)
    paths = paths_of(alice.company.slug, wanda.worker.reference)
    history(1)
    few = {path: queries(session, path) for path in paths}
    history(15)

    assert {path: queries(session, path) for path in paths} == few
    assert max(few.values()) <= BUDGET, few


def test_a_workers_own_figures_cost_the_same_too(alice, wanda, client_of, history):
    session = client_of(wanda)
    paths = [f"/scorecard/?figure={name}" for name in WORKER_FORMULAS]
    history(1)
    few = [queries(session, path) for path in paths]
    history(15)

    assert [queries(session, path) for path in paths] == few
    assert max(few) <= BUDGET


def test_the_published_formulas_ask_for_their_examples_and_editions_only(client, published):
    assert queries(client, "/help/formulas/") <= 3


def test_a_second_tab_changes_the_rating_and_says_so(alice, wanda, client_of, now):
    done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
    url = reverse("scorecards:rate", args=[done.reference])
    wandas, marks = client_of(wanda), {"mark_1": 5, "mark_2": 5, "mark_3": 5, "comment": ""}
    assert "How was it?" in words_of(wandas.get(done.get_absolute_url()))

    first = wandas.post(url, {"overall": "excellent", **marks}, follow=True)
    assert "Thank you. Your rating is hidden until the other side rates." in words_of(first)
    again = wandas.post(url, {"overall": "satisfied", **marks}, follow=True)
    assert "Your rating is changed. It stays hidden until both have rated." in words_of(again)
    assert Rating.objects.get().overall == "satisfied"

    alices = client_of(alice).post(url, {"overall": "excellent", **marks}, follow=True)
    assert "Both of you have rated, so both ratings are shown." in words_of(alices)
    late = wandas.post(url, {"overall": "unsatisfied", **marks}, follow=True)
    assert "This rating has been published and is final." in words_of(late)


def test_rating_costs_no_more_than_a_page_may(alice, wanda, client_of, now):
    done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))

    assert queries(client_of(alice), f"/assignments/{done.reference}/rating/") <= BUDGET


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_figures_without_rows_say_so(who, client_of, request):
    answer = client_of(request.getfixturevalue(who)).get("/scorecard/")

    assert answer.status_code == 200
    assert not answer.context["rows"]
    assert "Nothing has happened in this time that counts" in words_of(answer)


@pytest.mark.parametrize("figure", ["\x00", "x" * 100_000, "<script>", "__class__", "9" * 400])
def test_a_figure_that_is_not_one_shows_satisfaction(figure, alice, client_of):
    answer = client_of(alice).get("/scorecard/", {"figure": figure, "window": figure})

    assert answer.status_code == 200
    assert answer.context["formula"] == COMPANY_FORMULAS["satisfaction"]
