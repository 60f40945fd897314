"""The versions of the formulas: what changed with each, and since when it is in force here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from scorecards.formulas import VERSION
from scorecards.models import FormulaEdition


@dataclass(frozen=True, slots=True)
class Change:
    """What came out differently from one version on. ``figures`` are names of formulas by the
    side whose figures they are; a page that shows one of them says so."""

    version: int
    words: str
    company: tuple[str, ...] = ()
    worker: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(self.version)


CHANGES = (
    Change(
        2, "Leaving an assignment counts by the mark that the reason carried when it was given.",
        worker=("cancelled", "cancelled_late", "abandoned"),
        company=("late_cancellations", "late_cancellations_paid"),
    ),
    Change(
        3, "On time is read from the first check-in itself and the start agreed at that moment; "
        "later corrections of either change nothing.", worker=("on_time",),
    ),
    Change(
        4, "Time under a case does not count against a worker either. A late check-in does not "
        "count where the client then cancelled, nor against a later start that the client had "
        "asked for. Deliverables that were due before the worker was assigned are left out.",
        worker=("on_time", "deliverables_on_time"),
    ),
    Change(
        5, "Times are added up in whole microseconds and no longer rounded row by row: no figure "
        "moves by as much as a millionth.",
        company=("approval_days", "days_past_due", "answer_hours"),
    ),
)  # fmt: skip


def begin(*, at: datetime, version: int = VERSION) -> FormulaEdition:
    """Note that a version is in force from now on; once."""
    edition, _ = FormulaEdition.objects.get_or_create(version=version, defaults={"began_at": at})
    return edition


def finish(edition: FormulaEdition, owners: int, *, at: datetime) -> None:
    """Note that every scorecard has been drawn by it."""
    edition.owners, edition.recomputed_at = owners, at
    edition.save(update_fields=["owners", "recomputed_at"])


def noted(at: datetime) -> list[tuple[Change, FormulaEdition]]:
    """The changes that came into force here within the window, newest first (one query).

    The first version a site ever had changed nothing for anybody.
    """
    editions = list(FormulaEdition.objects.all())
    since = at - timedelta(days=settings.SCORECARD_WINDOW_DAYS)
    began = {edition.version: edition for edition in editions[1:] if edition.began_at >= since}
    return [(change, began[change.version]) for change in CHANGES[::-1] if change.version in began]
