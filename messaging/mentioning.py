"""Members named in a message: “@Priya Raman”, or “@Priya” where only one is called so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import Membership, User
from assignments.models import Assignment
from core.errors import DomainError
from messaging.models import Mention, Message, Thread

SIGN = re.compile(r"(?<![\w@.])@(?=\w)")
MOST = 20


class WhichOne(DomainError):
    message = "“@{name}” could be {people}. Write the whole name after the @."
    field = "body"


class TooMany(DomainError):
    message = "A message can name at most {most} people. Name fewer."
    field = "body"


def colleagues(assignment: Assignment, thread: int | None, by: Actor) -> list[User]:
    """Whom the author may name: members of the company, who all may read the thread; a worker
    only the owner of the assignment and those who have written to them."""
    members = Membership.objects.current().filter(company=assignment.company_id)
    if by.is_worker:
        wrote = Message.objects.filter(thread=thread, visibility=Message.Visibility.PARTIES)
        known = Q(user__in=wrote.values("author")) | Q(user=assignment.owner_id)
        members = members.filter(known)
    rows = members.filter(user__is_active=True).exclude(user=by.user_id).select_related("user")
    return [member.user for member in rows.order_by("joined_at", "pk")]


def name_in(message: Message, thread: Thread, *, by: Actor) -> list[Mention]:
    """Note who is named in a message that the company may read; none costs no query.

    A name that nobody has stays plain text. Raises ``WhichOne`` for a first name of several.
    """
    readers = Message.READ_BY[Message.Side.COMPANY]
    if message.visibility not in readers or not SIGN.search(message.body):
        return []
    named = dict(_named(message.body, colleagues(thread.assignment, thread.pk, by)))
    if len(named) > MOST:
        raise TooMany(most=MOST)
    return Mention.objects.bulk_create(
        Mention(message=message, user=user, written=written) for user, written in named.items()
    )


def _named(body: str, people: Iterable[User]) -> Iterator[tuple[User, str]]:
    people = sorted(people, key=lambda one: len(one.full_name), reverse=True)
    for sign in SIGN.finditer(body):
        rest = body[sign.end() :]
        whole = next((one for one in people if _begins(rest, one.full_name)), None)
        if whole:
            yield whole, "@" + rest[: len(whole.full_name)]
            continue
        first = [one for one in people if _begins(rest, _first(one))]
        if len(first) > 1:
            names = " or ".join(one.full_name for one in first[:3])
            raise WhichOne(name=_first(first[0]), people=names)
        if first:
            yield first[0], "@" + rest[: len(_first(first[0]))]


def _begins(rest: str, name: str) -> bool:
    """Whether the text goes on with this name as whole words, in capitals or not."""
    if not name or rest[: len(name)].casefold() != name.casefold():
        return False
    return not rest[len(name) : len(name) + 1].isalnum()


def _first(user: User) -> str:
    return (user.full_name.split() or [""])[0]
