"""Reading and accepting the policies, and the gate before the pages that need them."""

import io

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.acting import actor_of
from conduct import acceptance
from conduct.gate import KEPT, policies_accepted
from conduct.models import Acceptance, Policy, PolicyVersion
from tests.factories import accounts as people

ACCEPT = "/policies/accept/"


@pytest.fixture
def newcomer(acme):
    return people.member(acme, "Nina New", ["manager"], accepts=False)


@pytest.fixture
def browser(client_of, newcomer):
    return client_of(newcomer)


def yes(browser, **fields):
    page = browser.get(ACCEPT)
    versions = page.context["form"]["versions"].initial
    return browser.post(ACCEPT, {"versions": versions, "agree": "on", **fields})


def test_policies_are_read_without_a_login(published):
    page = Client().get(reverse("conduct:policies"))
    assert page.status_code == 200
    for policy in Policy.objects.all():
        assert policy.title in page.content.decode()
        text = Client().get(reverse("conduct:policy", args=[policy.slug])).content.decode()
        assert policy.summary in text
        assert "<h2>" in text


def test_earlier_versions_stay_readable(published):
    policy = Policy.objects.get(slug="terms-of-service")
    PolicyVersion.objects.create(
        policy=policy, number=2, text="# Second", in_force_from=timezone.now()
    )
    url = reverse("conduct:policy", args=[policy.slug])
    assert "Second" in Client().get(url).content.decode()
    earlier = Client().get(url, {"version": 1}).content.decode()
    assert "An earlier version" in earlier
    assert "What Squarely is" in earlier


@pytest.mark.parametrize("version", ["9", "0", "-1", "x", "1e3", "\x00", "9" * 40])
def test_a_version_that_is_not_there_is_not_found(published, version):
    url = reverse("conduct:policy", args=["terms-of-service"])
    assert Client().get(url, {"version": version}).status_code == 404


def test_an_unknown_policy_is_not_found(published):
    assert Client().get("/policies/no-such-policy/").status_code == 404


def test_visitors_sign_in_before_accepting(published):
    assert Client().get(ACCEPT).url.startswith("/accounts/login/")


def test_accepting_once_leads_back_to_where_one_was(browser, newcomer):
    answer = yes(browser, next="/settings/team/")
    assert answer.url == "/settings/team/"
    assert acceptance.outstanding(newcomer, at=timezone.now()) == []
    assert set(Acceptance.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}
    assert browser.get(ACCEPT).url == "/"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\x00"]
)
def test_one_is_never_led_to_another_site(browser, address):
    assert yes(browser, next=address).url == "/"


def test_without_a_tick_nothing_is_accepted(browser):
    page = browser.post(ACCEPT, {"versions": ["1"]})
    assert "Tick the box" in page.content.decode()
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize("versions", [[], ["1"], ["x"], ["\x00"], ["999999999999999999999"]])
def test_only_what_was_on_the_page_can_be_accepted(browser, versions):
    page = browser.post(ACCEPT, {"versions": versions, "agree": "on"})
    assert page.status_code == 200
    assert not Acceptance.objects.exists()


# The gate.


@pytest.fixture
def visit(browser, newcomer, rf: RequestFactory):
    """Calls a view the way the site would: with session, person and messages."""

    def call(view, request):
        request.user = newcomer.user
        request.session = browser.session
        request.actor = actor_of(request)
        request._messages = FakeMessages()
        answer = view(request)
        request.session.save()
        return answer

    return call


class FakeMessages(list):
    def add(self, level, message, extra_tags=""):
        self.append(message)


@policies_accepted
def posting(request):
    if request.method == "POST":
        return HttpResponse("posted " + ",".join(request.POST.getlist("skills")))
    return HttpResponse("form")


def test_a_gated_page_asks_and_comes_back(visit, rf):
    answer = visit(posting, rf.get("/work/?page=2"))
    assert answer.url == "/policies/accept/?next=%2Fwork%2F%3Fpage%3D2"


def test_what_was_posted_is_kept_and_posted_after_the_yes(visit, browser, rf):
    answer = visit(posting, rf.post("/work/", {"skills": ["a b", "ü"], "title": "x"}))
    assert answer.url.startswith(ACCEPT)
    yes(browser)
    assert visit(posting, rf.get("/other/")).content == b"form"
    assert visit(posting, rf.get("/work/")).content == "posted a b,ü".encode()
    assert visit(posting, rf.get("/work/")).content == b"form"


def test_the_kept_post_reaches_a_view_that_only_takes_posts(visit, browser, rf):
    @policies_accepted
    @require_POST
    def act(request):
        return HttpResponse("done")

    visit(act, rf.post("/act/"))
    yes(browser)
    assert visit(act, rf.get("/act/")).content == b"done"
    assert visit(act, rf.get("/act/")).status_code == 405


def test_the_kept_post_is_for_the_same_person_only(visit, browser, rf, newcomer):
    visit(posting, rf.post("/work/", {"skills": "a"}))
    yes(browser)
    session = browser.session
    session[KEPT] = session[KEPT] | {"user": newcomer.user.pk + 1}
    session.save()
    assert visit(posting, rf.get("/work/")).content == b"form"


def test_files_are_not_kept_and_that_is_said(visit, browser, rf):
    upload = io.BytesIO(b"data")
    upload.name = "a.txt"
    visit(posting, rf.post("/work/", {"skills": "a", "file": upload}))
    yes(browser)
    request = rf.get("/work/")
    assert visit(posting, request).content == b"posted a"
    assert [str(m) for m in get_messages(request)] == [
        "The files you had chosen were not kept. Please add them again."
    ]


def test_an_enormous_post_is_not_kept(visit, browser, rf):
    visit(posting, rf.post("/work/", {"skills": "x" * 70_000}))
    assert KEPT not in browser.session


def test_who_has_accepted_passes(client_of, alice, rf, acme):
    request = rf.post("/work/", {"skills": "a"})
    request.user, request.actor, request.session = alice.user, alice, {}
    assert posting(request).content == b"posted a"
