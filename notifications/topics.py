"""What notices are about: what cannot be switched off, and what does not wait for the morning.

Nothing here reads the database; the page of preferences (``kinds``) and the senders ask it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A subject as the page of preferences groups it.

    ``kinds`` are beginnings of event kinds; the longest that fits decides. ``necessary`` says why
    it cannot be switched off; empty where it can.
    """

    name: str
    label: str
    kinds: tuple[str, ...]
    necessary: str = ""


MONEY = "Money that moves, or is due, is always told: in the app, and by e-mail where it matters."
SECURITY = "A change that a thief would make is always told, at once and by e-mail."
CASES = "A case has deadlines for you, and silence can cost you the decision."

TOPICS = (
    Topic("applications", "Applications and questions",
          ("application.", "question.", "assignment.invited", "assignment.routed",
           "reminder.applications_waiting", "reminder.unfilled")),
    Topic("work", "Assignments and work", ("assignment.", "reminder.", "import.", "series.")),
    Topic("changes", "Changes to what was agreed", ("change.", "reminder.change")),
    Topic("messages", "Messages", ("message.", "thread.", "reminder.message")),
    Topic("ratings", "Ratings", ("rating.", "reminder.rate")),
    Topic("groups", "Groups", ("group.", "reminder.membership")),
    Topic("proofs", "Credentials, agreements and tests",
          ("credential.", "agreement.", "attempt.", "test.", "reminder.credential",
           "reminder.pass")),
    Topic("policies", "Terms and guidelines", ("policy.", "reminder.policy")),
    Topic("team", "Team", ("member.", "company.")),
    Topic("money", "Money",
          ("funding.", "refund.", "invoice.", "statement.", "credit_note.", "payout.",
           "assignment.approved", "assignment.paid", "reminder.payment", "reminder.payout"), MONEY),
    Topic("security", "Security", ("bank_account.", "tax_details.", "code."), SECURITY),
    Topic("cases", "Cases and violations",
          ("case.", "violation.", "measure.", "appeal.", "concern.", "reminder.case"), CASES),
)  # fmt: skip
OTHER = Topic("other", "Everything else", ("",))

AT_ONCE = (
    "code.",
    "bank_account.",
    "tax_details.",
    "assignment.assigned",
    "assignment.backed_out",
    "assignment.cancelled",
    "assignment.held",
    "assignment.on_my_way",
    "assignment.unassigned",
    "assignment.unconfirmed",
    "reminder.check_in_missed",
)
"""What does not wait for the end of quiet hours: codes that somebody is waiting for, what a thief
would do, and what changes whether somebody has to be somewhere within hours."""

BY_SMS = frozenset(
    {
        "assignment.assigned",
        "assignment.backed_out",
        "assignment.cancelled",
        "assignment.unassigned",
        "bank_account.added",
        "reminder.check_in_missed",
    }
)
"""What goes to a confirmed telephone unless the person chose otherwise."""


def topic_of(kind: str) -> Topic:
    """The topic whose longest beginning fits."""
    found, length = OTHER, 0
    for topic in TOPICS:
        for start in topic.kinds:
            if kind.startswith(start) and len(start) > length:
                found, length = topic, len(start)
    return found


def is_necessary(kind: str) -> bool:
    return bool(topic_of(kind).necessary)


def does_not_wait(kind: str) -> bool:
    return kind.startswith(AT_ONCE)
