"""Working a case, from opening to decision: one verb per act, each leaving a timeline entry.

    open ──take──▶ in review ──ask──▶ waiting for client or worker ──reply──▶ in review
    in review ──propose──▶ decision proposed ──decide──▶ resolved ──reopen──▶ in review

Every verb is one transaction: lock (the assignment first wherever its money or its holds
are touched, then the case), already done? return it, check, change, entry, event.

- ``opening``: open_case, withdraw, add_evidence
- ``desk``: take, assign, reply, ask_party, note
- ``deciding``: propose, answer_proposal, decide, reopen
- ``contesting``: contest, settle, for ratings; ``contested``: what the others do to the rating
"""

from escalations.casework.contesting import contest, settle
from escalations.casework.deciding import answer_proposal, decide, propose, reopen
from escalations.casework.desk import ask_party, assign, note, reply, take
from escalations.casework.opening import add_evidence, open_case, withdraw

__all__ = [
    "add_evidence", "answer_proposal", "ask_party", "assign", "contest", "decide", "note",
    "open_case", "propose", "reopen", "reply", "settle", "take", "withdraw",
]  # fmt: skip
