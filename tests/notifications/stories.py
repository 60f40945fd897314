"""For each rule of the catalogue: what makes it true, and when its reminders must come.

The moments are worked out here from the facts, and not by the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from assignments import lifecycle
from assignments.models import Assignment
from conduct import editing
from conduct.models import Policy
from escalations import casework
from messaging import posting
from scorecards import rating
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.notifications.moments import DAY, HOUR, TICK
from tests.vetting.pools import asking
from vetting import groups, rechecking


@dataclass
class Cast:
    """Who takes part, and the moment at which the story begins."""

    at: datetime
    alice: Actor
    wanda: Actor
    olga: Actor


@dataclass
class Story:
    """``moments`` of the steps for ``who``; ``until`` the last moment at which the last is told.

    ``held``: the work that a hold of one of these ``holds`` silences; ``pushed``: its time then
    moves the clock.
    """

    moments: list[datetime]
    who: Actor
    until: datetime
    held: Assignment | None = None
    holds: tuple[str, ...] = field(default=())
    pushed: bool = False


def waiting(since: datetime, *hours: int, who: Actor, **more: object) -> Story:
    moments = [since + hour * HOUR for hour in hours]
    return Story(moments, who, moments[-1] + 3 * DAY, **more)  # type: ignore[arg-type]


def mornings(day: date, *ahead: int, who: Actor) -> list[datetime]:
    """Nine in the morning so many days before a day, where somebody lives."""
    zone = ZoneInfo(who.user.time_zone)
    days = [day - timedelta(days=number) for number in ahead]
    return [datetime(one.year, one.month, one.day, 9, tzinfo=zone) for one in days]


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a day."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)) - TICK


def message_unanswered(cast: Cast) -> Story:
    one = work.in_stage("assigned", cast.alice, cast.wanda, at=cast.at)
    at = cast.at + HOUR
    posting.post(
        assignment=one, worker=cast.wanda.worker, body="Which door?", by=cast.wanda, at=at, key="m"
    )
    return waiting(at, 24, 48, who=cast.alice, held=one, holds=("dispute",), pushed=True)


def applications_waiting(cast: Cast) -> Story:
    start = cast.at + 20 * DAY
    one = work.in_stage(
        "sent", cast.alice, cast.wanda, at=cast.at, starts_at=start, ends_at=start + HOUR
    )
    work.application(one, cast.wanda, at=cast.at)
    return waiting(cast.at, 24, who=cast.alice)


def unfilled(cast: Cast) -> Story:
    one = work.in_stage("sent", cast.alice, cast.wanda, at=cast.at)
    moments = [one.starts_at - 48 * HOUR, one.starts_at - 24 * HOUR]
    return Story(moments, cast.alice, one.starts_at - TICK)


def approval_waiting(cast: Cast) -> Story:
    one = work.in_stage("pending_approval", cast.alice, cast.wanda, at=cast.at)
    return waiting(
        one.submitted_at, 24, 48, 72, who=cast.alice, held=one, holds=("dispute",), pushed=True
    )


def change_unanswered(cast: Cast) -> Story:
    one = work.in_stage("assigned", cast.alice, cast.wanda, at=cast.at)
    at = cast.at + HOUR
    lifecycle.add_expense(one, amount=Decimal(18), reason="Parking", by=cast.wanda, at=at)
    return waiting(at, 24, 48, who=cast.alice, held=one, holds=("dispute",), pushed=True)


def payment_due(cast: Cast) -> Story:
    one = work.in_stage("invoiced", cast.alice, cast.wanda, at=cast.at)
    moments = mornings(one.invoice.due_on, 3, 0, -1, -3, -7, who=cast.alice)
    return Story(moments, cast.alice, moments[-1] + 3 * DAY, held=one, holds=("dispute",))


def confirm(cast: Cast) -> Story:
    one = work.in_stage("assigned", cast.alice, cast.wanda, at=cast.at, wants_confirmation=True)
    due = one.starts_at - 24 * HOUR
    return Story([due], cast.wanda, one.starts_at - TICK, held=one, holds=("dispute", "schedule"))


def check_in_missed(cast: Cast) -> Story:
    one = work.in_stage("assigned", cast.alice, cast.wanda, at=cast.at)
    due = one.starts_at + timedelta(minutes=15)
    return Story([due], cast.wanda, due + 4 * HOUR, held=one, holds=("dispute", "schedule"))


def deliverables_due(cast: Cast) -> Story:
    one = work.in_stage("in_progress", cast.alice, cast.wanda, at=cast.at)
    due = one.starts_at + 5 * DAY
    one.deliverable_requests.update(due_at=due)
    return waiting(due, -24, 0, who=cast.wanda, held=one, holds=("dispute", "schedule"))


def rate_client(cast: Cast) -> Story:
    one = work.in_stage("invoiced", cast.alice, cast.wanda, at=cast.at)
    since = one.approved_at
    return waiting(since, 48, 7 * 24, who=cast.wanda, held=one, holds=("dispute",), pushed=True)


def rate_worker(cast: Cast) -> Story:
    one = work.in_stage("invoiced", cast.alice, cast.wanda, at=cast.at)
    since = one.approved_at
    return waiting(
        since, 3 * 24, 10 * 24, who=cast.alice, held=one, holds=("dispute",), pushed=True
    )


def rate_last_days(cast: Cast) -> Story:
    """The client rated on the day of the approval: the worker has fourteen days."""
    one = work.in_stage("paid", cast.alice, cast.wanda, at=cast.at)
    given = rating.rate(
        assignment=one, overall="excellent", marks=(5, 5, 5), comment="", by=cast.alice,
        at=one.approved_at,
    )  # fmt: skip
    ahead = given.rated_at + 11 * DAY
    return Story([ahead], cast.wanda, given.rated_at + 14 * DAY - TICK)


def payout_details_missing(cast: Cast) -> Story:
    one = work.in_stage("paid", cast.alice, cast.wanda, at=cast.at)
    return waiting(one.paid_at, 0, 3 * 24, 14 * 24, who=cast.wanda)


def credential_expiring(cast: Cast) -> Story:
    day = cast.at.date() + timedelta(days=40)
    proofs.verified(cast.wanda, reviewer=cast.olga, at=cast.at, expires_on=day)
    moments = mornings(day, 30, 7, 1, who=cast.wanda)
    return Story(moments, cast.wanda, end_of(day, cast.wanda.user.time_zone))


def pass_expiring(cast: Cast) -> Story:
    test = quizzes.published(cast.alice, at=cast.at, valid_days=40)
    day = quizzes.answered(test, cast.wanda, at=cast.at).expires_on
    return Story(mornings(day, 30, 7, 1, who=cast.wanda), cast.wanda, end_of(day, "UTC"))


def membership_lapsing(cast: Cast) -> Story:
    """A license that the group asks for is good for 40 days; the nightly check sees 30 ahead."""
    license, day = proofs.kind(), cast.at.date() + timedelta(days=40)
    proofs.verified(cast.wanda, license, reviewer=cast.olga, at=cast.at, expires_on=day)
    group = asking(cast.alice, at=cast.at, credential={"kind": license.slug})
    groups.apply(group, by=cast.wanda, at=cast.at)
    groups.approve(group, [cast.wanda.worker], by=cast.alice, at=cast.at)
    lapse = day + timedelta(days=1)
    rechecking.recheck(group, at=end_of(lapse - timedelta(days=31), "UTC") + TICK)
    return Story(mornings(lapse, 30, 7, 1, who=cast.wanda), cast.wanda, end_of(day, "UTC"))


def case_first_answer(cast: Cast) -> Story:
    one = work.in_stage("pending_approval", cast.alice, cast.wanda, at=cast.at)
    return waiting(opened(one, cast.wanda).opened_at, 24, 48, who=cast.olga)


def case_update(cast: Cast) -> Story:
    one = work.in_stage("pending_approval", cast.alice, cast.wanda, at=cast.at)
    case = opened(one, cast.wanda)
    casework.reply(case, body="Looking.", by=cast.olga, at=case.opened_at + HOUR)
    return waiting(case.opened_at + HOUR, 48, 72, who=cast.olga)


def case_proposal_expired(cast: Cast) -> Story:
    one = work.in_stage("pending_approval", cast.alice, cast.wanda, at=cast.at)
    case = opened(one, cast.wanda)
    casework.take(case, by=cast.olga, at=case.opened_at)
    casework.propose(case, effect="no_money", words="x", by=cast.olga, at=case.opened_at)
    return waiting(case.opened_at, 48, 72, who=cast.olga)


def case_party(cast: Cast) -> Story:
    """The client is asked for its side within 48 hours: a day before they are over, and then."""
    one = work.in_stage("pending_approval", cast.alice, cast.wanda, at=cast.at)
    case = opened(one, cast.wanda)
    moments = [case.opened_at + hour * HOUR for hour in (24, 48)]
    return Story(moments, cast.alice, moments[-1] + 2 * DAY)


def published(cast: Cast, in_force_from: datetime) -> None:
    """The next version of the terms, which everybody has accepted in their first."""
    terms = Policy.objects.get(slug="terms-of-service")
    by = {"by": Actor.as_staff(cast.olga.user), "at": cast.at}
    editing.save_draft(terms, text="# New terms", note="Shorter.", revision=0, **by)
    editing.publish(terms, revision=1, in_force_from=in_force_from, **by)


def policy_scheduled(cast: Cast) -> Story:
    published(cast, cast.at + 2 * DAY)
    return Story([cast.at], cast.wanda, cast.at + 2 * DAY - TICK)


def policy_in_force(cast: Cast) -> Story:
    published(cast, cast.at + 9 * DAY)
    return waiting(cast.at + 9 * DAY, 0, who=cast.alice)


STORIES: dict[str, Callable[[Cast], Story]] = {
    story.__name__: story
    for story in (
        message_unanswered, applications_waiting, unfilled, approval_waiting, change_unanswered,
        payment_due, confirm, check_in_missed, deliverables_due, rate_client,
        rate_worker, rate_last_days,
        payout_details_missing, credential_expiring, pass_expiring, membership_lapsing,
        case_first_answer, case_update, case_proposal_expired, case_party,
        policy_scheduled, policy_in_force,
    )
}  # fmt: skip
