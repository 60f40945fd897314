"""How a person is reached: what they chose, by which channel, and what no longer works."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.models.telling import Channel


class Reach(models.Model):
    """When a person wants to be left alone and when the digest comes, and their telephone.

    Hours are those of the person's time zone. Who never chose anything has no row.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reach")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_hour = models.PositiveSmallIntegerField(default=8)
    only_necessary_since = models.DateTimeField(null=True, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "reach"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="reach_quiet_hours_whole",
            ),
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="reach_digest_hour"),
            models.CheckConstraint(
                condition=Q(phone_confirmed_at=None) | ~Q(phone=""),
                name="reach_confirmed_phone_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"How {self.person} is reached"


class Preference(models.Model):
    """What a person chose for one kind of event on one channel; without a row the default holds."""

    class Way(models.TextChoices):
        IN_APP = "in_app", "In the app"
        EMAIL = Channel.EMAIL.value, "E-mail"
        SMS = Channel.SMS.value, "SMS"
        PUSH = Channel.PUSH.value, "Web push"

    class Choice(models.TextChoices):
        ON = "on", "At once"
        DAILY = "daily", "Daily digest"
        OFF = "off", "Off"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=60)
    way = models.CharField(max_length=8, choices=Way)
    choice = models.CharField(max_length=8, choices=Choice)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "way"], name="preference_once"),
            models.CheckConstraint(
                condition=Q(way="email") | ~Q(choice="daily"), name="preference_digest_by_email"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.way}: {self.choice}"


class PushSubscription(models.Model):
    """One browser that a person lets show notifications."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="browsers")
    endpoint = models.CharField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    label = models.CharField(max_length=120, blank=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label or "A browser"


class Confirmation(models.Model):
    """That a code was sent to an address or a telephone, to prove that it is the person's.

    The code itself is derived (``confirming``), so that nobody reads it here.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="confirmations"
    )
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="confirmation_once")
        ]

    def __str__(self) -> str:
        return f"Confirmation of {self.address}"

    @property
    def is_by_mail(self) -> bool:
        return self.channel == Channel.EMAIL


class DeadAddress(models.Model):
    """An e-mail address that nothing is sent to any more, until it is confirmed anew."""

    class Cause(models.TextChoices):
        BOUNCED = "bounced", "Mail came back"
        COMPLAINED = "complained", "Reported as unwanted"

    address = models.CharField(max_length=254, unique=True)
    cause = models.CharField(max_length=12, choices=Cause)
    said = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dead addresses"

    def __str__(self) -> str:
        return self.address


class MailReport(models.Model):
    """What a mail provider told about a mail that went out; each report is applied once."""

    class Kind(models.TextChoices):
        BOUNCED = "bounced", "Bounced for good"
        DELAYED = "delayed", "Bounced for now"
        COMPLAINED = "complained", "Complaint"
        DELIVERED = "delivered", "Delivered"

    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    address = models.CharField(max_length=254)
    said = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "key"], name="mail_report_once")]
        indexes = [models.Index(fields=["address"], name="mail_report_of_address")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.address}"


class Rest(models.Model):
    """That a channel rests since its provider does not answer; the other channels go on."""

    channel = models.CharField(max_length=8, choices=Channel, unique=True)
    until = models.DateTimeField()
    why = models.CharField(max_length=300)

    class Meta:
        verbose_name = "resting channel"

    def __str__(self) -> str:
        return f"{self.channel} rests"
