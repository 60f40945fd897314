"""Who is told what: notices, their deliveries by channel, and reminders made by rules."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Company


class Notice(models.Model):
    """Something a person should know, shown in the app; deliveries carry it elsewhere.

    ``key`` is one per business fact and person, so that the same fact is told once.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    acting_as = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    action = models.CharField(max_length=60, blank=True)
    reason = models.CharField("why they are told", max_length=200, blank=True)
    key = models.CharField(max_length=200, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-made_at", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One notice on one channel outside the app; claimed under a lease, marked once sent.

    A process killed between sending and marking sends again when the lease is over, under
    the same Message-ID, so that the receiving side can tell.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"

    class Status(models.TextChoices):
        DUE = "due", "Due"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Dropped"
        DEAD = "dead", "Given up"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel)
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="due"), name="delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.notice_id}"


class Reminder(models.Model):
    """That a rule fell due for one object and one person, at one moment; made once."""

    class Status(models.TextChoices):
        DUE = "due", "Due"
        TOLD = "told", "Told"
        STALE = "stale", "Dropped, too late to matter"
        SILENT = "silent", "Dropped, no longer true"

    rule = models.CharField(max_length=40)
    object_key = models.BigIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField("why it was dropped", max_length=100, blank=True)
    notice = models.OneToOneField(
        Notice, models.SET_NULL, null=True, blank=True, related_name="reminder"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "object_key", "recipient", "due_at"], name="reminder_once"
            )
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="due"), name="reminder_due")
        ]

    def __str__(self) -> str:
        return f"{self.rule} on {self.object_key}"


class RuleRun(models.Model):
    """When a reminder rule was swept last, what that did, and what all its sweeps did."""

    rule = models.CharField(max_length=40, unique=True)
    swept_at = models.DateTimeField()
    made = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    stale = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.rule


class ReminderSwitch(models.Model):
    """That a company wants nothing of an optional reminder rule."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="reminder_switches")
    rule = models.CharField(max_length=40)
    switched_off_at = models.DateTimeField()
    switched_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "reminder switches"
        constraints = [
            models.UniqueConstraint(fields=["company", "rule"], name="reminder_switch_once")
        ]

    def __str__(self) -> str:
        return f"{self.company}: no {self.rule}"


class DemoMail(models.Model):
    """An e-mail kept instead of sent, readable at the demo mailbox; demos only.

    The same Message-ID to the same recipient is kept once, as a mail server would.
    """

    recipient = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message_id", "recipient"],
                condition=~Q(message_id=""),
                name="demo_mail_once",
            )
        ]

    def __str__(self) -> str:
        return self.subject
