"""Who has work at a time, by the schedule of what they are assigned to."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from assignments.models import Assignment, WorkDay
from assignments.states import Status

AT_WORK = (Status.ASSIGNED, Status.IN_PROGRESS)


def between(begins: datetime, ends: datetime) -> Q:
    """As a condition on workers: they are assigned to work that falls into this time.

    Of work on several days only the days count. Work that may start at any time of a window
    counts where the whole window lies inside: otherwise there is room beside it.
    """
    days = WorkDay.objects.filter(assignment=OuterRef("pk"), starts_at__lt=ends, ends_at__gt=begins)
    set_time = Q(is_window=False) & (Q(day_count=1) | Q(Exists(days)))
    inside = Q(is_window=True, starts_at__gte=begins, ends_at__lte=ends)
    return Q(Exists(_assigned(begins, ends).filter(set_time | inside)))


def at_time_of(assignment: Assignment) -> Q:
    """The same for the time of an assignment (one query where it takes several days).

    Where it may start at any time of a window, only work that leaves no room in it counts.
    """
    begins, ends = assignment.starts_at, assignment.ends_at
    if assignment.is_window:
        whole = Q(is_window=False, day_count=1, starts_at__lte=begins, ends_at__gte=ends)
        return Q(Exists(_assigned(begins, ends).filter(whole)))
    times = [(begins, ends)]
    if assignment.day_count > 1:
        times = list(assignment.work_days.values_list("starts_at", "ends_at")) or times
    return reduce(or_, (between(*time) for time in times))


def _assigned(begins: datetime, ends: datetime) -> QuerySet[Assignment, Assignment]:
    return Assignment.objects.filter(
        worker=OuterRef("pk"), status__in=AT_WORK, starts_at__lt=ends, ends_at__gt=begins
    )
