"""The writes that are measured: each thing once, whether the site or the limit site does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.test import Client

from tests.bench.load import Request, once_each
from tests.bench.reading import filled_form

WRITES = 300
TOKEN = "a" * 32
Requests = Callable[[int], Iterator[Request]]
"""For each connection, what it sends."""


class Write:
    """One act on many things of which ``waiting`` yields who may do it and on which reference.

    The site is sent the form that it shows, the limit site the note that its page reads.
    """

    def __init__(
        self,
        waiting: Iterator[tuple[Client, str]],
        *,
        page: str,
        field: str,
        minimal: str,
        most: int,
    ) -> None:
        self.waiting, self.page, self.field = waiting, page, field
        self.minimal, self.most = minimal, most

    def sample(self) -> tuple[Client, str, str]:
        client, reference = next(self.waiting)
        path = self.page.format(reference)
        return client, path, filled_form(client, path, self.field, ticked={"red_scorecard_seen"})

    def least(self) -> tuple[Client, str, str]:
        client, reference = next(self.waiting)
        body = urlencode({"csrfmiddlewaretoken": TOKEN, "note": ""})
        return client, self.minimal.format(reference), body

    def site(self) -> Requests:
        return self._each(self.sample)

    def limit(self) -> Requests:
        return self._each(self.least)

    def _each(self, make: Callable[[], tuple[Client, str, str]]) -> Requests:
        made = []
        for _ in range(self.most):
            try:
                made.append(make())
            except StopIteration:  # a small world runs out of work; the run ends early
                break
        return once_each(
            iter([Request(path, cookie(client), body, (302,)) for client, path, body in made])
        )


def cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
