"""Workers taking tests: attempts, their answers, and attempts granted beyond the rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import WorkerProfile
from vetting.models.tests import Question, Test, TestVersion
from vetting.states import Sitting

if TYPE_CHECKING:
    from accounts.actors import Actor


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, actor: Actor) -> AttemptQuerySet:
        """A company sees those on its tests once handed in; a worker their own."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(test__company=actor.company).exclude(status=Sitting.OPEN)
        if actor.is_worker and actor.worker:
            return self.filter(worker=actor.worker)
        return self.none()

    def counting(self) -> AttemptQuerySet:
        """Those on versions that still count."""
        return self.filter(version__number__gte=F("test__counts_from"))


class Attempt(models.Model):
    """One worker taking one version of a test.

    ``ends_at`` is the server's clock: nothing saved later counts, whether or not the browser
    is still open. ``points`` of ``possible`` make ``score``, in percent. ``expires_on`` is the
    last day on which a pass is good.
    """

    test = models.ForeignKey(Test, models.PROTECT, related_name="attempts")
    version = models.ForeignKey(TestVersion, models.PROTECT, related_name="attempts")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="test_attempts")
    reference = models.CharField(max_length=12, unique=True)
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Sitting)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    timed_out = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    possible = models.PositiveIntegerField(default=0)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "worker", "number"], name="attempt_once"),
            models.UniqueConstraint(
                fields=["test", "worker"], condition=Q(status="open"), name="attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="open", submitted_at=None)
                | (~Q(status="open") & Q(submitted_at__isnull=False)),
                name="attempt_submitted_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("passed", "failed"))
                | Q(score__isnull=False, finished_at__isnull=False),
                name="attempt_has_result",
            ),
        ]
        indexes = [
            models.Index(
                fields=["test", "worker", "expires_on"],
                condition=Q(status__in=("passed", "done")),
                name="attempt_passes",
            ),
            models.Index(fields=["ends_at"], condition=Q(status="open"), name="attempt_due"),
            models.Index(
                fields=["test", "submitted_at"], condition=Q(status="marking"),
                name="attempt_to_mark",
            ),
            models.Index(fields=["test", "-id"], name="attempt_of_test"),
            models.Index(fields=["worker", "-id"], name="attempt_of_worker"),
            models.Index(
                fields=["expires_on"], condition=Q(status="passed", expires_on__isnull=False),
                name="attempt_expiring",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reference}: {self.worker_id} on {self.test_id}"

    def get_absolute_url(self) -> str:
        return reverse("vetting:attempt", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.status == Sitting.OPEN

    @property
    def is_marking(self) -> bool:
        return self.status == Sitting.MARKING

    @property
    def is_passed(self) -> bool:
        return self.status == Sitting.PASSED

    @property
    def is_failed(self) -> bool:
        return self.status == Sitting.FAILED

    def is_over(self, at: datetime) -> bool:
        """Whether the time is up, the moments a request takes on its way allowed for."""
        grace = timedelta(seconds=settings.TEST_GRACE_SECONDS)
        return self.ends_at is not None and at > self.ends_at + grace


class Answer(models.Model):
    """What a worker answered to one question of an attempt; the row is there from the start.

    ``value`` is a choice's key, a list of keys, or text (numbers too); of a file the row keeps
    where it lies. ``revision`` counts the saves, so that a second tab cannot overwrite unseen.
    ``points`` and ``right`` are judged when it is saved, by hand where a person must.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    value = models.JSONField(null=True, blank=True)
    file = models.FileField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    right = models.BooleanField(null=True, blank=True)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="answer_once"),
            models.UniqueConstraint(fields=["attempt", "position"], name="answer_place"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}, {self.position}"

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_given(self) -> bool:
        return self.answered_at is not None


class ExtraAttempt(models.Model):
    """The company lets one worker try once more, whatever the number and the wait say."""

    test = models.ForeignKey(Test, models.PROTECT, related_name="extra_attempts")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    used_by = models.OneToOneField(
        Attempt, models.PROTECT, null=True, blank=True, related_name="granted"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["test", "worker"], condition=Q(used_by=None), name="extra_attempt_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} once more on {self.test_id}"
