"""The components at work in a real browser: readable, within budget, and usable without script."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("look,width", [("light", 1440), ("dark", 390)])
@pytest.mark.parametrize("path", ["/", "/styleguide/", "/accounts/login/"])
def test_public_pages_are_readable_for_everyone(page: Page, live_server, path, look, width):
    page.emulate_media(color_scheme=look)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + path)
    wrong = [
        (rule["id"], rule["nodes"][0]["html"][:120])
        for rule in Axe().run(page).response["violations"]
    ]
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_cold_page_stays_within_its_budget(page: Page, live_server, sign_in, alice):
    sizes = []
    page.on("response", lambda answer: sizes.append(len(gzip.compress(answer.body()))))
    sign_in(alice)
    page.goto(live_server.url + reverse("assignments:new"), wait_until="networkidle")
    assert len(sizes) <= 8
    assert sum(sizes) <= 80 * 1024


def test_nothing_breaks_the_content_policy(page: Page, live_server):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{live_server.url}/styleguide/", wait_until="networkidle")
    assert said == []


def test_a_dialog_opens_and_closes_and_gives_the_focus_back(page: Page, live_server):
    page.goto(f"{live_server.url}/styleguide/")
    opener = page.get_by_role("link", name="Open a dialog")
    opener.click()
    dialog = page.get_by_role("dialog", name="Cancel this assignment")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_closes_on_escape_and_says_why_not(page: Page, live_server):
    page.goto(f"{live_server.url}/styleguide/")
    gear = page.locator("details.gear")
    gear.locator("summary").click()
    expect(gear.get_by_text("Only while assigned or in progress.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(gear).not_to_have_attribute("open", "")


def test_the_look_changes_at_once_and_stays(page: Page, live_server):
    page.goto(f"{live_server.url}/styleguide/")
    page.get_by_role("button", name="Dark").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.goto(live_server.url)
    expect(root).to_have_attribute("data-theme", "dark")


def test_the_error_summary_leads_to_the_field(page: Page, live_server):
    page.goto(f"{live_server.url}/styleguide/")
    page.locator(".error-summary").get_by_role("link", name="Title").click()
    expect(page.locator("#id_title")).to_be_focused()


def test_filters_open_without_script_on_a_phone(browser: Browser, live_server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/styleguide/")
    drawer = page.locator("section.filters")
    expect(drawer).to_be_hidden()
    page.get_by_role("link", name="Filters", exact=False).first.click()
    expect(drawer).to_be_visible()
    context.close()
