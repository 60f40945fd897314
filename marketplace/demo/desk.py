"""The demonstration's escalation team: its calendar, skills, an absence, its frequent answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from escalations.models import Agent, CannedAnswer, Holiday, Office, OfficeDay
from marketplace.demo.people import Cast

SKILLS = ("payment_dispute", "payment_late", "equipment", "deliverables", "conduct")
"""What Amara is given by routing; the other kinds wait in the demo's queue of nobody's cases."""

HOLIDAYS = ((12, 25, "Christmas Day"), (1, 1, "New Year’s Day"))
Use = CannedAnswer.Use
ANSWERS = (
    ("We have your case", Use.REPLY, "",
     "Dear {opener},\n\nthank you for writing about “{assignment}” ({reference}). I have your case "
     "{case} and am reading what both of you said. You hear from me by {update_by} at the latest."
     "\n\n{agent}"),
    ("Nothing new yet", Use.REPLY, "",
     "A short word on {case}: I am still waiting for an answer and have not decided anything. I "
     "write again by {update_by}.\n\n{agent}"),
    ("Photos and times, please", Use.ASK, "",
     "Please tell us your side of “{assignment}”, with times, and add the photos you have. Your "
     "answer is due by {answer_by}."),
    ("Tracking of the return", Use.ASK, "equipment",
     "Please send us the tracking number of the return, or a photo of what you still hold, by "
     "{answer_by}."),
    ("The agreed price is due", Use.WORDS, "payment_dispute",
     "The description asked for all of the work, and it was done. The agreed price of {price} is "
     "due to {worker}."),
)  # fmt: skip


def furnish(cast: Cast, *, now: datetime) -> None:
    """Before the first case is opened, so that routing knows whom to give it to."""
    _open(now)
    agent = Agent.objects.create(user=cast.agent.user, kinds=list(SKILLS), most_open=12)
    Agent.objects.create(user=cast.lead.user, takes_new=False)
    agent.absences.create(
        first_on=now.date() + timedelta(days=20), last_on=now.date() + timedelta(days=33),
        words="Vacation",
    )  # fmt: skip
    for title, use, kind, body in ANSWERS:
        CannedAnswer.objects.create(
            title=title, use=use, kind=kind, body=body, changed_by=cast.lead.user, changed_at=now
        )


def _open(now: datetime) -> None:
    """Every weekday from midnight to midnight, but for two holidays."""
    office = Office.objects.create(time_zone="America/New_York")
    for day in (OfficeDay.Weekday(number) for number in range(5)):
        OfficeDay.objects.create(office=office, weekday=day)
    for month, day, name in HOLIDAYS:
        on = date(now.year, month, day)
        on = on if on > now.date() else date(now.year + 1, month, day)
        Holiday.objects.create(office=office, on=on, name=name)
