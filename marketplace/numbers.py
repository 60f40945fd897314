"""Numbers of the trade that settings take over: conduct, appeals, what staff are shown."""

VIOLATIONS_COUNT_DAYS = 365
APPEAL_DAYS = 14
APPEAL_ANSWER_DAYS = 5
STOP_DAYS = 7
"""How long new work may be stopped while staff look; the ladder itself is data (admin)."""
SUGGEST_AFTER_LATE = 3
SUGGEST_WITHIN_DAYS = 30
NEW_CLIENT_DAYS = 60
"""So many late cancellations within so many days are shown to staff; a client is new so long."""
