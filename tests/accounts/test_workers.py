"""Finding workers, their public pages, and those of companies."""

import pytest
from django.urls import reverse

from accounts.models import Industry, User
from accounts.queries import miles_from, workers_found
from core.places import place_of
from tests.factories import accounts as people
from vetting import marks

FIND = "/workers/"
CHICAGO = {"city": "Chicago", "region": "IL", "postal_code": "60601",
           "latitude": 41.8858, "longitude": -87.6229}  # fmt: skip
NASTY = ["\x00", "x" * 5000, "'; drop table", "<script>alert(1)</script>", "-1", "🦑", "00000",
         "a & | ! :*", "１２３４５"]  # fmt: skip


@pytest.fixture
def hal(published):
    return people.worker(
        "Hal Harper",
        headline="Point of sale installer",
        skills=["POS installation", "Wi-Fi survey"],
        **CHICAGO,
    ).worker


@pytest.fixture
def ida(published):
    return people.worker("Ida Ibsen", skills=["cabling"]).worker


def names(found):
    return sorted(str(worker) for worker in found)


def test_words_find_headline_skills_town_and_name(alice, hal, ida):
    for words in ("sale", "installers", "wi-fi", "chicago", "harper", "HARPER hal"):
        assert names(workers_found(alice, words=words)) == ["Hal Harper"], words
    assert names(workers_found(alice, words="xylophone")) == []


def test_a_skill_is_found_as_a_phrase(alice, hal, ida):
    assert names(workers_found(alice, skill="Cabling")) == ["Ida Ibsen"]
    assert names(workers_found(alice, skill="wi-fi survey")) == ["Hal Harper"]
    assert names(workers_found(alice, skill="survey wi-fi")) == []


def test_an_industry_filters(alice, hal, ida):
    industry = Industry.objects.create(name="Welding", slug="welding")
    ida.industries.add(industry)
    assert names(workers_found(alice, industry=industry)) == ["Ida Ibsen"]


def test_distance_is_measured_over_the_ground(alice, hal, ida):
    columbus = place_of("43215")
    assert names(workers_found(alice, near=columbus, miles=50)) == ["Ida Ibsen"]
    both = workers_found(alice, near=columbus, miles=300).order_by("miles")
    assert [str(worker) for worker in both] == ["Ida Ibsen", "Hal Harper"]
    assert both[1].miles == pytest.approx(277, abs=5)


def test_the_distance_to_oneself_is_nothing(hal):
    from accounts.models import WorkerProfile

    row = WorkerProfile.objects.annotate(miles=miles_from(41.8858, -87.6229)).get(pk=hal.pk)
    assert row.miles == pytest.approx(0, abs=0.01)


def test_who_is_not_open_to_work_or_cannot_sign_in_is_not_found(alice, hal, ida):
    hal.available = False
    hal.save(update_fields=["available"])
    User.objects.filter(pk=ida.user_id).update(is_active=False)
    assert names(workers_found(alice)) == []


def test_favorites_come_first_and_the_blocked_not_at_all(client_of, alice, hal, ida, at):
    marks.mark_worker(hal, "favorite", by=alice, at=at)
    page = client_of(alice).get(FIND)
    assert [str(worker) for worker in page.context["page"].rows] == ["Hal Harper", "Ida Ibsen"]
    marks.mark_worker(hal, "blocked", by=alice, at=at)
    page = client_of(alice).get(FIND)
    assert [str(worker) for worker in page.context["page"].rows] == ["Ida Ibsen"]


def test_a_worker_who_has_blocked_the_company_is_not_offered_to_it(
    client_of, acme, alice, wanda, at
):
    marks.mark_company(acme, "blocked", by=wanda, at=at)
    assert list(client_of(alice).get(FIND).context["page"].rows) == []


def test_pages_by_key_reach_everybody_once(client_of, alice, at):
    made = [people.worker(f"Worker {number}", accepts=False).worker for number in range(30)]
    marks.mark_worker(made[3], "favorite", by=alice, at=at)
    browser, seen = client_of(alice), []
    page = browser.get(FIND, {"postal_code": "43215"})
    seen += page.context["page"].rows
    page = browser.get(FIND + page.context["older"])
    seen += page.context["page"].rows
    assert len(seen) == 30
    assert set(seen) == set(made)
    assert seen[0] == made[3]
    assert browser.get(FIND + page.context["newer"]).context["page"].rows == seen[:24]


def test_finding_costs_no_more_for_many(client_of, alice, django_assert_max_num_queries):
    for number in range(30):
        people.worker(f"Worker {number}", accepts=False)
    browser = client_of(alice)
    with django_assert_max_num_queries(10):
        browser.get(FIND, {"q": "cabling", "postal_code": "43215", "miles": "100"})


@pytest.mark.parametrize(
    "name", ["q", "skill", "industry", "postal_code", "miles", "after", "before"]
)
@pytest.mark.parametrize("value", NASTY)
def test_nasty_filters_get_a_page(client_of, alice, hal, name, value):
    answer = client_of(alice).get(FIND, {name: value})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_workers_are_for_clients_to_find(client, client_of, wanda, olga):
    assert client.get(FIND).status_code == 302
    assert client_of(wanda).get(FIND).status_code == 403
    assert client_of(olga).get(FIND).status_code == 403


def test_a_profile_is_seen_by_clients_staff_and_oneself(
    client, client_of, alice, olga, wanda, walt
):
    url = wanda.worker.get_absolute_url()
    assert client.get(url).status_code == 302
    for actor in (alice, olga, wanda):
        assert "Wanda Wells" in client_of(actor).get(url).content.decode()
    assert client_of(walt).get(url).status_code == 404
    assert client_of(alice).get("/workers/W-NOBODY/").status_code == 404


def test_a_profile_never_shows_how_to_reach_somebody_around_the_site(client_of, alice, wanda):
    wanda.worker.phone = "614 555 0123"
    wanda.worker.save()
    page = client_of(alice).get(wanda.worker.get_absolute_url()).content.decode()
    assert "555 0123" not in page
    assert wanda.user.email not in page


def test_a_profile_says_what_was_done_for_this_company(client_of, alice, charlie, paid, wanda):
    url = wanda.worker.get_absolute_url()
    assert "1 assignment" in client_of(alice).get(url).content.decode()
    assert "No work for you yet" in client_of(charlie).get(url).content.decode()


def test_a_company_is_seen_by_everybody_signed_in(
    client, client_of, acme, alice, wanda, olga, sent
):
    url = reverse("accounts:company", args=[acme.slug])
    assert client.get(url).status_code == 302
    for actor in (alice, wanda, olga):
        page = client_of(actor).get(url).content.decode()
        assert "Acme" in page
    assert "1 open assignment" in client_of(wanda).get(url).content.decode()
    assert client_of(wanda).get("/companies/nobody/").status_code == 404


@pytest.mark.parametrize("who", ["alice", "wanda"])
def test_profiles_cost_little(request, client_of, who, acme, wanda, django_assert_max_num_queries):
    browser = client_of(request.getfixturevalue(who))
    for url in (acme.get_absolute_url(), wanda.worker.get_absolute_url()):
        with django_assert_max_num_queries(12):
            browser.get(url)
