"""Every kind of event in the audience table is told when the outbox hands it on."""

from activity.models import Event
from activity.reactions import react_to
from activity.tasks import nudge_after_commit
from notifications import telling
from notifications.audience import TABLE
from notifications.tasks import deliver_due


@react_to(*TABLE)
def tell(event: Event) -> None:
    if telling.tell(event):
        nudge_after_commit(deliver_due)
