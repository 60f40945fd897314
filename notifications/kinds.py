"""Every kind of event as the page of preferences shows it, in the words of the audience table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from accounts.models import User
from notifications.audience import TABLE
from notifications.people import COMPANY, STAFF, WORKER, is_beside, sides_of
from notifications.reminders import RULES, Rule
from notifications.topics import BY_SMS, TOPICS, Topic, is_necessary, topic_of

PLAIN = (
    (r"“\{name\}” for “\{title\}”", "something you handed in"),
    (r"Your “\{credential\}”", "Your credential"),
    (r"account \{bank\}", "account"),
    (r"its group “\{group\}”", "its group"),
    (r"The series “\{title\}”", "A series"),
    (r"New case \{case\}: \{about\}", "A new case"),
    (r"Your case \{case\}", "Your case"),
    (r"\{amount\} of \{invoice\}", "An amount of an invoice"),
    (r"filed as “\{\w+\}” now", "filed under another kind"),
    (r"goes on in case \{\w+\}", "goes on in another case"),
    (r"“\{(?:title|reference|name)\}”", "an assignment"),
    (r"“\{group\}”", "a group"),
    (r"“\{test\}”", "a test"),
    (r"“\{credential\}”", "a credential"),
    (r"“\{file\}”", "a file"),
    (r"“?\{subject\}”?", "a message to all"),
    (r" of \{company\}’s cash| of the cash of \{company\}", ""),
    (r"\{company\}’s", "the other side’s"),
    (r"\{company\}", "the client"),
    (r"\{worker\}’s", "a worker’s"),
    (r"\{worker\}", "a worker"),
    (r"\{change\}", "a change"),
    (r"\{amount\}", "an amount"),
    (r"\{part\}", "a part"),
    (r" with \{percent\}|: \{percent\}", ""),
    (r"\{bad\} of \{rows\} rows have errors", "some rows have errors"),
    (r"\{lapsed\}", "some members"),
    (r"\{bank\}", "a bank account"),
    (r"\{way\}", "card or bank account"),
    (r"[Cc]ase \{case\}(?:: \{about\})?", "a case"),
    (r": \{about\}", ""),
    (r"(\w) \{(?:refund|payout|statement|invoice)\}", r"\1"),
    (r"\{invoice\}", "an invoice"),
    (r"\s*[:,]?\s*\{\w+\}", ""),
)
"""What stands in a title for the words of one event, in general words."""


@dataclass(frozen=True)
class Kind:
    """One row of the page; the defaults hold where the person chose nothing."""

    name: str
    labels: tuple[tuple[str, str], ...]
    """In whose capacity, in which words."""
    topic: Topic
    by_mail: bool

    @property
    def sides(self) -> set[str]:
        return {side for side, _ in self.labels}

    def label(self, sides: set[str]) -> str:
        return next((words for side, words in self.labels if side in sides), self.labels[0][1])

    @property
    def necessary(self) -> bool:
        return is_necessary(self.name)

    @property
    def by_sms(self) -> bool:
        return self.name in BY_SMS


def plain(title: str, kind: str = "") -> str:
    if kind.startswith("agreement."):
        title = title.replace("“{title}”", "an agreement")
    for pattern, words in PLAIN:
        title = re.sub(pattern, words, title)
    title = " ".join(title.split())
    return title[:1].upper() + title[1:]


@cache
def all_kinds() -> tuple[Kind, ...]:
    return tuple(_of_events()) + tuple(_of_reminders())


def label_of(name: str) -> str:
    """One kind in words, whoever reads them; empty for none that there is."""
    return next((kind.labels[0][1] for kind in all_kinds() if kind.name == name), "")


@dataclass(frozen=True)
class Row:
    """One kind in the words for this person."""

    kind: Kind
    label: str


def rows_for(person: User, *, is_member: bool) -> list[tuple[Topic, list[Row]]]:
    """The kinds that may concern the person, by topic."""
    sides = {COMPANY} if is_member else set()
    if getattr(person, "worker", None):
        sides.add(WORKER)
    if person.is_staff:
        sides.add(STAFF)
    sides = sides or {COMPANY, WORKER}
    found = [Row(kind, kind.label(sides)) for kind in all_kinds() if kind.sides & sides]
    grouped = [(topic, [row for row in found if row.kind.topic is topic]) for topic in TOPICS]
    return [(topic, rows) for topic, rows in grouped if rows]


def _of_events() -> list[Kind]:
    found = []
    for name, lines in TABLE.items():
        plainest = sorted(lines, key=lambda line: is_beside(line.who))
        labels = tuple(
            (side, plain(line.title, name)) for line in plainest for side in sides_of(line.who)
        )
        found.append(Kind(name, labels, topic_of(name), any(line.email for line in lines)))
    return found


def _of_reminders() -> list[Kind]:
    return [
        Kind(rule.kind, _reminder_labels(rule), topic_of(rule.kind), rule.by_mail) for rule in RULES
    ]


def _reminder_labels(rule: Rule) -> tuple[tuple[str, str], ...]:
    words = f"Reminder: {rule.label[:1].lower()}{rule.label[1:]}"
    return tuple((side, words) for side in rule.sides)
