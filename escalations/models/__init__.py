"""What the escalation desk keeps, one file per noun."""

from escalations.models.agents import Absence, Agent, Interest
from escalations.models.canned import CannedAnswer
from escalations.models.case import (
    Case,
    CaseEntry,
    CaseEntryQuerySet,
    CaseQuerySet,
    Decision,
    Evidence,
    EvidenceQuerySet,
    Proposal,
    Side,
)
from escalations.models.links import CaseLink
from escalations.models.looks import CaseLook, Presence

__all__ = [
    "Absence",
    "Agent",
    "CannedAnswer",
    "Case",
    "CaseEntry",
    "CaseEntryQuerySet",
    "CaseLink",
    "CaseLook",
    "CaseQuerySet",
    "Decision",
    "Evidence",
    "EvidenceQuerySet",
    "Interest",
    "Presence",
    "Proposal",
    "Side",
]
