import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse

from accounts.devices import device_words

NONSENSE = (
    "", "{", "[]", "[1]", "null", '"x"', "7", "{}", '{"id": 1}', '{"id": "x", "rawId": "x"}',
    '{"response": 7}', '{"response": {"userHandle": "\\u0000"}}', "\x00", "x" * 100_000,
    '{"id": "\ud800"}'.encode("utf-8", "surrogatepass"),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA",
        "userHandle": "AA", "attestationObject": "AA"}}),
)  # fmt: skip
"""What a script sends in place of what a browser got from a device."""


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_an_unreadable_passkey_opens_nothing_and_breaks_nothing(client, published, nonsense):
    cache.clear()
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": nonsense}, follow=True)

    assert answer.status_code == 200
    assert not answer.context["user"].is_authenticated


@pytest.fixture
def trusted(client, wanda):
    """Wanda's browser, where she has just given her password."""
    cache.clear()
    wanda.user.emailaddress_set.create(email=wanda.user.email, verified=True, primary=True)
    password = "correct horse battery"
    client.post("/accounts/login/", {"login": wanda.user.email, "password": password})
    client.post("/accounts/reauthenticate/", {"password": password})
    return client


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_an_unreadable_passkey_is_not_added(trusted, nonsense):
    assert trusted.get("/accounts/2fa/webauthn/add/").status_code == 200

    answer = trusted.post("/accounts/2fa/webauthn/add/", {"credential": nonsense}, follow=True)

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_the_name_of_a_passkey_has_an_end(trusted, wanda):
    key = Authenticator.objects.create(user=wanda.user, type="webauthn", data={"name": "Phone"})
    answer = trusted.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "x" * 61})

    assert answer.status_code == 200 and "at most 60" in answer.content.decode()
    key.refresh_from_db()
    assert key.data["name"] == "Phone"


@pytest.mark.parametrize(
    "agent, words",
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "A browser on a device"),
        ("", "A browser on a device"),
    ],
)
def test_a_browser_is_named_in_words(agent, words):
    assert device_words(agent) == words


def test_too_many_tries_are_answered_in_words(client, published):
    cache.clear()
    for _ in range(12):
        answer = client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"})

    assert answer.status_code == 429
    assert "Wait a minute" in answer.content.decode()
    cache.clear()
