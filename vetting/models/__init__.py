"""What vetting is made of, one file per noun."""

from vetting.models.agreements import Agreement, AgreementSignature, AgreementVersion
from vetting.models.attempts import Answer, Attempt, AttemptQuerySet, ExtraAttempt
from vetting.models.credential_kinds import CredentialKind, Family, Reviewer
from vetting.models.credentials import Credential, CredentialDocument
from vetting.models.groups import (
    Broadcast,
    Group,
    GroupInvitee,
    GroupKind,
    GroupMembership,
    GroupQuerySet,
)
from vetting.models.marks import CompanyMark, Standing, WorkerMark
from vetting.models.requirements import Requirement, RequirementOverride, RequirementSet
from vetting.models.tests import Question, QuestionKind, QuestionPool, Test, TestVersion

__all__ = [
    "Agreement",
    "AgreementSignature",
    "AgreementVersion",
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "Broadcast",
    "CompanyMark",
    "Credential",
    "CredentialDocument",
    "CredentialKind",
    "ExtraAttempt",
    "Family",
    "Group",
    "GroupInvitee",
    "GroupKind",
    "GroupMembership",
    "GroupQuerySet",
    "Question",
    "QuestionKind",
    "QuestionPool",
    "Requirement",
    "RequirementOverride",
    "RequirementSet",
    "Reviewer",
    "Standing",
    "Test",
    "TestVersion",
    "WorkerMark",
]
