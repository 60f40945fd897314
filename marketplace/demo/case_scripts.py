"""What the demonstration's cases are about, who says what in them, and how far each gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assignments.models import Assignment

Own = Callable[[Assignment], dict[str, Any]]
AGO = timedelta(hours=20)
"""Before now most cases are opened, so that the desk gets to where each of them ends."""


@dataclass(frozen=True)
class Script:
    """One case: about which stage of work, opened by whom, over what, and how far it gets.

    ``own`` is what its kind asks for, as its form hands it over; ``shows`` what the opener
    points at on the assignment, ``pictures`` and ``papers`` the names of its files.
    """

    stage: str
    by: str
    kind: str
    story: str
    outcome: str
    hope: str
    ends: str
    own: Own
    shows: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    answer: str = ""
    ago: timedelta = AGO

    @property
    def opener_is_red(self) -> bool:
        """Whether it is about somebody who waits for money, or was let down."""
        return self.kind in ("approval_late", "payment_late", "cancelled")


def _first_asked_for(assignment: Assignment) -> dict[str, Any]:
    asked = assignment.deliverable_requests.order_by("position", "pk")[:1]
    return {"missing": [one.pk for one in asked], "wrong": "The labels cannot be read on any."}


def _left_early(assignment: Assignment) -> dict[str, Any]:
    left = (assignment.occurred_at - timedelta(hours=1)).astimezone(assignment.zone)
    return {"left_at": left.replace(tzinfo=None), "left_undone": "The till at the back door."}


def _that_day(assignment: Assignment) -> dict[str, Any]:
    happened_on = assignment.occurred_at.astimezone(assignment.zone).date()
    return {"happened_on": happened_on, "witnesses": "Two cashiers at the front counter."}


def _told(what: str) -> Own:
    return lambda assignment: {"told": what}


def _given(**own: Any) -> Own:
    return lambda assignment: own


SCRIPTS = (
    Script("pending_approval", "worker", "approval_late",
           "I submitted days ago and nobody answers my messages.",
           "pay_in_full", "The work approved and paid as agreed.", "open", _told("silent"),
           shows=("messages",), ago=timedelta(hours=5)),
    Script("pending_approval", "company", "deliverables",
           "The photos do not show the labels we asked for.",
           "finish_work", "The missing photos, then we approve.", "waiting_worker",
           _first_asked_for, shows=("files", "messages"), pictures=("rack from the left.jpg",)),
    Script("pending_approval", "worker", "payment_dispute",
           "The client says half of the work was not needed and wants to pay half.",
           "pay_in_full", "The agreed price, all of it was asked for.", "proposed",
           _given(disputed_amount="130.00", about="quality"), shows=("messages", "visits", "files"),
           pictures=("before.jpg", "after.jpg"), papers=("Signed work order.pdf",),
           answer="The second rack was never part of the description. We pay for what we asked."),
    Script("invoiced", "worker", "payment_late",
           "The invoice is days past due, and this happens every time.",
           "pay_in_full", "Payment this week.", "in_review", _told("soon"),
           answer="Our books close on Friday. It goes out then."),
    Script("paid", "company", "equipment",
           "Two of our routers were not returned after the visit.",
           "return_equipment", "The routers back, or their price.", "waiting_client",
           _given(piece_1="Edge router, serial 4F-2291", value_1="189.00",
                  piece_2="Edge router, serial 4F-2292", value_2="189.00"),
           shows=("visits",), papers=("Packing list.pdf",),
           answer="I left both with the shift lead. He signed for them on my tablet."),
    Script("paid", "worker", "conduct",
           "The site manager shouted at me in front of customers.",
           "explanation", "An apology, and a note to the store.", "resolved", _that_day,
           answer="We have asked the store. This is not how we want anybody to be received.",
           ago=timedelta(hours=34)),
    Script("pending_approval", "company", "payment_dispute",
           "Only three of the four cameras are aimed as marked.",
           "pay_amount", "Three quarters of the price.", "resolved",
           _given(disputed_amount="85.00", about="quality"), shows=("visits", "files"),
           pictures=("camera four.jpg",),
           answer="The fourth needs a lift, which was not on site. I said so on the day.",
           ago=timedelta(hours=34)),
    Script("cancelled", "worker", "cancelled",
           "Cancelled when I was already on the road, without a word.",
           "explanation", "A reason, and the half day paid.", "withdrawn", _given(costs="35.00"),
           ago=timedelta(hours=34)),
    Script("paid", "company", "payment_dispute",
           "The hours on the invoice include the time in which the store was closed.",
           "pay_amount", "The closed hour taken off.", "reversed",
           _given(disputed_amount="45.00", about="hours"), shows=("visits",),
           answer="I stood in front of a closed door and told them by message.",
           ago=timedelta(days=6)),
    Script("paid", "company", "abandoned_site",
           "The technician left before the last till was tested.",
           "finish_work", "Somebody to test the last till, at no cost.", "reopened", _left_early,
           answer="The store closed at six and sent me out. I offered to come back.",
           ago=timedelta(days=5)),
    Script("paid", "worker", "circumvention",
           "The store manager offered me cash for the next visits if I leave the platform out.",
           "other", "That they stop asking. I do not want to be passed over for it.", "overdue",
           _given(how="pay", elsewhere="Said at the counter when I signed out."),
           shows=("messages",), ago=timedelta(days=7)),
    Script("pending_approval", "company", "payment_dispute",
           "The parts were ours, yet they were charged again.",
           "pay_amount", "The price without the parts.", "accepted_by_one",
           _given(disputed_amount="60.00", about="expenses"), papers=("Parts invoice.pdf",),
           answer="I bought the connectors myself. The receipt is with the work order."),
)  # fmt: skip
