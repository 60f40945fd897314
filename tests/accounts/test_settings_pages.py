"""The pages on which people, workers and companies describe themselves."""

import pytest
from django.utils import timezone

from accounts.models import Company, Industry, User, WorkerProfile

PERSON, WORKER, COMPANY = "/settings/profile/", "/settings/worker/", "/settings/company/"
NASTY = ["\x00", "x" * 6000, "<script>alert(1)</script>", "\u202eabc", "🦑🦑", "-5", "1e400", "NaN"]


@pytest.fixture
def industry(db):
    return Industry.objects.get_or_create(name="Networking", slug="networking")[0]


@pytest.fixture
def company_form(industry):
    return {
        "name": "Acme Works", "industry": industry.pk, "about": "We *do* things.",
        "website": "example.com", "city": "Columbus", "region": "OH", "default_terms_days": "30",
        "default_cancellation_percent": "25", "auto_approve": "on", "auto_approve_after_days": "5",
    }  # fmt: skip


@pytest.fixture
def worker_form(industry):
    return {
        "headline": "Tech", "about": "Years of **cabling**.", "skills": "cabling, POS",
        "tools": "ladder", "languages": "English", "industries": [industry.pk],
        "postal_code": "60601", "travel_miles": "40", "hourly_rate": "$55", "available": "on",
    }  # fmt: skip


def test_a_person_changes_name_and_zone_and_finds_the_ways_to_security(client_of, wanda):
    browser = client_of(wanda)
    page = browser.get(PERSON).content.decode()
    for address in ("/accounts/2fa/", "/accounts/sessions/", "/accounts/password/change/"):
        assert address in page
    data = {"full_name": "Wanda W.", "time_zone": "America/Denver"}
    assert browser.post(PERSON, data).url == PERSON
    user = User.objects.get(pk=wanda.user.pk)
    assert (user.full_name, user.time_zone) == ("Wanda W.", "America/Denver")


def test_pages_are_in_the_persons_zone(client_of, wanda, rf):
    zones = []

    def peek(request):
        zones.append(str(timezone.get_current_timezone()))

    from accounts.middleware import ActorMiddleware

    User.objects.filter(pk=wanda.user.pk).update(time_zone="America/Denver")
    wanda.user.refresh_from_db()
    request = rf.get("/", headers={"cookie": "sessionid=x"})
    request.user, request.session = wanda.user, {}
    ActorMiddleware(peek)(request)
    ActorMiddleware(peek)(rf.get("/"))
    wanda.user.time_zone = "Nowhere/Land"
    ActorMiddleware(peek)(request)
    assert zones == ["America/Denver", "UTC", "UTC"]


@pytest.mark.parametrize("field", ["full_name", "time_zone"])
@pytest.mark.parametrize("value", ["", *NASTY])
def test_nasty_input_about_a_person(client_of, wanda, field, value):
    data = {"full_name": "Wanda", "time_zone": "America/Denver", field: value}
    assert client_of(wanda).post(PERSON, data).status_code in (200, 302)
    assert User.objects.get(pk=wanda.user.pk).time_zone != value


def test_a_worker_describes_themselves(client_of, wanda, worker_form):
    answer = client_of(wanda).post(WORKER, worker_form)
    assert answer.url == f"/workers/{wanda.worker.reference}/"
    worker = WorkerProfile.objects.get(pk=wanda.worker.pk)
    assert (worker.skills, worker.city, str(worker.hourly_rate)) == (
        ["cabling", "POS"], "Chicago", "55.00",
    )  # fmt: skip
    page = client_of(wanda).get(answer.url).content.decode()
    assert "<strong>cabling</strong>" in page


@pytest.mark.parametrize(
    "field",
    ["headline", "about", "skills", "tools", "languages", "industries", "postal_code",
     "travel_miles", "hourly_rate", "phone"],
)  # fmt: skip
@pytest.mark.parametrize("value", NASTY)
def test_nasty_input_about_a_worker(client_of, wanda, worker_form, field, value):
    browser = client_of(wanda)
    answer = browser.post(WORKER, worker_form | {field: value})
    assert answer.status_code in (200, 302)
    page = browser.get(f"/workers/{wanda.worker.reference}/").content.decode()
    assert "<script>alert" not in page


def test_only_a_worker_has_a_worker_profile_and_only_a_member_a_company(client_of, alice, wanda):
    assert client_of(alice).get(WORKER).status_code == 404
    assert client_of(wanda).get(COMPANY).status_code == 404


@pytest.mark.parametrize("who", ["mona", "cody", "dirk", "abel"])
def test_only_administrators_set_up_the_company(request, client_of, company_form, who):
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(COMPANY).status_code == 403
    assert browser.post(COMPANY, company_form).status_code == 403


def test_an_administrator_sets_up_the_company(client_of, alice, company_form):
    browser = client_of(alice)
    assert browser.post(COMPANY, company_form).url == COMPANY
    company = Company.objects.get(pk=alice.company.pk)
    assert (company.name, company.website) == ("Acme Works", "https://example.com")
    assert (company.default_terms_days, company.default_cancellation_percent) == (30, 25)
    assert company.auto_approve_after_days == 5
    del company_form["auto_approve"]
    browser.post(COMPANY, company_form | {"auto_approve_after_days": "x"})
    assert Company.objects.get(pk=alice.company.pk).auto_approve_after_days is None


@pytest.mark.parametrize("days", ["", "0", "31", "-1", "x", "1.5"])
def test_automatic_approval_needs_a_number_of_days(client_of, alice, company_form, days):
    page = client_of(alice).post(COMPANY, company_form | {"auto_approve_after_days": days})
    assert "auto_approve_after_days" in page.context["form"].errors


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.com", "http://", "x y"])
def test_a_website_is_an_address_on_the_web(client_of, alice, company_form, address):
    page = client_of(alice).post(COMPANY, company_form | {"website": address})
    assert "website" in page.context["form"].errors


@pytest.mark.parametrize(
    "field",
    ["name", "industry", "about", "website", "city", "region", "default_terms_days",
     "default_cancellation_percent", "auto_approve_after_days"],
)  # fmt: skip
@pytest.mark.parametrize("value", NASTY)
def test_nasty_input_about_a_company(client_of, alice, company_form, field, value):
    browser = client_of(alice)
    assert browser.post(COMPANY, company_form | {field: value}).status_code in (200, 302)
    page = browser.get(f"/companies/{alice.company.slug}/").content.decode()
    assert "<script>alert" not in page


def test_text_at_its_limit_is_kept_and_beyond_it_nothing_typed_is_lost(
    client_of, alice, company_form
):
    browser = client_of(alice)
    page = browser.post(COMPANY, company_form | {"about": "ü" * 2001}).content.decode()
    assert "ü" * 2001 in page
    assert browser.post(COMPANY, company_form | {"about": "a\r\n" * 1000}).status_code == 302
