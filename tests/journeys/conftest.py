"""People with a browser each, and the workers that run behind the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from accounts.actors import Actor
from accounts.models import User
from activity import reactions
from assignments import reasons
from conduct import policies
from notifications import delivering
from tests.factories import accounts as factories

PASSWORD = "a long enough passphrase"


@dataclass
class Person:
    """Somebody at a browser; remembers what the browser complained about."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        answer = self.page.goto(f"{self.site}{path}")
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        return self.page

    def presses(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        button = self.page.get_by_role("button", name=name, exact=exact)
        button.first.click()
        self.page.wait_for_load_state()

    def follows(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def writes(self, **fields: str) -> None:
        """Fill fields by the names the form gives them; ``__`` stands for a hyphen."""
        for name, value in fields.items():
            selector = f"main [name='{name.replace('__', '-')}']"
            self.page.locator(selector).first.fill(value)

    def chooses(self, name: str, value: str) -> None:
        """Pick a radio button or an option, whichever the field is drawn as."""
        control = self.page.locator(f"main [name='{name}']")
        if control.first.evaluate("element => element.tagName") == "SELECT":
            control.first.select_option(value)
        else:
            self.page.locator(f"main [name='{name}'][value='{value}']").check()

    def sees(self, words: str | re.Pattern[str]) -> None:
        self.page.get_by_text(words).first.wait_for(state="visible")

    def accepts_the_guidelines(self) -> None:
        assert "/policies/accept/" in self.page.url
        self.page.locator("main input[name=agree]").check()
        self.presses("Accept and continue")


@pytest.fixture
def person(browser: Browser, live_server) -> Iterator[Callable[[], Person]]:
    """Makes people; at the end nobody's browser may have complained or left the site."""
    people: list[Person] = []

    def make(*, phone: bool = False) -> Person:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = browser.new_context(viewport=size)
        context.set_default_timeout(10_000)
        context.set_default_navigation_timeout(30_000)
        somebody = Person(context.new_page(), live_server.url)
        somebody.page.on("console", lambda message: _note(somebody, message))
        somebody.page.on("request", lambda request: _stay(somebody, request))
        people.append(somebody)
        return somebody

    yield make
    complaints = [line for somebody in people for line in somebody.complaints]
    for somebody in people:
        somebody.page.context.close()
    assert complaints == []


CUT_SHORT = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
"""A live preview that was still under way when the person went on to the next page."""


def _note(somebody: Person, message: ConsoleMessage) -> None:
    if message.type == "error" and not message.text.startswith(CUT_SHORT):
        somebody.complaints.append(f"{somebody.page.url}: {message.text}")


def _stay(somebody: Person, request: Request) -> None:
    if not request.url.startswith((somebody.site, "data:", "blob:")):
        somebody.complaints.append(f"left the site for {request.url}")


@pytest.fixture(autouse=True)
def _world(transactional_db) -> None:
    policies.publish(at=timezone.now())
    reasons.establish()
    factories.industry("Networking")


@pytest.fixture
def sides() -> tuple[Actor, Actor]:
    """Ruth of Bright Bakeries, a client, and Sam, a worker."""
    now = timezone.now()
    bakery = factories.company("Bright Bakeries", credit_limit=Decimal(9000))
    ruth = factories.member(bakery, "Ruth Okafor", ["administrator"], at=now)
    return ruth, factories.worker("Sam Ortiz", at=now)


@pytest.fixture
def signed_in(person, client_of, live_server) -> Callable[..., Person]:
    """Somebody of the factories at a browser, signed in for longer than a clock is moved."""

    def make(actor: Actor, *, phone: bool = False) -> Person:
        somebody = person(phone=phone)
        client = client_of(actor)
        session = client.session
        session.set_expiry(timedelta(days=90))
        session.save()
        cookie = client.cookies["sessionid"].value
        somebody.page.context.add_cookies(
            [{"name": "sessionid", "value": cookie, "url": live_server.url}]
        )
        return somebody

    return make


@pytest.fixture
def behind_the_pages() -> Callable[[], None]:
    """What the Celery worker does between two clicks: reactions, then deliveries."""

    def run() -> None:
        while reactions.dispatch(at=timezone.now()):
            pass
        delivering.deliver(at=timezone.now())

    return run


def code_mailed_to(email: str) -> str:
    """The code in the last mail to this address."""
    letters = [letter for letter in mail.outbox if email in letter.to]
    found = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", str(letters[-1].body), re.MULTILINE)
    assert found, letters[-1].body
    return found[1]


def with_password(actor: Actor) -> Actor:
    """Somebody of the factories who can sign in."""
    user = actor.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return actor


def sign_in(somebody: Person, user: User) -> None:
    somebody.opens("/accounts/login/")
    somebody.writes(login=user.email, password=PASSWORD)
    somebody.presses(re.compile("^Sign in"), exact=False)
    somebody.page.wait_for_url(f"{somebody.site}/")
