"""``docs/notices.md``, written from the table of who is told what."""

from __future__ import annotations

from notifications.audience import TABLE
from notifications.lines import Telling

HEAD = """# Who is told what

Written from the audience table (`notifications/audience.py` and its parts) by
`manage.py write_notices`; a test keeps this page in step. An event without a line tells nobody.
A person is told once of one event, by the first line that names them, and not of what they did
themselves unless it says so. Words in braces come from the event.

| event | who | in these words | mail |
| --- | --- | --- | --- |
"""


def page() -> str:
    """``docs/notices.md`` as it must stand."""
    return HEAD + "".join(
        _row(kind, telling) for kind, tellings in sorted(TABLE.items()) for telling in tellings
    )


def _row(kind: str, telling: Telling) -> str:
    who = _words_of(telling.who.__name__)
    if telling.doer:
        who += ", also who did it"
    return f"| `{kind}` | {who} | {telling.title} | {'yes' if telling.email else 'no'} |\n"


def _words_of(name: str) -> str:
    return name.strip("_").replace("_", " ")
