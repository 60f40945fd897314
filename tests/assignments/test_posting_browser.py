"""What the scripts of the posting page add, in a real browser; everything works without them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from assignments.models import Assignment
from tests.factories import accounts as people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server, alice, client_of) -> Page:
    """The page to post an assignment, signed in as Alice."""
    people.industry()
    cookie = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/assignments/new/")
    return page


def test_the_figures_follow_and_only_what_is_chosen_is_asked(desk):
    expect(desk.locator("#posting-aside")).to_contain_text("Enter a price")
    desk.get_by_label("Price", exact=True).fill("99.99")
    expect(desk.locator("#posting-aside")).to_contain_text("$109.99")
    desk.get_by_label("By the hour").check()
    expect(desk.get_by_label("Price", exact=True)).to_be_hidden()
    desk.get_by_label("Hourly rate").fill("45")
    desk.get_by_role("textbox", name="Most hours").fill("6")
    expect(desk.locator("#posting-aside")).to_contain_text("$297.00")
    desk.get_by_label("Remote").check()
    expect(desk.get_by_label("ZIP code")).to_be_hidden()
    expect(desk.get_by_label("Time zone")).to_be_visible()


def test_a_row_is_added_without_leaving_the_page(desk):
    desk.locator("#id_wanted-2-title").fill("The third")
    desk.get_by_role("button", name="Ask for more").click()
    added = desk.locator("#id_wanted-3-title")
    expect(added).to_be_focused()
    expect(added).to_have_value("")
    expect(desk.locator("#id_wanted-3-count")).to_have_value("1")


def test_a_posting_can_be_written_with_the_keyboard_alone(desk):
    keys = desk.keyboard
    desk.locator("#id_title").focus()
    keys.type("Replace two access points")
    keys.press("Tab")
    keys.type("Net")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("Swap both, test them, take photos before leaving.")
    for text in ("cabling", "Ask for Priya"):
        keys.press("Tab")
        keys.type(text)
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(desk.get_by_label("Remote")).to_be_checked()
    desk.locator("#id_starts_at").fill("2027-11-16T09:00")
    desk.locator("#id_ends_at").fill("2027-11-16T12:00")
    desk.locator("#id_flat_price").focus()
    keys.type("375")
    keys.press("Enter")
    desk.wait_for_url("**/preview/")
    made = Assignment.objects.get()
    assert (made.on_site, made.budget, made.title) == (False, 375, "Replace two access points")


def test_errors_take_the_focus_and_lead_to_their_fields(desk):
    desk.get_by_role("button", name="Save and preview").click()
    summary = desk.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Title").click()
    expect(desk.locator("#id_title")).to_be_focused()
