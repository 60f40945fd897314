"""Every event about a test reads as a sentence on its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import tests as quizzes
from vetting import composing, history, publishing

pytestmark = pytest.mark.django_db


def test_every_event_of_a_test_has_its_sentence():
    written = set()
    for name in ("composing", "publishing", "marking"):
        code = (Path(settings.BASE_DIR) / "vetting" / f"{name}.py").read_text()
        written |= set(re.findall(r'"(test\.[a-z_]+)"', code))
    assert written == set(history.SENTENCES)


def test_the_history_of_a_test_says_the_same_thing_once(alice, at):
    test = quizzes.published(alice, at=at)
    composing.revise(test, by=alice, at=at)
    publishing.publish(test, keeps_passes=False, by=alice, at=at)
    publishing.archive(test, by=alice, at=at)
    assert [line.sentence for line in history.of(test)] == [
        "archived it",
        "published version 2; everybody has to pass it anew",
        "began version 2",
        "published version 1",
        "added a question",
        "made it",
    ]
    assert {line.who for line in history.of(test)} == {"Alice Adams"}
