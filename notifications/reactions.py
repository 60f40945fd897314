"""Every kind of event in the audience table is told when the outbox hands it on."""

from activity.models import Event
from activity.reactions import react_to
from activity.tasks import nudge_after_commit
from notifications import telling
from notifications.audience import TABLE
from notifications.models import Channel
from notifications.tasks import TASKS as DELIVERIES


@react_to(*TABLE)
def tell(event: Event) -> None:
    queued = {channel for notice in telling.tell(event) for channel in notice.queued}
    for channel in queued:
        nudge_after_commit(DELIVERIES[Channel(channel)])
