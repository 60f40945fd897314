from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from activity.models import Event
from assignments.models import Assignment
from scorecards import rating, tasks
from scorecards.models import Rating
from tests.factories import assignments as work
from tests.racing import race

DAY = timedelta(days=1)


@pytest.fixture
def rate(at):
    def rated(assignment, by, overall="excellent", marks=(5, 4, 3), comment="", moment=at):
        return rating.rate(
            assignment=assignment, overall=overall, marks=marks, comment=comment, by=by, at=moment
        )

    return rated


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def kinds(assignment):
    return list(
        Event.objects.about(assignment)
        .filter(kind__startswith="rating.")
        .values_list("kind", flat=True)
    )


@pytest.mark.parametrize("stage", ["invoiced", "paid", "cancelled"])
def test_both_sides_rate_once_the_work_is_approved_or_cancelled(stage, alice, wanda, at, rate):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    mine, theirs = rate(assignment, wanda), rate(assignment, alice)
    assert (mine.by, theirs.by) == ("worker", "company")
    assert Rating.objects.published().count() == 2


@pytest.mark.parametrize("stage", ["assigned", "in_progress", "pending_approval", "sent", "voided"])
def test_earlier_nobody_rates(stage, alice, wanda, at, rate):
    assignment = work.in_stage(stage, alice, wanda, at=at)
    with pytest.raises(rating.NotYetRateable):
        rate(assignment, alice)


def test_a_rating_is_blind_until_both_have_rated(paid, alice, wanda, charlie, olga, at, rate):
    mine = rate(paid, wanda, "unsatisfied")
    assert mine.published_at is None

    def seen(actor):
        return Rating.objects.visible_to(actor).count()

    assert [seen(who) for who in (wanda, alice, charlie, olga)] == [1, 0, 0, 1]
    assert kinds(paid) == ["rating.given"]
    rate(paid, alice, moment=at + DAY)
    assert [seen(who) for who in (wanda, alice, charlie)] == [2, 2, 0]
    assert {found.published_at for found in Rating.objects.all()} == {at + DAY}
    assert kinds(paid) == ["rating.given", "rating.given", "rating.published", "rating.published"]


def test_the_event_of_a_blind_rating_tells_nothing_of_it(paid, wanda, rate):
    rate(paid, wanda, "unsatisfied", comment="Rude")
    assert Event.objects.about(paid).get(kind="rating.given").data == {"side": "worker"}


def test_it_can_be_changed_until_it_is_published_and_never_after(paid, alice, wanda, at, rate):
    rate(paid, wanda, "unsatisfied")
    changed = rate(paid, wanda, "satisfied", marks=(4, 4, 4), comment=" Better ")
    assert (changed.overall, changed.mark_1, changed.comment) == ("satisfied", 4, "Better")
    assert Rating.objects.count() == 1
    rate(paid, alice)
    with pytest.raises(rating.RatingIsFinal):
        rate(paid, wanda, "unsatisfied")
    assert Rating.objects.get(by="worker").overall == "satisfied"


def test_the_same_rating_again_changes_nothing(paid, alice, wanda, rate):
    first = rate(paid, wanda)
    rate(paid, alice)
    events = len(kinds(paid))
    assert rate(paid, wanda) == first
    assert len(kinds(paid)) == events


def test_a_colleague_changes_the_rating_of_the_company(paid, alice, mona, rate):
    rate(paid, alice)
    changed = rate(paid, mona, "unsatisfied")
    assert Rating.objects.count() == 1
    assert changed.rated_by == mona.user


def test_after_fourteen_days_a_rating_is_published_alone(paid, alice, wanda, at, rate):
    rate(paid, wanda)
    assert rating.publish_due(at=at + 14 * DAY - timedelta(seconds=1)) == 0
    assert rating.publish_due(at=at + 14 * DAY) == 1
    assert rating.publish_due(at=at + 15 * DAY) == 0
    assert Rating.objects.get().published_at == at + 14 * DAY
    assert kinds(paid).count("rating.published") == 1
    with pytest.raises(rating.TooLateToRate):
        rate(paid, alice, "unsatisfied", moment=at + 15 * DAY)


def test_changing_a_rating_does_not_put_its_day_off(paid, wanda, at, rate):
    rate(paid, wanda)
    rate(paid, wanda, "satisfied", moment=at + 13 * DAY)
    assert rating.publish_due(at=at + 14 * DAY) == 1


def test_the_sweep_publishes_everything_that_is_due(paid, wanda, at, rate):
    rate(paid, wanda, moment=at - 300 * DAY)
    assert tasks.sweep_ratings() == 1
    assert tasks.sweep_ratings() == 0


