"""The demonstration's conduct: a few violations, an appeal that waits, a report, what sweeps find,
and a new wording of a guideline that comes into force in two weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import Group

from accounts.actors import Actor
from accounts.models import User
from assignments import reporting
from assignments.models import Assignment
from assignments.states import Status
from conduct import appeals, concerns, editing, helpfulness, violations
from conduct.models import Policy, ViolationKind
from conduct.parties import sides
from conduct.team import EDITORS, SAFETY
from marketplace.demo.people import Cast

PAST = (
    (300, "no_show", "Did not come to a site in March, and answered two days later."),
    (120, "no_answer", "Did not answer the client's messages for a week."),
    (40, "late_back_out", "Backed out the evening before, for the third time in a month."),
    (6, "substitute", "Sent a colleague without asking the client first."),
)
"""How many days ago, what, and how: of the worker who is suspended now."""

OPINIONS = (
    (True, ""), (True, "Clear, thank you."),
    (False, "Say how long an answer to an appeal takes at most."),
)  # fmt: skip


def build(cast: Cast, *, now: datetime) -> None:
    """After everything else, since the sweep looks at all of it."""
    agent, lead = _staff("agent@demo.test", SAFETY), _staff("lead@demo.test", SAFETY, EDITORS)
    suspended, other = cast.workers[-1], cast.workers[-2]
    for number, (days, slug, words) in enumerate(PAST):
        _record(suspended.worker, slug, words, agent, key=f"{number}",
                at=now - timedelta(days=days))  # fmt: skip
    newest = violations.Violation.objects.order_by("-pk")[0]
    appeals.appeal(
        newest.measure, by=suspended, at=now - timedelta(days=5),
        words="My colleague is in the same crew, and the site manager had agreed by phone.",
    )  # fmt: skip
    pinnacle = cast.clients["pinnacle"].actor.company
    for number, days in enumerate((90, 12)):
        _record(pinnacle, "late_payment", "Invoices paid days after they were due, again.", agent,
                key=f"pinnacle-{number}", at=now - timedelta(days=days))  # fmt: skip
    open_work = Assignment.objects.filter(
        status=Status.SENT, on_marketplace=True, company=cast.clients["fernway"].actor.company
    )
    if posting := open_work.order_by("pk").first():
        reporting.report(
            posting, reason="off_platform", key="demo-report", by=other,
            at=now - timedelta(hours=7),
            words="In the messages they asked to settle it in cash after the job.",
        )  # fmt: skip
    concerns.sweep(at=now)
    _policy(cast, lead, now=now)


def _staff(email: str, *groups: str) -> Actor:
    user = User.objects.get(email=email)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return Actor.as_staff(user)


def _record(party, slug, words, by, *, key, at) -> None:  # type: ignore[no-untyped-def]
    company, worker = sides(party)
    violations.record(
        company=company, worker=worker, kind=ViolationKind.objects.get(slug=slug), words=words,
        by=by, at=at, key=f"demo-{key}",
    )  # fmt: skip


def _policy(cast: Cast, by: Actor, *, now: datetime) -> None:
    """A scheduled version, and what readers said of the one in force."""
    policy = Policy.objects.get(slug="guidelines-for-clients")
    current = policy.versions.order_by("-number")[0]
    for (helped, words), worker in zip(OPINIONS, cast.workers, strict=False):
        guideline = Policy.objects.get(slug="guidelines-for-workers").versions.get()
        helpfulness.say(guideline, helped=helped, words=words, by=worker, at=now)
    text = current.text.replace("within two days", "within one working day")
    draft = editing.save_draft(
        policy, text=text, note="Submitted work is looked at within one working day.", revision=0,
        by=by, at=now,
    )  # fmt: skip
    editing.publish(
        policy, revision=draft.revision, by=by, at=now, in_force_from=now + timedelta(days=14)
    )
