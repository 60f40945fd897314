"""The pages of ratings: what waits, lists, replies, the moderation of staff, and hostile input."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from escalations.models import Agent, Interest
from scorecards import moderating, rating, replying
from scorecards.admin import USUAL_REASONS
from scorecards.models import Rating, RatingReply
from tests.assignments.pages import HOSTILE, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
OWN = "/ratings/"


@pytest.fixture
def now():
    cache.clear()
    return timezone.now()


@pytest.fixture
def jobs(alice, wanda, now):
    """So many finished assignments; ``both`` rates them from both sides."""

    def made(count: int, *, both: bool = False) -> list:
        done = [
            work.in_stage("paid", alice, wanda, at=now - timedelta(days=9)) for _ in range(count)
        ]
        for job in done if both else []:
            for by in (wanda, alice):
                rating.rate(
                    assignment=job, overall="satisfied", marks=[4, 4, 4], comment="Fine.", by=by,
                    at=now,
                )  # fmt: skip
            one = Rating.objects.get(assignment=job, by="worker")
            replying.reply(assignment=job, words="Thanks.", by=alice, at=now)
            moderating.hide(one, part="comment", reason="x", by=alice, at=now)
        return done

    return made


def cost(session, path: str) -> int:
    cache.clear()
    assert session.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        session.get(path)
    return len(captured)


def counted(page) -> int:
    """What the menu shows beside Ratings."""
    entries = [entry for part in page.context["frame"]["sections"] for entry in part.entries]
    return next(entry.count for entry in entries if entry.label == "Ratings")


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_lists_of_ratings_cost_the_same_however_long(who, jobs, client_of, request):
    session = client_of(request.getfixturevalue(who))
    paths = [f"{OWN}?show={tab}" for tab in ("to_rate", "about", "given")]
    jobs(1)
    jobs(1, both=True)
    few = [cost(session, path) for path in paths]
    jobs(17)
    jobs(17, both=True)
    assert [cost(session, path) for path in paths] == few
    assert max(few) <= 10


def test_the_queue_says_what_waits_until_when_and_the_menu_how_much(
    jobs, alice, wanda, client_of, now
):
    first, second = jobs(2)
    rating.rate(
        assignment=first, overall="unsatisfied", marks=[1, 1, 1], comment="Bad", by=alice, at=now
    )
    browser = client_of(wanda)
    page = browser.get(OWN)
    assert "They have rated" in words_of(page)
    assert "Bad" not in page.content.decode()
    assert [row["assignment"] for row in page.context["rows"]] == [second, first]
    assert page.context["rows"][1]["closes"] == now + timedelta(days=14)
    assert counted(page) == 2
    browser.post(
        reverse("scorecards:rate", args=[first.reference]),
        {"overall": "excellent", "mark_1": 5, "mark_2": 5, "mark_3": 5, "comment": ""},
    )
    page = browser.get(OWN)
    assert [row["assignment"] for row in page.context["rows"]] == [second]
    assert counted(page) == 1


def test_a_viewer_sees_the_queue_and_rates_nothing(jobs, abel, client_of):
    jobs(1)
    page = client_of(abel).get(OWN)
    assert "A manager or an administrator rates for your company." in words_of(page)
    assert "/rating/" not in page.content.decode()


def test_empty_tabs_say_what_comes(alice, client_of):
    browser = client_of(alice)
    for tab, words in (("to_rate", "Nothing waits for your rating."),
                       ("about", "Nothing was said yet."), ("given", "No ratings given yet."),
                       ("given&overall=excellent", "No rating fits.")):  # fmt: skip
        assert words in words_of(browser.get(f"{OWN}?show={tab}"))


def test_what_was_said_is_read_filtered_and_paged(jobs, alice, wanda, client_of):
    jobs(17, both=True)
    browser = client_of(alice)
    page = browser.get(f"{OWN}?show=about")
    assert len(page.context["rows"]) == 15
    assert len(browser.get(OWN + page.context["older"]).context["rows"]) == 2
    assert not browser.get(f"{OWN}?show=about&with_words=on").context["rows"]
    assert not browser.get(f"{OWN}?show=about&overall=excellent").context["rows"]
    assert len(browser.get(f"{OWN}?show=given&with_words=on").context["rows"]) == 15


@pytest.mark.parametrize("value", [*HOSTILE, "../../etc"])
def test_odd_parameters_show_the_list(alice, client_of, value):
    given = {"show": value, "overall": value, "with_words": value, "after": value, "before": value}
    assert client_of(alice).get(OWN, given).status_code == 200


def test_a_reply_is_given_on_its_page_and_only_once(rated, alice, mona, client_of):
    url = reverse("scorecards:reply", args=[rated.reference])
    browser = client_of(alice)
    assert "They shouted." in words_of(browser.get(url))
    typed = "<script>alert(1)</script> 👩‍🔧"
    answer = browser.post(url, {"words": typed}, follow=True)
    assert "Your reply stands below the rating." in words_of(answer)
    assert "<script>alert(1)" not in answer.content.decode()
    assert RatingReply.objects.get().words == typed
    late = client_of(mona).post(url, {"words": "More"}, follow=True)
    assert "A reply is given once and is final." in words_of(late)


@pytest.mark.parametrize("words", ["", " ", "a\x00b", "x" * 100_000])
def test_a_reply_that_cannot_be_is_explained_beside_its_field(rated, alice, client_of, words):
    url = reverse("scorecards:reply", args=[rated.reference])
    answer = client_of(alice).post(url, {"words": words})
    assert answer.status_code == 200
    assert answer.context["form"].errors["words"]
    assert not RatingReply.objects.exists()


def test_the_other_side_has_nothing_to_reply_to_before_it_is_shown(paid, alice, client_of):
    url = reverse("scorecards:reply", args=[paid.reference])
    assert "not published yet" in words_of(client_of(alice).get(url, follow=True))


# -- staff


def sheet(one: Rating) -> str:
    return f"/admin/scorecards/rating/{one.pk}/change/"


def test_staff_hide_with_a_reason_and_both_sides_read_it(
    rated, about_acme, alice, wanda, olga, client_of
):
    desk = client_of(olga)
    page = desk.get(sheet(about_acme))
    assert "They shouted." in words_of(page)
    assert b'name="comment"' not in page.content
    missing = desk.post(sheet(about_acme), {"part": "comment", "act": "hide", "reason": ""})
    assert missing.context["form"].errors["reason"]
    done = desk.post(
        sheet(about_acme), {"part": "comment", "act": "hide", "reason": "An insult"}, follow=True
    )
    assert "Comment hidden. Both sides are told why." in words_of(done)
    for who in (alice, wanda):
        shown = words_of(client_of(who).get(rated.get_absolute_url()))
        assert "hidden by the Escalations Team: An insult" in shown
    assert "They shouted." not in words_of(client_of(alice).get(rated.get_absolute_url()))
    desk.post(sheet(about_acme), {"part": "comment", "act": "restore", "reason": "Fair after all"})
    assert "They shouted." in words_of(client_of(alice).get(rated.get_absolute_url()))


def test_a_member_who_was_removed_rates_and_contests_nothing(jobs, alice, acme, client_of, now):
    (job,), browser = jobs(1), client_of(alice)
    acme.memberships.update(removed_at=now)
    given = {"overall": "satisfied", "mark_1": 4, "mark_2": 4, "mark_3": 4, "comment": ""}
    for name in ("scorecards:rate", "scorecards:reply", "escalations:contest"):
        answer = browser.post(reverse(name, args=[job.reference]), given)
        assert answer.status_code == 404, name
    assert not Rating.objects.exists()


def test_staff_hide_several_at_once(rated, about_acme, about_wanda, olga, client_of):
    desk, path = client_of(olga), "/admin/scorecards/rating/"
    chosen = {"_selected_action": [about_acme.pk, about_wanda.pk], "action": "hide_comments"}
    refused = desk.post(path, {**chosen, "reason": ""}, follow=True)
    assert "Say why; both sides read it." in words_of(refused)
    assert not Rating.objects.filter(comment_hidden_at__isnull=False).exists()
    inga = people.agent("Inga Interested")
    Interest.objects.create(
        agent=Agent.objects.create(user=inga.user), company=about_acme.company, words="A friend"
    )
    refused = client_of(inga).post(path, {**chosen, "reason": "Spam"}, follow=True)
    assert "declared an interest" in words_of(refused)
    desk.post(path, {**chosen, "usual": USUAL_REASONS[0]})
    assert Rating.objects.filter(comment_hidden_at__isnull=False).count() == 2
    listed = words_of(desk.get(path, {"sight": "parts"}))
    assert f"Comment hidden {USUAL_REASONS[0]}" in listed and "about Acme" in listed
    for sight in ("shown", "words", "bad", "hidden", "parts", "contested", "waiting", "\x00"):
        assert desk.get(path, {"sight": sight}).status_code in (200, 302)


def test_who_does_not_moderate_is_refused(rated, about_acme, alice, client_of):
    assert client_of(alice).get(sheet(about_acme)).status_code == 302


@pytest.mark.parametrize("given", [{"part": ""}, {"part": "nothing", "reason": "x"},
                                   {"part": "rating", "reason": "x" * 501, "act": "hide"},
                                   {"part": "reply", "reason": "x", "act": "hide"}])  # fmt: skip
def test_odd_acts_of_staff_change_nothing(about_acme, olga, client_of, given):
    answer = client_of(olga).post(sheet(about_acme), given)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Rating.objects.published().count() == 2
