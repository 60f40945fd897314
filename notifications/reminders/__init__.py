"""Reminders: rules that look at what is true now, and the sweep that tells what they find.

- ``rule``: what a rule declares
- ``approvals``, ``cases``, ``changes``, ``credentials``, ``messages``, ``passes``,
  ``payments``: the rules
- ``sweeping``: make, settle, sweep
"""

from datetime import datetime

from notifications.reminders.approvals import APPROVAL_WAITING
from notifications.reminders.cases import CASE_FIRST_ANSWER, CASE_UPDATE
from notifications.reminders.changes import CHANGE_UNANSWERED
from notifications.reminders.credentials import CREDENTIAL_EXPIRING
from notifications.reminders.memberships import MEMBERSHIP_LAPSING
from notifications.reminders.messages import MESSAGE_UNANSWERED
from notifications.reminders.passes import PASS_EXPIRING
from notifications.reminders.payments import PAYMENT_DUE
from notifications.reminders.rule import Rule, Words
from notifications.reminders.sweeping import Outcome, make, settle
from notifications.reminders.sweeping import sweep_rules as _sweep_rules

RULES: tuple[Rule, ...] = (
    APPROVAL_WAITING,
    CHANGE_UNANSWERED,
    CREDENTIAL_EXPIRING,
    MESSAGE_UNANSWERED,
    PASS_EXPIRING,
    PAYMENT_DUE,
    CASE_FIRST_ANSWER,
    CASE_UPDATE,
    MEMBERSHIP_LAPSING,
)

__all__ = ["RULES", "Outcome", "Rule", "Words", "make", "settle", "sweep"]


def sweep(*, at: datetime) -> list[Outcome]:
    """Make and settle the reminders of every rule; safe to run twice, or two at once."""
    return _sweep_rules(RULES, at=at)
