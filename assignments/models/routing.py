"""How an assignment was sent: what each act of sending came to, and what is planned next."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import WorkerProfile
from assignments.models.assignment import Assignment
from vetting.models import Group


class SendReport(models.Model):
    """One act of sending: to whom in words, and by whom; its lines say who got it.

    ``made_by`` is None where a step of the plan or the site itself sent it.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="send_reports")
    audience = models.CharField(max_length=500)
    to_marketplace = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["assignment", "-id"], name="send_report_list")]

    def __str__(self) -> str:
        return f"{self.assignment} to {self.audience}"


class SendReportLine(models.Model):
    """One worker in a report: they got it, or why they could not."""

    class Outcome(models.TextChoices):
        GOT = "got", "Got it"
        HAD = "had", "Had it already"
        BLOCKED = "blocked", "Blocked by you"
        OWN_MEMBER = "own_member", "A member of your company"
        LAPSED = "lapsed", "Membership has lapsed"
        LEFT = "left", "Not a member any more"
        DECLINED = "declined", "Said no to it already"
        NOT_TAKING = "not_taking", "Not open to new work"
        UNQUALIFIED = "unqualified", "Does not meet the requirements"

    report = models.ForeignKey(SendReport, models.PROTECT, related_name="lines")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome)
    reasons = models.CharField(max_length=300, blank=True)
    """Why the worker was chosen, where the site chose them as a match; what they lack, where
    they do not meet the requirements."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "worker"], name="send_report_line_once")
        ]
        indexes = [models.Index(fields=["report", "outcome", "id"], name="send_report_lines")]

    def __str__(self) -> str:
        return f"{self.worker}: {self.outcome}"

    @property
    def got_it(self) -> bool:
        return self.outcome == self.Outcome.GOT


class RoutingPlan(models.Model):
    """Where a sent assignment goes next while nobody is assigned, step after step.

    ``next_at`` is when the next step is due: the sweep looks at it alone.
    """

    class Ending(models.TextChoices):
        FINISHED = "finished", "Every step was sent"
        STOPPED = "stopped", "Stopped"
        ASSIGNED = "assigned", "Somebody was assigned"
        TAKEN_BACK = "taken_back", "The assignment was taken back"
        TOO_LATE = "too_late", "The assignment’s time was over"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="routing_plans")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ending = models.CharField(max_length=12, choices=Ending, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(ended_at=None), name="routing_plan_running_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="", next_at__isnull=False)
                | Q(ended_at__isnull=False, next_at=None) & ~Q(ending=""),
                name="routing_plan_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(ended_at=None), name="routing_plan_due")
        ]

    def __str__(self) -> str:
        return f"Plan of {self.assignment}"

    @property
    def is_running(self) -> bool:
        return self.ended_at is None


class RoutingStep(models.Model):
    """One step of a plan: so long after the one before, to whom, and what came of it."""

    class Target(models.TextChoices):
        GROUP = "group", "Group"
        MATCHES = "matches", "Best matches"
        MARKETPLACE = "marketplace", "The marketplace"

    plan = models.ForeignKey(RoutingPlan, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=12, choices=Target)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    miles = models.PositiveSmallIntegerField(null=True, blank=True)
    delay_minutes = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    report = models.OneToOneField(
        SendReport, models.PROTECT, null=True, blank=True, related_name="step"
    )
    note = models.CharField(max_length=200, blank=True)
    """Why nothing was sent, where the step could not do its part."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="routing_step_once"),
            models.CheckConstraint(
                condition=Q(target="group", group__isnull=False)
                | Q(target="matches", most__isnull=False, miles__isnull=False)
                | Q(target="marketplace"),
                name="routing_step_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} at {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> str:
        """To whom it sends."""
        if self.group is not None:
            return f"Group “{self.group.name}”"
        if self.target == self.Target.MATCHES:
            return f"The {self.most} best matches within {self.miles} miles"
        return "The marketplace"
