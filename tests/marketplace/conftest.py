"""Signing in, for browser tests of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.actors import Actor


@pytest.fixture
def sign_in(page: Page, live_server, client_of) -> Callable[[Actor], None]:
    """Give the page the session of an actor."""

    def as_actor(actor: Actor) -> None:
        cookie = client_of(actor).cookies["sessionid"]
        page.context.add_cookies(
            [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
        )

    return as_actor
