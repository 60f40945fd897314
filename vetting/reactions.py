"""What follows in groups from what happened: members asked anew, invitations shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from accounts.actors import SYSTEM
from accounts.models import WorkerProfile
from activity.models import Event
from activity.reactions import react_to
from vetting import inviting, rechecking
from vetting.models import Group
from vetting.states import MOVES

ABOUT_WORKERS = (
    "worker.changed", "worker.marked",
    "requirements.overridden", "requirements.override_ended",
    "credential.verified", "credential.refused", "credential.withdrawn", "credential.shown",
    "credential.hidden", "agreement.signed",
    "attempt.marked", "attempt.handed_in",
    *sorted({move.event for move in MOVES.values()}),
)  # fmt: skip
"""Events after which the workers they are about may meet more than before, or less."""

ABOUT_SETS = ("requirements.changed",)
ABOUT_COMPANIES = ("agreement.published", "agreement.archived", "agreement.restored")
"""Events after which what a company's groups ask may be met by others than before."""


def recheck_after(*kinds: str) -> None:
    """Ask the workers of these events anew in their groups; for apps that know other facts."""
    react_to(*kinds)(recheck_workers)


def recheck_workers(event: Event) -> None:
    workers = _workers_of(event)
    if workers:
        rechecking.recheck_workers(workers, at=event.at)


@react_to(*ABOUT_SETS)
def recheck_groups_of_set(event: Event) -> None:
    for group in Group.objects.current().filter(requirement_set=event.subject_key):
        rechecking.recheck(group, at=event.at)


@react_to(*ABOUT_COMPANIES)
def recheck_groups_of_company(event: Event) -> None:
    asking = Group.objects.current().filter(company=event.company_key)
    for group in asking.filter(requirement_set__isnull=False):
        rechecking.recheck(group, at=event.at)


@react_to("group.edited", "group.restored")
def recheck_group(event: Event) -> None:
    changed = event.data.get("changed", ["requirement_set"])
    group = Group.objects.filter(pk=event.subject_key).first()
    if group and "requirement_set" in changed:
        rechecking.recheck(group, at=event.at)


@react_to("group.invited_by_email")
def show_to_workers(event: Event) -> None:
    group = Group.objects.select_related("company").get(pk=event.subject_key)
    inviting.find_workers_of(group, event.data["emails"], by=SYSTEM, at=event.at)


@react_to("worker.created")
def show_what_waits(event: Event) -> None:
    worker = WorkerProfile.objects.filter(pk=event.subject_key).first()
    if worker:
        inviting.find_invitations_of(worker, by=SYSTEM, at=event.at)


@react_to("email.verified")
def show_what_waits_for_address(event: Event) -> None:
    worker = WorkerProfile.objects.filter(user=event.subject_key).first()
    if worker:
        inviting.find_invitations_of(worker, by=SYSTEM, at=event.at)


def _workers_of(event: Event) -> list[int]:
    """The workers an event is about: those it names, else its subject or the subject's."""
    named: Iterable[Any] = event.data.get("workers") or filter(None, [event.data.get("worker")])
    references = [str(reference) for reference in named]
    if references:
        rows = WorkerProfile.objects.filter(reference__in=references)
        return list(rows.values_list("pk", flat=True))
    if event.subject_kind == "accounts.workerprofile":
        return [event.subject_key]
    subject = apps.get_model(event.subject_kind)._default_manager.filter(pk=event.subject_key)
    key = getattr(subject.first(), "worker_id", None)
    if key is None and event.acting_as == "worker":
        rows = WorkerProfile.objects.filter(user=event.user_id)
        key = rows.values_list("pk", flat=True).first()
    return [key] if key else []


recheck_after(*ABOUT_WORKERS)
