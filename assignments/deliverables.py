"""Handing in what the client asked for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from assignments.models import Assignment, Deliverable, DeliverableRequest
from assignments.moves import check, finish, lock
from core import files
from core.errors import DomainError

MOST_FILES = 50
"""Files that one request for a deliverable takes."""


class NoLongerThere(DomainError):
    message = "The worker has taken “{name}” back. Reload the page."


class TooManyFiles(files.UploadRefused):
    message = "At most {most} files fit here. Remove one first."
    field = "files"


@transaction.atomic
def hand_in(
    request: DeliverableRequest, upload: files.CleanUpload, *, by: Actor, at: datetime
) -> Deliverable:
    """Add a file to what was asked for; it stays until submission, or until it is removed."""
    assert by.user is not None
    assignment = lock(request.assignment)
    check("hand_in", assignment)
    if request.deliverables.filter(removed_at=None).count() >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    deliverable = Deliverable.objects.create(
        assignment=assignment,
        request=request,
        file=files.store(upload, f"deliverables/{assignment.reference}"),
        name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        handed_in_by=by.user,
        handed_in_at=at,
    )
    finish("hand_in", assignment, by=by, at=at, name=upload.name, wanted=request.title)
    return deliverable


@transaction.atomic
def remove(deliverable: Deliverable, *, by: Actor, at: datetime) -> Deliverable:
    """Take a file back before submission; the row is kept, out of sight."""
    assignment = lock(deliverable.assignment)
    deliverable.refresh_from_db()
    if deliverable.removed_at:
        return deliverable
    check("remove_deliverable", assignment)
    deliverable.removed_at = at
    deliverable.save(update_fields=["removed_at"])
    finish("remove_deliverable", assignment, by=by, at=at, name=deliverable.name)
    return deliverable


@transaction.atomic
def accept(deliverable: Deliverable, *, by: Actor, at: datetime) -> Deliverable:
    """Say that a file is what was asked for."""
    return _judge("accept_deliverable", deliverable, Deliverable.Verdict.ACCEPTED, "", by, at)


@transaction.atomic
def refuse(deliverable: Deliverable, *, reason: str, by: Actor, at: datetime) -> Deliverable:
    """Say what is wrong with a file: it counts as missing until another takes its place."""
    return _judge("refuse_deliverable", deliverable, Deliverable.Verdict.REFUSED, reason, by, at)


def _judge(
    move: str, deliverable: Deliverable, verdict: str, reason: str, by: Actor, at: datetime
) -> Deliverable:
    assignment = lock(deliverable.assignment)
    deliverable.refresh_from_db()
    if deliverable.verdict == verdict:
        return deliverable
    check(move, assignment)
    if deliverable.removed_at:
        raise NoLongerThere(name=deliverable.name)
    deliverable.verdict, deliverable.refusal = verdict, reason
    deliverable.judged_by, deliverable.judged_at = by.user, at
    deliverable.save(update_fields=["verdict", "refusal", "judged_by", "judged_at"])
    finish(move, assignment, by=by, at=at, name=deliverable.name, note=reason)
    return deliverable


def handed_in(assignment: Assignment) -> list[Deliverable]:
    """The files that stand, in the order they were handed in."""
    return list(
        assignment.deliverables.filter(removed_at=None).select_related("request").order_by("pk")
    )
