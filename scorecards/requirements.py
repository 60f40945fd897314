"""Kinds of requirements about how a worker has worked: figures of the scorecard, and facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Expression
from django.urls import reverse_lazy

from accounts.models import Company, WorkerProfile
from assignments.models import Assignment, Mark, Unassignment
from assignments.states import Status
from core.dates import date_words
from scorecards.formulas import value_words
from scorecards.models import Window, WorkerScorecard
from vetting.requirements.beside import WORK, said
from vetting.requirements.registry import Finding, Kind, On, Reading, Values, ValuesForm

OWN = reverse_lazy("scorecards:own")
WINDOWS = {Window.RECENT: "in the last 90 days", Window.ALL_TIME: "over all time"}
SEE = "See your scorecard"
FIND = "Find work"
FIND_WORK = reverse_lazy("assignments:find_work")


def number_field(label: str, *, most: int, initial: int, what: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        initial=initial,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": f"Say {what}."},
    )


class ShareForm(ValuesForm):
    percent = number_field("At least, in percent", most=100, initial=90, what="how many percent")
    window = forms.ChoiceField(
        label="Counted", choices=Window.choices, initial=Window.RECENT, required=False
    )
    newcomers = forms.BooleanField(
        required=False,
        initial=True,
        label="Workers without this figure meet it too",
        help_text="So that new workers, of whom nothing is known yet, are not left out.",
    )

    def clean_window(self) -> str:
        return self.cleaned_data["window"] or Window.RECENT


class Share(Reading):
    """A share on the worker's scorecard, as rolled up."""

    heading = "Scorecard"
    form = ShareForm
    figure: str
    name: str

    def sentence(self, values: Values) -> str:
        words = f"{self.name} of at least {values['percent']}% {WINDOWS[Window(values['window'])]}"
        return f"{words}, or no figure yet" if values["newcomers"] else words

    def check_all(self, worker: WorkerProfile, asked: Sequence[Values], on: On) -> list[Finding]:
        cards = WorkerScorecard.objects.filter(worker=worker)
        shares: dict[str, Any] = dict(cards.values_list("window", self.figure))
        return [self._finding(values, shares.get(values["window"])) for values in asked]

    def _finding(self, values: Values, share: Any) -> Finding:
        if share is None:
            reason = f"You have no figure for {self.name.lower()} yet."
            known = "No figure yet"
            met = values["newcomers"]
        else:
            is_now = value_words(share, "share")
            reason, known = f"Your {self.name.lower()} is {is_now}.", f"{is_now}"
            met = share >= values["percent"] / 100
        if met:
            return Finding(met=True, reason=reason, for_client=known)
        return Finding(
            met=False, reason=reason, fix_url=str(OWN), fix_label=SEE, for_client=known
        )  # fmt: skip

    def remedy(self, values: Values) -> tuple[str, str]:
        return str(OWN), SEE

    def condition(self, values: Values, on: On) -> Q:
        cards = self._cards(values).filter(worker=OuterRef("pk"))
        least = values["percent"] / 100
        if values["newcomers"]:
            return Q(~Exists(cards.filter(**{f"{self.figure}__lt": least})))
        return Q(Exists(cards.filter(**{f"{self.figure}__gte": least})))

    def met(self) -> Q:
        cards = WorkerScorecard.objects.filter(worker=WORK.worker, window=said("window"))
        least = said("percent", FloatField()) / 100.0
        enough = Q(Exists(cards.filter(**{f"{self.figure}__gte": least})))
        too_little = Exists(cards.filter(**{f"{self.figure}__lt": least}))
        return Q(enough | Q(Q(values__newcomers=True) & ~too_little))

    @staticmethod
    def _cards(values: Values) -> QuerySet[WorkerScorecard, WorkerScorecard]:
        return WorkerScorecard.objects.filter(window=values["window"])


class Satisfaction(Share):
    slug, label = "satisfaction", "Satisfaction at least"
    figure, name = "satisfaction", "Satisfaction"


class OnTime(Share):
    slug, label = "on_time", "On time at least"
    figure, name = "on_time", "Punctuality"
    help = "The share of assignments the worker came to in time."


class DeliverablesOnTime(Share):
    slug, label = "deliverables_on_time", "Deliverables on time at least"
    figure, name = "deliverables_on_time", "Deliverables on time"


class CountForm(ValuesForm):
    count = number_field("At least so many", most=10_000, initial=5, what="how many")


def assignments_words(number: int) -> str:
    return f"{number:,} assignment{'s' * (number != 1)}"


