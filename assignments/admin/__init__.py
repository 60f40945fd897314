"""Assignments and what a company keeps to post them, for staff to read.

The verbs alone change them; reasons are what staff edit.
"""

from assignments.admin import lists, starting, work

__all__ = ["lists", "starting", "work"]
