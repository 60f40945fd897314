"""What vetting is made of, one file per noun."""

from vetting.models.groups import Group, GroupKind, GroupMembership, GroupQuerySet
from vetting.models.marks import CompanyMark, Standing, WorkerMark
from vetting.models.requirements import Requirement, RequirementOverride, RequirementSet

__all__ = [
    "CompanyMark",
    "Group",
    "GroupKind",
    "GroupMembership",
    "GroupQuerySet",
    "Requirement",
    "RequirementOverride",
    "RequirementSet",
    "Standing",
    "WorkerMark",
]
