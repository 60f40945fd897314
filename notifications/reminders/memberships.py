"""A membership in a group is going to lapse: said 30, 7 and 1 days ahead.

The day is foreseen by the nightly check of ``vetting.rechecking``; whoever renews what runs
out is no longer found.
"""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import User
from core.dates import date_words
from notifications.people import IN_GROUP, WORKER
from notifications.reminders.rule import AT_NINE, ZONE, Rule, Words, loader
from vetting.models import GroupMembership

SOURCE = f"""
SELECT standing.id AS object_key,
       worker.user_id AS recipient_id,
       (standing.lapses_on - 32)::timestamp AT TIME ZONE 'UTC' AS occasion,
       {AT_NINE.format(day="standing.lapses_on - 30")} AS since,
       {ZONE} AS zone
  FROM vetting_groupmembership AS standing
  JOIN vetting_group AS pool
    ON pool.id = standing.group_id
   AND pool.archived_at IS NULL
   AND pool.kind <> 'private'
  JOIN accounts_workerprofile AS worker ON worker.id = standing.worker_id
  JOIN accounts_user AS person ON person.id = worker.user_id AND person.is_active
 WHERE standing.status = 'member'
   AND standing.lapses_on IS NOT NULL
   AND standing.lapses_on > (%(at)s AT TIME ZONE 'UTC')::date
   AND standing.lapses_on <= (%(at)s + interval '32 days')::date
"""  # noqa: S608 - made of constants

DAYS = (30, 7, 1)


def write(membership: GroupMembership, recipient: User, step: int) -> Words:
    group = membership.group
    day: date = membership.lapses_on or membership.changed_at.date()
    return Words(
        title=f"Your membership in “{group}” lapses on {date_words(day)}",
        body=f"From that day on you no longer meet what {group.company} asks of this group. Its "
        "page shows what runs out and where to renew it.",
        url=group.get_absolute_url(),
        action="See what runs out",
        acting_as="worker",
        reason=IN_GROUP,
    )


MEMBERSHIP_LAPSING = Rule(
    name="membership_lapsing",
    label="A membership in a group lapses",
    to="its worker",
    sides=(WORKER,),
    clock="30 days before it lapses, at nine where they live",
    silent="once what runs out is renewed",
    source=SOURCE,
    delays=tuple(timedelta(days=DAYS[0] - ahead) for ahead in DAYS),
    stale_after=timedelta(days=DAYS[0]),
    load=loader(GroupMembership, "group__company", "worker__user"),
    write=write,
    by_calendar=True,
)
