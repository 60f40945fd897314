"""Policies and who accepted them; violations, what follows from them, and appeals; concerns."""

from conduct.models.appeal_files import AppealFile, AppealFileQuerySet
from conduct.models.concerns import Concern, Outcome, Reason, Source
from conduct.models.policies import (
    Acceptance,
    Audience,
    Helpfulness,
    Policy,
    PolicyDraft,
    PolicyVersion,
)
from conduct.models.standing import (
    Appeal,
    Effect,
    Ending,
    LadderStep,
    Measure,
    MeasureQuerySet,
    Severity,
    Side,
    Verdict,
    Violation,
    ViolationKind,
)

__all__ = [
    "Acceptance",
    "Appeal",
    "AppealFile",
    "AppealFileQuerySet",
    "Audience",
    "Concern",
    "Effect",
    "Ending",
    "Helpfulness",
    "LadderStep",
    "Measure",
    "MeasureQuerySet",
    "Outcome",
    "Policy",
    "PolicyDraft",
    "PolicyVersion",
    "Reason",
    "Severity",
    "Side",
    "Source",
    "Verdict",
    "Violation",
    "ViolationKind",
]
