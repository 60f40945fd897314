"""What a company wants to be reminded of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.models import Company
from activity.record import record
from notifications.models import ReminderSwitch
from notifications.reminders import RULES

OPTIONAL = {rule.name: rule for rule in RULES if rule.optional}


@transaction.atomic
def switch(company: Company, *, on: Collection[str], by: Actor, at: datetime) -> None:
    """Of the optional rules leave those in ``on``, and tell nothing of the others any more.

    The same again changes nothing. A rule that is not optional cannot be switched off.
    """
    Company.objects.select_for_update().get(pk=company.pk)
    before = set(ReminderSwitch.objects.filter(company=company).values_list("rule", flat=True))
    off = OPTIONAL.keys() - set(on)
    if before == off:
        return
    ReminderSwitch.objects.filter(company=company).exclude(rule__in=off).delete()
    ReminderSwitch.objects.bulk_create(
        ReminderSwitch(company=company, rule=name, switched_off_at=at, switched_off_by=by.user)
        for name in sorted(off - before)
    )
    record("company.reminders_changed", company, by=by, at=at, off=sorted(off))
