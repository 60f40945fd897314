"""Reading pages as a browser does: the fields of a form, the files a page loads."""

from __future__ import annotations

import gzip
from collections.abc import Collection
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from django.test import Client


class _Forms(HTMLParser):
    """The fields of each form that posts to ``action``, with the values they show."""

    def __init__(self, action: str, ticked: Collection[str]) -> None:
        super().__init__()
        self.action, self.ticked, self.inside = action, ticked, False
        self.forms: list[list[tuple[str, str]]] = []
        self._text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and found.get("method") == "post":
            self.inside = (found.get("action") or self.action) == self.action
            if self.inside:
                self.forms.append([])
        if not self.inside:
            return
        name, kind = found.get("name"), found.get("type", "text")
        value = found.get("value") or ("on" if kind == "checkbox" else "")
        if tag == "input" and name and kind not in ("submit", "file"):
            if kind not in ("checkbox", "radio") or "checked" in found or name in self.ticked:
                self.forms[-1].append((name, value))
        elif tag == "button" and name and kind == "submit":
            self.forms[-1].append((name, value))
        elif tag == "textarea" and name:
            self._text = True
            self.forms[-1].append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._text:
            name, before = self.forms[-1][-1]
            self.forms[-1][-1] = (name, (before + data).strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = False
        if tag == "form":
            self.inside = False


def filled_form(client: Client, path: str, field: str, *, ticked: Collection[str] = ()) -> str:
    """The body a browser would send from the form that has ``field``, as it was shown but for
    the boxes that are ``ticked``."""
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.headers}"
    parser = _Forms(path, ticked)
    parser.feed(answer.content.decode())
    for fields in parser.forms:
        if field in dict(fields):
            return urlencode(fields)
    raise AssertionError(f"{path} shows no form with {field} that posts to itself")


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "modulepreload"):
            self.urls.append(found.get("href") or "")
        if tag in ("script", "img") and found.get("src"):
            self.urls.append(found["src"] or "")


def parts_of(html: str, base: str) -> list[str]:
    """The addresses a browser fetches with this page, each once."""
    parser = _Parts()
    parser.feed(html)
    return list(dict.fromkeys(urljoin(base, url) for url in parser.urls if url))


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))
