"""An event together with what it is about, as the audience table reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts.models import WorkerProfile
from activity.models import Event
from assignments.history import change_words, parts_changed
from assignments.models import Assignment, Mark
from conduct.models import Appeal, Concern, Measure, Violation
from core.dates import date_words, moment_words
from core.money import format_money, round_money
from escalations.models import Case, CaseEntry
from messaging.models import Message, Question
from vetting.models import Attempt, Test

RELATED: dict[str, tuple[str, ...]] = {
    "assignments.assignment": ("company", "worker__user", "owner"),
    "escalations.case": ("company", "worker__user", "assignment__owner", "assignee"),
    "assignments.series": ("company", "member__user", "member__company"),
    "assignments.import": ("company", "member__user", "member__company"),
    "payments.funding": ("company", "requested_by"),
    "payments.refund": ("company", "requested_by"),
    "payments.invoice": ("company", "worker__user"),
    "payments.payout": ("worker__user",),
    "payments.statement": ("company",),
    "payments.creditnote": ("company",),
    "accounts.membership": ("company", "user"),
    "vetting.group": ("company", "created_by"),
    "vetting.credential": ("company", "worker__user", "kind"),
    "vetting.agreement": ("company",),
    "vetting.test": ("company",),
    "vetting.attempt": ("test__company", "worker__user"),
    "conduct.violation": ("company", "worker__user", "measure"),
    "conduct.measure": ("company", "worker__user"),
    "conduct.appeal": ("measure__company", "measure__worker__user"),
    "conduct.concern": ("company", "worker__user", "reported_by"),
}


MARKED = {
    Mark.NONE: "It leaves no mark on your scorecard.",
    Mark.CANCELLED: "It counts as a cancellation on your scorecard.",
    Mark.CANCELLED_LATE: "It counts as a late cancellation on your scorecard.",
    Mark.ABANDONED: "It counts as abandoned on your scorecard.",
}


@dataclass(frozen=True)
class Fact:
    """Reads the event's subject, and what its data points to, when they are asked for."""

    event: Event

    @cached_property
    def subject(self) -> Any:
        """The row the event is about; None where it is gone (a deleted draft)."""
        model: type[Model] = apps.get_model(self.event.subject_kind)
        related = RELATED.get(self.event.subject_kind, ())
        rows = model._default_manager.select_related(*related)
        return rows.filter(pk=self.event.subject_key).first()

    @cached_property
    def assignment(self) -> Assignment:
        subject = self.subject
        return subject if isinstance(subject, Assignment) else subject.assignment

    @property
    def case(self) -> Case:
        subject = self.subject
        assert isinstance(subject, Case)
        return subject

    @cached_property
    def worker(self) -> WorkerProfile | None:
        """The worker the event names, else the one of its subject."""
        reference = self.event.data.get("worker")
        if reference:
            named = WorkerProfile.objects.select_related("user").filter(reference=reference)
            return named.first()
        return getattr(self.subject, "worker", None)

    @cached_property
    def message(self) -> Message | None:
        key = self.event.data.get("message")
        rows = Message.objects.select_related("author", "thread__worker__user")
        return rows.filter(pk=key).first() if key else None

    @cached_property
    def question(self) -> Question | None:
        key = self.event.data.get("question")
        return Question.objects.filter(pk=key).first() if key else None

    @cached_property
    def case_entry(self) -> CaseEntry | None:
        key = self.event.data.get("entry")
        return CaseEntry.objects.select_related("author").filter(pk=key).first() if key else None

    @property
    def by_staff(self) -> bool:
        return self.event.acting_as == "staff"

    @property
    def _company_of_test(self) -> Any:
        is_attempt = isinstance(self.subject, Attempt)
        return self.subject.test.company if is_attempt else None

    @cached_property
    def words(self) -> dict[str, str]:
        """What the templates of titles and bodies may name."""
        company = getattr(self.subject, "company", None) or self._company_of_test
        words = {key: str(value) for key, value in self.event.data.items()}
        words |= {"company": str(company or ""), "worker": str(self.worker or "The worker")}
        if amount := self.event.data.get("amount"):
            words["amount"] = money(amount, company)
        if arriving := self.event.data.get("arriving_at"):
            zone = self.event.data.get("zone")
            words["arrival"] = moment_words(datetime.fromisoformat(arriving), zone, "time")
        if mark := self.event.data.get("mark"):
            words["marked"] = MARKED[Mark(mark)]
        if self.event.kind == "assignment.parts_changed":
            words["parts"] = parts_changed(self.event.data)
        if self.event.kind.startswith("change."):
            words["change"] = change_words(self.event.data)
        if self.event.subject_kind in ("assignments.assignment", "escalations.case"):
            words |= {"title": self.assignment.title, "ref": self.assignment.reference}
        if self.event.subject_kind == "vetting.group":
            words["group"] = self.subject.name
            count = len(self.event.data.get("workers", ()))
            words["lapsed"] = f"{count} member{'s' * (count != 1)}"
        words |= test_words(self.subject) | conduct_words(self.subject)
        if self.event.subject_kind == "escalations.case":
            words |= case_words(self.case)
            words["due"] = self._due_words()
        return words

    def _due_words(self) -> str:
        """Until when what staff asked of a side, or proposed to both, is to be answered."""
        case, due = self.case, self.event.data.get("due")
        moment = datetime.fromisoformat(due) if due else case.party_answer_due_at
        return moment_words(moment or case.update_due_at, case.assignment.time_zone)


def case_words(case: Case) -> dict[str, str]:
    zone, asked = case.assignment.time_zone, case.other_side_due_at or case.update_due_at
    return {
        "case": case.label,
        "about": case.get_kind_display().lower(),
        "answer_due": moment_words(case.first_answer_due_at, zone),
        "story_due": moment_words(asked, zone),
    }


def test_words(subject: Any) -> dict[str, str]:
    """The test, and of an attempt its score and how long a pass is good."""
    if isinstance(subject, Test):
        return {"test": subject.name}
    if not isinstance(subject, Attempt):
        return {}
    words = {"test": subject.test.name, "percent": "", "until": ""}
    if subject.score is not None:
        words["percent"] = f"{subject.score:.0f} percent"
    if subject.expires_on is not None:
        words["until"] = f" The pass is good until {date_words(subject.expires_on)}."
    return words


def conduct_words(subject: Any) -> dict[str, str]:
    """Of a violation or a measure what follows, of an appeal the answer, of a concern the party."""
    if isinstance(subject, Violation | Measure):
        measure = subject.measure if isinstance(subject, Violation) else subject
        effect = measure.get_effect_display().lower()
        return {"follows": measure.words, "effect": effect, "party": str(measure.party)}
    if isinstance(subject, Appeal):
        outcome = subject.get_verdict_display().lower()
        return {"party": str(subject.measure.party), "outcome": outcome,
                "reasons": subject.reasons}  # fmt: skip
    if isinstance(subject, Concern):
        return {"party": str(subject.party), "reporter": str(subject.reported_by or "A rule"),
                "assignment": subject.assignment_reference}  # fmt: skip
    return {}


def money(amount: Any, company: Any) -> str:
    from decimal import Decimal

    currency = company.currency if company else "USD"
    return format_money(round_money(Decimal(str(amount))), currency)
