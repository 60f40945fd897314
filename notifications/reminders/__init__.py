"""Reminders: rules that look at what is true now, and the sweep that tells what they find.

- ``rule``: what a rule declares
- ``after_work``, ``approvals``, ``assigned``, ``case_parties``, ``cases``, ``changes``,
  ``credentials``, ``memberships``, ``messages``, ``open_work``, ``passes``, ``payments``,
  ``policies``, ``ratings``: the rules
- ``sweeping``: make, settle, sweep, and what a later sweep would tell
- ``catalogue``: the rules in words, for the docs, staff and companies
"""

from datetime import datetime

from notifications.reminders.after_work import PAYOUT_DETAILS_MISSING, RATE_CLIENT
from notifications.reminders.approvals import APPROVAL_WAITING
from notifications.reminders.assigned import CHECK_IN_MISSED, CONFIRM, DELIVERABLES_DUE
from notifications.reminders.case_parties import CASE_PARTY
from notifications.reminders.cases import CASE_FIRST_ANSWER, CASE_PROPOSAL, CASE_UPDATE
from notifications.reminders.changes import CHANGE_UNANSWERED
from notifications.reminders.credentials import CREDENTIAL_EXPIRING
from notifications.reminders.memberships import MEMBERSHIP_LAPSING
from notifications.reminders.messages import MESSAGE_UNANSWERED
from notifications.reminders.open_work import APPLICATIONS_WAITING, UNFILLED
from notifications.reminders.passes import PASS_EXPIRING
from notifications.reminders.payments import PAYMENT_DUE
from notifications.reminders.policies import POLICY_IN_FORCE, POLICY_SCHEDULED
from notifications.reminders.ratings import RATE_LAST_DAYS, RATE_WORKER
from notifications.reminders.rule import Rule, Words
from notifications.reminders.sweeping import Foreseen, Outcome, make, settle
from notifications.reminders.sweeping import preview as _preview
from notifications.reminders.sweeping import sweep_rules as _sweep_rules

RULES: tuple[Rule, ...] = (
    MESSAGE_UNANSWERED,
    APPLICATIONS_WAITING,
    UNFILLED,
    APPROVAL_WAITING,
    CHANGE_UNANSWERED,
    PAYMENT_DUE,
    CONFIRM,
    CHECK_IN_MISSED,
    DELIVERABLES_DUE,
    RATE_CLIENT,
    RATE_WORKER,
    RATE_LAST_DAYS,
    PAYOUT_DETAILS_MISSING,
    CREDENTIAL_EXPIRING,
    PASS_EXPIRING,
    MEMBERSHIP_LAPSING,
    CASE_FIRST_ANSWER,
    CASE_UPDATE,
    CASE_PROPOSAL,
    CASE_PARTY,
    POLICY_SCHEDULED,
    POLICY_IN_FORCE,
)

__all__ = ["RULES", "Foreseen", "Outcome", "Rule", "Words", "make", "preview", "settle", "sweep"]


def sweep(*, at: datetime) -> list[Outcome]:
    """Make and settle the reminders of every rule; safe to run twice, or two at once."""
    return _sweep_rules(RULES, at=at)


def preview(*, since: datetime, at: datetime) -> list[Foreseen]:
    """What sweeps of every rule between two moments would tell, if nothing else happened."""
    return _preview(RULES, since=since, at=at)
