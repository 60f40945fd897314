"""What the escalation desk keeps, one file per noun."""

from escalations.models.agents import (
    Absence,
    Agent,
    Interest,
)
from escalations.models.canned import (
    CannedAnswer,
)
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
from escalations.models.effect import (
    DecisionMark,
    Reversal,
)
from escalations.models.exhibit import (
    Exhibit,
    ExhibitQuerySet,
)
from escalations.models.links import (
    CaseLink,
)
from escalations.models.looks import (
    CaseLook,
    Presence,
)
from escalations.models.office import (
    Holiday,
    Office,
    OfficeDay,
)
from escalations.models.opinion import (
    Opinion,
)

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
    "DecisionMark",
    "Evidence",
    "EvidenceQuerySet",
    "Exhibit",
    "ExhibitQuerySet",
    "Holiday",
    "Interest",
    "Office",
    "OfficeDay",
    "Opinion",
    "Presence",
    "Proposal",
    "Reversal",
    "Side",
]