class Completed(Kind):
    slug = "completed"
    label = "Completed assignments, for any client"
    heading = "Experience"
    form = CountForm

    def sentence(self, values: Values) -> str:
        return f"Has completed at least {assignments_words(values['count'])}"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        card = WorkerScorecard.objects.filter(worker=worker, window=Window.ALL_TIME).first()
        return counted(card.completed if card else 0, values["count"])

    def condition(self, values: Values, on: On) -> Q:
        cards = WorkerScorecard.objects.filter(
            worker=OuterRef("pk"), window=Window.ALL_TIME, completed__gte=values["count"]
        )
        return Q(Exists(cards))

    def met(self) -> Q:
        least = said("count", IntegerField())
        cards = WorkerScorecard.objects.filter(worker=WORK.worker, window=Window.ALL_TIME)
        return Q(Exists(cards.filter(completed__gte=least)))


class CompletedWithUs(Kind):
    slug = "completed_with_us"
    label = "Completed assignments, for your company"
    heading = "With your company"
    form = CountForm

    def sentence(self, values: Values) -> str:
        return f"Has completed at least {assignments_words(values['count'])} for this client"

    def is_per_company(self, values: Values) -> bool:
        return True

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        done = self._done(on.company).filter(worker=worker).count()
        return counted(done, values["count"], f" for {on.company}")

    def condition(self, values: Values, on: On) -> Q:
        enough = (
            self._done(on.company)
            .order_by()
            .values("worker")
            .annotate(done=Count("pk"))
            .filter(done__gte=values["count"])
        )
        return Q(pk__in=enough.values("worker"))

    def met(self) -> Q:
        done = self._done(WORK.company).filter(worker=WORK.worker).order_by().values("worker")
        enough = done.annotate(done=Count("pk")).filter(done__gte=said("count", IntegerField()))
        return Q(Exists(enough))

    @staticmethod
    def _done(company: Company | Expression) -> QuerySet[Assignment, Assignment]:
        return Assignment.objects.filter(
            company=company, status__in=(Status.INVOICED, Status.PAID), worker__isnull=False
        )


def counted(done: int, wanted: int, whom: str = "") -> Finding:
    words = f"{done:,} so far"
    reason = f"You have completed {assignments_words(done)}{whom}."
    if done >= wanted:
        return Finding(met=True, reason=reason, for_client=words)
    return Finding(
        met=False, reason=f"{reason[:-1]} of {wanted:,} wanted.", fix_url=str(FIND_WORK),
        fix_label=FIND, for_client=words,
    )  # fmt: skip


class DaysForm(ValuesForm):
    days = number_field("Days back", most=3_650, initial=90, what="how many days")


class NoLateCancellation(Kind):
    """Backing out under 24 hours before the start, and leaving work undone, with a mark."""

    slug = "no_late_cancellation"
    label = "No late cancellation lately"
    heading = "Scorecard"
    help = "Abandoned work counts too; leaving for a reason that carries no mark does not."
    form = DaysForm

    def sentence(self, values: Values) -> str:
        days = values["days"]
        return f"No late cancellation in the last {days:,} day{'s' * (days != 1)}"

    def check(self, worker: WorkerProfile, values: Values, on: On) -> Finding:
        last = self._late(values, on).filter(worker=worker).order_by("-unassigned_at").first()
        if last is None:
            return Finding(met=True, reason="You have none in that time.")
        until = (last.unassigned_at + timedelta(days=values["days"])).date()
        return Finding(
            met=False,
            reason=f"You left an assignment late on {date_words(last.unassigned_at.date())}. "
            f"It counts until {date_words(until)}.",
            fix_url=str(OWN), fix_label=SEE, for_client="At least one",
        )  # fmt: skip

    def condition(self, values: Values, on: On) -> Q:
        return Q(~Exists(self._late(values, on).filter(worker=OuterRef("pk"))))

    def met(self) -> Q:
        days = said("days", IntegerField()) * Value(timedelta(days=1), DurationField())
        since = ExpressionWrapper(WORK.at - days, DateTimeField())
        late = self._marked().filter(worker=WORK.worker, unassigned_at__gte=since)
        return Q(~Exists(late))

    def _late(self, values: Values, on: On) -> QuerySet[Unassignment, Unassignment]:
        return self._marked().filter(unassigned_at__gte=on.at - timedelta(days=values["days"]))

    @staticmethod
    def _marked() -> QuerySet[Unassignment, Unassignment]:
        return Unassignment.objects.filter(mark__in=(Mark.CANCELLED_LATE, Mark.ABANDONED))


KINDS = (
    Satisfaction(), OnTime(), DeliverablesOnTime(), Completed(), CompletedWithUs(),
    NoLateCancellation(),
)  # fmt: skip
