"""What the tests of the client's pages share: a stopped clock, and a posting as it is typed."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.test import Client

from accounts.models import User
from tests.factories import accounts as people

HOSTILE = (
    "\x00",
    "<script>alert(1)</script>'; DROP TABLE x; --../../etc/passwd{{ 7|add:7 }}%s%d🙂\u202e\u200b",
    "9" * 4_000,
    "NaN",
    "-９９",
)
"""What people and robots put into fields that expect something else; of each danger one.

Overlong and beyond every number; digits of another script, which Python reads as a number below
zero. ``test_hostile_input.py`` puts more into every form there is.
"""

FORBIDDEN_FILES = (
    ("evil.exe", b"MZ"), ("page.html", b"<script>"), ("photo.jpg", b"<svg"), ("empty.txt", b""),
)  # fmt: skip
"""Files that no page takes, by name and content."""


def typed(**changes: Any) -> dict[str, Any]:
    """A complete posting as the browser sends it, on 10 November 2026; None leaves a field out."""
    fields = {
        "title": "Replace two access points",
        "industry": people.industry().pk,
        "owner": User.objects.get(full_name="Alice Adams").pk,
        "description": "Swap both access points, test them, and take photos before leaving.",
        "skills": "Wi-Fi, cabling",
        "special_instructions": "Ask for Priya at the counter.",
        "place": "on_site",
        "site_name": "Store 114",
        "street": "12 High Street",
        "postal_code": "43215",
        "city": "",
        "region": "",
        "contact_name": "Priya Rao",
        "contact_phone": "614 555 0114",
        "time_zone": "America/New_York",
        "schedule": "fixed",
        "starts_at": "2026-11-13T09:00",
        "ends_at": "2026-11-13T13:00",
        "pricing": "flat",
        "flat_price": "375.00",
        "terms_days": "0",
        "wants_check_in": "on",
        "wanted-TOTAL_FORMS": "3",
        "wanted-INITIAL_FORMS": "0",
        "wanted-0-title": "Photo of each access point",
        "wanted-0-count": "2",
        "wanted-0-instructions": "",
        "wanted-0-due_at": "",
        "save": "yes",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def hidden(client: Client, url: str, name: str) -> str:
    """The value of a hidden field, as the page shows it."""
    page = client.get(url).content.decode()
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"{url} has no hidden field {name}"
    return found[1]


def said(response: Any) -> str:
    """The messages that a page shows, one after the other."""
    return " ".join(str(message) for message in response.context["messages"])


def follow(client: Client, response: Any) -> Any:
    """The page a redirect leads to."""
    assert response.status_code == 302, response.content.decode()[:2000]
    return client.get(urljoin("http://testserver/", response["Location"]), follow=True)


def words_of(response: Any) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(html.unescape(text).split())


def errors_of(response: Any) -> str:
    """Every error on a page, as its summary lists them."""
    page = response.content.decode()
    start = page.find("error-summary")
    return page[start : page.find("</ul>", start)] if start >= 0 else ""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
