"""One line of the table of who is told what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from notifications.facts import Fact
from notifications.people import Who


@dataclass(frozen=True)
class Telling:
    """Who is told, in which words; ``email`` says whether a mail goes out too.

    ``title`` and ``body`` may name the words of ``Fact.words``. ``when`` may keep a line
    silent where another line of the same act says more. ``doer``: told also when they did it
    themselves, as of a changed bank account, which may not have been them.
    """

    who: Who
    title: str
    body: str = ""
    action: str = "Open the assignment"
    url: Callable[[Fact], str] = lambda fact: fact.assignment.get_absolute_url()
    email: bool = True
    when: Callable[[Fact], bool] = lambda fact: True
    doer: bool = False


def place(name: str) -> Callable[[Fact], str]:
    """The address of that name, the same for everybody: the work to find, the team."""
    return lambda fact: reverse(name)


def own_page(fact: Fact) -> str:
    """The page of what the event is about."""
    return str(fact.subject.get_absolute_url())
