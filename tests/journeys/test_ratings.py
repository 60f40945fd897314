"""Both sides rate blind, read each other at once, reply and contest, in two browsers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from scorecards.models import Rating
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_both_rate_blind_then_reply_and_contest(signed_in):
    company = people.company("Bright Bakeries")
    ruth = people.member(company, "Ruth Okafor", ["administrator"], at=timezone.now())
    sam = people.worker("Sam Ortiz", at=timezone.now())
    job = work.in_stage("paid", ruth, sam, at=timezone.now() - timedelta(days=9))
    client, worker = signed_in(ruth), signed_in(sam, phone=True)

    worker.opens("/ratings/")
    worker.follows("Rate Bright Bakeries")
    worker.presses("Give the rating")
    worker.page.locator(".error-summary").wait_for(state="visible")
    for name in ("mark_1", "mark_2", "mark_3"):
        worker.chooses(name, "2")
    worker.chooses("overall", "unsatisfied")
    worker.writes(comment="The oven was still hot.")
    worker.presses("Give the rating")
    worker.sees("Your rating is hidden until the other side rates.")

    client.opens(f"/assignments/{job.reference}/")
    assert client.page.get_by_text("The oven was still hot.").count() == 0
    client.follows("Rate Sam Ortiz")
    for name in ("mark_1", "mark_2", "mark_3"):
        client.chooses(name, "5")
    client.chooses("overall", "excellent")
    client.presses("Give the rating")
    client.sees("Both of you have rated")
    client.sees("The oven was still hot.")

    client.follows("Reply")
    client.writes(words="We are sorry, it was switched off too late.")
    client.presses("Reply", exact=True)
    worker.opens("/ratings/?show=given")
    worker.sees("it was switched off too late")

    client.opens("/ratings/?show=about")
    client.follows("Contest")
    client.chooses("ground", "Something else")
    client.writes(what_happened="The log says it was off.")
    client.presses("Contest the rating")
    client.sees("The rating is hidden until it ends.")
    assert Rating.objects.published().get().by == "company"

    work.in_stage("sent", ruth, sam, at=timezone.now())
    worker.opens("/work/")
    card, badge = (worker.page.locator(f".has-hover > {one}") for one in (".hover-card", "a"))
    badge.focus()
    card.wait_for(state="visible")
    worker.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    badge.click()
    worker.sees("Every figure opens the rows it is made of.")
