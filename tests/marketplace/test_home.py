"""The home pages: what needs attention now, for each kind of person."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Actor
from assignments import lifecycle
from escalations import casework
from messaging import posting
from scorecards import rating
from tests.assignments.pages import words_of
from tests.escalations.making import opened
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

BUDGET = 10


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def home(client_of):
    """The home page as this person sees it: the page, and what it is made of."""

    def of(actor: Actor):
        answer = client_of(actor).get("/")
        assert answer.status_code == 200
        return answer, answer.context["home"]

    return of


def tiles(made) -> dict[str, str]:
    return {tile.label: tile.value for tile in made.tiles}


def say(assignment, by, worker, at):
    posting.post(
        assignment=assignment, worker=worker, body="Hello?", by=by, at=at, key=str(uuid.uuid4())
    )


# The client


def test_a_client_sees_what_to_decide_the_most_pressing_first(alice, wanda, walt, home, now):
    sent = work.in_stage("sent", alice, wanda, at=now, title="Choose somebody")
    work.application(sent, walt, at=now)
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9), title="Approve me")
    work.in_stage(
        "invoiced", alice, wanda, at=now - timedelta(days=60), title="Pay me", terms_days=7
    )
    work.in_stage("draft", alice, wanda, at=now)

    page, made = home(alice)

    assert [need.title for need in made.needs] == ["Pay me", "Approve me", "Choose somebody"]
    assert [need.act for need in made.needs] == ["Pay", "Approve", "Choose a worker"]
    assert made.needs[0].tone == "bad" and made.needs[1].amount == "$250.00"
    shown = tiles(made)
    assert shown["To approve"] == "1" and shown["Applicants waiting"] == "1"
    assert shown["Money due this week"] == "$275.00" and shown["Drafts"] == "1"
    assert "1 invoice past due" in words_of(page)
    assert not made.steps


def test_every_need_and_tile_of_a_client_leads_to_a_page(alice, wanda, walt, home, client_of, now):
    work.application(work.in_stage("sent", alice, wanda, at=now), walt, at=now)
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    assigned = work.in_stage("assigned", alice, wanda, at=now)
    say(assigned, wanda, wanda.worker, now)
    work.in_stage("invoiced", alice, wanda, at=now - timedelta(days=60), terms_days=7)
    _, made = home(alice)
    session = client_of(alice)

    links = [need.url for need in made.needs] + [tile.href for tile in made.tiles]

    assert len(links) == 7
    assert {session.get(link).status_code for link in links} == {200}


def test_a_worker_who_waits_for_an_answer_is_named(alice, wanda, home, now):
    assigned = work.in_stage("assigned", alice, wanda, at=now)
    say(assigned, wanda, wanda.worker, now - timedelta(hours=3))

    page, made = home(alice)

    assert tiles(made)["Unanswered messages"] == "1"
    assert [thread.worker for thread in made.more["threads"]] == [wanda.worker]
    assert "Workers waiting for an answer" in words_of(page)


def test_a_member_is_asked_only_for_what_their_role_allows(
    alice, abel, dirk, wanda, walt, home, now
):
    work.application(work.in_stage("sent", alice, wanda, at=now), walt, at=now)
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    work.in_stage("invoiced", alice, wanda, at=now - timedelta(days=60), terms_days=7)

    assert [need.act for need in home(abel)[1].needs] == []
    assert [need.act for need in home(dirk)[1].needs] == ["Choose a worker"]
    assert "Money due this week" not in tiles(home(dirk)[1])
    assert not home(dirk)[1].more["may_see_money"]


def test_work_in_dispute_waits_for_staff_not_for_the_client(alice, wanda, home, now):
    at = now - timedelta(days=9)
    done = work.in_stage("pending_approval", alice, wanda, at=at)
    opened(done, wanda, at=now)

    _, made = home(alice)

    assert not made.needs and "To approve" not in tiles(made)


def test_a_hold_nobody_released_is_not_forgotten(alice, wanda, home, now):
    coming = work.in_stage("assigned", alice, wanda, at=now - DAY, title="Wait for me")
    lifecycle.put_on_hold(coming, reason="No key", by=alice, at=now - HOUR)
    _, made = home(alice)
    assert [(need.title, need.act) for need in made.needs] == [("Wait for me", "Release it")]
    later = coming.starts_at + DAY
    lifecycle.take_off_hold(
        coming, starts_at=later, ends_at=later + HOUR, reason="Found", by=alice, at=now
    )
    assert home(alice)[1].needs == [], "the worker is asked now"


def test_another_companys_work_is_nobodys_business(alice, charlie, wanda, home, now):
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))

    _, made = home(charlie)

    assert not made.needs and not made.tiles


def test_a_client_of_five_minutes_is_led_through_the_first_steps(published, home, now):
    company = people.company("Newcomer")
    made = people.member(company, "Nora New", ["administrator"], at=now, accepts=False)

    page, home_page = home(made)

    assert [(step.label, step.done) for step in home_page.steps] == [
        ("Read and accept the guidelines", False),
        ("Add funds", False),
        ("Write your first assignment", False),
        ("Send it to workers", False),
    ]
    assert not home_page.tiles and not home_page.needs
    assert "Nothing waits" not in words_of(page)


def test_the_steps_are_ticked_off_and_go_when_the_first_is_sent(alice, home, now):
    add_cash(alice.company, Decimal(1000), at=now)
    draft = work.draft(alice, at=now)
    assert [step.done for step in home(alice)[1].steps] == [True, True, True, False]

    work.sent(draft, alice, at=now)

    assert home(alice)[1].steps == []


def test_a_newcomer_without_the_purse_is_not_sent_to_add_funds(acme, home, now):
    dispatcher = people.member(acme, "Dora Dale", ["dispatcher"], at=now)

    assert "Add funds" not in [step.label for step in home(dispatcher)[1].steps]


# The worker


def test_a_worker_sees_the_next_thing_to_do(alice, wanda, walt, home, now):
    work.in_stage("assigned", alice, wanda, at=now, title="Come on Friday")
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
    sent = work.in_stage("sent", alice, walt, at=now, title="Only for you")
    lifecycle.invite(sent, workers=[wanda.worker], by=alice, at=now)
    work.application(work.in_stage("sent", alice, walt, at=now), wanda, at=now)
    work.in_stage("invoiced", alice, wanda, at=now - timedelta(days=60), terms_days=7)

    page, made = home(wanda)
    words = words_of(page)

    assert "Come on Friday" in words and "Only for you" in words
    shown = tiles(made)
    assert shown["Waiting for approval"] == "$250.00"
    assert shown["Approved, to be paid"] == "$250.00"
    assert shown["Applications open"] == "1"
    assert shown["Earned in 30 days"] == "$250.00"
    assert "$250.00 past due" in words
    assert not made.steps


def test_a_worker_of_five_minutes_is_led_through_the_first_steps(published, home, now):
    newcomer = people.worker("Ned New", at=now, accepts=False, skills=[])

    page, made = home(newcomer)

    assert [(step.label, step.done) for step in made.steps] == [
        ("Complete your profile", False),
        ("Read and accept the guidelines", False),
        ("Apply for your first assignment", False),
    ]
    assert "a headline, a few words about you, your skills" in words_of(page)
    assert not made.tiles


def test_the_workers_steps_go_once_work_has_begun(alice, wanda, home, now):
    assigned = work.in_stage("assigned", alice, wanda, at=now)
    assert home(wanda)[1].steps

    lifecycle.check_in(assigned, by=wanda, at=now)

    assert home(wanda)[1].steps == []


def test_every_tile_of_a_worker_leads_to_a_page(alice, wanda, home, client_of, now):
    work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
    assigned = work.in_stage("assigned", alice, wanda, at=now)
    say(assigned, alice, wanda.worker, now)
    work.application(work.in_stage("sent", alice, wanda, at=now), wanda, at=now)
    session = client_of(wanda)

    links = [tile.href for tile in home(wanda)[1].tiles]

    assert len(links) == 4
    assert {session.get(link).status_code for link in links} == {200}


# Both sides


def test_a_case_shows_at_home_first_as_open_then_as_a_question(alice, wanda, olga, home, now):
    done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
    case = opened(done, alice, kind="conduct", outcome="explanation", at=now)
    assert tiles(home(wanda)[1])["Open cases"] == "1"

    casework.take(case, by=olga, at=now)
    casework.ask_party(case, side="worker", question="Where were you?", by=olga, at=now)

    page, made = home(wanda)
    assert tiles(made)["Cases waiting for you"] == "1" and "Answer now" in words_of(page)
    assert tiles(home(alice)[1])["Open cases"] == "1"


def test_a_proposal_waits_for_each_side_until_it_answers(alice, wanda, olga, home, now):
    done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
    case = opened(done, alice, kind="conduct", outcome="explanation", at=now)
    casework.take(case, by=olga, at=now)
    casework.propose(case, effect="as_it_is", words="It stays.", by=olga, at=now)
    casework.answer_proposal(case, accept=True, by=wanda, at=now)

    assert "Cases waiting for you" not in tiles(home(wanda)[1])
    assert tiles(home(alice)[1])["Cases waiting for you"] == "1"


def test_both_sides_are_asked_to_rate_until_they_have(alice, abel, wanda, home, now):
    paid = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9), title="Hang the sign")
    for actor, about in ((alice, str(wanda.worker)), (wanda, alice.company.name)):
        page, made = home(actor)
        assert [(row["title"], row["about"]) for row in made.more["to_rate"]] == [
            ("Hang the sign", about)
        ]
        assert f"Rate {about}" in words_of(page)
    assert home(abel)[1].more["to_rate"] == [], "whose role does not rate"

    rating.rate(assignment=paid, overall="excellent", marks=(5, 5, 5), comment="", by=wanda, at=now)
    assert home(wanda)[1].more["to_rate"] == []
    assert len(home(alice)[1].more["to_rate"]) == 1


# Staff and others


def test_staff_see_their_queues_and_the_cases_due_next(alice, wanda, olga, home, now):
    for title in ("First", "Second"):
        done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9), title=title)
        casework.open_case(
            assignment=done, kind="conduct", what_happened="Rude", outcome="explanation",
            outcome_words="An apology", by=alice, at=now,
        )  # fmt: skip

    page, made = home(olga)

    assert tiles(made) == {
        "Overdue": "0",
        "Due within 4 hours": "0",
        "Mine": "0",
        "Unassigned": "2",
    }
    assert [case.assignment.title for case in made.more["cases"]] == ["First", "Second"]
    assert "Open the desk" in words_of(page)


def test_an_empty_desk_says_what_would_be_there(olga, home):
    assert "No case is open." in words_of(home(olga)[0])


def test_staff_of_operations_are_sent_to_the_administration(published, home):
    person = people.user("Otto Ops", is_staff=True)

    page, made = home(Actor.as_staff(person))

    assert "Open the administration" in words_of(page) and not made.tiles


def test_a_visitor_sees_the_landing_page(client, published):
    assert "home" not in client.get("/").context


# The budget


def busy(alice, wanda, walt, rows, now):
    """So many of everything that either home page shows."""
    for number in range(rows):
        work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
        work.application(work.in_stage("sent", alice, wanda, at=now), walt, at=now)
        asked = work.in_stage("assigned", alice, wanda, at=now)
        say(asked, wanda, wanda.worker, now)
        other = work.in_stage("sent", alice, wanda, at=now, title=f"Invitation {number}")
        lifecycle.invite(other, workers=[wanda.worker], by=alice, at=now)
        work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))


def queries(session) -> int:
    session.get("/")
    with CaptureQueriesContext(connection) as captured:
        assert session.get("/").status_code == 200
    return len(captured)


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_a_home_page_costs_the_same_however_busy(who, alice, wanda, walt, client_of, now, request):
    session = client_of(request.getfixturevalue(who))
    busy(alice, wanda, walt, 1, now)
    one = queries(session)
    busy(alice, wanda, walt, 29, now)

    assert queries(session) == one <= BUDGET


def test_the_home_of_staff_costs_the_same_however_busy(alice, wanda, olga, client_of, now):
    session = client_of(olga)

    def cases(count):
        for _ in range(count):
            done = work.in_stage("paid", alice, wanda, at=now - timedelta(days=9))
            casework.open_case(
                assignment=done, kind="conduct", what_happened="Rude", outcome="explanation",
                outcome_words="An apology", by=alice, at=now,
            )  # fmt: skip

    cases(1)
    one = queries(session)
    cases(29)

    assert queries(session) == one <= BUDGET


@pytest.mark.parametrize("who", ["client", "worker"])
def test_a_newcomers_home_stays_within_the_budget_too(who, published, client_of, now):
    if who == "worker":
        newcomer = people.worker("Ned New", at=now, accepts=False)
    else:
        company = people.company("Newcomer")
        newcomer = people.member(company, "Nora New", ["administrator"], at=now, accepts=False)

    assert queries(client_of(newcomer)) <= BUDGET
