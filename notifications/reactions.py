"""Every kind of event in the audience table is told when the outbox hands it on."""

from django.db import transaction

from activity.models import Event
from activity.reactions import react_to
from activity.tasks import nudge
from notifications import telling
from notifications.audience import TABLE
from notifications.tasks import deliver_due


def _nudge_delivery() -> None:
    nudge(deliver_due)


@react_to(*TABLE)
def tell(event: Event) -> None:
    if telling.tell(event):
        transaction.on_commit(_nudge_delivery, robust=True)
