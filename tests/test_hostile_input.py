"""Every form on every page, filled with what people and robots type: never a fault, nothing lost.

The forms are read from the pages themselves, so that a new page is tried without a line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.test_access import PERSONAS, World, rows, world  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

HOSTILE: dict[str, tuple[object, object, object]] = {
    "nothing": ("", "", ""),
    "too much": ("x" * 100_000, "9" * 40 + ".999", "9999-12-31T23:59"),
    "NUL": ("a\x00b",) * 3,
    "a lone surrogate": (b"a\xed\xa0\x80b",) * 3,
    "strange signs": (
        "<script>alert(1)</script>\"'{{ 7|add:7 }}%s%(x)s../../etc/passwd \u202eאבג 👩‍🔧🙂 \u200f",
        "-12.345", "0000-13-45T99:99",
    ),
}  # fmt: skip
"""What is put into a field of words, of a number, of a moment."""
KEPT = ("strange signs",)
"""What was typed like this must still stand in the field when the form comes back."""

EVERYWHERE = {"nothing": "", "NUL": "a\x00b", "no number": "NaN"}
"""What is also put into the fields that nobody types in."""

WORDS = {"text", "email", "search", "tel", "url", "", "textarea", "password", "select"}
MOMENTS = {"datetime-local", "date", "time"}
FEWEST = {"visitor": 6, "alice": 40, "wanda": 25, "olga": 9}
"""How many forms there are at the least: a page that stopped showing its form is noticed."""

FRAME = {"theme", "acting_as"}
"""Fields of the frame, which stands on every page and is tried once."""


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name → (type, value as shown)."""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.action, *sorted(self.fields))


class Forms(HTMLParser):
    """The forms of a page, with their fields and what stands in them."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__()
        self.path, self.found = path, []
        self._open: list[Form] = []
        self._text: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            form = Form(urljoin(self.path, at.get("action") or self.path), at.get("method", "get"))
            self._open.append(form)
            self.found.append(form)
        elif self._open and at.get("name") and tag in {"input", "select", "textarea", "button"}:
            self._field(tag, at)

    def _field(self, tag: str, at: dict[str, str]) -> None:
        fields, name = self._open[-1].fields, at["name"]
        kind = at.get("type", "") if tag == "input" else tag
        if kind in {"text", ""} and at.get("inputmode") in {"numeric", "decimal"}:
            kind = "number"
        if tag == "textarea":
            self._text = name
        if kind in {"radio", "checkbox", "button"} and name in fields:
            return
        fields[name] = (kind, at.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            fields = self._open[-1].fields
            fields[self._text] = ("textarea", fields[self._text][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        if tag == "form" and self._open:
            self._open.pop()


def pages_of(world: World, persona: str) -> Iterator[str]:  # noqa: F811
    for name, of, method, answers in rows():
        if name == "styleguide":
            continue
        if method == "get" and answers[PERSONAS.index(persona)] == 200:
            yield reverse(name, kwargs=world.kwargs[of])


def forms_of(client: Client, path: str) -> list[Form]:
    answer = client.get(path)
    if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming:
        return []
    forms = Forms(answer.content.decode(), path).found
    return [form for form in forms if form.method == "post"]


def filled(form: Form, words: str) -> dict[str, object]:
    """The form with that in every field a person types in."""
    in_words, in_number, in_moment = HOSTILE[words]
    put = dict.fromkeys(WORDS, in_words) | dict.fromkeys(MOMENTS, in_moment) | {"number": in_number}
    return {
        name: put.get(kind, shown)
        for name, (kind, shown) in form.fields.items()
        if name != "csrfmiddlewaretoken"
    }


def filled_everywhere(form: Form, value: object) -> dict[str, object]:
    return {name: value for name in form.fields if name != "csrfmiddlewaretoken"}


def posted(client: Client, form: Form, data: dict[str, object]) -> object:
    """The answer; whatever the post did is undone, signing out included."""
    cache.clear()
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.post(form.action, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def lost(form: Form, answer: object, typed: dict[str, object]) -> list[str]:
    """The fields of the form that came back without what was typed in them."""
    if answer.status_code not in (200, 422):
        return []
    path = urlsplit(form.action).path
    again = [
        one for one in Forms(answer.content.decode(), path).found
        if urlsplit(one.action).path == path and one.fields.keys() == form.fields.keys()
    ]  # fmt: skip
    if not again:
        return []
    return [
        name
        for name, (kind, shown) in again[0].fields.items()
        if kind in {"text", "", "textarea", "number"} and shown.strip() != str(typed[name]).strip()
    ]


@pytest.mark.parametrize("persona", ["visitor", "alice", "wanda", "olga"])
def test_no_form_breaks_or_loses_what_was_typed(persona, world):  # noqa: F811
    client = world.clients[persona]
    tried: set[tuple[str, ...]] = set()
    offenders: list[str] = []
    for path in pages_of(world, persona):
        for form in forms_of(client, path):
            if form.key in tried:
                continue
            tried.add(form.key)
            offenders += _tried(client, form)

    assert offenders == []
    assert len(tried) >= FEWEST[persona], len(tried)


def test_a_form_that_loses_what_was_typed_is_seen():
    class Answer:
        status_code = 200
        content = b'<form method="post" action="/x/"><input name="a" value="">' + (
            b'<textarea name="b">kept</textarea></form>'
        )

    form = Form("/x/", "post", {"a": ("text", ""), "b": ("textarea", "")})

    assert lost(form, Answer(), {"a": "kept", "b": "kept"}) == ["a"]


def _tried(client: Client, form: Form) -> Iterator[str]:
    client.raise_request_exception = False
    for words, value in EVERYWHERE.items():
        yield from _broken(posted(client, form, filled_everywhere(form, value)), form, words)
    if FRAME & form.fields.keys() or form.action.endswith("/logout/"):
        return
    for words in HOSTILE:
        data = filled(form, words)
        answer = posted(client, form, data)
        yield from _broken(answer, form, words)
        if words in KEPT and (gone := lost(form, answer, data)):
            yield f"{form.action} with {words}: lost {', '.join(gone)}"


def _broken(answer: object, form: Form, words: str) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"{form.action} with {words}: {answer.status_code}"
