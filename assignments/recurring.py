"""Series: the same work again and again, each date an assignment of its own.

A sweep writes what is due, ``days_ahead`` before it starts. One row for each date under the
lock of its series lets no date be written twice, however many sweeps run. What cannot be sent
stays a draft and somebody is told; what cannot even be written pauses the series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actors import SYSTEM, Actor
from accounts.models import Membership
from activity.record import record
from assignments import lifecycle, snapshots, standing_routing
from assignments.models import Assignment, Series, SeriesDate, SeriesPart, SeriesState
from assignments.occurrences import pattern_of, plan_of
from assignments.posting import ChangedMeanwhile
from assignments.recurrence import Pattern
from assignments.snapshots import Content
from assignments.states import Status
from conduct import acceptance
from core.errors import DomainError
from core.references import unused

MOST_AT_ONCE = 100
PASSED = "Its start had passed before it could be written."


class SeriesIsOver(DomainError):
    message = "This series is {state}, so that is not possible any more."


class AlreadySent(DomainError):
    message = "{reference} has been sent already. Change or cancel it on its own page."


class NoSuchDate(DomainError):
    message = "The series has no date on this day any more. Reload the page."


class InThePast(DomainError):
    message = "This is in the past. Choose a later start."
    field = "starts_at"


class RunsOut(DomainError):
    message = "This rule has no date that is still to come. Choose a later end."


@transaction.atomic
def begin(
    content: Content, pattern: Pattern, *, days_ahead: int, routing: Mapping[str, Any] | None,
    by: Actor, at: datetime, reference: str | None = None,
) -> Series:  # fmt: skip
    """Begin a series with this posting; ``routing`` sends each draft by itself, None keeps it.

    ``reference`` may be chosen beforehand, so that a form sent twice begins one series.
    """
    assert by.membership is not None
    acceptance.require(by, at=at)
    if reference and (twin := Series.objects.filter(reference=reference).first()):
        return twin
    series = Series.objects.create(
        company=by.membership.company,
        reference=reference or unused(Series, "S"),
        member=by.membership,
        title=content["title"],
        days_ahead=days_ahead,
        sends=routing is not None,
        routing=dict(routing or {}),
        begun_at=at,
    )
    SeriesPart.objects.create(
        series=series, first_on=pattern.first_on, rule=pattern.rule, content=content
    )
    _note("series.begun", series, by=by, at=at, words=pattern.words)
    return _set_due(series, at=at, or_refuse=True)


@transaction.atomic
def change_following(
    series: Series, on: date, *, content: Content | None = None, pattern: Pattern | None = None,
    revision: int, by: Actor, at: datetime,
) -> Series:  # fmt: skip
    """From this date on another posting, another rule, or both.

    Drafts of these dates that nobody has sent are written anew, or deleted where the new rule
    has no such date; sent assignments stay as they are. Dates that were skipped stay skipped.
    """
    series = _running(series, revision=revision)
    old = plan_of(series).part_on(on)
    first = pattern or _from(old, on)
    series.parts.filter(first_on__gte=on).delete()
    if kept := series.parts.order_by("first_on").last():
        _close(kept, on)
    part = SeriesPart.objects.create(
        series=series,
        first_on=first.first_on,
        rule=first.rule,
        content=content or old.content,
    )
    series.title = part.content["title"]
    series.revision += 1
    series.save(update_fields=["title", "revision"])
    following = series.dates.filter(on__gte=on).select_related("assignment")
    following.filter(made_at=None, skipped_at=None).delete()
    following.update(content=None, moved_to=None)
    _rewrite(series, list(following.exclude(assignment=None)), by=by, at=at)
    _note("series.changed", series, by=by, at=at, on=on.isoformat(), words=first.words)
    return _set_due(series, at=at, or_refuse=True)


@transaction.atomic
def change_date(
    series: Series, on: date, *, content: Content | None = None,
    starts_at: datetime | None = None, by: Actor, at: datetime,
) -> SeriesDate:  # fmt: skip
    """Only this date: another posting, another start, or both. Its draft changes with it."""
    series, row = _date(series, on)
    if starts_at and starts_at <= at:
        raise InThePast
    if content is not None:
        row.content = content
        starts_at = starts_at or datetime.fromisoformat(content["starts_at"])
    if starts_at is not None:
        row.moved_to = starts_at
    row.skipped_at = None
    row.save(update_fields=["content", "moved_to", "skipped_at"])
    if row.assignment:
        _rewrite(series, [row], by=by, at=at)
    _note("series.date_changed", series, by=by, at=at, on=on.isoformat())
    _set_due(series, at=at)
    return row


@transaction.atomic
def skip(series: Series, on: date, *, by: Actor, at: datetime) -> SeriesDate:
    """Leave this date out; a draft that is there already is deleted."""
    series, row = _date(series, on)
    if row.skipped_at is None:
        if row.assignment:
            draft, row.assignment = row.assignment, None
            lifecycle.delete(draft, by=by, at=at)
        row.skipped_at, row.made_at, row.note = at, None, ""
        row.save(update_fields=["skipped_at", "made_at", "note", "assignment"])
        _note("series.date_skipped", series, by=by, at=at, on=on.isoformat())
        _set_due(series, at=at)
    return row


@transaction.atomic
def restore(series: Series, on: date, *, by: Actor, at: datetime) -> SeriesDate:
    """Take a skipped date back in."""
    series, row = _date(series, on)
    if row.skipped_at is not None:
        row.skipped_at, row.note = None, ""
        row.save(update_fields=["skipped_at", "note"])
        _note("series.date_restored", series, by=by, at=at, on=on.isoformat())
        _set_due(series, at=at)
    return row


@transaction.atomic
def adjust(
    series: Series, *, days_ahead: int, routing: Mapping[str, Any] | None, revision: int,
    by: Actor, at: datetime,
) -> Series:  # fmt: skip
    """How long before its start a date is written, and whether it is sent by itself.

    Whoever chooses that answers for it: from now on the series acts for them.
    """
    assert by.membership is not None
    series = _running(series, revision=revision)
    series.days_ahead, series.sends = days_ahead, routing is not None
    series.routing, series.member = dict(routing or {}), by.membership
    series.revision += 1
    series.save(update_fields=["days_ahead", "sends", "routing", "member", "revision"])
    _note("series.adjusted", series, by=by, at=at)
    return _set_due(series, at=at)


@transaction.atomic
def reschedule(
    series: Series, on: date, pattern: Pattern, content: Content, *, days_ahead: int,
    routing: Mapping[str, Any] | None, revision: int, by: Actor, at: datetime,
) -> Series:  # fmt: skip
    """From this date on another rule or time of day, and how its dates are written."""
    series = change_following(
        series, on, content=content, pattern=pattern, revision=revision, by=by, at=at
    )
    return adjust(
        series, days_ahead=days_ahead, routing=routing, revision=series.revision, by=by, at=at
    )


@transaction.atomic
def pause(series: Series, *, by: Actor, at: datetime, why: str = "") -> Series:
    series = _locked(series)
    if series.state == SeriesState.ACTIVE:
        series.state, series.note = SeriesState.PAUSED, why[:500]
        series.save(update_fields=["state", "note"])
        _note("series.paused", series, by=by, at=at, note=why)
    return series


@transaction.atomic
def resume(series: Series, *, by: Actor, at: datetime) -> Series:
    """Go on; dates whose start has passed meanwhile are left out."""
    assert by.membership is not None
    series = _running(series)
    if series.state == SeriesState.PAUSED:
        acceptance.require(by, at=at)
        series.state, series.note, series.member = SeriesState.ACTIVE, "", by.membership
        series.save(update_fields=["state", "note", "member"])
        _note("series.resumed", series, by=by, at=at)
        _set_due(series, at=at)
    return series


@transaction.atomic
def end(series: Series, *, by: Actor, at: datetime) -> Series:
    """Write no date any more; what is written stays."""
    series = _locked(series)
    if series.state != SeriesState.ENDED:
        series.state, series.ended_at, series.due_at = SeriesState.ENDED, at, None
        series.save(update_fields=["state", "ended_at", "due_at"])
        _note("series.ended", series, by=by, at=at)
    return series


def write_due(*, at: datetime) -> int:
    """Write every date that is due, each in a transaction of its own; returns how many."""
    due = Series.objects.filter(state=SeriesState.ACTIVE, due_at__lte=at).order_by("due_at", "pk")
    return sum(write_next(series, at=at) for series in due[:MOST_AT_ONCE])


@transaction.atomic
def write_next(series: Series, *, at: datetime) -> int:
    """Write all dates of one series that are due; a second call at once finds nothing to do."""
    series = _locked(series)
    if series.state != SeriesState.ACTIVE or series.due_at is None or series.due_at > at:
        return 0
    if why := _may_not(series.member):
        pause(series, by=SYSTEM, at=at, why=why)
        return 0
    written = 0
    for _ in range(MOST_AT_ONCE):
        if series.due_at is None or series.due_at > at:
            break
        occurrence = plan_of(series).waiting(at=at)[0]
        row, _made = SeriesDate.objects.get_or_create(series=series, on=occurrence.on)
        if occurrence.start.at <= at:
            row.skipped_at, row.note = at, PASSED
            row.save(update_fields=["skipped_at", "note"])
        else:
            try:
                _write(series, row, occurrence.content, at=at)
            except DomainError as refused:
                pause(series, by=SYSTEM, at=at, why=str(refused))
                return written
            written += 1
        _set_due(series, at=at)
    return written


def _write(series: Series, row: SeriesDate, content: Content, *, at: datetime) -> None:
    by = Actor.as_client(series.member)
    contents = snapshots.contents_of(content)
    if contents.fields["owner"] is None:
        contents = replace(contents, fields={**contents.fields, "owner": series.member.user})
    with transaction.atomic():
        draft = lifecycle.create(contents, by=by, at=at, series=series.reference)
    row.assignment, row.made_at, row.note = draft, at, ""
    if series.sends:
        row.note = _send(series, draft, by=by, at=at)
    row.save(update_fields=["assignment", "made_at", "note"])


def _send(series: Series, draft: Assignment, *, by: Actor, at: datetime) -> str:
    """Send a draft by itself; returns the refusal, of which somebody is told."""
    try:
        with transaction.atomic():
            where = standing_routing.read(series.routing, series.company)
            lifecycle.send(draft, by=by, at=at, **where)
    except DomainError as refused:
        record(
            "series.not_sent", draft, by=SYSTEM, at=at, company_key=series.company_id,
            series=series.reference, note=str(refused),
        )  # fmt: skip
        return str(refused)[:500]
    return ""


def _rewrite(series: Series, rows: list[SeriesDate], *, by: Actor, at: datetime) -> None:
    """Bring the drafts of these dates up to what the series says; sent ones stay."""
    plan = plan_of(series)
    for row in rows:
        draft = row.assignment
        if draft is None or draft.status != Status.DRAFT:
            continue
        row.assignment = None
        if not row.moved_to and next(plan.dates(_before(row.on)), None) != row.on:
            lifecycle.delete(draft, by=by, at=at)
            row.delete()
            continue
        contents = snapshots.contents_of(plan.at(row.on).content)
        lifecycle.edit(draft, contents, revision=draft.revision, by=by, at=at)


def _before(on: date) -> date:
    return date.fromordinal(on.toordinal() - 1)


def _from(part: SeriesPart, on: date) -> Pattern:
    """The rule of a part from one of its dates on, with as many times as are left."""
    pattern = pattern_of(part)
    left = pattern.count and max(pattern.count - pattern.count_before(on), 1)
    return replace(pattern, first_on=on, day=pattern.month_day, count=left)


def _close(part: SeriesPart, on: date) -> None:
    """Let the rule of a part end before this day."""
    ended = replace(pattern_of(part), until=_before(on), count=None)
    part.rule = ended.rule
    part.save(update_fields=["rule"])


def _may_not(member: Membership) -> str:
    """Why the series can no longer act for this member, or nothing."""
    if member.removed_at or not member.user.is_active:
        return f"{member.user} is no longer a member. Resume it to look after it yourself."
    if not Actor.as_client(member).can("assignments.create"):
        return f"{member.user} may no longer post. Resume it to look after it yourself."
    return ""


def _locked(series: Series) -> Series:
    """The row under lock. For whom it acts may change, so that is read once the lock is there: a
    join made before waiting for it would find nobody."""
    rows = Series.objects.select_for_update(of=("self",)).select_related("company")
    locked = rows.get(pk=series.pk)
    members = Membership.objects.select_related("user", "company")
    locked.member = members.get(pk=locked.member_id)
    return locked


def _running(series: Series, *, revision: int | None = None) -> Series:
    series = _locked(series)
    if series.state == SeriesState.ENDED:
        raise SeriesIsOver(state="ended")
    if revision is not None and revision != series.revision:
        raise ChangedMeanwhile("Somebody else changed this series. Reload the page and compare.")
    return series


def _date(series: Series, on: date) -> tuple[Series, SeriesDate]:
    """The series and one of its dates under lock, as long as its draft has not been sent."""
    series = _running(series)
    if not plan_of(series).has(on):
        raise NoSuchDate
    row, _ = SeriesDate.objects.get_or_create(series=series, on=on)
    if row.assignment and row.assignment.status != Status.DRAFT:
        raise AlreadySent(reference=row.assignment.reference)
    return series, row


def _set_due(series: Series, *, at: datetime, or_refuse: bool = False) -> Series:
    series.due_at = plan_of(series).due_at(at=at)
    if series.due_at is None and or_refuse:
        raise RunsOut
    series.save(update_fields=["due_at"])
    return series


def _note(kind: str, series: Series, *, by: Actor, at: datetime, **data: Any) -> None:
    record(kind, series, by=by, at=at, company_key=series.company_id, title=series.title, **data)
