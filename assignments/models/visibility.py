"""Which assignments somebody may see or take, and the lock that every verb takes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from assignments.states import Status
from core.compiled import Compiled
from vetting.models import CompanyMark, Standing
from vetting.queries.groups import keys_of_groups

if TYPE_CHECKING:
    from accounts.actors import Actor
    from assignments.models.assignment import Assignment


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, actor: Actor) -> AssignmentQuerySet:
        """The assignments this actor may see at all; everything else answers 404.

        Staff see all; members those of their company; a worker what is theirs, what they
        are invited to or have applied for while it is still open, what was sent to a group
        they are a member of, and what is open on the marketplace, of companies that have not
        blocked them.
        """
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.visible_in(actor.company.pk)
        if actor.is_worker and actor.worker:
            return self.visible_for(actor.worker.pk)
        return self.none()

    def visible_in(self, company: int) -> AssignmentQuerySet:
        """The same for members, by the key of their company."""
        return self.filter(company=company)

    def visible_for(self, worker: int) -> AssignmentQuerySet:
        """As ``visible_to``, for the worker with this key."""
        return self.filter(Q(worker=worker) | self._open_to(worker))

    def open_to(self, worker: int) -> AssignmentQuerySet:
        """Sent assignments that the worker with this key may apply for or accept."""
        return self.filter(self._open_to(worker))

    def _open_to(self, worker: int) -> Any:
        from assignments.models.application import Application, Invitation

        blocked = CompanyMark.objects.filter(
            company=OuterRef("company"), worker=worker, standing=Standing.BLOCKED
        )
        invited = Invitation.objects.filter(assignment=OuterRef("pk"), worker=worker)
        through_group = Q(routed_groups__overlap=keys_of_groups(worker))
        applied = Application.objects.filter(assignment=OuterRef("pk"), worker=worker)
        return (
            Q(status=Status.SENT)
            & (Q(on_marketplace=True) | through_group | Exists(invited) | Exists(applied))
            & ~Exists(blocked)
        )

    def locked(self, pk: int) -> Assignment:
        """The row under ``FOR UPDATE``; the first lock every verb takes.

        Only what never changes is joined: where the lock had to wait, PostgreSQL reads the
        row anew but keeps the join it made before, so a joined worker could be yesterday's.
        """
        found: Assignment | None = LOCKED.first(key=pk)
        if found is None:
            raise self.model.DoesNotExist
        return found


def _locked(key: int) -> models.QuerySet[Assignment, Assignment]:
    from assignments.models.assignment import Assignment

    rows = Assignment.objects.filter(pk=key).select_related("company")
    return rows.select_for_update(of=("self",))


LOCKED = Compiled(_locked, key=int)
