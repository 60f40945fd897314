"""One assignment by the reference in its address, for whoever may see it."""

from __future__ import annotations

from functools import cache

from accounts.actors import Actor
from assignments.models import Assignment
from core.compiled import Compiled


def named(reference: str, actor: Actor, *, joined: tuple[str, ...]) -> Assignment | None:
    """The assignment with the rows that ``joined`` names, or None where it cannot be seen."""
    if actor.is_client and actor.company:
        return _in_company(joined).first(reference=reference, company=actor.company.pk)
    if actor.is_worker and actor.worker:
        return _for_worker(joined).first(reference=reference, worker=actor.worker.pk)
    rows = Assignment.objects.visible_to(actor).filter(reference=reference)
    return rows.select_related(*joined).first()


@cache
def _in_company(joined: tuple[str, ...]) -> Compiled:
    return Compiled(
        lambda reference, company: (
            Assignment.objects.visible_in(company)
            .filter(reference=reference).select_related(*joined)
        ),
        reference=str, company=int,
    )  # fmt: skip


@cache
def _for_worker(joined: tuple[str, ...]) -> Compiled:
    return Compiled(
        lambda reference, worker: (
            Assignment.objects.visible_for(worker)
            .filter(reference=reference).select_related(*joined)
        ),
        reference=str, worker=int,
    )  # fmt: skip
