"""Threads between a company and one worker about one assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment

if TYPE_CHECKING:
    from accounts.actors import Actor


WORDS_OF_BODY = SearchVector("body", config="english")
WORDS_OF_NAME = SearchVector(
    models.Func(
        models.F("name"), models.Value("._-"), models.Value("   "), function="translate",
        output_field=models.TextField(),
    ),
    config="simple",
)  # fmt: skip
"""What the search reads, as the indexes hold it: of a file's name each word by itself."""


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, actor: Actor) -> ThreadQuerySet:
        """Threads of the member's company, of the worker, or all for staff.

        A worker who applied and lost, or is no longer assigned, keeps the thread they
        wrote in, as evidence, though not the assignment's page.
        """
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        if actor.is_worker:
            return self.filter(worker=actor.worker)
        return self.none()


SIDES = [("company", "Company"), ("worker", "Worker")]


class Thread(models.Model):
    """The conversation of a company with one worker about one assignment.

    ``waiting_for`` is the side whose answer is awaited. ``settled_by`` is the side that said
    of the last message that it needs none; the next message clears it.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="threads")
    company = models.ForeignKey(Company, models.PROTECT, related_name="threads")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="threads")
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    waiting_for = models.CharField(max_length=8, choices=SIDES, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=8, choices=SIDES, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "worker"], name="thread_once")]
        indexes = [
            models.Index(fields=["company", "-last_message_at", "-id"], name="thread_company"),
            models.Index(fields=["worker", "-last_message_at", "-id"], name="thread_worker"),
            models.Index(
                fields=["waiting_since"],
                condition=models.Q(waiting_for="company"),
                name="thread_waiting_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} with {self.worker}"


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    def visible_to(self, actor: Actor) -> BroadcastQuerySet:
        """Those of the member's company, all for staff; workers see the messages alone."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(company=actor.company) if actor.is_client else self.none()


class Broadcast(models.Model):
    """What a company wrote to all applicants of an assignment at once: a message in the thread of
    each. ``passed_over`` counts those whose login was closed, and who could not be told."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="broadcasts")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    body = models.TextField(max_length=3_000)
    told = models.PositiveIntegerField()
    passed_over = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["assignment", "-id"], name="applicant_broadcasts")]

    def __str__(self) -> str:
        return f"To the applicants of {self.assignment_id}"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> MessageQuerySet:
        """What this actor may read: a worker never a note, a company no note of staff."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(
                company=actor.company, visibility__in=Message.READ_BY[Message.Side.COMPANY]
            )
        if actor.is_worker:
            return self.filter(
                thread__worker=actor.worker,
                visibility__in=Message.READ_BY[Message.Side.WORKER],
            )
        return self.none()


class Message(models.Model):
    """Something written in a thread; never edited or deleted, by anybody.

    ``visibility`` ``parties`` is read by both sides and staff, ``company`` by the company
    and staff, ``staff`` by staff alone.
    """

    class Side(models.TextChoices):
        COMPANY = "company"
        WORKER = "worker"
        STAFF = "staff"

    class Visibility(models.TextChoices):
        PARTIES = "parties", "Both sides"
        COMPANY = "company", "Our company only"
        STAFF = "staff", "Staff only"

    READ_BY = {
        Side.COMPANY: (Visibility.PARTIES, Visibility.COMPANY),
        Side.WORKER: (Visibility.PARTIES,),
        Side.STAFF: (Visibility.PARTIES, Visibility.COMPANY, Visibility.STAFF),
    }

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PARTIES)
    body = models.TextField(max_length=10_000)
    has_contact_details = models.BooleanField(default=False)
    posted_at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, blank=True, related_name="messages"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "-id"], name="message_thread"),
            models.Index(
                fields=["posted_at"],
                condition=models.Q(has_contact_details=True),
                name="message_flagged",
            ),
            GinIndex(WORDS_OF_BODY, name="message_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="message_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.author} in {self.thread_id}"

    @property
    def is_note(self) -> bool:
        """Whether one side, or staff, keeps it to themselves."""
        return self.visibility != self.Visibility.PARTIES


class Mention(models.Model):
    """A member named in a message by an @ and their name; ``written`` is how it stands there."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]

    def __str__(self) -> str:
        return self.written


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> AttachmentQuerySet:
        """The files of the messages this actor may read."""
        if actor.is_staff or actor.is_system:
            return self
        return self.filter(message__in=Message.objects.visible_to(actor))


class Attachment(models.Model):
    """A file posted with a message: ``checksum`` is the SHA-256 of what is kept (empty where it
    was posted before there were any), ``thumbnail`` a small copy of a picture."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="attachments")
    reference = models.CharField(max_length=20, unique=True)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64, blank=True)
    thumbnail = models.FileField(max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(WORDS_OF_NAME, name="attachment_words")]

    def __str__(self) -> str:
        return self.name


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, actor: Actor) -> QuestionQuerySet:
        """The company's; for a worker those of every assignment they can see; all for staff."""
        if actor.is_staff or actor.is_system:
            return self
        if actor.is_client:
            return self.filter(company=actor.company)
        if actor.is_worker:
            return self.filter(assignment__in=Assignment.objects.visible_to(actor))
        return self.none()


class Question(models.Model):
    """Something a worker asked about a sent assignment, for all to read, and the answer.

    The asker is not named to other workers. Asked and answered once; never edited.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="questions")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    worker = models.ForeignKey(WorkerProfile, models.PROTECT, related_name="+")
    body = models.TextField(max_length=1_000)
    has_contact_details = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    answer = models.TextField(max_length=2_000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="", answered_by=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False)
                & ~models.Q(answer=""),
                name="question_answered",
            )
        ]
        indexes = [
            models.Index(fields=["assignment", "id"], name="question_list"),
            models.Index(
                fields=["company", "id"],
                condition=models.Q(answered_at=None),
                name="question_unanswered",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="question_read_only", exclude=["answer", "answered_by", "answered_at"]
            ),
            pgtrigger.Protect(
                name="question_answer_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
            pgtrigger.Protect(name="question_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Question {self.pk} about {self.assignment_id}"

    @property
    def key_text(self) -> str:
        """The key as a form sends it back."""
        return str(self.pk)


class QuickReplyQuerySet(models.QuerySet["QuickReply"]):
    def visible_to(self, actor: Actor) -> QuickReplyQuerySet:
        return self.filter(company=actor.company) if actor.is_client else self.none()

    def offered(self) -> QuickReplyQuerySet:
        return self.filter(archived_at=None).order_by("position", "pk")


class QuickReply(models.Model):
    """Words a company says often, with places for the worker's name and the assignment."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=60)
    body = models.TextField(max_length=2_000)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = QuickReplyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "position", "id"], name="quick_reply_list")]

    def __str__(self) -> str:
        return self.title


class ReadMark(models.Model):
    """How far a person has read a thread; everything later by others is unread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message_key = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user} read {self.thread_id} up to {self.message_key}"
