"""The one appeal against what was decided, and the answer by another member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from activity.record import record
from conduct.measures import lift
from conduct.models import Appeal, AppealFile, Ending, Measure, Verdict, Violation
from conduct.parties import lock_party
from core.errors import DomainError
from core.files import CleanUpload, UploadRefused, store
from core.references import unused

MOST_FILES = 5


class TooLateToAppeal(DomainError):
    message = "An appeal is possible for {days} days after the notice. That time is over."


class NothingToAppeal(DomainError):
    message = "This was taken away already, so there is nothing to appeal."


class AppealedAlready(DomainError):
    message = "You have appealed this already, and every step can be appealed once."


class DecidedByTheSame(DomainError):
    message = "You took the first decision. Another member of staff decides the appeal."


class AppealDecided(DomainError):
    message = "{name} has decided this appeal already: {verdict}."


class TooManyFiles(UploadRefused):
    message = "An appeal carries at most {most} files. Choose those that say the most."


@transaction.atomic
def appeal(
    measure: Measure, *, words: str, by: Actor, at: datetime, files: Sequence[CleanUpload] = ()
) -> Appeal:
    """Ask for another look; once, within 14 days of the notice. ``files`` are kept with it."""
    if len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    measure = _locked(measure)
    if standing := Appeal.objects.filter(measure=measure).first():
        if standing.made_by_id == by.user_id and standing.words == words:
            return standing
        raise AppealedAlready
    if refused := why_not(measure, at=at):
        raise refused
    assert by.user is not None
    made = Appeal.objects.create(
        measure=measure, words=words, made_by=by.user, made_at=at,
        due_at=at + timedelta(days=settings.APPEAL_ANSWER_DAYS),
        first_decided_by=measure.placed_by,
    )  # fmt: skip
    for upload in files:
        AppealFile.objects.create(
            appeal=made, reference=unused(AppealFile, "F", length=10),
            file=store(upload, f"appeals/{measure.reference}"), name=upload.name,
            content_type=upload.content_type, size=upload.size, added_by=by.user, added_at=at,
        )  # fmt: skip
    record("appeal.made", made, by=by, at=at, company_key=measure.company_id, files=len(files))
    return made


def files_of(made: Appeal) -> QuerySet[AppealFile]:
    """What came with an appeal, in the order in which it was handed in."""
    return made.files.select_related("appeal__measure").order_by("pk")


def why_not(measure: Measure, *, at: datetime) -> DomainError | None:
    """Why this cannot be appealed (any more); an appeal that was made is not looked at."""
    if measure.violation is not None and measure.violation.withdrawn_at is not None:
        return NothingToAppeal()
    if at > measure.begins_at + timedelta(days=settings.APPEAL_DAYS):
        return TooLateToAppeal(days=settings.APPEAL_DAYS)
    return None


@transaction.atomic
def decide(made: Appeal, *, verdict: str, reasons: str, by: Actor, at: datetime) -> Appeal:
    """Answer an appeal: take the violation away, end what follows, or leave it as it is.

    Raises ``DecidedByTheSame`` where the decider took the first decision; the database says so
    too. The same answer twice is one.
    """
    lock_party(made.measure.company, made.measure.worker, by=by)
    measure = _locked(made.measure)
    made = Appeal.objects.select_for_update(of=("self",)).get(pk=made.pk)
    made.measure = measure
    if made.decided_at is not None:
        if made.verdict == verdict and made.decided_by_id == by.user_id:
            return made
        said = made.get_verdict_display().lower()
        raise AppealDecided(name=str(made.decided_by), verdict=said)
    if made.first_decided_by_id == by.user_id:
        raise DecidedByTheSame
    made.verdict, made.reasons = verdict, reasons
    made.decided_by, made.decided_at = by.user, at
    made.save(update_fields=["verdict", "reasons", "decided_by", "decided_at"])
    if verdict == Verdict.LIFTED and measure.violation is not None:
        Violation.objects.filter(pk=measure.violation.pk).update(withdrawn_at=at)
    if verdict != Verdict.STANDS and measure.holds(at):
        lift(measure, words=reasons[:500], by=by, at=at, ending=Ending.APPEAL)
    record("appeal.decided", made, by=by, at=at, company_key=measure.company_id, verdict=verdict)
    return made


def _locked(measure: Measure) -> Measure:
    rows = Measure.objects.select_for_update(of=("self",))
    related = rows.select_related("violation__kind", "company", "worker__user", "placed_by")
    return related.get(pk=measure.pk)
