"""The choice of the light or the dark look."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_and_leads_back(client):
    answer = client.post(reverse("appearance"), {"theme": "dark", "next": "/work/?q=x"})
    assert answer.url == "/work/?q=x"
    assert answer.cookies["theme"].value == "dark"
    assert 'data-theme="dark"' in client.get(reverse("account_login")).content.decode()


def test_following_the_system_forgets_the_choice(client):
    client.cookies["theme"] = "dark"
    client.post(reverse("appearance"), {"theme": "", "next": "/"})
    assert "data-theme=" not in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_it_never_leads_to_another_site(client, target):
    answer = client.post(reverse("appearance"), {"theme": "light", "next": target})
    assert answer.url == "/"


def test_an_unknown_theme_changes_nothing(client):
    answer = client.post(reverse("appearance"), {"theme": "neon\x00", "next": "/"})
    assert answer.status_code == 302
    assert answer.cookies["theme"].value == ""


def test_reading_the_address_is_not_allowed(client):
    assert client.get(reverse("appearance")).status_code == 405
