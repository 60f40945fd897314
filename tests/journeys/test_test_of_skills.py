"""A client builds a test in a browser; a worker takes it on a phone, saved while typing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import tests as quizzes
from tests.journeys.conftest import Person
from vetting import taking
from vetting.models import Attempt, Question, Test

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


DRAG_THIRD_TO_THE_TOP = """() => {
    const rows = [...document.querySelectorAll("[data-key]")];
    const tell = (target, kind, more = {}) => target.dispatchEvent(new DragEvent(
        kind, {bubbles: true, cancelable: true, dataTransfer: new DataTransfer(), ...more}));
    const top = rows[0].getBoundingClientRect();
    rows[2].querySelector("[data-grip]").dispatchEvent(new PointerEvent("pointerdown"));
    tell(rows[2], "dragstart");
    tell(rows[0], "dragover", {clientX: top.x + 60, clientY: top.y + 4});
    tell(rows[2], "dragend");
}"""
"""The events of a drag: a mouse moved by a program starts one only on a machine that idles."""


def saved(somebody: Person) -> None:
    somebody.page.locator("[data-saved]", has_text="Saved at").wait_for()


def test_from_the_first_question_to_a_marked_result(signed_in, alice, wanda):
    client = signed_in(alice)
    client.opens("/tests/")
    client.follows("New test")
    client.writes(name="Cabling basics", minutes="20", wait_hours="0")
    client.presses("Go on to the questions")
    client.follows(re.compile("One choice"))
    client.writes(text="Which cable carries 10 Gbit/s?", choice_0="Cat 6A", choice_1="Cat 3")
    client.page.locator("#id_right_0").check()
    client.presses("Add the question", exact=True)
    client.follows(re.compile("Long text"))
    client.writes(text="How do you label a panel?")
    client.presses("Add the question", exact=True)
    client.follows(re.compile("True or false"))
    client.writes(text="Labels go on both ends.")
    client.chooses("truth", "true")
    client.presses("Add the question", exact=True)
    client.page.locator("[data-key]").nth(2).get_by_role("button", name="Move up").focus()
    client.page.keyboard.press("Enter")
    client.page.locator("[data-key]").nth(1).get_by_text("Labels go on").wait_for()
    client.page.locator("[data-grip]").nth(2).wait_for()
    client.page.evaluate(DRAG_THIRD_TO_THE_TOP)
    client.page.locator("[data-key]").nth(0).get_by_text("How do you label").wait_for()
    kinds = ["long", "single", "true_false"]
    assert list(Question.objects.values_list("kind", flat=True)) == kinds
    client.presses("Publish version 1")
    client.sees("Version 1 is published.")

    test = Test.objects.get()
    phone = signed_in(wanda, phone=True)
    phone.opens(test.get_absolute_url())
    phone.presses(re.compile("Start"))
    phone.sees(re.compile(r"19:\d\d left|20:00 left"))
    phone.writes(answer="Left to right, and a list on the door.")
    saved(phone)
    attempt = Attempt.objects.get()
    assert attempt.answers.get(position=1).value.startswith("Left to right")
    phone.page.close()  # the browser is gone; the attempt is not

    phone.page = phone_page(phone)
    phone.opens(test.get_absolute_url())
    phone.presses("Go on")
    phone.sees("Question 2 of 3")
    phone.page.get_by_label("Cat 6A").check()
    saved(phone)
    phone.presses("Save and go on")
    phone.page.get_by_label("True").check()
    phone.presses("Save and finish")
    phone.presses("Hand in")
    phone.sees("Handed in")

    client.opens("/tests/marking/")
    client.follows("Wanda Wells")
    client.writes(points_1="1", remark_1="Just so")
    client.presses("Save the points")
    client.sees("passed with 100 %")
    phone.opens(attempt.get_absolute_url())
    phone.sees("You passed")
    phone.sees("Just so")
    client.opens(f"/tests/{test.reference}/results/")
    client.sees("Share right of each question")


def phone_page(somebody: Person):
    return somebody.page.context.new_page()


def test_the_clock_hands_in_when_it_runs_out(signed_in, alice, wanda):
    now = timezone.now()
    test = quizzes.published(alice, at=now, kinds=("short", "number"), minutes=5)
    attempt = taking.start(test, by=wanda, at=now)
    Attempt.objects.update(ends_at=timezone.now() + timedelta(seconds=4))
    phone = signed_in(wanda, phone=True)
    phone.opens(f"/tests/attempts/{attempt.reference}/1/")
    phone.writes(answer="Power over Ethernet")
    phone.sees("Not passed this time")
    phone.sees("50 %")
    attempt.refresh_from_db()
    assert attempt.timed_out
