"""What the tests of reminders and deliveries share."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from accounts.actors import Actor
from activity import reactions
from activity.models import Event
from notifications import telling
from notifications.models import Delivery, Notice, Reminder
from tests.factories import credentials as proofs
from vetting.models import Credential

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)


def tell_everything(at) -> None:
    while reactions.dispatch(at=at):
        pass


def told(actor: Actor, kind: str = "") -> list[str]:
    """The titles of the actor's notices, of one kind where given."""
    wanted = Q(kind=kind) if kind else Q()
    rows = Notice.objects.filter(wanted, recipient=actor.user).order_by("pk")
    return list(rows.values_list("title", flat=True))


def reminders(rule: str, status: str = "told") -> list[tuple[str, int]]:
    """Who was reminded, and at which step."""
    rows = Reminder.objects.filter(rule=rule, status=status).order_by("due_at", "recipient")
    return [(str(row.recipient), row.step) for row in rows.select_related("recipient")]


def a_delivery(actor: Actor, *, at, key: str = "k") -> Delivery:
    """One due mail about nothing in particular."""
    notice = Notice(
        recipient=actor.user, kind="test", title="Something happened", body="It’s <fine>.",
        url="/cases/", action="Look", reason="this is a test", key=key, made_at=at,
    )  # fmt: skip
    [kept] = telling.keep([notice], by_mail=[actor.user_id])
    return kept.deliveries.get()


def many_expiring(worker: Actor, reviewer: Actor, number: int, *, at) -> None:
    """So many credentials whose second notice has been due for a day or two, at any hour."""
    first = proofs.verified(
        worker, reviewer=reviewer, at=at - 90 * DAY, expires_on=at.date() + timedelta(days=5)
    )
    own = ("id", "reference", "key")
    same = {f.attname: getattr(first, f.attname) for f in first._meta.concrete_fields}
    same = {name: value for name, value in same.items() if name not in own}
    Credential.objects.bulk_create(
        Credential(**same, reference=f"C-{n}", key=f"many-{n}") for n in range(1, number)
    )


def tell_one(kind: str) -> list[Notice]:
    return telling.tell(Event.objects.filter(kind=kind).latest("pk"))
