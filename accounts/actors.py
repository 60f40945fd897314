"""Who is acting, and as whom: the one object that rules, querysets and verbs ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rules
from django.conf import settings

from activity.models import ActingAs

if TYPE_CHECKING:
    from accounts.models import Company, Membership, User, WorkerProfile


@dataclass(frozen=True)
class Actor:
    """A person in one of their capacities, or the system itself.

    ``kind`` is ``anonymous``, ``person`` (signed in, neither client, worker nor staff),
    ``client`` (then ``membership`` is set), ``worker`` (then ``worker`` is set),
    ``staff`` or ``system``. ``asked`` keeps answers about the actor that cannot change within
    a request, so that the gate of a page and the verb behind it ask the database once.
    """

    kind: str
    user: User | None = None
    membership: Membership | None = None
    worker: WorkerProfile | None = None
    asked: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def acting_as(self) -> str:
        return self.kind if self.kind in ActingAs.values else ActingAs.PERSON

    @property
    def company(self) -> Company | None:
        return self.membership.company if self.membership else None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.membership.roles) if self.membership else frozenset()

    @property
    def is_client(self) -> bool:
        return self.kind == "client"

    @property
    def is_worker(self) -> bool:
        return self.kind == "worker"

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @property
    def label(self) -> str:
        """The capacity as the page header shows it."""
        if self.membership:
            return self.membership.company.name
        return {"worker": "Worker", "staff": "Staff", "system": settings.SITE_NAME}.get(
            self.kind, str(self.user or "Visitor")
        )

    def can(self, permission: str, subject: object = None) -> bool:
        """Whether the rule named ``permission`` allows this actor; unknown names raise KeyError."""
        if not rules.rule_exists(permission):
            raise KeyError(permission)
        return rules.test_rule(permission, self, subject)

    @classmethod
    def as_client(cls, membership: Membership) -> Actor:
        return cls("client", user=membership.user, membership=membership)

    @classmethod
    def as_worker(cls, worker: WorkerProfile) -> Actor:
        return cls("worker", user=worker.user, worker=worker)

    @classmethod
    def as_staff(cls, user: User) -> Actor:
        return cls("staff", user=user)


ANONYMOUS = Actor("anonymous")
SYSTEM = Actor("system")
"""Acts for nobody: sweeps, providers' events, automatic approval."""
