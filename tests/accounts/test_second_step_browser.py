"""One-time codes, recovery codes and passkeys, in a real browser under the site's own CSP."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.factories import accounts as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"


@pytest.fixture
def nina(transactional_db):
    """A worker with a confirmed address, signed in nowhere."""
    worker = people.worker("Nina North", accepts=False)
    worker.user.emailaddress_set.create(email=worker.user.email, verified=True, primary=True)
    cache.clear()
    return worker.user


@pytest.fixture
def site(live_server) -> str:
    """By its name: a passkey belongs to a domain, and an IP address is none."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def calm(page: Page) -> Iterator[Page]:
    """A page whose console must stay empty: no script blocked by the policy, no error."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", note)
    yield page
    assert said == []


@pytest.fixture
def authenticator(calm: Page) -> Iterator[Page]:
    """A device with a fingerprint reader, as Chromium simulates it; says yes to everything."""
    session = calm.context.new_cdp_session(calm)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield calm
    session.detach()


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()


def confirm_password(page: Page) -> None:
    """Delicate pages ask for the password again, unless it was given just now."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_load_state()


def code_for(secret: str, *, later: int = 0) -> str:
    """What the app on the phone shows, or will show in so many periods of 30 seconds."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def set_up_codes(page: Page, site: str) -> str:
    page.goto(f"{site}/accounts/2fa/")
    page.get_by_role("link", name="Set up the app").click()
    confirm_password(page)
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("Code from the app").fill(code_for(secret))
    page.get_by_role("button", name="Turn on one-time codes").click()
    page.wait_for_load_state()
    return secret


def test_a_code_from_the_app_is_asked_for_after_the_password(calm, site, nina):
    sign_in(calm, site, nina.email)
    secret = set_up_codes(calm, site)
    assert Authenticator.objects.filter(user=nina, type="totp").exists()
    expect(calm.get_by_role("heading", name="Recovery codes")).to_be_visible()
    sign_out(calm, site)
    cache.clear()

    sign_in(calm, site, nina.email)
    expect(calm.get_by_role("heading", name="Second step")).to_be_visible()
    calm.get_by_label("Code").fill("000000")
    calm.get_by_role("button", name="Sign in", exact=True).click()
    expect(calm.locator(".error-summary")).to_be_focused()

    calm.get_by_label("Code").fill(code_for(secret))
    calm.get_by_role("button", name="Sign in", exact=True).click()
    expect(calm.get_by_role("heading", name="What needs you now")).to_be_visible()


def test_a_wrong_code_turns_nothing_on_and_keeps_the_secret(calm, site, nina):
    sign_in(calm, site, nina.email)
    calm.goto(f"{site}/accounts/2fa/totp/activate")
    confirm_password(calm)
    secret = calm.locator("#authenticator_secret").inner_text()

    calm.get_by_label("Code from the app").fill("12")
    calm.get_by_role("button", name="Turn on one-time codes").click()

    expect(calm.locator(".error-summary")).to_be_visible()
    assert calm.locator("#authenticator_secret").inner_text() == secret
    assert not Authenticator.objects.exists()


def test_a_recovery_code_opens_the_login_once(calm, site, nina):
    sign_in(calm, site, nina.email)
    set_up_codes(calm, site)
    calm.goto(f"{site}/accounts/2fa/recovery-codes/")
    codes = calm.locator("#recovery_codes code").all_inner_texts()
    assert len(codes) == 10
    with calm.expect_download() as download:
        calm.get_by_role("link", name="Download").click()
    assert codes[0] in download.value.path().read_text()

    for attempt, heading in ((1, "What needs you now"), (2, "Second step")):
        sign_out(calm, site)
        cache.clear()
        sign_in(calm, site, nina.email)
        calm.get_by_label("Code").fill(codes[0])
        calm.get_by_role("button", name="Sign in", exact=True).click()
        expect(calm.get_by_role("heading", name=heading)).to_be_visible()
        if attempt == 1:
            calm.goto(f"{site}/accounts/2fa/")
            expect(calm.get_by_text("9 of 10 codes are left")).to_be_visible()
            calm.goto(f"{site}/")


def test_codes_are_turned_off_after_asking(calm, site, nina):
    sign_in(calm, site, nina.email)
    set_up_codes(calm, site)
    calm.goto(f"{site}/accounts/2fa/")
    calm.get_by_role("link", name="Turn off").click()
    confirm_password(calm)
    calm.get_by_role("button", name="Turn off").click()
    expect(calm.get_by_role("link", name="Set up the app")).to_be_visible()
    assert not Authenticator.objects.filter(user=nina, type="totp").exists()


def add_passkey(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url(re.compile("recovery-codes|webauthn/$"))


def test_a_passkey_signs_in_without_a_password(authenticator, site, nina):
    page = authenticator
    sign_in(page, site, nina.email)
    add_passkey(page, site, "My phone")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.locator(".list .person-name")).to_have_text("My phone")
    expect(page.get_by_text("Opens your login alone")).to_be_visible()
    sign_out(page, site)

    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="What needs you now")).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(authenticator, site, nina):
    page = authenticator
    sign_in(page, site, nina.email)
    add_passkey(page, site, "My phone")
    sign_out(page, site)
    cache.clear()

    sign_in(page, site, nina.email)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="What needs you now")).to_be_visible()


def test_a_passkey_is_renamed_and_removed(authenticator, site, nina):
    page = authenticator
    sign_in(page, site, nina.email)
    add_passkey(page, site, "My phone")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename My phone").click()
    confirm_password(page)
    page.get_by_label("Name").fill("The old phone")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".list .person-name")).to_have_text("The old phone")

    page.get_by_role("link", name="Remove The old phone").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_load_state()
    assert not Authenticator.objects.filter(user=nina, type="webauthn").exists()


def test_a_passkey_that_is_not_given_is_said_beside_the_button(calm, site, nina):
    calm.goto(f"{site}/accounts/login/")
    calm.evaluate(
        """() => { navigator.credentials.get = async () => {
            throw new DOMException("No", "NotAllowedError"); }; }"""
    )
    calm.get_by_role("button", name="Use a passkey").click()
    expect(calm.locator("#passkey-trouble")).to_contain_text("No passkey was given")
