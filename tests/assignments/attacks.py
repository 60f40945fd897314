"""What somebody with ``psql`` may try so that the status of work and its facts disagree.

Keys in braces are those of the rows that ``world`` in ``test_guards.py`` makes, by status.
"""

from __future__ import annotations

from tests.psql import Attack, once_more

WORK = "assignments_assignment"


def claimed(name: str, status: str, work: str, guard: str, **also: str) -> Attack:
    """Work is said to have come further than it has."""
    values = "".join(f", {column} = {value}" for column, value in also.items())
    sql = f"UPDATE {WORK} SET status = '{status}'{values} WHERE id = {{{work}}}"
    return Attack(name, WORK, guard, sql)


def set_to(name: str, work: str, guard: str, column: str, value: str) -> Attack:
    return Attack(name, WORK, guard, f"UPDATE {WORK} SET {column} = {value} WHERE id = {{{work}}}")


def twice(name: str, table: str, row: str, guard: str, **changes: str) -> Attack:
    return Attack(name, table, guard, once_more(table, row, **changes))


STATUS_AND_FACTS = [
    claimed("send without a time", "sent", "draft", "assignment_sent"),
    claimed("assign to nobody", "assigned", "sent", "assignment_worker"),
    claimed("begin without beginning", "in_progress", "assigned", "assignment_started"),
    claimed("submit without submitting", "pending_approval", "in_progress", "assignment_submitted"),
    claimed("invoice without an invoice", "invoiced", "pending_approval", "assignment_approved"),
    claimed("pay without a time", "paid", "invoiced", "assignment_paid"),
    claimed("cancel without a time", "cancelled", "assigned", "assignment_cancelled"),
    claimed("void without a time", "voided", "sent", "assignment_voided"),
    set_to("claim more than was agreed", "pending_approval", "assignment_claim",
           "amount_claimed", "99999"),
    set_to("claim nothing", "pending_approval", "assignment_claim_positive", "amount_claimed", "0"),
    set_to("have no budget", "draft", "assignment_budget", "budget", "0"),
    set_to("owe less than no bonus", "assigned", "assignment_budget", "bonus", "-1"),
    set_to("have half a price", "draft", "assignment_price", "flat_price", "NULL"),
    set_to("end before the start", "draft", "assignment_ends", "ends_at", "'2020-01-01'"),
    set_to("change work's reference to another's", "draft", "assignments_assignment_reference_key",
           "reference", "(SELECT reference FROM assignments_assignment WHERE id = {sent})"),
]  # fmt: skip

ONE_OF_A_KIND = [
    twice("hold twice", "assignments_hold", "hold", "hold_open_once"),
    twice("accept two bids", "assignments_application", "bid", "application_accepted_once",
          worker_id="{other_worker}"),
    twice("bid twice", "assignments_application", "standing_bid", "application_open_once"),
    twice("ask twice for a change", "assignments_changerequest", "change", "change_open_once",
          key="'x'"),
    twice("check in twice at once", "assignments_visit", "visit", "visit_open_once"),
    twice("cancel twice", "assignments_cancellation", "cancellation",
          "assignments_cancellation_assignment_id_key"),
    twice("open one case twice", "escalations_case", "case", "case_open_once", number="999999"),
    twice("decide a case twice", "escalations_decision", "decision", "decision_once_a_round"),
    twice("rate twice", "scorecards_rating", "rating", "rating_once_a_side"),
    Attack("close a case without a time", "escalations_case", "case_closed",
           "UPDATE escalations_case SET status = 'resolved' WHERE id = {case}"),
    Attack("answer a change without a time", "assignments_changerequest", "change_answered",
           "UPDATE assignments_changerequest SET status = 'accepted' WHERE id = {change}"),
    Attack("ask for a change of nothing", "assignments_changerequest", "change_effect",
           "UPDATE assignments_changerequest SET amount = 0 WHERE id = {change}"),
    Attack("pay less than no fee", "assignments_cancellation", "cancellation_fee",
           "UPDATE assignments_cancellation SET fee = -1 WHERE id = {cancellation}"),
]  # fmt: skip
