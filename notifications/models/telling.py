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
    in_app = models.BooleanField("shown in the app", default=True)
    """Off where the person wants it on other channels only; it counts as read then."""
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    queued: tuple[str, ...] = ()
    """The channels that it was just queued on, known to who made it."""

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-made_at", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """The ways to a person outside the app; each is claimed and sent apart from the others."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"
    PUSH = "push", "Web push"


class Sending(models.Model):
    """Something on its way out: claimed under a lease, marked once sent.

    A process killed between sending and marking sends again when the lease is over, under
    the same key, so that the receiving side can tell.
    """

    class Status(models.TextChoices):
        DUE = "due", "Due"
        GATHERED = "gathered", "In a digest"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Dropped"
        DEAD = "dead", "Given up"

    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_to = models.CharField(max_length=254, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Digest(Sending):
    """What a person wants to read once a day, gathered into one e-mail.

    Notices are added until it is claimed for the first time; later ones go into the next day's.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="digest_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="due"), name="digest_due")
        ]

    def __str__(self) -> str:
        return f"Digest of {self.day}"


class Delivery(Sending):
    """One notice on one channel outside the app; there is one of each at most."""

    Channel = Channel

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8, choices=Channel)
    digest = models.ForeignKey(
        Digest, models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(status="due"),
                name="delivery_due_by_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} of notice {self.notice_id}"


class Reminder(models.Model):
    """That a rule fell due for one object and one person, at one moment; made once."""

    class Status(models.TextChoices):
        DUE = "due", "Due"
        TOLD = "told", "Told"
        STALE = "stale", "Dropped, too late to matter"
        SILENT = "silent", "Dropped, no longer true"

    rule = models.CharField(max_length=40)
    object_key = models.BigIntegerField()
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    """No index of its own: PostgreSQL would read all that a person was ever reminded of, where
    ``reminder_once`` finds what a rule said of one object."""
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
