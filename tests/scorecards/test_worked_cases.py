"""docs/worked-cases.md, row by row: what was computed by hand is what the site draws."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings

from activity import reactions
from activity.models import Event
from assignments import lifecycle, visiting
from assignments.contents import Contents, Wanted
from assignments.models import Assignment, Hold
from core.files import check_upload
from scorecards import comparing
from scorecards.models import CompanyScorecard, WorkerScorecard
from scorecards.reactions import COMPANY_FIGURES, WORKER_FIGURES, refresh_figures
from tests.factories import assignments as work
from tests.factories.payments import add_cash

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZERO = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
SECTIONS = {
    "Approval time": "approval_days",
    "On time": "on_time",
    "Deliverables on time": "deliverables_on_time",
}


def cases():
    """Figure, name, acts and result of every row of the page."""
    page = (settings.BASE_DIR / "docs" / "worked-cases.md").read_text()
    for section in page.split("\n## ")[1:]:
        title, rows = section.split("\n", 1)
        for line in rows.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" |")]
            if line.startswith("|") and cells[0] not in ("case", "---"):
                name, acts, result = cells[:3]
                yield pytest.param(SECTIONS[title], acts.split(", "), result, id=f"{title}: {name}")


class Played:
    """One assignment, and each act of the page by its first word."""

    def __init__(self, alice, wanda, walt, olga):
        self.client, self.worker, self.other, self.desk = alice, wanda, walt, olga
        self.told, self.twice = True, False
        made = ZERO - 5 * DAY
        contents = Contents(
            {**work.FACTS, "industry": work.industry(), "starts_at": ZERO - 2 * DAY,
             "ends_at": ZERO - 2 * DAY + 4 * HOUR},
            deliverables=(Wanted("Photo", due_at=ZERO - DAY),),
        )  # fmt: skip
        add_cash(alice.company, Decimal(1000), at=made)
        draft = lifecycle.create(contents, by=alice, at=made)
        sent = work.sent(draft, alice, at=made)
        self.key = work.assigned(sent, alice, wanda, at=made).pk

    @property
    def job(self):
        return Assignment.objects.get(pk=self.key)

    def act(self, words):
        name, *rest = words.split()
        getattr(self, name)(*rest)
        if self.told:
            while reactions.dispatch(at=ZERO + 20 * DAY):
                pass

    def arrive(self, day):
        lifecycle.check_in(self.job, by=self.worker, at=moment(day))

    def corrected(self, day):
        lifecycle.check_out(self.job, by=self.worker, at=moment("-1.5"))
        visit = self.job.visits.get()
        visiting.correct_visit(
            visit, checked_in_at=moment(day), checked_out_at=visit.checked_out_at,
            reason="My watch was wrong", by=self.worker, at=moment("-1"),
        )  # fmt: skip

    def file(self, day):
        wanted = self.job.deliverable_requests.get()
        lifecycle.hand_in(wanted, check_upload(work.photo()), by=self.worker, at=moment(day))

    def refuse(self, day):
        file = self.job.deliverables.get(removed_at=None)
        lifecycle.refuse_deliverable(file, reason="Too dark", by=self.client, at=moment(day))

    def submit(self, day):
        if not self.job.visits.exists():
            self.arrive("-2")
            self.file("-1.5")
            lifecycle.check_out(self.job, by=self.worker, at=moment("-1.4"))
        lifecycle.submit(self.job, resolution="Done.", by=self.worker, at=moment(day))

    def complete(self, day):
        lifecycle.complete_for(
            self.job, reason="They called", resolution="Done.", without_missing=True,
            by=self.client, at=moment(day),
        )  # fmt: skip

    def back(self, day):
        lifecycle.send_back(self.job, note="Blurred", by=self.client, at=moment(day))

    def approve(self, day):
        lifecycle.approve(self.job, by=self.client, at=moment(day))

    def case(self, day):
        lifecycle.hold(self.job, kind="dispute", reason="A case", by=self.desk, at=moment(day))

    def settled(self, day):
        held = self.job.holds.get(kind="dispute", released_at=None)
        lifecycle.release(held, by=self.desk, at=moment(day))

    def covered(self, start, end, kind="dispute"):
        """Holds that no verb would let stand so: as if written by an import."""
        Hold.objects.create(
            assignment=self.job, kind=kind, reason="A case", placed_at=moment(start),
            released_at=None if end == "open" else moment(end),
        )  # fmt: skip
        event = Event.objects.filter(subject_key=self.key).latest("pk")
        told = Event(
            kind="assignment.released", subject_kind=event.subject_kind, subject_key=self.key,
            company_key=self.client.company.pk, at=ZERO + 20 * DAY, data={},
        )  # fmt: skip
        refresh_figures(told)

    def paused(self, start, end):
        self.covered(start, end, kind="schedule")

    def asked(self, wanted, _by, side, _at, day):
        by = self.client if side == "client" else self.worker
        start = moment(wanted)
        lifecycle.reschedule(
            self.job, starts_at=start, ends_at=start + 4 * HOUR, reason="Traffic", by=by,
            at=moment(day),
        )  # fmt: skip

    def cancel(self, day):
        lifecycle.cancel(
            self.job, reason="other", note="Site closed", by=self.client, at=moment(day)
        )

    def left(self, day):
        lifecycle.back_out(self.job, reason="illness", note="Ill", by=self.worker, at=moment(day))

    def another(self, day):
        work.assigned(self.job, self.client, self.other, at=moment(day))
        self.worker = self.other

    def moved(self, day):
        """A submission dated after the approval, as a machine with a wrong clock would."""
        Assignment.objects.filter(pk=self.key).update(submitted_at=moment(day))
        event = Event.objects.filter(subject_key=self.key, kind="assignment.approved").get()
        refresh_figures(event)


def moment(day):
    return ZERO + float(day) * DAY


@pytest.mark.django_db
@pytest.mark.parametrize(("figure", "acts", "result"), list(cases()))
def test_worked_case(figure, acts, result, alice, wanda, walt, olga):
    played = Played(alice, wanda, walt, olga)
    played.told = "untold" not in acts
    for words in acts:
        if words not in ("twice", "untold"):
            played.act(words)
    at = ZERO + 30 * DAY
    if "twice" in acts:
        kinds = {*COMPANY_FIGURES, *WORKER_FIGURES}
        for event in Event.objects.filter(kind__in=kinds).order_by("-pk"):
            refresh_figures(event)
    if figure == "deliverables_on_time" or not played.told:
        comparing.compare_all(at=at)
    if figure == "approval_days":
        card = CompanyScorecard.objects.get(company=alice.company, window="recent")
    else:
        card = WorkerScorecard.objects.get(worker=played.worker.worker, window="recent")
    drawn = getattr(card, figure)
    if re.fullmatch(r"[\d.]+", result):
        assert drawn == pytest.approx(float(result), abs=1e-6)
    else:
        assert drawn == {"yes": 1, "no": 0, "none": None}[result]
