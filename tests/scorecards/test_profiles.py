"""Profiles: public where their owner chose so, with ratings, replies and who came back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import companies, people
from accounts.models import Company
from activity.models import Event
from scorecards import moderating, rating, repeating, replying
from scorecards.formulas import value_words
from scorecards.models import Rating
from tests.assignments.pages import HOSTILE, words_of
from tests.factories import accounts
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def company_page(alice):
    return alice.company.get_absolute_url()


@pytest.fixture
def worker_page(wanda):
    return wanda.worker.get_absolute_url()


@pytest.fixture
def open_to_all(alice, wanda, now):
    companies.publish_profile(alice.company, public=True, by=alice, at=now)
    people.publish_profile(wanda.worker, public=True, by=wanda, at=now)


@pytest.fixture
def rate_all(alice, wanda, now):
    def made(count: int, by=None) -> None:
        by = by or wanda
        for _ in range(count):
            job = work.in_stage("paid", alice, by, at=now - 9 * DAY)
            for who, words in ((by, "Clear and quick."), (alice, "Neat work.")):
                rating.rate(
                    assignment=job, overall="satisfied", marks=[4, 4, 4], comment=words, by=who,
                    at=now,
                )  # fmt: skip
            replying.reply(assignment=job, words="Come again.", by=alice, at=now)

    return made


# -- who may read


def test_a_profile_is_private_until_its_owner_opens_it(company_page, worker_page, walt, client_of):
    visitor = Client()
    for page in (company_page, worker_page, f"{company_page}ratings/", f"{worker_page}ratings/"):
        answer = visitor.get(page)
        assert answer.status_code == 302
        assert "/login/" in answer.url
        assert visitor.get(page + "?as=visitor").status_code == 302
    assert client_of(walt).get(worker_page).status_code == 404
    assert visitor.get("/companies/no-such-company/").status_code == 302


def test_a_public_profile_is_read_by_everybody(
    open_to_all, company_page, worker_page, rate_all, walt, client_of
):
    rate_all(1)
    for reader in (Client(), client_of(walt)):
        for page in (company_page, worker_page):
            assert reader.get(page).status_code == 200
            assert reader.get(f"{page}ratings/").status_code == 200
    company = Client().get(company_page)
    assert "Clear and quick." in words_of(company)
    assert "Reply of Acme" in words_of(company)
    assert "Wanda" not in company.content.decode()
    worker = Client().get(worker_page)
    assert "Wanda W." in words_of(worker)
    for private in ("Wells", "Acme", "per hour"):
        assert private not in words_of(worker), private
    assert "Wells" not in words_of(Client().get(f"{worker_page}ratings/"))
    assert "Wells" not in words_of(client_of(walt).get(f"{worker_page}ratings/"))


def test_the_rows_behind_stay_among_who_is_signed_in(
    open_to_all, company_page, worker_page, walt, client_of
):
    for page in (company_page, worker_page):
        assert Client().get(f"{page}scorecard/").status_code == 302
        assert Client().get(f"{page}repeat/").status_code == 302
    assert client_of(walt).get(f"{worker_page}scorecard/").status_code == 404
    assert client_of(walt).get(f"{worker_page}repeat/").status_code == 404


def test_somebody_whose_login_is_switched_off_is_not_public(open_to_all, worker_page, wanda):
    wanda.user.is_active = False
    wanda.user.save(update_fields=["is_active"])
    assert Client().get(worker_page).status_code == 302


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_the_owner_decides_on_a_page_and_sees_it_as_a_visitor(who, client_of, request):
    actor = request.getfixturevalue(who)
    owner, browser = actor.company or actor.worker, client_of(actor)
    answer = browser.post("/settings/public/", {"is_public": "on"}, follow=True)
    assert "Everybody can read your profile now." in words_of(answer)
    owner.refresh_from_db()
    assert owner.is_public
    assert Client().get(owner.get_absolute_url()).status_code == 200
    seen = browser.get(owner.get_absolute_url() + "?as=visitor")
    assert seen.templates[0].name.startswith("accounts/public_")
    browser.post("/settings/public/", {"is_public": "on"})
    kind = "company.changed" if actor.company else "worker.changed"
    assert Event.objects.filter(kind=kind, data__public=True).count() == 1
    browser.post("/settings/public/", {"csrf": "x"})
    assert Client().get(owner.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("name", ["", "Cher", "Ana María de la Cruz", "  "])
def test_a_public_name_has_no_last_name(name, wanda):
    wanda.user.full_name = name
    wanda.worker.user = wanda.user
    shown = {"": "Worker", "Cher": "Cher", "Ana María de la Cruz": "Ana C.", "  ": "Worker"}
    assert wanda.worker.public_name == shown[name]


# -- ratings


def test_what_is_hidden_is_not_on_profiles(open_to_all, company_page, rate_all, olga, now):
    rate_all(2)
    first, second = Rating.objects.filter(by="worker").order_by("pk")
    moderating.hide(first, reason="Abuse", by=olga, at=now)
    moderating.hide(second, part="comment", reason="A name", by=olga, at=now)
    page = words_of(Client().get(f"{company_page}ratings/"))
    assert "Clear and quick." not in page
    assert "hidden by the Escalations Team: A name" in page
    assert "Abuse" not in page


def test_ratings_of_a_profile_are_filtered_and_paged(
    company_page, rate_all, walt, client_of, open_to_all
):
    rate_all(17)
    browser = client_of(walt)
    path = f"{company_page}ratings/"
    page = browser.get(path)
    assert (len(page.context["rows"]), page.context["total"]) == (15, 17)
    assert len(browser.get(path + page.context["older"]).context["rows"]) == 2
    assert not browser.get(f"{path}?overall=unsatisfied").context["rows"]
    assert len(browser.get(f"{path}?overall=satisfied&with_words=on").context["rows"]) == 15
    older = Client().get(f"{path}?as=visitor&overall=satisfied").context["older"]
    assert "as=visitor" in older


@pytest.mark.parametrize("value", HOSTILE)
def test_odd_parameters_show_the_ratings(value, open_to_all, company_page):
    given = {"overall": value, "with_words": value, "after": value, "before": value, "as": value}
    assert Client().get(f"{company_page}ratings/", given).status_code == 200


def test_profiles_cost_the_same_however_long_the_history(
    open_to_all, company_page, worker_page, rate_all, alice, walt, client_of
):
    def cost(browser, path):
        assert browser.get(path).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            browser.get(path)
        return len(captured)

    rate_all(3)
    paths = [page + more for page in (company_page, worker_page) for more in ("", "ratings/")]
    readers = [Client(), client_of(alice)]
    inner = [f"{company_page}repeat/", f"{worker_page}repeat/"]
    few = [cost(reader, path) for reader in readers for path in paths]
    few += [cost(readers[1], path) for path in inner]
    rate_all(15)
    many = [cost(reader, path) for reader in readers for path in paths]
    assert many + [cost(readers[1], path) for path in inner] == few
    assert max(few) <= 12, few


# -- who came back


def test_the_share_of_those_who_came_back_counts_a_year(alice, wanda, walt, now):
    for worker, ago in ((wanda, 9), (wanda, 40), (walt, 9), (walt, 400)):
        work.in_stage("paid", alice, worker, at=now - ago * DAY)
    work.in_stage("cancelled", alice, walt, at=now - 9 * DAY)
    share = repeating.share_of(alice.company, at=now)
    assert (share.back, share.of, share.share) == (1, 2, "")
    third = accounts.worker("Will West", at=now - 20 * DAY)
    work.in_stage("paid", alice, third, at=now - 9 * DAY)
    share = repeating.share_of(Company.objects.get(pk=alice.company.pk), at=now)
    assert (share.words, share.share) == ("1 of 3 workers", "33%")
    with connection.cursor() as cursor:  # as the formula that is published says
        cursor.execute(
            f"SELECT {share.formula.sql} FROM unnest(%s::int[]) AS rows (value)",
            [[int(row.jobs >= 2) for row in repeating.those_who_worked(alice.company, at=now)]],
        )
        assert value_words(float(cursor.fetchone()[0]), share.formula.unit) == share.share
    rows = repeating.those_who_worked(alice.company, at=now).order_by("-jobs", "pk")
    assert [(str(row), row.jobs) for row in rows] == [
        ("Wanda Wells", 2), ("Walt Webb", 1), ("Will West", 1)]  # fmt: skip
    assert repeating.share_of(wanda.worker, at=now).words == "1 of 1 client"


def test_the_rows_name_only_those_whom_the_reader_knows(
    alice, wanda, charlie, walt, olga, now, company_page, worker_page, client_of
):
    work.in_stage("paid", alice, wanda, at=now - 9 * DAY)
    named = {who: "Wanda Wells" in words_of(client_of(who).get(f"{company_page}repeat/"))
             for who in (alice, charlie, walt, olga)}  # fmt: skip
    assert named == {alice: True, charlie: False, walt: False, olga: True}
    named = {who: "Acme" in words_of(client_of(who).get(f"{worker_page}repeat/"))
             for who in (charlie, olga)}  # fmt: skip
    assert named == {charlie: False, olga: True}
    empty = client_of(charlie).get(f"{charlie.company.get_absolute_url()}repeat/")
    assert "Nobody completed work in the last year." in words_of(empty)


def test_a_worker_sees_all_of_it_before_applying(alice, wanda, walt, rate_all, now, client_of):
    rate_all(2)
    sent = work.in_stage("sent", alice, walt, at=now)
    page = client_of(walt).get(f"/assignments/{sent.reference}/apply/")
    said = words_of(page)
    assert "1 of 1 worker came back" in said
    assert "Clear and quick." in said
    assert "Wanda" not in said
