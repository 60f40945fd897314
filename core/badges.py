"""One table that says how every status word looks: its tone and its icon.

Tones are the five of the design system. Apps that bring words of their own add them in
``AppConfig.ready`` with :func:`register`; a word nobody has registered shows neutral.
"""

from dataclasses import dataclass

TONES = ("neutral", "info", "good", "warning", "bad")


@dataclass(frozen=True, slots=True)
class Badge:
    """What the badge component draws: a word, never colour alone."""

    label: str
    tone: str = "neutral"
    icon: str = "circle"


WORDS: dict[str, tuple[str, str]] = {
    # assignment
    "draft": ("neutral", "pencil"),
    "sent": ("info", "send"),
    "assigned": ("info", "user-check"),
    "in_progress": ("info", "loader"),
    "pending_approval": ("warning", "clock"),
    "invoiced": ("info", "file-text"),
    "paid": ("good", "check"),
    "cancelled": ("bad", "x"),
    "voided": ("neutral", "ban"),
    "none": ("neutral", "minus"),
    "cancelled_late": ("bad", "clock"),
    "abandoned": ("bad", "user-x"),
    "on_hold": ("warning", "pause"),
    # application, invitation, change request
    "pending": ("info", "clock"),
    "accepted": ("good", "check"),
    "declined": ("neutral", "x"),
    "withdrawn": ("neutral", "undo-2"),
    "expired": ("neutral", "clock"),
    "not_chosen": ("neutral", "minus"),
    "invited": ("info", "mail"),
    "applied": ("info", "clock"),
    "member": ("good", "check"),
    "removed": ("neutral", "minus"),
    "lapsed": ("warning", "triangle-alert"),
    # money
    "open": ("info", "circle"),
    "due": ("info", "calendar"),
    "overdue": ("bad", "triangle-alert"),
    "in_transit": ("info", "clock"),
    "failed": ("bad", "x"),
    "succeeded": ("good", "check"),
    "done": ("good", "check"),
    "returned": ("warning", "undo-2"),
    "refunded": ("neutral", "undo-2"),
    # case
    "in_review": ("info", "eye"),
    "waiting_client": ("warning", "clock"),
    "waiting_worker": ("warning", "clock"),
    "waiting_for_client": ("warning", "clock"),
    "waiting_for_worker": ("warning", "clock"),
    "decision_proposed": ("warning", "scale"),
    "proposed": ("warning", "scale"),
    "resolved": ("good", "check"),
    # vetting and standing
    "verified": ("good", "shield-check"),
    "approved": ("good", "check"),
    "rejected": ("bad", "x"),
    "passed": ("good", "check"),
    "active": ("good", "check"),
    "restricted": ("warning", "triangle-alert"),
    "suspended": ("bad", "ban"),
    "deactivated": ("bad", "ban"),
    "received": ("info", "check"),
    "missing": ("warning", "triangle-alert"),
    "late": ("bad", "clock"),
    # rating
    "excellent": ("good", "star"),
    "satisfied": ("good", "thumbs-up"),
    "unsatisfied": ("bad", "thumbs-down"),
    # priority
    "urgent": ("bad", "triangle-alert"),
    "high": ("warning", "arrow-up"),
    "normal": ("neutral", "minus"),
    "low": ("neutral", "arrow-down"),
}


def register(words: dict[str, tuple[str, str]]) -> None:
    """Add or replace words; raises ``ValueError`` for a tone the design does not know."""
    for word, (tone, _icon) in words.items():
        if tone not in TONES:
            raise ValueError(f"{tone!r} of {word!r} is none of {TONES}")
    WORDS.update(words)


def badge_for(value: str, label: str = "") -> Badge:
    """The badge of a status value; without ``label`` the word itself is written out."""
    tone, icon = WORDS.get(value, ("neutral", "circle"))
    return Badge(label or value.replace("_", " ").capitalize(), tone, icon)
