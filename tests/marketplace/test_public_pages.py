"""Pages that need nobody signed in: landing, style guide, sign-in, errors."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_landing_page_says_what_it_is_for_both_sides(client):
    page = client.get("/").content.decode()
    assert "For companies" in page
    assert "For workers" in page
    assert reverse("accounts:join_client") in page
    assert reverse("accounts:join_worker") in page


def test_the_style_guide_draws_every_component_within_the_content_policy(client):
    answer = client.get("/styleguide/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    for name in ("lifecycle", "money-box", "timeline", "scorecard", "chart-svg", "checklist"):
        assert f'class="{name}' in page or f" {name}" in page


@pytest.mark.parametrize("query", ["?status=%00", "?kinds=nothing&q=" + "x" * 5000, "?sort='--"])
def test_the_style_guide_survives_odd_parameters(client, query):
    assert client.get(f"/styleguide/{query}").status_code == 200


def test_the_sign_in_page_of_a_demo_lists_the_logins(client, settings):
    settings.DEMO = True
    assert "client@demo.test" in client.get(reverse("account_login")).content.decode()
    settings.DEMO = False
    assert "demo-pass" not in client.get(reverse("account_login")).content.decode()


def test_an_unknown_address_has_a_page_of_ours(client, settings):
    settings.DEBUG = False
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing here for you" in answer.content.decode()


def test_a_form_without_its_token_is_explained(settings):
    settings.DEBUG = False
    answer = Client(enforce_csrf_checks=True).post(reverse("appearance"), {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def test_the_page_for_a_fault_of_ours_needs_no_request():
    assert "Something broke on our side" in render_to_string("500.html")


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_request_login_code"],
)
def test_pages_of_the_login_are_drawn_in_our_frame(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "auth-box" in page
    assert 'class="btn btn-primary' in page


@pytest.mark.parametrize(
    "name",
    ["account_email", "account_change_password", "mfa_index", "usersessions_list"],
)
def test_pages_about_ones_own_login_are_in_the_frame_of_the_site(client_of, wanda, name):
    answer = client_of(wanda).get(reverse(name), follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="bottom' in page or "auth-box" in page
