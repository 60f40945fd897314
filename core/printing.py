"""Rows in words, made in a view, that a template only prints."""

from __future__ import annotations

from typing import Any


class Printed:
    """A template asks for ``row["title"]`` before ``row.title``: answered here, it costs neither
    an exception nor a second look, which is felt where a page has thousands of them."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)
