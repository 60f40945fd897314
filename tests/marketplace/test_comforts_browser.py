"""What was typed survives, the focus stays where somebody works, menus listen to arrow keys."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging import quick_replies
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def coming(alice, wanda, now):
    return work.in_stage("assigned", alice, wanda, at=now - timedelta(hours=1))


def test_a_message_that_was_sent_does_not_come_back_as_a_draft(
    page: Page, live_server, sign_in, alice, wanda, now
):
    case = opened(work.in_stage("paid", alice, wanda, at=now - timedelta(days=9)), wanda, at=now)
    sign_in(wanda)
    page.goto(live_server.url + reverse("escalations:case", args=[case.label]))
    box = page.get_by_label("Message")
    box.fill("At the shop's back door.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("Your message is in the case.")).to_be_visible()
    expect(page.locator(".msg-body")).to_have_text("At the shop's back door.")
    expect(box).to_have_value("")


def test_what_was_typed_survives_a_lost_session(page: Page, live_server, sign_in, alice, wanda):
    sign_in(alice)
    there = live_server.url + reverse("accounts:company_settings")
    page.goto(there)
    page.get_by_label("About").fill("We bake, and our tills must print.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This form is out of date")).to_be_visible()
    sign_in(alice)
    page.goto(there)
    expect(page.get_by_text("What you typed before is back.")).to_be_visible()
    expect(page.get_by_label("About")).to_have_value("We bake, and our tills must print.")
    page.get_by_role("button", name="Save").click()
    page.goto(there)
    expect(page.get_by_text("What you typed before is back.")).to_be_hidden()


def test_after_a_message_the_next_can_be_typed_at_once(
    page: Page, live_server, sign_in, wanda, coming
):
    sign_in(wanda)
    page.goto(live_server.url + coming.get_absolute_url())
    page.locator("#messages textarea").fill("Is there parking?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#messages .msg-body")).to_have_text("Is there parking?")
    expect(page.locator("#messages textarea")).to_be_focused()
    expect(page.locator("body > [aria-live]")).to_have_text("Message sent.")


def test_a_refused_message_puts_the_focus_on_what_is_wrong(
    page: Page, live_server, sign_in, wanda, coming
):
    sign_in(wanda)
    page.goto(live_server.url + coming.get_absolute_url())
    page.locator("#messages textarea").evaluate("box => { box.required = false; }")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#messages .error-summary")).to_be_focused()


def test_two_quick_clicks_approve_once_and_back_shows_what_is_true(
    page: Page, live_server, sign_in, alice, wanda, now
):
    done = work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    sent = []
    page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    sign_in(alice)
    page.goto(live_server.url + done.get_absolute_url())
    page.goto(live_server.url + reverse("assignments:approval", args=[done.reference]))
    page.get_by_role("button", name="Approve and pay").dblclick()
    expect(page.get_by_text("Approved. Wanda Wells has been paid")).to_be_visible()
    assert len(sent) == 1
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_role("link", name="Approve and pay")).to_have_count(0)
    done.refresh_from_db()
    assert done.status == "paid"


def test_arrow_keys_walk_through_a_menu(page: Page, live_server, sign_in, alice, coming):
    sign_in(alice)
    page.goto(live_server.url + coming.get_absolute_url())
    gear = page.locator("details.gear")
    items = gear.locator("a[href], button:not([disabled])")
    gear.locator("summary").focus()
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("End")
    expect(items.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(gear).not_to_have_attribute("open", "")
    expect(gear.locator("summary")).to_be_focused()


def test_everything_can_be_reached_on_a_phone(page: Page, live_server, sign_in, alice):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(alice)
    page.goto(live_server.url)
    page.locator(".bottom summary").click()
    panel = page.locator(".more-menu .menu-panel")
    expect(panel.get_by_role("link", name="Cases")).to_be_in_viewport(ratio=1)
    panel.get_by_role("link", name="Labels").click()
    expect(page).to_have_url(live_server.url + reverse("assignments:labels"))


@pytest.mark.parametrize("width", (320, 390, 720))
def test_the_menu_of_an_assignment_stays_on_the_screen(
    page: Page, live_server, sign_in, wanda, coming, width
):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(wanda)
    page.goto(live_server.url + coming.get_absolute_url())
    page.locator(".gear > summary").click()
    panel = page.locator(".gear .menu-panel")
    for item in panel.get_by_role("link").all():
        expect(item).to_be_in_viewport(ratio=1)
    assert panel.bounding_box()["x"] >= 0


def test_after_an_at_sign_names_are_offered_and_chosen_files_stay(
    page: Page, live_server, sign_in, alice, mona, wanda, coming, now, tmp_path
):
    quick_replies.add(title="Key", body="The key is at the desk.", by=alice, at=now)
    plan = tmp_path / "plan.txt"
    plan.write_text("North door")
    sign_in(alice)
    page.goto(live_server.url + reverse("messaging:post", args=[coming.reference]))
    box = page.get_by_label("Message", exact=True)
    box.press_sequentially("Ask @")
    names = page.get_by_role("listbox", name="People to name")
    expect(names).to_be_visible()
    box.press_sequentially(mona.user.full_name[:2])
    expect(names.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    expect(names).to_be_hidden()
    expect(box).to_have_value(f"Ask @{mona.user.full_name} ")
    box.press_sequentially("@")
    expect(names).to_be_visible()
    box.press("Escape")
    expect(names).to_be_hidden()
    box.press("Backspace")
    page.get_by_text("Add files").click()
    page.get_by_label("Files").set_input_files(plan)
    page.get_by_role("button", name="Quick reply").click()
    page.get_by_role("button", name="Key", exact=True).click()
    expect(box).to_have_value(re.compile("The key is at the desk"))
    expect(page.get_by_label("Files")).to_be_visible()
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("link", name="plan.txt")).to_be_visible()
    assert page.get_by_label("Files").evaluate("field => field.files.length") == 0
