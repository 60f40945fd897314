"""A company's pools of workers, and how each worker stands to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse

from accounts.models import Company, WorkerProfile
from vetting.models.marks import CompanyMark, Standing
from vetting.models.requirements import RequirementSet
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
            me = actor.worker
            own = GroupMembership.objects.filter(group=OuterRef("pk"), worker=me)
            blocked = CompanyMark.objects.filter(
                company=OuterRef("company"), worker=me, standing=Standing.BLOCKED
            )
            return (
                self.current()
                .exclude(kind=GroupKind.PRIVATE)
                .filter(
                    (Q(kind=GroupKind.PUBLIC) & ~Exists(blocked))
                    | Exists(own.filter(status__in=GroupMembership.KNOWN_TO_WORKER))
                    | Exists(GroupInvitee.objects.open().filter(group=OuterRef("pk"), worker=me))
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

    Who is in it must meet ``requirement_set``; ``checked_at`` is when all were last asked.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="groups")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField("who may join", max_length=10, choices=GroupKind)
    description = models.TextField(max_length=2_000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    requirement_set = models.ForeignKey(
        RequirementSet, models.PROTECT, null=True, blank=True, related_name="groups"
    )
    checked_at = models.DateTimeField(null=True, blank=True)

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
            ),
            models.Index(
                fields=["checked_at"],
                condition=Q(archived_at=None, requirement_set__isnull=False),
                name="group_to_check",
            ),
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
    What was before is in the events. ``lapses_on`` is the first day, at most 30 ahead, on
    which a member will no longer meet what the group asks, as it looks now.
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
    asks_exception = models.BooleanField("asks for an exception", default=False)
    lapses_on = models.DateField(null=True, blank=True)

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
            models.Index(
                fields=["lapses_on"],
                condition=Q(status="member", lapses_on__isnull=False),
                name="group_membership_lapsing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} in {self.group}: {self.status}"

    @property
    def is_member(self) -> bool:
        return self.status == Membership.MEMBER

    @property
    def has_lapsed(self) -> bool:
        return self.status == Membership.LAPSED

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


class GroupInviteeQuerySet(models.QuerySet["GroupInvitee"]):
    def open(self) -> GroupInviteeQuerySet:
        """Asked, neither answered nor taken back, and not past their date."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=Now())


class GroupInvitee(models.Model):
    """Somebody asked by e-mail to join a group; the token in the mail is stored hashed.

    ``worker`` is whose verified address it is. The company never reads it before that worker
    has accepted, so that nobody can ask whose address is whose.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="invitees")
    email = models.EmailField("e-mail", max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    worker = models.ForeignKey(
        WorkerProfile, models.PROTECT, null=True, blank=True, related_name="+"
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = GroupInviteeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "group",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="group_invitee_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["group", "-id"], name="group_invitee_list"),
            models.Index(
                fields=["worker"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="group_invitee_worker",
            ),
            models.Index(
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="group_invitee_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.group}"


class Broadcast(models.Model):
    """What a company told the members of a group, each of them once; ``told`` is how many."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="broadcasts")
    subject = models.CharField(max_length=120)
    body = models.TextField(max_length=3_000)
    told = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "key"], name="broadcast_once"),
        ]
        indexes = [models.Index(fields=["group", "-id"], name="broadcast_list")]

    def __str__(self) -> str:
        return self.subject
