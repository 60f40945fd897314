"""Behind each figure: its rows with their shares, months, the marketplace, and a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from activity import reactions
from assignments import lifecycle
from assignments.models import Hold
from scorecards import editions, keeping, market, moderating, rating
from scorecards.examples import examples
from scorecards.formulas import (
    COMPANY,
    COMPANY_FORMULAS,
    MEDIAN,
    PUBLISHED,
    VERSION,
    WORKER,
    WORKER_FORMULAS,
    value_words,
)
from scorecards.models import CompanyScorecard, MarketFigure, Rating, WorkerScorecard
from tests.assignments.pages import words_of
from tests.factories import assignments as work

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def history(alice, wanda, now, funds):
    """Work approved at once and after four days, paid in time and late; ratings of each kind."""
    funds(alice.company, 9000)
    for number, days in enumerate((0.2, 1, 4)):
        start = now - (30 - number) * DAY
        done = work.in_stage("pending_approval", alice, wanda, at=start - 3 * DAY, terms_days=7)
        approved = lifecycle.approve(done, by=alice, at=done.submitted_at + days * DAY)
        lifecycle.pay(approved, by=alice, at=approved.approved_at + (6 + 3 * number) * DAY)
        for by in (wanda, alice):
            rating.rate(
                assignment=approved, overall=("excellent", "satisfied", "unsatisfied")[number],
                marks=[5 - number, 4, 3], comment="Well said.", by=by,
                at=approved.approved_at + DAY,
            )  # fmt: skip
    for hours, mark in ((30, "illness"), (3, "illness")):
        left = work.in_stage("assigned", alice, wanda, at=now - 9 * DAY)
        lifecycle.back_out(
            left, reason=mark, note="Ill", by=wanda, at=left.starts_at - timedelta(hours=hours)
        )
    work.in_stage("pending_approval", alice, wanda, at=now - 12 * DAY)
    while reactions.dispatch(at=now):
        pass
    keeping.rebuild(at=now)


def rows_of(session, path, figure, window="recent"):
    answer = session.get(f"{path}rows.csv?figure={figure}&window={window}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_shares_of_the_rows_add_up_to_the_figure(history, alice, wanda, client_of):
    """The file, the page and the rolled-up row say the same, whichever figure."""
    cards = (
        (alice, COMPANY, CompanyScorecard.objects.get(company=alice.company, window="recent")),
        (wanda, WORKER, WorkerScorecard.objects.get(worker=wanda.worker, window="recent")),
    )
    for who, formulas, card in cards:
        session = client_of(who)
        for formula in formulas:
            _adds_up(session, formula, getattr(card, formula.name))


def _adds_up(session, formula, stored):
    rows = rows_of(session, "/scorecard/", formula.name)
    if formula.sql == MEDIAN or not rows:
        assert all(row["Adds to the figure"] == "" for row in rows)
    else:
        added = sum(float(row["Adds to the figure"]) for row in rows)
        assert added == pytest.approx(stored, rel=1e-3, abs=1e-9), formula.name
    page = session.get(f"/scorecard/?figure={formula.name}")
    assert page.context["summary"].words == value_words(stored, formula.unit), formula.name
    assert [row.share for row in page.context["rows"]] == [row["In words"] for row in rows]


def test_a_page_says_what_each_row_adds(history, alice, client_of):
    words = words_of(client_of(alice).get("/scorecard/?figure=approval_days"))
    assert "1.7 days over 3 rows" in words
    assert "76.9%" in words, "four of 5.2 days"
    words = words_of(client_of(alice).get("/scorecard/?figure=satisfaction"))
    assert "2 of 3 rows" in words and "33.3 of 33.3 points" in words
    assert "0.0 of 33.3 points" in words


def test_every_figure_by_month(
    history, alice, wanda, client_of, now, django_assert_max_num_queries
):
    session = client_of(alice)
    session.get("/scorecard/")
    with django_assert_max_num_queries(10):
        page = session.get("/scorecard/?figure=satisfaction&by=month")
    months = page.context["months"]
    shown = {formula.name: values for formula, values in months["lines"]}
    assert months["names"][0] == f"{now:%b %Y}" and len(months["names"]) == 12
    assert set(shown) == set(COMPANY_FORMULAS) - {"pending_too_long", "past_due"}
    assert sum(int(value) for value in shown["approvals"]) == 3
    assert shown["approvals"][11] == "0" and shown["approval_days"][11] == "–"
    mine = client_of(wanda).get("/scorecard/?by=month").context["months"]
    assert {formula.name for formula, _ in mine["lines"]} == set(WORKER_FORMULAS)


def test_a_figure_stands_beside_the_middle_of_the_marketplace(history, alice, client_of, now):
    MarketFigure.objects.create(
        side="company", window="recent", figure="approval_days", median=1.25, owners=34,
        drawn_at=now,
    )  # fmt: skip
    words = words_of(client_of(alice).get("/scorecard/?figure=approval_days"))
    assert "the middle of 34 on the marketplace is 1.2 days" in words
    assert "middle 1.2 days" in words
    MarketFigure.objects.all().delete()
    assert "on the marketplace is" not in words_of(client_of(alice).get("/scorecard/"))
    market.draw(at=now)
    assert not MarketFigure.objects.exists(), "two companies are no marketplace"


def test_a_changed_formula_is_noted_where_its_figure_stands(history, wanda, alice, client_of, now):
    editions.begin(version=VERSION - 1, at=now - 300 * DAY)
    said = "This formula changed"
    assert said in words_of(client_of(alice).get("/scorecard/?figure=approval_days"))
    assert said not in words_of(client_of(alice).get("/scorecard/?figure=past_due"))
    assert said not in words_of(client_of(wanda).get("/scorecard/?figure=on_time"))
    assert f"Version {VERSION}" in words_of(client_of(alice).get("/help/formulas/"))


def test_strangers_read_shares_but_no_names_in_page_or_file(history, alice, walt, client_of):
    session = client_of(walt)
    rows = rows_of(session, f"/companies/{alice.company.slug}/scorecard/", "satisfaction")
    assert len(rows) == 3 and not any(row["Other side"] for row in rows)
    assert not any("Replace" in row["Assignment"] or "A-" in row["Assignment"] for row in rows)
    assert rows[0]["Comment"] == "Well said."


def test_a_hidden_comment_is_not_read_behind_the_figure(history, alice, olga, walt, client_of, now):
    for one in Rating.objects.filter(by="worker"):
        moderating.hide(one, part="comment", reason="Abusive", by=olga, at=now)
    path = f"/companies/{alice.company.slug}/scorecard/"
    assert "Well said." not in words_of(client_of(walt).get(path))
    assert not any(row["Comment"] for row in rows_of(client_of(walt), path, "satisfaction"))


# -- the formulas


def test_every_formula_has_an_example_computed_by_itself(published):
    worked = examples()
    assert set(worked) == {(side, f.name) for side, known in PUBLISHED.items() for f in known}
    assert len(worked) == len(COMPANY) + len(WORKER) + 2
    assert worked["company", "workers_back"].result == "66%"
    assert worked["company", "satisfaction"].result == "75%"
    assert worked["company", "approval_days"].result == "1 day"
    assert worked["company", "days_past_due"].result == "1 day"
    assert worked["company", "answer_hours"].result == "2 hours"
    assert worked["worker", "on_time"].result == "75%"
    assert worked["worker", "quality"].result == "3.8 of 5"


def test_examples_follow_the_settings_and_the_formulas(published, settings, monkeypatch):
    settings.ON_TIME_GRACE_MINUTES = 30
    settings.PENDING_TOO_LONG_DAYS = 1
    worked = examples()
    assert worked["worker", "on_time"].result == "100%"
    assert worked["company", "pending_too_long"].result == "66%"


def test_the_page_of_formulas_shows_examples_and_changes(client, published):
    words = words_of(client.get("/help/formulas/"))
    assert "Worked example: 75%" in words
    assert "under a case from Tuesday 9:00 to Thursday 9:00" in words
    assert "What has changed" in words and f"Version {VERSION}" in words
    assert "Workers who came back" in words and "The last 365 days, by the approval" in words


def test_a_headline_that_time_has_changed_says_what_the_cards_still_say(history, alice, client_of):
    said = "Cards and badges still say"
    path = "/scorecard/?figure=approvals"
    assert said not in words_of(client_of(alice).get(path))
    CompanyScorecard.objects.filter(window="recent").update(approvals=77)
    assert f"{said} 77, as of" in words_of(client_of(alice).get(path))
    assert said not in words_of(client_of(alice).get(f"{path}&window=all_time"))


# -- the badge


def test_the_badge_tells_its_three_figures_on_hover(history, alice, walt, client_of, now):
    CompanyScorecard.objects.filter(window="recent").update(approval_days=4, is_red=True)
    work.sent(work.draft(alice, at=now), alice, at=now)
    page = client_of(walt).get("/work/").content.decode()
    card = page[page.index('class="hover-card"') :][:900]
    assert f'<a class="badge tone-bad" href="/companies/{alice.company.slug}/scorecard/">' in page
    for words in ("Last 90 days", "Satisfaction", "Approval time", "4 days", "(red)"):
        assert words in card


def test_time_under_a_case_is_not_in_the_share(history, alice, client_of, now):
    """The longest row shrinks when a case is found to have lain over it."""
    longest = rows_of(client_of(alice), "/scorecard/", "approval_days")[0]
    done = alice.company.assignments.filter(approved_at__isnull=False).latest("approved_at")
    Hold.objects.create(
        assignment=done, kind="dispute", reason="A case", placed_at=done.submitted_at,
        released_at=done.submitted_at + 3 * DAY,
    )  # fmt: skip
    after = rows_of(client_of(alice), "/scorecard/", "approval_days")[0]
    assert float(longest["Adds to the figure"]) == pytest.approx(4 / 3)
    assert float(after["Adds to the figure"]) == pytest.approx(1 / 3)


# -- the journey: a client turns red


def test_a_client_turns_red_by_events_and_a_worker_is_asked_to_confirm(
    alice, wanda, walt, client_of, now, funds
):
    funds(alice.company, 9000)
    session = client_of(walt)
    open_one = work.sent(work.draft(alice, at=now), alice, at=now)
    apply = f"/assignments/{open_one.reference}/apply/"
    assert "scorecard is red" not in words_of(session.get(apply))
    for days in (3, 5):
        waiting = work.in_stage("pending_approval", alice, wanda, at=now - 20 * DAY)
        lifecycle.approve(waiting, by=alice, at=waiting.submitted_at + days * DAY)
    while reactions.dispatch(at=now):
        pass
    asked = words_of(session.get(apply))
    assert "scorecard is red" in asked and "approval takes 4 days on average" in asked
    refused = session.post(apply, {"note": "I can come.", "revision": open_one.revision})
    assert "red_scorecard_seen" in refused.context["form"].errors
    assert not open_one.applications.exists()
    for path in ("/work/", open_one.get_absolute_url(), alice.company.get_absolute_url()):
        assert "Red scorecard" in words_of(session.get(path)), path
    assert "4 days" in words_of(client_of(alice).get("/")), "on the client's own home page too"
    behind = session.get(f"/companies/{alice.company.slug}/scorecard/?figure=approval_days")
    assert [row.value for row in behind.context["rows"]] == ["5 days", "3 days"]
    said = {"note": "I can come.", "revision": open_one.revision, "red_scorecard_seen": "on"}
    assert session.post(apply, said).status_code == 302
    assert open_one.applications.get().red_scorecard_seen
