"""What somebody with ``psql`` may try on cases and the desk's calendar, and the guard of each.

SQL is formatted with the keys of the rows that ``world`` in ``test_guards.py`` makes.
"""

from __future__ import annotations

from tests.psql import Attack, once_more


def twice(table: str, row: str, guard: str, **changes: str) -> Attack:
    table = f"escalations_{table}"
    return Attack(f"insert {row} again: {guard}", table, guard, once_more(table, row, **changes))


def changed(table: str, row: str, guard: str, assignment: str) -> Attack:
    table = f"escalations_{table}"
    sql = f"UPDATE {table} SET {assignment} WHERE id = {{{row}}}"
    return Attack(f"set {assignment} on {row}", table, guard, sql)


def kept(table: str, row: str, guard: str, assignment: str) -> list[Attack]:
    """Neither rewritten nor taken away."""
    guard = f"pgtrigger_{guard}"
    name = f"escalations_{table}"
    gone = f"DELETE FROM {name} WHERE id = {{{row}}}"
    return [
        changed(table, row, guard, assignment),
        Attack(f"delete {row}", name, guard, gone),
    ]


CALENDAR = [
    Attack("a second calendar", "escalations_office", "office_one",
           "INSERT INTO escalations_office SELECT again.* FROM escalations_office old, "
           "jsonb_populate_record(old, '{{\"id\": 2}}') again"),
    changed("office", "office", "office_lead_above", "lead_above = -0.01"),
    changed("office", "office", "office_spans", "answer_hours = 0"),
    twice("officeday", "day", "office_day_once"),
    changed("officeday", "day", "office_day_ends", "closes = opens"),
    twice("holiday", "holiday", "holiday_once"),
    changed("absence", "absence", "absence_in_order", "last_on = first_on - 1"),
    changed("interest", "interest", "interest_in_one", "company_id = NULL"),
]  # fmt: skip

SAID_AND_SHOWN = [
    *kept("caseentry", "entry", "case_entry_kept_2cd9c", "body = 'nothing'"),
    *kept("exhibit", "of_visit", "exhibit_kept_e4d8d", "side = 'company'"),
    twice("exhibit", "of_visit", "exhibit_one_thing", visit_id="NULL"),
    twice("exhibit", "of_visit", "exhibit_one_thing", case_id="{ended}", message_id="{message}"),
    twice("exhibit", "of_visit", "exhibit_visit_once"),
    twice("exhibit", "of_message", "exhibit_message_once"),
    twice("exhibit", "of_deliverable", "exhibit_deliverable_once"),
    *kept("caselook", "look", "case_look_kept_bad33", "at = at - interval '1 day'"),
    twice("presence", "presence", "presence_once"),
    twice("caselink", "link", "case_link_once"),
    changed("caselink", "link", "case_link_in_order", "first_id = second_id"),
]

ENDED = [
    twice("opinion", "opinion", "opinion_once_a_round"),
    twice("proposal", "proposal", "proposal_open_once"),
    changed("proposal", "proposal", "proposal_with_words", "words = ' '"),
    twice("decision", "decision", "decision_with_words", round="9", words="' '"),
    *kept("decision", "undone", "decision_kept_ca5fe", "amount = 1"),
    *kept("decisionmark", "mark", "decision_mark_kept_5c813", "target = 1"),
    twice("decisionmark", "mark", "decision_mark_once"),
    *kept("reversal", "reversal", "reversal_kept_f0bc7", "words = 'other'"),
    twice("reversal", "reversal", "reversal_with_words", decision_id="{undone}", words="' '"),
    twice("reversal", "reversal", "escalations_reversal_decision_id_key"),
    changed("case", "case", "case_merged_is_closed", "merged_into_id = {ended}"),
]
