"""A company's tests and surveys: versions, questions, and the pools they are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Company
from vetting.models.marks import CompanyMark, Standing

if TYPE_CHECKING:
    from accounts.actors import Actor


class QuestionKind(models.TextChoices):
    SINGLE = "single", "One choice"
    SEVERAL = "several", "Several choices"
    TRUE_FALSE = "true_false", "True or false"
    NUMBER = "number", "Number"
    SHORT = "short", "Short text"
    LONG = "long", "Long text"
    FILE = "file", "File"


CHOOSING = frozenset({QuestionKind.SINGLE, QuestionKind.SEVERAL, QuestionKind.TRUE_FALSE})
BY_HAND = frozenset({QuestionKind.LONG, QuestionKind.FILE})
"""Kinds whose answers a person marks; all others mark themselves."""


class TestQuerySet(models.QuerySet["Test"]):
    __test__ = False

    def visible_to(self, actor: Actor) -> TestQuerySet:
        """A company sees its own; a worker those published by companies that have not blocked
        them, and whatever they have an attempt on."""
        from vetting.models.attempts import Attempt

        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client and actor.company:
            return self.filter(company=actor.company)
        if actor.is_worker and actor.worker:
            own = Attempt.objects.filter(test=OuterRef("pk"), worker=actor.worker)
            blocked = CompanyMark.objects.filter(
                company=OuterRef("company"), worker=actor.worker, standing=Standing.BLOCKED
            )
            return self.filter(
                Q(archived_at=None, current__isnull=False) & ~Exists(blocked) | Exists(own)
            )
        return self.none()

    def in_use(self) -> TestQuerySet:
        """Published and not archived."""
        return self.filter(archived_at=None, current__isnull=False)


class Test(models.Model):
    """Questions with a pass mark, or a survey, which has no right answers.

    ``current`` is the version that is taken now; a version that is not published yet is the
    draft, of which there is at most one. Attempts on versions before ``counts_from`` no longer
    count: neither their pass nor their number.
    """

    __test__ = False  # not a test of the program

    company = models.ForeignKey(Company, models.PROTECT, related_name="tests")
    reference = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    is_survey = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=False)
    current = models.ForeignKey(
        "vetting.TestVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    counts_from = models.PositiveSmallIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company", Lower("name"), condition=Q(archived_at=None), name="test_name_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=Q(is_listed=True, archived_at=None, current__isnull=False),
                name="test_listed",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("vetting:test", args=[self.reference])

    @property
    def noun(self) -> str:
        return "survey" if self.is_survey else "test"

    @property
    def is_published(self) -> bool:
        return self.current_id is not None

    @property
    def is_open(self) -> bool:
        """Workers may start it now."""
        return self.is_published and self.archived_at is None

    @property
    def standing(self) -> str:
        """For the badge: ``archived``, ``published`` or ``draft``."""
        if self.archived_at is not None:
            return "archived"
        return "published" if self.is_published else "draft"


class TestVersion(models.Model):
    """The questions and rules of a test as they were published together; a draft until then.

    A published version never changes. Its rules: the mark in percent that passes; how many
    attempts a worker has (none: any number) and how many hours lie between them; how many
    minutes one may take (none: any); whether the order is another one each time; for how many
    days a pass is good (none: for ever); whether a worker sees afterwards which answers were right.
    """

    __test__ = False

    test = models.ForeignKey(Test, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    instructions = models.TextField(max_length=4_000, blank=True)
    pass_mark = models.PositiveSmallIntegerField(default=80)
    most_attempts = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    wait_hours = models.PositiveSmallIntegerField(default=24)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    random_order = models.BooleanField(default=False)
    valid_days = models.PositiveSmallIntegerField(null=True, blank=True)
    shows_answers = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "number"], name="test_version_once"),
            models.UniqueConstraint(
                fields=["test"], condition=Q(published_at=None), name="test_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="test_pass_mark"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(published_by__isnull=False),
                name="test_published_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test_id}, version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class QuestionPool(models.Model):
    """Questions of which each attempt gets only some, drawn by chance."""

    version = models.ForeignKey(TestVersion, models.CASCADE, related_name="pools")
    name = models.CharField(max_length=60)
    draw = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("version", Lower("name"), name="question_pool_once"),
            models.CheckConstraint(condition=Q(draw__gte=1), name="question_pool_draws"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question of one version.

    ``choices`` are those of the choosing kinds, as ``{"key", "text", "right"}``; the key names
    a choice in forms and answers. A number is right within ``tolerance`` of ``number``; a short
    text where it is one of ``accepted``, whatever its capitals and spaces. In a survey nothing
    is right.
    """

    version = models.ForeignKey(TestVersion, models.CASCADE, related_name="questions")
    pool = models.ForeignKey(
        QuestionPool, models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    reference = models.CharField(max_length=12, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=QuestionKind)
    text = models.TextField(max_length=2_000)
    points = models.PositiveSmallIntegerField(default=1)
    choices = models.JSONField(default=list, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    tolerance = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    accepted = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    image = models.FileField(max_length=200, blank=True)
    image_type = models.CharField(max_length=40, blank=True)
    image_words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="question_counts"),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="question_tolerance"),
        ]
        indexes = [models.Index(fields=["version", "position"], name="question_in_order")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def by_hand(self) -> bool:
        return self.kind in BY_HAND

    @property
    def chooses(self) -> bool:
        return self.kind in CHOOSING

    @property
    def takes_file(self) -> bool:
        return self.kind == QuestionKind.FILE

    @property
    def is_long(self) -> bool:
        return self.kind == QuestionKind.LONG

    def label_of(self, key: str) -> str:
        """The words of the choice of this key; empty where there is none."""
        return next((c["text"] for c in self.choices if c["key"] == key), "")
