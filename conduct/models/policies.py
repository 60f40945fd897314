"""Policies, their versions and drafts, who has accepted which, and whom a text has helped."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse

from core.markdown import LONGEST


class Audience(models.TextChoices):
    EVERYBODY = "everybody"
    CLIENTS = "clients"
    WORKERS = "workers"


class Policy(models.Model):
    """Terms or guidelines; the text stands in versions, so that what was accepted stays known.

    One that ``asks_acceptance`` holds up new steps until it is accepted; others are only read.
    """

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    audience = models.CharField("for whom", max_length=10, choices=Audience)
    asks_acceptance = models.BooleanField("has to be accepted", default=True)

    class Meta:
        verbose_name_plural = "policies"
        permissions = [("edit_policy", "Can write and publish policies")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("conduct:policy", args=[self.slug])


class PolicyVersion(models.Model):
    """One wording of a policy, in Markdown; in force from a moment until the next version's.

    ``release`` is the number of the file it came with; what staff wrote themselves has none, and
    says in ``note`` what has changed. The database keeps the words, and the row once it was in
    force.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    note = models.CharField("what has changed", max_length=300, blank=True)
    in_force_from = models.DateTimeField()
    release = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once")
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="policy_version_kept", fields=["policy", "number", "text", "in_force_from"]
            ),
            pgtrigger.Protect(
                name="policy_version_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.in_force_from <= NOW()"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}, version {self.number}"


class Acceptance(models.Model):
    """A person's yes to one version: who, which, when, from where."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    ip_address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="acceptance_once")]
        indexes = [models.Index(fields=["version", "-accepted_at"], name="acceptance_of_version")]
        triggers = [
            pgtrigger.Protect(name="acceptance_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.user} accepted {self.version}"


class PolicyDraft(models.Model):
    """The next wording while staff write it; one for each policy, gone once it is published.

    ``revision`` rises with each change, so that two who write at once do not undo each other.
    """

    policy = models.OneToOneField(Policy, models.PROTECT, related_name="draft")
    text = models.TextField(max_length=LONGEST)
    note = models.CharField("what has changed", max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft of {self.policy}"


class Helpfulness(models.Model):
    """Whether a text helped one person; they may change their mind, and count once."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="opinions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    helped = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "helpfulness"
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="helpfulness_once")]

    def __str__(self) -> str:
        return f"{self.version}: {'helped' if self.helped else 'did not help'}"