@pytest.mark.parametrize("marks", [(0, 3, 3), (3, 6, 3), (3, 3), (3, 3, 3, 3), (-1, 1, 1)])
def test_marks_are_from_one_to_five(paid, wanda, marks, rate):
    with pytest.raises(rating.MarkOutOfRange):
        rate(paid, wanda, marks=marks)


def test_made_up_words_and_overlong_comments_are_refused(paid, wanda, rate):
    with pytest.raises(rating.MarkOutOfRange):
        rate(paid, wanda, "superb")
    with pytest.raises(rating.CommentTooLong):
        rate(paid, wanda, comment="x" * 2_001)


SECOND = timedelta(seconds=1)


def test_at_the_second_of_the_deadline_it_is_too_late_before_any_sweep(
    paid, alice, wanda, at, rate
):
    rate(paid, wanda, "unsatisfied")
    with pytest.raises(rating.TooLateToRate):
        rate(paid, alice, moment=at + 14 * DAY)
    with pytest.raises(rating.RatingIsFinal):
        rate(paid, wanda, "excellent", moment=at + 14 * DAY)
    assert Rating.objects.get().published_at is None
    rate(paid, wanda, "satisfied", moment=at + 14 * DAY - SECOND)
    rate(paid, alice, moment=at + 14 * DAY - SECOND)
    assert set(Rating.objects.values_list("published_at", flat=True)) == {at + 14 * DAY - SECOND}


def test_nobody_starts_to_rate_a_month_after_the_end(paid, alice, wanda, rate):
    last = paid.approved_at + 30 * DAY
    with pytest.raises(rating.RatingClosed, match="30 days after"):
        rate(paid, wanda, moment=last)
    rate(paid, wanda, moment=last - SECOND)
    rate(paid, alice, moment=last + 13 * DAY)
    assert Rating.objects.published().count() == 2


def test_cancelled_work_is_rated_from_its_cancellation(alice, wanda, at, rate):
    cancelled = work.in_stage("cancelled", alice, wanda, at=at)
    with pytest.raises(rating.RatingClosed):
        rate(cancelled, wanda, moment=cancelled.cancelled_at + 30 * DAY)
    assert rate(cancelled, wanda, moment=cancelled.cancelled_at + 29 * DAY).by == "worker"


def test_work_cancelled_with_nobody_assigned_is_not_rated(alice, wanda, at, rate):
    voided = work.in_stage("voided", alice, wanda, at=at)
    assert rating.ended(voided) is None
    with pytest.raises(rating.NotYetRateable):
        rate(voided, alice)


@pytest.mark.parametrize(
    "change",
    ["overall = 'excellent'", "mark_1 = 5", "comment = 'Lovely'", "published_at = NULL",
     "rated_by_id = rated_by_id + 1"],
)  # fmt: skip
def test_the_database_keeps_a_published_rating_as_it_was_given(paid, alice, wanda, rate, change):
    mine = rate(paid, wanda, "unsatisfied", marks=(1, 1, 1))
    rate(paid, alice)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        run(f"UPDATE scorecards_rating SET {change} WHERE id = {mine.pk}")


def test_the_database_deletes_no_rating(paid, wanda, rate):
    mine = rate(paid, wanda)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        run(f"DELETE FROM scorecards_rating WHERE id = {mine.pk}")


def test_the_database_keeps_one_rating_a_side(paid, wanda, rate):
    mine = rate(paid, wanda)
    mine.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once_publish_both(paid, alice, wanda, rate):
    assignment = Assignment.objects.get(pk=paid.pk)
    outcomes = race(lambda: rate(assignment, alice), lambda: rate(assignment, wanda))
    assert all(outcome.won for outcome in outcomes)
    assert Rating.objects.published().count() == 2
    assert kinds(paid).count("rating.published") == 2


@pytest.mark.django_db(transaction=True)
def test_one_side_twice_at_once_is_one_rating(paid, wanda, rate):
    outcomes = race(lambda: rate(paid, wanda), lambda: rate(paid, wanda))
    assert all(outcome.won for outcome in outcomes)
    assert Rating.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_against_the_sweep_is_in_or_refused(paid, wanda, at, rate):
    rate(paid, wanda, "excellent")
    outcomes = race(
        lambda: rate(paid, wanda, "unsatisfied"),
        lambda: rating.publish_due(at=at + 15 * DAY),
    )
    kept = Rating.objects.get()
    assert kept.overall == ("unsatisfied" if outcomes[0].won else "excellent")
    assert kinds(paid).count("rating.published") <= 1
