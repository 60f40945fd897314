"""Ratings, and the scorecards drawn from them and from the facts of the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment

if TYPE_CHECKING:
    from accounts.actors import Actor


class Overall(models.TextChoices):
    EXCELLENT = "excellent", "Excellent"
    SATISFIED = "satisfied", "Satisfied"
    UNSATISFIED = "unsatisfied", "Unsatisfied"


class RatingQuerySet(models.QuerySet["Rating"]):
    def published(self) -> RatingQuerySet:
        """Ratings that count and may be shown: both sides rated, or the 14 days are over."""
        return self.filter(published_at__isnull=False, hidden_at=None)

    def visible_to(self, actor: Actor) -> RatingQuerySet:
        """Staff see all; a side its own, and the published ones of its assignments."""
        if actor.is_staff or actor.is_system:
            return self
        shown = Q(published_at__isnull=False, hidden_at=None)
        if actor.is_client:
            return self.filter(Q(by="company") | shown, company=actor.company)
        if actor.is_worker:
            return self.filter(Q(by="worker") | shown, worker=actor.worker)
        return self.none()


FINAL = (
    "assignment_id", "by", "company_id", "worker_id", "overall", "mark_1", "mark_2", "mark_3",
    "comment", "rated_by_id", "rated_at", "published_at",
)  # fmt: skip
"""What nobody changes once a rating is published; the database refuses it."""


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in FINAL)


class Rating(models.Model):
    """One side's opinion of the other about one assignment, blind until published.

    The three marks are 1 to 5. On the worker's side they are clear description,
    communication, approval and payment; on the company's side quality, professionalism,
    communication (``MARK_LABELS``).
    """

    class By(models.TextChoices):
        COMPANY = "company", "The company about the worker"
        WORKER = "worker", "The worker about the company"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="ratings")
    by = models.CharField(max_length=8, choices=By)
    company = models.ForeignKey(Company, models.PROTECT, related_name="ratings")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="ratings")
    overall = models.CharField(max_length=12, choices=Overall)
    mark_1 = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    mark_2 = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    mark_3 = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(max_length=2_000, blank=True)
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    comment_hidden_at = models.DateTimeField(null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "by"], name="rating_once_a_side"),
            models.CheckConstraint(
                condition=Q(mark_1__range=(1, 5), mark_2__range=(1, 5), mark_3__range=(1, 5)),
                name="rating_marks",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "by", "-published_at"], name="rating_company"),
            models.Index(fields=["worker", "by", "-published_at"], name="rating_worker"),
            models.Index(
                fields=["rated_at"], condition=Q(published_at=None), name="rating_unpublished"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rating_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.published_at IS NOT NULL"
                    f" AND ROW({_columns('old')}) IS DISTINCT FROM ROW({_columns('new')})"
                ),
            ),
            pgtrigger.Protect(name="rating_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.overall} by the {self.by} on {self.assignment}"

    @property
    def marks_in_words(self) -> list[tuple[str, int]]:
        """The three marks with what each is about."""
        labels = MARK_LABELS[self.By(self.by)]
        return list(zip(labels, (self.mark_1, self.mark_2, self.mark_3), strict=True))

    @property
    def is_shown(self) -> bool:
        """Whether the other side may read it now."""
        return self.published_at is not None and self.hidden_at is None

    @property
    def comment_shown(self) -> str:
        """The comment as others read it: nothing where staff took it out of sight."""
        return "" if self.comment_hidden_at else self.comment


MARK_LABELS = {
    Rating.By.WORKER: ("Clear description", "Communication", "Approval and payment"),
    Rating.By.COMPANY: ("Quality", "Professionalism", "Communication"),
}
"""What the three marks mean, by the side that gives them."""


class RatingReply(models.Model):
    """The one answer of the side that was rated, shown below the rating."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="reply")
    words = models.TextField(max_length=1_000)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replied_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "rating replies"
        triggers = [
            pgtrigger.ReadOnly(name="rating_reply_final", exclude=["hidden_at"]),
            pgtrigger.Protect(name="rating_reply_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Reply to the rating {self.rating_id}"


class RatingHiding(models.Model):
    """One time when a rating, its comment or the reply was taken out of sight, and why.

    By staff, or by the rated side's contest: then until its case ends (``settled_at``), which
    restores the rating or leaves it hidden for good.
    """

    class Part(models.TextChoices):
        RATING = "rating", "Rating"
        COMMENT = "comment", "Comment"
        REPLY = "reply", "Reply"

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="hidings")
    part = models.CharField(max_length=8, choices=Part)
    reason = models.TextField(max_length=500)
    contested = models.BooleanField(default=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    hidden_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_because = models.TextField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rating", "part"],
                condition=Q(restored_at=None),
                name="rating_hidden_once",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="rating_hiding_read_only",
                exclude=["settled_at", "restored_by", "restored_at", "restored_because"],
            ),
            pgtrigger.Protect(name="rating_hiding_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} of the rating {self.rating_id} hidden"

    @property
    def is_contest(self) -> bool:
        """Hidden only until the case about it ends."""
        return self.contested and self.settled_at is None and self.restored_at is None


class Window(models.TextChoices):
    RECENT = "recent", "Last 90 days"
    ALL_TIME = "all_time", "All time"


class CompanyScorecard(models.Model):
    """The rolled-up figures of a company over one window; rebuildable from the rows.

    Shares are between 0 and 1; times are in days (approval, payment) or hours (answers).
    None means that there is nothing to measure yet. ``trend`` holds some figures by calendar
    month (``{"approval_days": {"2026-11": 1.5}}``). ``computed_at`` is the last time when all
    figures were drawn anew, ``drawn_at`` the last time for each kind of fact by itself.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="scorecards", db_index=False)
    window = models.CharField(max_length=10, choices=Window)
    ratings = models.PositiveIntegerField(default=0)
    satisfaction = models.FloatField(null=True, blank=True)
    approvals = models.PositiveIntegerField(default=0)
    approval_days = models.FloatField(null=True, blank=True)
    payments = models.PositiveIntegerField(default=0)
    days_past_due = models.FloatField(null=True, blank=True)
    paid_on_time = models.FloatField(null=True, blank=True)
    pending_too_long = models.FloatField(null=True, blank=True)
    past_due = models.FloatField(null=True, blank=True)
    answer_hours = models.FloatField(null=True, blank=True)
    late_cancellations = models.PositiveIntegerField(default=0)
    late_cancellations_paid = models.PositiveIntegerField(default=0)
    is_new = models.BooleanField(default=True)
    is_red = models.BooleanField(default=False)
    trend = models.JSONField(default=dict, blank=True)
    drawn_at = models.JSONField(default=dict, blank=True)
    formula_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "window"], name="company_scorecard_once")
        ]

    def __str__(self) -> str:
        return f"Scorecard of {self.company}"


class WorkerScorecard(models.Model):
    """The rolled-up figures of a worker over one window; rebuildable from the rows."""

    worker = models.ForeignKey(
        WorkerProfile, models.CASCADE, related_name="scorecards", db_index=False
    )
    window = models.CharField(max_length=10, choices=Window)
    ratings = models.PositiveIntegerField(default=0)
    satisfaction = models.FloatField(null=True, blank=True)
    on_time = models.FloatField(null=True, blank=True)
    deliverables_on_time = models.FloatField(null=True, blank=True)
    completed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    cancelled_late = models.PositiveIntegerField(default=0)
    abandoned = models.PositiveIntegerField(default=0)
    quality = models.FloatField(null=True, blank=True)
    professionalism = models.FloatField(null=True, blank=True)
    communication = models.FloatField(null=True, blank=True)
    trend = models.JSONField(default=dict, blank=True)
    drawn_at = models.JSONField(default=dict, blank=True)
    formula_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "window"], name="worker_scorecard_once")
        ]

    def __str__(self) -> str:
        return f"Scorecard of {self.worker}"


class MarketFigure(models.Model):
    """The middle of one figure over all companies, or all workers, that have it: what a single
    one is compared with. ``owners`` says of how many."""

    class Side(models.TextChoices):
        COMPANY = "company", "Companies"
        WORKER = "worker", "Workers"

    side = models.CharField(max_length=8, choices=Side)
    window = models.CharField(max_length=10, choices=Window)
    figure = models.CharField(max_length=40)
    median = models.FloatField()
    owners = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["side", "window", "figure"], name="market_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.figure}, {self.window}"


class FormulaEdition(models.Model):
    """Since when a version of the formulas is in force here, and when every scorecard had been
    drawn by it."""

    version = models.PositiveSmallIntegerField(unique=True)
    began_at = models.DateTimeField()
    recomputed_at = models.DateTimeField(null=True, blank=True)
    owners = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["version"]

    def __str__(self) -> str:
        return f"Version {self.version}"


class ScorecardCheck(models.Model):
    """One comparison of all rolled-up rows with the facts, and where they had drifted apart."""

    checked_at = models.DateTimeField()
    seconds = models.FloatField()
    owners = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = "comparison of scorecards"
        verbose_name_plural = "comparisons of scorecards"

    def __str__(self) -> str:
        return "Right" if not self.count else f"{self.count} figures had drifted"
