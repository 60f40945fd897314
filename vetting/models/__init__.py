"""What vetting is made of, one file per noun."""

from vetting.models.groups import Group, GroupKind, GroupMembership, GroupQuerySet
from vetting.models.marks import CompanyMark, Standing, WorkerMark

__all__ = [
    "CompanyMark",
    "Group",
    "GroupKind",
    "GroupMembership",
    "GroupQuerySet",
    "Standing",
    "WorkerMark",
]
