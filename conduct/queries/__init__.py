"""Reads of policies, of standing, and of what waits for staff."""

from conduct.queries.policies import in_force, is_any_not_accepted, not_accepted_by
from conduct.queries.standing import violations_of

__all__ = ["in_force", "is_any_not_accepted", "not_accepted_by", "violations_of"]
