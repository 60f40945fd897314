"""Drafts from a CSV file, all or nothing.

The rows of ``Import`` are the queue of record. What takes long happens in the background, in
``assignments.import_steps``: a worker claims an import under a lease, acts, and hands it on.
Checked rows are stored as postings beside their cells; creating them is one transaction, so that
a killed worker leaves either nothing or everything, and the reference that each row keeps for its
draft lets no row become two.
"""

from assignments.importing.asking import MOVES, choose, create, discard, undo, upload
from assignments.importing.noting import drafts_of
from assignments.importing.refusals import (
    HasErrors,
    InUse,
    LostTheClaim,
    NoLongerDrafts,
    NotNow,
    TooLarge,
)
from assignments.importing.working import (
    AT_ONCE,
    LEASE,
    MOST_TRIES,
    begin_checking,
    claim,
    done_checking,
    done_reading,
    give_up,
    hand_on,
    held,
    publish,
    refuse,
    stage_rows,
    take_back,
)

__all__ = [
    "AT_ONCE",
    "LEASE",
    "MOST_TRIES",
    "MOVES",
    "HasErrors",
    "InUse",
    "LostTheClaim",
    "NoLongerDrafts",
    "NotNow",
    "TooLarge",
    "begin_checking",
    "choose",
    "claim",
    "create",
    "discard",
    "done_checking",
    "done_reading",
    "drafts_of",
    "give_up",
    "hand_on",
    "held",
    "publish",
    "refuse",
    "stage_rows",
    "take_back",
    "undo",
    "upload",
]
