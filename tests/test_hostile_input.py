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

HOSTILE = {
    "nothing": "",
    "overlong": "x" * 100_000,
    "NUL": "a\x00b",
    "a lone surrogate": b"a\xed\xa0\x80b",
    "a script": "<script>alert(1)</script>\"'",
    "right to left and emoji": "\u202eאבג 👩‍🔧🙂 \u200f",
    "a negative sum": "-12.345",
    "an absurd sum": "9" * 40 + ".999",
    "no number": "NaN",
    "an absurd date": "0000-13-45T99:99",
    "a date beyond all": "9999-12-31T23:59",
    "a template": "{{ 7|add:7 }}%s%(x)s../../etc/passwd",
}
KEPT = ("a script", "right to left and emoji", "a template")
"""What was typed like this must still stand in the field when the form comes back."""

EVERYWHERE = ("nothing", "NUL", "a lone surrogate", "no number")
"""What is also put into the fields that nobody types in."""

TYPED = {"text", "email", "number", "search", "tel", "url", "datetime-local", "date", "time", ""}
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


def filled(form: Form, value: object, *, hidden: bool) -> dict[str, object]:
    """The form with one value in every field a person types in; in every field, if ``hidden``."""
    return {
        name: value if hidden or kind in TYPED | {"textarea", "password", "select"} else shown
        for name, (kind, shown) in form.fields.items()
        if name != "csrfmiddlewaretoken"
    }


def posted(client: Client, form: Form, data: dict[str, object]) -> object:
    """The answer; whatever the post did is undone, signing out included."""
    cache.clear()
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.post(form.action, data)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def lost(form: Form, answer: object, value: object) -> list[str]:
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
        if kind in {"text", "", "textarea"} and shown.strip() != str(value).strip()
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

    assert lost(form, Answer(), "kept") == ["a"]


def _tried(client: Client, form: Form) -> Iterator[str]:
    client.raise_request_exception = False
    frame = bool(FRAME & form.fields.keys()) or form.action.endswith("/logout/")
    for words, value in HOSTILE.items():
        for hidden in (False, True):
            if (frame and not hidden) or (hidden and words not in EVERYWHERE):
                continue
            answer = posted(client, form, filled(form, value, hidden=hidden))
            place = f"{form.action} with {words}{' everywhere' if hidden else ''}"
            if answer.status_code >= 500:
                yield f"{place}: {answer.status_code}"
            if words in KEPT and not hidden and (gone := lost(form, answer, value)):
                yield f"{place}: lost {', '.join(gone)}"
