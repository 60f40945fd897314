"""Contesting a rating: it is hidden while its case is open, the figures follow, the end decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from activity import reactions
from assignments import lifecycle
from escalations import casework
from escalations.casework.contested import NothingToContest
from escalations.casework.contesting import NotAContest
from escalations.casework.opening import TooLateToContest, TooLateToEscalate
from escalations.models import Case
from scorecards import moderating, rating
from scorecards.models import CompanyScorecard, Rating
from tests.assignments.pages import words_of
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rated(paid, alice, wanda, at):
    for by, overall in ((wanda, "unsatisfied"), (alice, "excellent")):
        rating.rate(
            assignment=paid, overall=overall, marks=(2, 2, 2), by=by, at=paid.approved_at,
            comment=f"Said by {by.acting_as}.",
        )  # fmt: skip
    return paid


@pytest.fixture
def contest(rated):
    def made(by, moment=None):
        return casework.contest(
            assignment=rated, ground="It says what did not happen",
            what_happened="Nobody shouted.", by=by, at=moment or rated.approved_at + HOUR,
        )  # fmt: skip

    return made


@pytest.fixture
def figures(alice):
    def drawn(at):
        while reactions.dispatch(at=at):
            pass
        card = CompanyScorecard.objects.get(company=alice.company, window="recent")
        return card.ratings, card.satisfaction

    return drawn


def test_a_contest_hides_the_rating_and_the_figures_follow(
    rated, contest, figures, alice, wanda, olga
):
    at = rated.approved_at + HOUR
    assert figures(at) == (1, 0.0)
    case = contest(alice)
    assert (case.kind, case.side, case.hold) == ("rating", "company", None)
    assert contest(alice, at + HOUR) == case
    assert figures(at) == (0, None)
    casework.settle(case, removed=False, words="It is an opinion.", by=olga, at=at + DAY)
    assert figures(at + DAY) == (1, 0.0)
    with pytest.raises(moderating.ContestedBefore):
        contest(alice, at + 2 * DAY)


def test_a_removed_rating_stays_out_of_the_figures(rated, contest, figures, wanda, alice, olga):
    at = rated.approved_at + HOUR
    case = contest(alice)
    decision = casework.settle(case, removed=True, words="It insults.", by=olga, at=at + DAY)
    assert decision.applied[-1] == "The rating stays out of sight and out of the figures."
    assert figures(at + DAY) == (0, None)
    casework.reopen(case, words="New facts.", by=olga, at=at + 2 * DAY)
    assert figures(at + 2 * DAY) == (0, None)
    again = casework.settle(case, removed=False, words="Fair.", by=olga, at=at + 3 * DAY)
    assert again.applied[-1] == "The rating stands: it is shown again and counts."
    assert figures(at + 3 * DAY) == (1, 0.0)


def test_each_side_contests_the_rating_about_itself(rated, contest, alice, wanda):
    contest(wanda)
    assert Rating.objects.published().get().by == "worker"
    contest(alice)
    assert not Rating.objects.published().exists()
    assert Case.objects.filter(kind="rating").count() == 2


@pytest.mark.parametrize("ending", ["withdrawn", "decided by its money"])
def test_a_case_that_ends_without_a_verdict_shows_the_rating_again(
    rated, contest, alice, olga, ending
):
    case, at = contest(alice), rated.approved_at + DAY
    if ending == "withdrawn":
        casework.withdraw(case, by=alice, at=at)
    else:
        casework.decide(case, effect="as_it_is", words="Fine.", by=olga, at=at)
    assert Rating.objects.published().count() == 2


def test_a_case_of_this_kind_from_the_menu_is_a_contest_too(rated, alice):
    case = opened(rated, alice, kind="rating", outcome="other", at=rated.approved_at + HOUR)
    assert Rating.objects.published().get().by == "company"
    assert case.entries.count() == 1


def test_there_is_nothing_to_contest_before_it_is_shown(paid, alice, wanda, at):
    with pytest.raises(NothingToContest):
        opened(paid, alice, kind="rating", outcome="other", at=paid.approved_at)
    rating.rate(
        assignment=paid, overall="unsatisfied", marks=(1, 1, 1), comment="", by=wanda,
        at=paid.approved_at,
    )  # fmt: skip
    with pytest.raises(NothingToContest):
        opened(paid, alice, kind="rating", outcome="other", at=paid.approved_at)
    assert not Case.objects.exists()


def test_after_sixty_days_a_rating_stands(rated, contest, alice):
    with pytest.raises(TooLateToContest, match="60 days after it was shown"):
        contest(alice, rated.approved_at + 62 * DAY)
    assert Rating.objects.published().count() == 2


def test_a_rating_of_work_approved_late_has_sixty_days_of_its_own(alice, wanda, at):
    """Nothing else about the work can be escalated by then."""
    late = work.in_stage("pending_approval", alice, wanda, at=at)
    shown = late.occurred_at + 100 * DAY
    lifecycle.approve(late, by=alice, at=shown)
    for by in (wanda, alice):
        rating.rate(
            assignment=late, overall="unsatisfied", marks=(2, 2, 2), comment="", by=by, at=shown
        )
    with pytest.raises(TooLateToEscalate):
        opened(late, alice, kind="other", at=shown)
    said = {"ground": "Something else", "what_happened": "Nobody shouted.", "by": alice}
    late_by_a_day = shown + 62 * DAY
    with pytest.raises(TooLateToContest):
        casework.contest(assignment=late, at=late_by_a_day, **said)
    assert casework.contest(assignment=late, at=shown + 59 * DAY, **said).kind == "rating"


def test_a_verdict_is_for_contests_alone(rated, alice, olga):
    case = opened(rated, alice, kind="conduct", at=rated.approved_at + HOUR)
    with pytest.raises(NotAContest):
        casework.settle(case, removed=True, words="x", by=olga, at=rated.approved_at + DAY)
    assert Rating.objects.published().count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_contests_at_once_are_one_case(rated, contest, alice, mona):
    outcomes = race(lambda: contest(alice), lambda: contest(mona))
    assert all(outcome.won for outcome in outcomes)
    assert Case.objects.filter(kind="rating").count() == 1
    assert Rating.objects.published().count() == 1


# -- pages


@pytest.fixture
def now(rated):
    return rated.approved_at + DAY


def test_the_page_opens_the_case_and_the_desk_decides_it(
    rated, alice, wanda, olga, client_of, now, time_machine
):
    time_machine.move_to(now, tick=False)
    path = reverse("escalations:contest", args=[rated.reference])
    browser = client_of(alice)
    page = browser.get(path)
    assert "Said by worker." in words_of(page)
    answer = browser.post(path, {"ground": "Something else", "what_happened": "No", "files": []},
                          follow=True)  # fmt: skip
    assert "The rating is hidden until it ends." in words_of(answer)
    assert "Contested, hidden for now" in words_of(browser.get(rated.get_absolute_url()))
    assert browser.get(path).status_code == 302
    case = Case.objects.get(kind="rating")
    desk = client_of(olga)
    sheet = f"/admin/escalations/case/{case.pk}/"
    assert "Decide about the rating" in words_of(desk.get(f"{sheet}change/"))
    empty = desk.post(f"{sheet}rating/", {"rating-verdict": "maybe", "rating-words": ""})
    assert empty.status_code == 200
    assert "Select a valid choice" in words_of(empty)
    done = desk.post(
        f"{sheet}rating/", {"rating-verdict": "removed", "rating-words": "Not true."}, follow=True
    )
    assert "The rating stays out of sight" in words_of(done)
    shown = words_of(client_of(alice).get(rated.get_absolute_url()))
    assert "Taken out of sight and out of the figures" in shown
    assert "Said by worker." not in shown
    assert "Said by worker." in words_of(client_of(wanda).get(rated.get_absolute_url()))


def test_a_page_of_a_contest_says_why_not(
    rated, contest, alice, wanda, client_of, now, time_machine
):
    time_machine.move_to(now, tick=False)
    path = reverse("escalations:contest", args=[rated.reference])
    casework.withdraw(contest(alice), by=alice, at=now)
    assert "A rating can be contested once." in words_of(client_of(alice).get(path))
    time_machine.move_to(rated.occurred_at + 70 * DAY)
    assert "can be contested until 60 days" in words_of(client_of(wanda).get(path))


def test_bad_input_keeps_what_was_typed(rated, alice, client_of, now, time_machine):
    time_machine.move_to(now, tick=False)
    path = reverse("escalations:contest", args=[rated.reference])
    typed = "<script>alert(1)</script> 👩‍🔧 {{ 7|add:7 }}"
    for given in ({"ground": "none", "what_happened": typed},
                  {"what_happened": typed},
                  {"ground": "Something else", "what_happened": "x" * 5_000}):  # fmt: skip
        answer = client_of(alice).post(path, given)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert not Case.objects.exists()
