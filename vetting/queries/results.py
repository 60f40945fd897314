"""Reads of results: who reached what, how questions were answered, what waits to be marked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Company, User
from core.paging import moment_key, number_key, walk
from vetting.models import Answer, Attempt, Question, QuestionKind, Test, TestVersion
from vetting.queries.tests import NEWEST
from vetting.states import GOOD, Sitting

OLDEST_WAITING = [moment_key("submitted_at"), number_key("pk")]
MOST_TEXTS = 5

Attempts = QuerySet[Attempt, Attempt]


def results_of(version: TestVersion, *, status: str = "", words: str = "") -> Attempts:
    """Attempts handed in on this version, with what a row of the table shows."""
    rows = Attempt.objects.filter(version=version).exclude(status=Sitting.OPEN)
    if status:
        rows = rows.filter(status=status)
    if words:
        names = User.objects.annotate(words=SearchVector("full_name", config="simple")).filter(
            words=SearchQuery(words, config="simple", search_type="plain")
        )
        rows = rows.filter(worker__user__in=names.values("pk"))
    return rows.select_related("worker__user", "version").defer("worker__search")


def to_mark(company: Company) -> Attempts:
    """What waits for a mark, the oldest first."""
    rows = Attempt.objects.filter(test__company=company, status=Sitting.MARKING)
    return rows.select_related("worker__user", "test").defer("worker__search")


def waiting_for_mark(test: Test) -> int:
    return test.attempts.filter(status=Sitting.MARKING).count()


@dataclass
class Tally:
    """How one question was answered."""

    question: Question
    given: int = 0
    asked: int = 0
    judged: int = 0
    right: int = 0
    points: Decimal = Decimal(0)
    chosen: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    total: Decimal = Decimal(0)

    @property
    def share(self) -> float | None:
        """Percent of the judged answers that were right, counted by points."""
        possible = self.judged * self.question.points
        return round(float(self.points) * 100 / possible, 1) if possible else None

    @property
    def choices(self) -> list[tuple[str, int, bool]]:
        """Each choice with how often it was chosen and whether it is right."""
        return [(c["text"], self.chosen[c["key"]], c["right"]) for c in self.question.choices]

    @property
    def average(self) -> Decimal | None:
        is_number = self.question.kind == QuestionKind.NUMBER
        return round(self.total / self.given, 2) if is_number and self.given else None


def tallies(version: TestVersion, *, is_survey: bool) -> list[Tally]:
    """Every question of a version with how it was answered (three queries, four for a survey)."""
    found = {q.pk: Tally(q) for q in version.questions.select_related("pool")}
    handed_in = Answer.objects.filter(attempt__version=version).exclude(
        attempt__status=Sitting.OPEN
    )
    for row in handed_in.order_by().values("question").annotate(
        asked=Count("pk"), given=Count("answered_at"), judged=Count("points"),
        hits=Count("pk", filter=Q(right=True)), total=Sum("points"),
    ):  # fmt: skip
        one = found[row["question"]]
        one.asked, one.given, one.judged = row["asked"], row["given"], row["judged"]
        one.right, one.points = row["hits"], row["total"] or Decimal(0)
    counted = [q.question.pk for q in found.values() if _is_counted(q.question)]
    chosen = handed_in.filter(question__in=counted).exclude(answered_at=None).order_by()
    for key, value, number in chosen.values_list("question", "value").annotate(n=Count("pk")):
        _count(found[key], value, number)
    if is_survey:
        _add_texts(found, handed_in)
    return list(found.values())


def _is_counted(question: Question) -> bool:
    return question.chooses or question.kind == QuestionKind.NUMBER


def _count(tally: Tally, value: Any, number: int) -> None:
    if tally.question.kind == QuestionKind.NUMBER:
        tally.total += Decimal(str(value)) * number
        return
    for key in value if isinstance(value, list) else [value]:
        tally.chosen[key] += number


def _add_texts(found: dict[int, Tally], handed_in: QuerySet[Answer, Answer]) -> None:
    """The last few texts of each open question."""
    open_ones = [k for k, t in found.items() if t.question.kind in ("short", "long")]
    rows = handed_in.filter(question__in=open_ones).exclude(answered_at=None)
    newest = rows.order_by("-pk").values_list("question", "value")[: MOST_TEXTS * 40]
    for key, value in newest:
        if len(found[key].texts) < MOST_TEXTS:
            found[key].texts.append(str(value))


@dataclass(frozen=True)
class Figures:
    """What came of a version, in numbers."""

    handed_in: int
    passed: int
    waiting: int
    average: Decimal | None

    @property
    def share_passed(self) -> int | None:
        decided = self.handed_in - self.waiting
        return round(self.passed * 100 / decided) if decided else None


def figures_of(version: TestVersion) -> Figures:
    """One query."""
    rows = Attempt.objects.filter(version=version).exclude(status=Sitting.OPEN)
    row = rows.aggregate(
        all=Count("pk"), passed=Count("pk", filter=Q(status__in=GOOD)),
        waiting=Count("pk", filter=Q(status=Sitting.MARKING)), points=Sum("score"),
        scored=Count("score"),
    )  # fmt: skip
    average = round(row["points"] / row["scored"], 1) if row["scored"] else None
    return Figures(row["all"], row["passed"], row["waiting"], average)


def answers_of(attempt: Attempt) -> list[Answer]:
    """The answers in the order in which they were asked, with their questions (one query)."""
    return list(attempt.answers.select_related("question").order_by("position"))


def answer_words(answer: Answer) -> str:
    """What was answered, as people read it; empty where nothing was."""
    question, value = answer.question, answer.value
    if question.takes_file:
        return answer.name
    if value is None:
        return ""
    if question.chooses:
        keys = value if isinstance(value, list) else [value]
        return "; ".join(question.label_of(key) for key in keys)
    return str(value)


def right_words(question: Question) -> str:
    """What would have been right; empty for what a person marks."""
    if question.chooses:
        return "; ".join(choice["text"] for choice in question.choices if choice["right"])
    if question.kind == QuestionKind.NUMBER and question.number is not None:
        within = f" (± {question.tolerance.normalize():f})" if question.tolerance else ""
        return f"{question.number.normalize():f}{within}"
    return "; ".join(question.accepted)


COLUMNS = (
    "Attempt", "Worker", "Worker reference", "Number", "Version", "Started", "Handed in",
    "Time ran out", "Result", "Score in percent", "Points", "Possible points", "Good until",
)  # fmt: skip


def export_rows(rows: Attempts, questions: Sequence[Question]) -> Iterator[list[object]]:
    """The table of results row by row, a column a question, read in chunks."""
    whole = rows.prefetch_related("answers__question")
    for attempt in walk(whole, NEWEST, chunk=200):
        given: dict[int, str] = defaultdict(str)
        given |= {answer.question_id: answer_words(answer) for answer in attempt.answers.all()}
        yield [
            attempt.reference, str(attempt.worker), attempt.worker.reference, attempt.number,
            attempt.version.number, attempt.started_at.isoformat(),
            attempt.submitted_at.isoformat() if attempt.submitted_at else "",
            "yes" if attempt.timed_out else "no", attempt.get_status_display(),
            "" if attempt.score is None else attempt.score,
            "" if attempt.points is None else attempt.points, attempt.possible,
            attempt.expires_on or "", *(given[question.pk] for question in questions),
        ]  # fmt: skip
