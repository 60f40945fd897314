"""What vetting is made of, one file per noun."""

from vetting.models.agreements import Agreement, AgreementSignature, AgreementVersion
from vetting.models.credential_kinds import CredentialKind, Family, Reviewer
from vetting.models.credentials import Credential, CredentialDocument
from vetting.models.groups import Group, GroupKind, GroupMembership, GroupQuerySet
from vetting.models.marks import CompanyMark, Standing, WorkerMark
from vetting.models.requirements import Requirement, RequirementOverride, RequirementSet

__all__ = [
    "Agreement",
    "AgreementSignature",
    "AgreementVersion",
    "CompanyMark",
    "Credential",
    "CredentialDocument",
    "CredentialKind",
    "Family",
    "Group",
    "GroupKind",
    "GroupMembership",
    "GroupQuerySet",
    "Requirement",
    "RequirementOverride",
    "RequirementSet",
    "Reviewer",
    "Standing",
    "WorkerMark",
]
