"""Hiding ratings, comments and replies, and replying: words are never edited, each act once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import Membership
from activity.models import Event
from scorecards import listing, moderating, rating, replying
from scorecards.models import Rating, RatingHiding, RatingReply
from tests.factories import assignments as work
from tests.racing import race

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def kinds(assignment):
    return list(
        Event.objects.about(assignment)
        .filter(kind__startswith="rating.")
        .exclude(kind__in=["rating.given", "rating.published"])
        .values_list("kind", flat=True)
    )


def read_by(actor, one: Rating) -> listing.Opinion:
    fresh = Rating.objects.select_related("assignment__company").get(pk=one.pk)
    fresh.was_contested = fresh.hidings.filter(contested=True).exists()
    return listing.opinion(fresh, actor)


# -- hiding


def test_a_hidden_rating_counts_nowhere_and_its_words_stay(
    rated, about_acme, alice, wanda, walt, olga, at
):
    hiding = moderating.hide(about_acme, reason=" It threatens. ", by=olga, at=at + HOUR)
    again = moderating.hide(about_acme, reason="Other words", by=olga, at=at + 2 * HOUR)
    assert again == hiding
    assert (hiding.reason, hiding.hidden_at) == ("It threatens.", at + HOUR)
    assert Rating.objects.published().get().by == "company"
    assert list(Rating.objects.visible_to(alice)) == [Rating.objects.get(by="company")]
    assert Rating.objects.get(pk=about_acme.pk).comment == "They shouted."
    assert kinds(rated) == ["rating.hidden"]
    seen = {who: read_by(who, about_acme).is_readable for who in (alice, wanda, olga)}
    assert seen == {alice: False, wanda: True, olga: True}
    assert read_by(alice, about_acme).hidden == "It threatens."


def test_a_hidden_comment_leaves_the_rating_counted(rated, about_acme, alice, wanda, olga, at):
    moderating.hide(about_acme, part="comment", reason="An insult", by=olga, at=at)
    assert Rating.objects.published().count() == 2
    assert read_by(alice, about_acme).comment == ""
    assert read_by(alice, about_acme).comment_hidden == "An insult"
    assert read_by(wanda, about_acme).comment == "They shouted."
    shown = moderating.restore(about_acme, part="comment", reason="Fair", by=olga, at=at + HOUR)
    assert shown.restored_because == "Fair"
    assert read_by(alice, about_acme).comment == "They shouted."
    assert moderating.restore(about_acme, part="comment", reason="x", by=olga, at=at) is None
    assert kinds(rated) == ["rating.hidden", "rating.restored"]


@pytest.mark.parametrize(("reason", "refusal"), [
    ("", moderating.ReasonMissing), ("  \n ", moderating.ReasonMissing),
    ("x" * 501, moderating.ReasonTooLong),
])  # fmt: skip
def test_hiding_needs_a_reason_that_both_can_read(about_acme, olga, at, reason, refusal):
    for verb in (moderating.hide, moderating.restore):
        with pytest.raises(refusal):
            verb(about_acme, reason=reason, by=olga, at=at)


def test_there_is_nothing_to_hide_of_what_nobody_reads(paid, about_wanda, wanda, olga, at):
    with pytest.raises(moderating.NothingToHide, match="replied"):
        moderating.hide(about_wanda, part="reply", reason="x", by=olga, at=at)


def test_a_rating_that_is_still_blind_is_not_hidden(paid, wanda, olga, at):
    mine = rating.rate(
        assignment=paid, overall="excellent", marks=(5, 5, 5), comment="", by=wanda, at=at
    )
    with pytest.raises(moderating.NothingToHide, match="not published"):
        moderating.hide(mine, reason="x", by=olga, at=at)
    rating.publish_due(at=at + timedelta(days=14))
    with pytest.raises(moderating.NothingToHide, match="no comment"):
        moderating.hide(mine, part="comment", reason="x", by=olga, at=at)


# -- contesting


def test_a_contest_hides_until_it_is_settled(about_acme, alice, wanda, olga, at):
    moderating.contest(about_acme, reason="Contested", by=alice, at=at)
    assert Rating.objects.published().count() == 1
    assert read_by(alice, about_acme).is_readable
    assert read_by(alice, about_acme).is_contest
    with pytest.raises(moderating.UnderContest):
        moderating.restore(about_acme, reason="x", by=olga, at=at)
    moderating.settle(about_acme, removed=False, by=olga, at=at + HOUR)
    assert Rating.objects.published().count() == 2
    with pytest.raises(moderating.ContestedBefore):
        moderating.contest(about_acme, reason="Again", by=alice, at=at + HOUR)


def test_a_removed_rating_stays_hidden_until_staff_restore_it(about_acme, alice, olga, at):
    moderating.contest(about_acme, reason="Contested", by=alice, at=at)
    moderating.settle(about_acme, removed=True, by=olga, at=at + HOUR)
    moderating.settle(about_acme, removed=False, by=olga, at=at + HOUR)
    assert Rating.objects.published().count() == 1
    assert not read_by(alice, about_acme).is_readable
    moderating.contest(about_acme, reason="Reopened", by=olga, at=at + 2 * HOUR, again=True)
    moderating.settle(about_acme, removed=False, by=olga, at=at + 3 * HOUR)
    assert Rating.objects.published().count() == 2


def test_hiding_what_is_contested_ends_the_contest(about_acme, alice, olga, at):
    moderating.contest(about_acme, reason="Contested", by=alice, at=at)
    hiding = moderating.hide(about_acme, reason="Abuse", by=olga, at=at + HOUR)
    assert hiding.settled_at == at + HOUR
    assert RatingHiding.objects.count() == 1


# -- replying


def test_the_rated_side_replies_once(rated, about_acme, alice, wanda, at):
    made = replying.reply(assignment=rated, words=" We are sorry. ", by=alice, at=at)
    assert made.rating == about_acme
    assert replying.reply(assignment=rated, words="We are sorry.", by=alice, at=at) == made
    with pytest.raises(replying.RepliedBefore):
        replying.reply(assignment=rated, words="And another thing", by=alice, at=at)
    assert replying.reply(assignment=rated, words="Thanks", by=wanda, at=at).rating.by == "company"
    assert read_by(wanda, about_acme).reply == "We are sorry."
    assert kinds(rated) == ["rating.replied", "rating.replied"]


def test_a_reply_waits_for_the_rating_to_be_shown(paid, about_acme, alice, olga, at):
    moderating.hide(about_acme, reason="Abuse", by=olga, at=at)
    with pytest.raises(replying.NothingToReplyTo, match="hidden"):
        replying.reply(assignment=paid, words="Hm", by=alice, at=at)


def test_nobody_replies_to_a_blind_rating(paid, alice, wanda, at):
    rating.rate(
        assignment=paid, overall="unsatisfied", marks=(1, 1, 1), comment="", by=wanda, at=at
    )
    with pytest.raises(replying.NothingToReplyTo, match="not published"):
        replying.reply(assignment=paid, words="Hm", by=alice, at=at)


@pytest.mark.parametrize(("words", "refusal"), [
    ("  ", replying.ReplyMissing), ("x" * 1_001, replying.ReplyTooLong),
])  # fmt: skip
def test_a_reply_says_something_in_a_thousand_signs(rated, alice, at, words, refusal):
    with pytest.raises(refusal):
        replying.reply(assignment=rated, words=words, by=alice, at=at)


def test_staff_hide_a_reply_and_show_it_again(rated, about_acme, alice, wanda, olga, at):
    replying.reply(assignment=rated, words="Liar", by=alice, at=at)
    moderating.hide(about_acme, part="reply", reason="An insult", by=olga, at=at)
    assert read_by(wanda, about_acme).reply == ""
    assert read_by(wanda, about_acme).reply_hidden == "An insult"
    assert read_by(alice, about_acme).reply == "Liar"
    moderating.restore(about_acme, part="reply", reason="Fair", by=olga, at=at)
    assert read_by(wanda, about_acme).reply == "Liar"


# -- the database


def test_the_database_keeps_replies_and_hidings(rated, about_acme, alice, olga, at):
    replying.reply(assignment=rated, words="Sorry", by=alice, at=at)
    moderating.hide(about_acme, reason="Abuse", by=olga, at=at)
    for sql in (
        "UPDATE scorecards_ratingreply SET words = 'Better'",
        "DELETE FROM scorecards_ratingreply",
        "UPDATE scorecards_ratinghiding SET reason = 'Better'",
        "DELETE FROM scorecards_ratinghiding",
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(IntegrityError), transaction.atomic():
        RatingHiding.objects.create(rating=about_acme, part="rating", reason="x", hidden_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        RatingReply.objects.create(
            rating=about_acme, words="x", replied_by=alice.user, replied_at=at
        )


# -- what waits


def test_what_waits_is_what_may_be_rated(alice, wanda, at):
    """The list and the refusal of the verb agree, second by second."""
    jobs = [
        work.in_stage("paid", alice, wanda, at=at),
        work.in_stage("cancelled", alice, wanda, at=at),
    ]
    end = jobs[0].approved_at
    rating.rate(
        assignment=jobs[0], overall="excellent", marks=(5, 5, 5), comment="", by=wanda, at=end
    )
    moments = [end, end + timedelta(days=14) - HOUR, end + timedelta(days=14),
               jobs[1].cancelled_at + timedelta(days=30) - HOUR,
               jobs[1].cancelled_at + timedelta(days=30)]  # fmt: skip
    for moment in moments:
        for actor in (alice, wanda):
            listed = set(listing.waiting_for(actor, at=moment).values_list("pk", flat=True))
            side = rating.side_of(actor)
            allowed = {
                job.pk
                for job in jobs
                if not rating.refusal(job, list(job.ratings.all()), side, at=moment)
                and not job.ratings.filter(by=side).exists()
            }
            assert listed == allowed, moment


def test_a_removed_member_rates_no_more_and_what_they_said_stands(
    paid, alice, mona, at, client_of, membership_of
):
    url = f"/assignments/{paid.reference}/rating/"
    browser = client_of(mona)
    Membership.objects.filter(pk=membership_of(mona).pk).update(removed_at=at)
    answer = browser.post(url, {"overall": "excellent", "mark_1": 5, "mark_2": 5, "mark_3": 5})
    assert answer.status_code in (302, 404)
    assert not Rating.objects.exists()


# -- at once


@pytest.mark.django_db(transaction=True)
def test_two_replies_at_once_are_one(rated, alice, mona, at):
    outcomes = race(
        lambda: replying.reply(assignment=rated, words="One", by=alice, at=at),
        lambda: replying.reply(assignment=rated, words="Two", by=mona, at=at),
    )
    assert sorted(outcome.won for outcome in outcomes) == [False, True]
    assert RatingReply.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_hiding_and_contesting_at_once_hide_once(about_acme, alice, olga, at):
    outcomes = race(
        lambda: moderating.hide(about_acme, reason="Abuse", by=olga, at=at),
        lambda: moderating.contest(about_acme, reason="Contested", by=alice, at=at),
    )
    assert any(outcome.won for outcome in outcomes)
    assert RatingHiding.objects.filter(restored_at=None).count() == 1
    assert Rating.objects.published().count() == 1
