"""Signing up as client, worker or invited member; adding a capacity; acting as."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Company, Industry, Membership, User, WorkerProfile
from accounts.team import digest
from activity.models import Event
from tests.factories import accounts as people

CLIENT, WORKER = "/join/client/", "/join/worker/"
PERSON = {
    "full_name": "Nora North", "email": "nora@example.com", "password1": "a calm blue harbor",
}  # fmt: skip
NASTY = ["\x00", "x" * 5000, "<script>alert(1)</script>", "\u202enorth", "🦑" * 3, " ", "'; --"]


@pytest.fixture(autouse=True)
def _no_counts_left():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def industry(db):
    return Industry.objects.get_or_create(name="Networking", slug="networking")[0]


@pytest.fixture
def client_form(industry):
    return PERSON | {
        "company_name": "North Dock", "industry": industry.pk, "postal_code": "60601",
    }  # fmt: skip


@pytest.fixture
def worker_form(industry):
    return PERSON | {
        "postal_code": "97201", "skills": "cabling, Wi-Fi survey, Cabling", "headline": "Tech",
        "industries": [industry.pk],
    }  # fmt: skip


def enter_code(browser):
    """Read the code in the mail and type it in, as the person would."""
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{2,})\s*$", mail.outbox[-1].body, re.M).group(1)
    return browser.post(reverse("account_email_verification_sent"), {"code": code})


def test_signup_of_allauth_leads_to_the_choice(db):
    answer = Client().get("/accounts/signup/?next=/work/")
    assert answer.url == "/join/?next=/work/"
    page = Client().get("/join/").content.decode()
    assert CLIENT in page
    assert WORKER in page


def test_a_client_signs_up_with_a_company_and_signs_in_by_code(client_form):
    browser = Client()
    answer = browser.post(CLIENT, client_form)
    assert answer.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in browser.session
    user = User.objects.get(email="nora@example.com")
    membership = Membership.objects.get(user=user)
    assert membership.roles == ["administrator"]
    assert (membership.company.name, membership.company.city) == ("North Dock", "Chicago")
    assert (user.full_name, user.time_zone) == ("Nora North", "America/Chicago")
    assert enter_code(browser).url == "/"
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert Event.objects.filter(kind="company.created", user=user).count() == 1


def test_a_new_code_can_be_asked_for_and_a_wrong_one_says_what_to_do(client_form):
    browser = Client()
    browser.post(CLIENT, client_form)
    waiting = reverse("account_email_verification_sent")
    wrong = browser.post(waiting, {"code": "AAAA-AAAA"}).content.decode()
    assert "That is not the code. Copy it from the newest mail we sent you." in wrong
    cache.clear()  # one mail in ten seconds
    again = browser.post(waiting, {"action": "resend"}, follow=True).content.decode()
    assert "We sent a new code. The old one no longer works." in again
    assert len(mail.outbox) == 2 and mail.outbox[0].body != mail.outbox[1].body
    assert enter_code(browser).url == "/"


def test_a_mistyped_address_can_be_put_right_before_the_code(client_form):
    browser = Client()
    browser.post(CLIENT, client_form | {"email": "nora@exmaple.com"})
    waiting = reverse("account_email_verification_sent")
    change = {"action": "change", "email": "nora@example.com"}
    page = browser.post(waiting, change, follow=True).content.decode()
    assert "We sent a code to nora@example.com." in page
    assert mail.outbox[-1].to == ["nora@example.com"]
    assert enter_code(browser).url == "/"
    assert User.objects.get().email == "nora@example.com"


def test_a_worker_signs_up_and_signs_in_by_code(worker_form):
    browser = Client()
    browser.post(WORKER, worker_form)
    worker = WorkerProfile.objects.get(user__email="nora@example.com")
    assert worker.skills == ["cabling", "Wi-Fi survey"]
    assert (worker.city, worker.region) == ("Portland", "OR")
    assert worker.user.time_zone == "America/Los_Angeles"
    assert [industry.slug for industry in worker.industries.all()] == ["networking"]
    assert enter_code(browser).url == "/"


def test_without_the_code_nobody_gets_in(client_form):
    browser = Client()
    browser.post(CLIENT, client_form)
    browser.post(reverse("account_email_verification_sent"), {"code": "000000"})
    assert browser.get("/settings/profile/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_known_address_is_not_given_away(client_form, alice):
    taken = client_form | {"email": alice.user.email}
    answer = Client().post(CLIENT, taken)
    assert answer.url == reverse("account_email_verification_sent")
    assert mail.outbox[-1].to == [alice.user.email]
    assert "North Dock" not in Company.objects.values_list("name", flat=True)


@pytest.mark.parametrize(
    "field", ["full_name", "email", "password1", "company_name", "industry", "postal_code"]
)
@pytest.mark.parametrize("value", NASTY)
def test_nasty_input_of_a_client_gets_a_form_or_a_company(client_form, field, value):
    answer = Client().post(CLIENT, client_form | {field: value})
    assert answer.status_code in (200, 302)
    if answer.status_code == 200:
        assert not User.objects.exists()
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("field", ["headline", "skills", "industries", "postal_code"])
@pytest.mark.parametrize("value", NASTY)
def test_nasty_input_of_a_worker_gets_a_form_or_a_profile(worker_form, field, value):
    answer = Client().post(WORKER, worker_form | {field: value})
    assert answer.status_code in (200, 302)


def test_what_was_typed_survives_an_error(client_form):
    page = Client().post(CLIENT, client_form | {"postal_code": "00000"}).content.decode()
    assert "cannot find this ZIP code" in page
    assert "North Dock" in page
    assert "a calm blue harbor" not in page


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234", "nora@example.com"])
def test_weak_passwords_are_refused(client_form, password):
    assert Client().post(CLIENT, client_form | {"password1": password}).status_code == 200
    assert not User.objects.exists()


def test_signing_up_is_limited_by_address(client_form, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    statuses = [Client().post(CLIENT, {}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_failing_to_sign_in_is_limited(alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "2/5m/key"}
    wrong = {"login": alice.user.email, "password": "not it at all"}
    for _ in range(2):
        Client().post("/accounts/login/", wrong)
    page = (
        Client()
        .post("/accounts/login/", wrong | {"password": "correct horse battery"})
        .content.decode()
    )
    assert "Too many failed login attempts" in page


def test_a_member_becomes_a_worker_too(client_of, alice, worker_form):
    browser = client_of(alice)
    assert browser.get(WORKER).status_code == 200
    assert browser.post(WORKER, worker_form).url == "/"
    assert WorkerProfile.objects.get(user=alice.user).headline == "Tech"
    assert browser.session["acting_as"] == "worker"
    assert browser.get(WORKER).url == reverse("accounts:worker_settings")


def test_a_worker_starts_a_company_once(client_of, wanda, client_form):
    browser = client_of(wanda)
    for _ in range(2):
        assert browser.post(CLIENT, client_form).url == "/"
    membership = Membership.objects.get(user=wanda.user)
    assert browser.session["acting_as"] == f"company:{membership.company.slug}"


def test_switching_capacity_is_a_post_with_ones_own_choices(client_of, alice):
    people.WorkerProfile.objects.create(
        user=alice.user, reference="W-AAAAAA", created_at=people.EPOCH
    )
    browser = client_of(alice)
    assert browser.get("/act-as/").status_code == 405
    browser.post("/act-as/", {"as": "worker"})
    assert browser.session["acting_as"] == "worker"
    for other in ("staff", "company:globex", "", "\x00", "x" * 9000):
        browser.post("/act-as/", {"as": other})
        assert browser.session["acting_as"] == "worker"


def test_a_capacity_that_ended_is_no_longer_acted_in(client_of, mona, alice, at):
    browser = client_of(mona)
    mona.membership.removed_at = at
    mona.membership.save()
    assert browser.get("/settings/team/").status_code == 404
    assert browser.get("/").url == "/join/"


@pytest.fixture
def invitation(acme, alice, client_of, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client_of(alice).post(
            "/settings/team/invite/", {"email": "nora@example.com", "roles": ["manager"]}
        )
    return re.search(r"/invitations/[\w-]+/", mail.outbox[-1].body).group()


def test_an_invited_newcomer_needs_name_and_password_only(invitation, acme):
    browser = Client()
    assert "nora@example.com" in browser.get(invitation).content.decode()
    answer = browser.post(
        invitation, {"full_name": "Nora North", "password1": "a calm blue harbor"}
    )
    assert answer.url == "/"
    membership = Membership.objects.get(user__email="nora@example.com")
    assert (membership.company, membership.roles) == (acme, ["manager"])
    assert browser.session["_auth_user_id"] == str(membership.user_id)
    assert browser.session["acting_as"] == "company:acme"
    assert Client().get(invitation).status_code == 410


def test_an_invited_person_with_a_login_signs_in_and_joins(invitation, acme, wanda, client_of):
    User.objects.filter(pk=wanda.user.pk).update(email="nora@example.com")
    page = Client().get(invitation).content.decode()
    assert "Sign in and join" in page
    assert Client().post(invitation, {"full_name": "x"}).status_code == 200
    browser = client_of(wanda)
    assert "Join Acme" in browser.get(invitation).content.decode()
    assert browser.post(invitation).url == "/"
    assert Membership.objects.get(user=wanda.user).company == acme


def test_a_link_that_was_never_made_is_closed(db):
    assert digest("x") != digest("y")
    for token in ("x", "x" * 300):
        assert Client().get(f"/invitations/{token}/").status_code == 410
    assert Client().get("/invitations/%00/").status_code == 404
