"""Ratings from the first click to the figures: a client turns red, a deadline passes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from activity import reactions
from assignments.models import Application
from escalations import casework
from notifications import reminders
from notifications.models import Notice
from scorecards import tasks
from scorecards.models import CompanyScorecard, Rating, WorkerScorecard
from tests.assignments.pages import words_of
from tests.factories import assignments as work
from tests.notifications.moments import tell_everything

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MARKS = {"mark_1": 2, "mark_2": 3, "mark_3": 2}


def rates(browser, job, overall: str, comment: str = "") -> str:
    url = reverse("scorecards:rate", args=[job.reference])
    answer = browser.post(url, {"overall": overall, "comment": comment, **MARKS}, follow=True)
    assert answer.status_code == 200
    return words_of(answer)


def draw(at) -> None:
    while reactions.dispatch(at=at):
        pass


def test_a_client_turns_red_and_a_worker_is_asked_to_confirm(
    alice, wanda, walt, olga, at, client_of, time_machine
):
    """Five ratings, two of them bad: red; one of the bad removed after a contest: not any more."""
    jobs = [work.in_stage("paid", alice, wanda, at=at) for _ in range(5)]
    open_job = work.in_stage("sent", alice, walt, at=at)
    now = jobs[0].approved_at + HOUR
    time_machine.move_to(now, tick=False)
    wandas, alices, walts = client_of(wanda), client_of(alice), client_of(walt)
    apply = f"/assignments/{open_job.reference}/apply/"
    for number, job in enumerate(jobs):
        assert "hidden until the other side rates" in rates(
            wandas, job, "unsatisfied" if number < 2 else "satisfied", f"Visit {number}"
        )
    draw(now)
    assert "New client" in words_of(walts.get(apply))
    for job in jobs:
        assert "both ratings are shown" in rates(alices, job, "excellent")
    draw(now)
    card = CompanyScorecard.objects.get(company=alice.company, window="recent")
    assert (card.ratings, card.satisfaction, card.is_red) == (5, 0.6, True)

    page = walts.get(apply)
    assert "This client’s scorecard is red" in words_of(page)
    assert "satisfaction is 60% in 5 ratings" in words_of(page)
    bid = {"revision": open_job.revision, "note": "I can be there."}
    refused = walts.post(apply, bid)
    assert refused.context["form"].errors["red_scorecard_seen"]
    assert "I can be there." in words_of(refused)
    assert not Application.objects.filter(worker=walt.worker).exists()

    contest = reverse("escalations:contest", args=[jobs[0].reference])
    alices.post(contest, {"ground": "Something else", "what_happened": "It was another store."})
    case = alice.company.cases.get(kind="rating")
    draw(now)
    card.refresh_from_db()
    assert (card.ratings, card.satisfaction) == (4, 0.75)
    assert not card.is_red
    casework.settle(case, removed=False, words="It was this one.", by=olga, at=now)
    draw(now)
    card.refresh_from_db()
    assert (card.ratings, card.is_red) == (5, True)

    walts.post(apply, {**bid, "red_scorecard_seen": "on"})
    assert Application.objects.get(worker=walt.worker).red_scorecard_seen


def test_a_blind_rating_is_shown_by_its_deadline(paid, alice, wanda, client_of, time_machine):
    """The client says nothing for two weeks: reminded, then too late, and the figures follow."""
    rated_at = paid.approved_at + HOUR
    time_machine.move_to(rated_at, tick=False)
    wandas, alices = client_of(wanda), client_of(alice)
    page = paid.get_absolute_url()
    rates(wandas, paid, "unsatisfied", "Nobody opened the door.")
    assert "Nobody opened" not in words_of(alices.get(page))
    assert "Wanda Wells has rated." in words_of(alices.get(page))

    time_machine.move_to(rated_at + 11 * DAY, tick=False)
    reminders.sweep(at=rated_at + 11 * DAY)
    assert Notice.objects.get(kind="reminder.rate_last_days").recipient == alice.user
    assert "They have rated" in words_of(alices.get("/ratings/"))
    assert "Change the rating" in words_of(wandas.get(page))

    time_machine.move_to(rated_at + 14 * DAY, tick=False)
    wandas, alices = client_of(wanda), client_of(alice)  # their sessions have expired
    assert "can no longer be given" not in words_of(alices.get(page))
    assert "no longer be blind" in rates(alices, paid, "unsatisfied", "Revenge")
    assert "Nobody opened" not in words_of(alices.get(page))
    assert tasks.sweep_ratings() == 1
    tell_everything(rated_at + 14 * DAY)
    draw(rated_at + 14 * DAY)
    assert Rating.objects.get().published_at == rated_at + 14 * DAY
    assert "Nobody opened the door." in words_of(alices.get(page))
    told = Notice.objects.get(kind="rating.published", recipient=alice.user)
    assert told.title == "The worker’s rating of “Replace a network switch” is shown"
    assert not alices.get("/ratings/").context["rows"]
    card = CompanyScorecard.objects.get(company=alice.company, window="recent")
    assert (card.ratings, card.satisfaction) == (1, 0.0)
    assert WorkerScorecard.objects.get(worker=wanda.worker, window="recent").ratings == 0

    reply = reverse("scorecards:reply", args=[paid.reference])
    alices.post(reply, {"words": "The key was at the desk. We are sorry."})
    assert "We are sorry." in words_of(wandas.get(page))
    assert "final" in rates(wandas, paid, "excellent")
