"""Who is told what, by which way.

- ``telling``: notices, deliveries, digests, and reminders made by rules
- ``reach``: what a person chose, their telephone and browsers, and addresses that are dead
- ``demo``: what a demonstration keeps instead of sending it
"""

from notifications.models.demo import DemoMail, DemoMessage
from notifications.models.reach import (
    Confirmation,
    DeadAddress,
    MailReport,
    Preference,
    PushSubscription,
    Reach,
    Rest,
)
from notifications.models.telling import (
    Channel,
    Delivery,
    Digest,
    Notice,
    Reminder,
    ReminderSwitch,
    RuleRun,
    Sending,
)

__all__ = [
    "Channel",
    "Confirmation",
    "DeadAddress",
    "Delivery",
    "DemoMail",
    "DemoMessage",
    "Digest",
    "MailReport",
    "Notice",
    "Preference",
    "PushSubscription",
    "Reach",
    "Reminder",
    "ReminderSwitch",
    "Rest",
    "RuleRun",
    "Sending",
]
