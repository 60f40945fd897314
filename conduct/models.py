"""Policies, their versions, and who has accepted which."""

from django.conf import settings
from django.db import models


class Audience(models.TextChoices):
    EVERYBODY = "everybody"
    CLIENTS = "clients"
    WORKERS = "workers"


class Policy(models.Model):
    """Terms or guidelines; the text stands in versions, so that what was accepted stays known."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    audience = models.CharField(max_length=10, choices=Audience)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """One wording of a policy, in Markdown; in force from a moment until the next version's."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    in_force_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once")
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

    def __str__(self) -> str:
        return f"{self.user} accepted {self.version}"
