"""Why an import may be refused, in sentences."""

from __future__ import annotations

from core.errors import DomainError


class TooLarge(DomainError):
    message = "This file is too large. The most for one import is {most} MB: split it."
    field = "file"


class NotNow(DomainError):
    message = "This import is at “{stage}” now. Reload the page to see what has happened."


class HasErrors(DomainError):
    message = "{bad} of the rows cannot become drafts yet. Repair them and upload the file again."


class NoLongerDrafts(DomainError):
    message = (
        "{count} of its assignments {verb} no longer a draft ({names}), so the import cannot be "
        "undone as a whole. Delete the other drafts one by one on the board."
    )


class InUse(DomainError):
    message = (
        "Something was added to its drafts that cannot be deleted with them, so the import cannot "
        "be undone as a whole. Delete the drafts one by one on the board."
    )


class LostTheClaim(Exception):
    """Another worker holds the import now; whoever reads this stops without a trace."""
