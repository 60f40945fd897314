"""A company's pools of workers, and how each worker stands to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.models.marks import CompanyMark, Standing
from vetting.states import Membership

if TYPE_CHECKING:
    from accounts.actors import Actor


class GroupKind(models.TextChoices):
    PUBLIC = "public", "Public"
    INVITATION = "invitation", "By invitation"
    PRIVATE = "private", "Private"


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, actor: Actor) -> GroupQuerySet:
        """A company sees its own groups; a worker never a private or an archived one, the public
        ones of companies that have not blocked them, and those that invited or keep them."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            own = GroupMembership.objects.filter(group=OuterRef("pk"), worker=actor.worker)
            blocked = CompanyMark.objects.filter(
                company=OuterRef("company"), worker=actor.worker, standing=Standing.BLOCKED
            )
            return (
                self.current()
                .exclude(kind=GroupKind.PRIVATE)
                .filter(
                    (Q(kind=GroupKind.PUBLIC) & ~Exists(blocked))
                    | Exists(own.filter(status__in=GroupMembership.KNOWN_TO_WORKER))
                )
            )
        return self.none()

    def current(self) -> GroupQuerySet:
        """Those not archived."""
        return self.filter(archived_at=None)


class Group(models.Model):
    """A company's pool of workers, to which assignments can be sent.

    ``public``: any worker may find it and apply. ``invitation``: workers are invited and
    answer. ``private``: the company adds workers itself, and they never see it.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="groups")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField("who may join", max_length=10, choices=GroupKind)
    description = models.TextField(max_length=2_000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="group_name_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["-id"], condition=Q(kind="public", archived_at=None), name="group_public"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("vetting:group", args=[self.reference])

    @property
    def kind_icon(self) -> str:
        return {GroupKind.PUBLIC: "globe", GroupKind.PRIVATE: "lock"}.get(
            GroupKind(self.kind), "mail"
        )

    @property
    def is_private(self) -> bool:
        return self.kind == GroupKind.PRIVATE


class GroupMembership(models.Model):
    """How one worker stands to one group now, since when, by whom and why.

    ``reason`` is what the side that changed it said: an applicant's words, a decline's reason.
    What was before is in the events.
    """

    KNOWN_TO_WORKER = (Membership.INVITED, Membership.APPLIED, Membership.MEMBER, Membership.LAPSED)
    """Where the worker still has to do with a group that is not public."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="group_memberships")
    status = models.CharField(max_length=10, choices=Membership)
    reason = models.CharField(max_length=500, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "worker"], name="group_membership_once"),
            models.CheckConstraint(
                condition=~Q(status="member") | Q(joined_at__isnull=False),
                name="group_member_since",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "status", "-id"], name="group_membership_list"),
            models.Index(fields=["worker", "status", "group"], name="group_membership_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} in {self.group}: {self.status}"

    @property
    def is_member(self) -> bool:
        return self.status == Membership.MEMBER

    @property
    def has_applied(self) -> bool:
        return self.status == Membership.APPLIED

    @property
    def was_turned_down(self) -> bool:
        """The company declined the application."""
        return self.status == Membership.DECLINED and not self.by_worker

    @property
    def by_worker(self) -> bool:
        """The worker brought themselves where they stand."""
        return self.changed_by_id is not None and self.changed_by_id == self.worker.user_id

    @property
    def was_taken_out(self) -> bool:
        """Once a member, and the company ended it."""
        out = self.status == Membership.REMOVED and self.joined_at is not None
        return out and not self.by_worker
