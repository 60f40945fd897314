"""The completeness meter: what a worker would otherwise have to ask."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from assignments import completeness, lifecycle
from assignments.completeness import Beside
from assignments.contents import Contents, GivenPart
from assignments.schedule import Day
from tests.assignments.pages import typed, words_of
from tests.factories import assignments as work

PLAIN = {"title": "Replace two switches", "description": "Swap both switches and go home."}


def labels(values, beside=Beside(), *, missing=None) -> list[str]:  # noqa: B008
    points = completeness.of_posting({**PLAIN, **values}, beside)
    return [point.label for point in points if missing is None or point.done != missing]


def test_parts_answer_what_is_there_and_bring_their_own_questions():
    tools, number = "Tools and parts: what to bring, what is there", "Each part with its number"
    worth = "What the parts you want back are worth"
    assert tools in labels({}, missing=True) and number not in labels({})
    bare = Beside(parts=[GivenPart("Switch", return_wanted=True)])
    assert {number, worth} <= set(labels({}, bare, missing=True))
    assert tools in labels({}, bare, missing=False)
    full = Beside(parts=[GivenPart("Switch", "SW-24", Decimal(400), return_wanted=True)])
    assert {number, worth, tools} <= set(labels({}, full, missing=False))
    kept = Beside(parts=[GivenPart("Cable", "C-1")])
    assert worth not in labels({}, kept)


@pytest.mark.parametrize(
    "words", ["See the drawing.", "The floor plan shows both.", "Details are attached."]
)
def test_a_document_that_the_text_names_has_to_be_there(words):
    asked = {"description": words}
    assert "The documents to look at" in labels(asked, missing=True)
    assert "The documents to look at" in labels(asked, Beside(documents=["plan"]), missing=False)


def test_nobody_is_asked_for_documents_the_text_does_not_name():
    assert "The documents to look at" not in labels({})


def test_several_days_need_a_word_about_each():
    point = "What is done on which day"
    assert point not in labels({}, Beside(days=1))
    assert point in labels({}, Beside(days=3), missing=True)
    for words in ("On the first day the racks, then the desks.", "Day 1: racks.", "Mon: racks, "
                  "on Tuesday the desks."):  # fmt: skip
        assert point in labels({"description": words}, Beside(days=3), missing=False), words


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
class TestPages:
    def test_the_preview_and_the_routing_page_know_what_hangs_on_a_posting(
        self, client_of, alice, at
    ):
        draft = work.draft(alice, at=at)
        days = tuple(
            Day(draft.starts_at + timedelta(days=n), draft.ends_at + timedelta(days=n))
            for n in range(3)
        )
        lifecycle.edit(
            draft, Contents(parts=(GivenPart("Switch"),), days=days), revision=0, by=alice, at=at
        )
        for page in ("preview/", "routing/"):
            shown = words_of(client_of(alice).get(draft.get_absolute_url() + page))
            assert "Each part with its number" in shown, page
            assert "What is done on which day" in shown, page

    def test_the_meter_beside_the_form_follows_what_is_typed(self, client_of, alice):
        fields = typed(**{
            "parts-TOTAL_FORMS": "1", "parts-INITIAL_FORMS": "0", "parts-0-name": "Switch",
            "schedule": "days", "days-TOTAL_FORMS": "2", "days-INITIAL_FORMS": "0",
            "days-0-date": "2026-11-13", "days-1-date": "2026-11-14",
        })  # fmt: skip
        fields.pop("save")
        shown = words_of(
            client_of(alice).post(
                "/assignments/new/",
                fields,
                headers={"HX-Request": "true", "HX-Target": "posting-aside"},
            )
        )
        assert "Each part with its number" in shown
        assert "What is done on which day The work takes 2 days" in shown
