"""Working a case, from opening to decision: one verb per act, each leaving a timeline entry.

    open ──take──▶ in review ──ask──▶ waiting for client or worker ──reply──▶ in review
    in review ──propose──▶ decision proposed ──decide──▶ resolved ──reopen──▶ in review

Every verb is one transaction: lock (the assignment first wherever its money or its holds
are touched, then the case), already done? return it, check, change, entry, event.

- ``opening``: open_case, withdraw, add_evidence
- ``exhibits``: point_at
- ``desk``: take, assign, reply, ask_party, note, let_talk
- ``opinions``: give_opinion
- ``sharing_out``: route
- ``assigning``: unassign, hand_over, assign_many
- ``reminding``: remind
- ``holding``: hold_money, lift_hold
- ``sorting``: refile, link, unlink, merge, withdraw_for
- ``deciding``: propose, answer_proposal, preview, decide, reopen
- ``reversing``: preview_reversal, reverse
- ``contesting``: contest, settle, for ratings; ``contested``: what the others do to the rating
"""

from escalations.casework.assigning import assign_many, hand_over, unassign
from escalations.casework.contesting import contest, settle
from escalations.casework.deciding import answer_proposal, decide, preview, propose, reopen
from escalations.casework.desk import ask_party, assign, let_talk, note, reply, take
from escalations.casework.exhibits import point_at
from escalations.casework.holding import hold_money, lift_hold
from escalations.casework.opening import add_evidence, open_case, withdraw
from escalations.casework.opinions import give_opinion
from escalations.casework.reminding import remind
from escalations.casework.reversing import preview_reversal, reverse
from escalations.casework.sharing_out import route
from escalations.casework.sorting import link, merge, refile, unlink, withdraw_for

__all__ = [
    "add_evidence",
    "answer_proposal",
    "ask_party",
    "assign",
    "assign_many",
    "contest",
    "decide",
    "give_opinion",
    "hand_over",
    "hold_money",
    "let_talk",
    "lift_hold",
    "link",
    "merge",
    "note",
    "open_case",
    "point_at",
    "preview",
    "preview_reversal",
    "propose",
    "refile",
    "remind",
    "reopen",
    "reply",
    "reverse",
    "route",
    "settle",
    "take",
    "unassign",
    "unlink",
    "withdraw",
    "withdraw_for",
]
