"""Histories at random: two workers and a client do what comes into their heads, through the verbs.

What is refused is no part of the history; the clock goes on all the same.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from assignments import lifecycle, visiting
from assignments.contents import Contents, Wanted
from assignments.models import Assignment, ChangeRequest, Hold, Reason
from core.errors import DomainError
from core.files import check_upload
from messaging import posting
from scorecards import moderating, rating
from scorecards.models import Rating
from tests.factories import assignments as work

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class History:
    """The acts, each by its name; ``which`` and ``number`` are what was drawn for it."""

    def __init__(self, client, workers, desk, at):
        self.client, self.workers, self.desk, self.at = client, workers, desk, at
        self.jobs, self.step = [], 0

    def act(self, name, which, number, hours):
        self.at += timedelta(hours=hours)
        self.step += 1
        with contextlib.suppress(DomainError), transaction.atomic():
            getattr(self, name)(which, number)

    def job(self, which, *statuses):
        """One of those in these statuses, or of all."""
        jobs = Assignment.objects.filter(pk__in=self.jobs).order_by("pk")
        found = list(jobs.filter(status__in=statuses) if statuses else jobs)
        if not found:
            raise DomainError("Nothing there.")
        return found[which % len(found)]

    def worker_on(self, job):
        mine = [one for one in self.workers if one.worker.pk == job.worker_id]
        if not mine:
            raise DomainError("Nobody.")
        return mine[0]

    def post(self, which, number):
        start = self.at + timedelta(hours=number % 60)
        contents = Contents(
            {**work.FACTS, "industry": work.industry(), "starts_at": start,
             "ends_at": start + 4 * HOUR, "terms_days": (0, 7, 15)[number % 3],
             "is_window": number % 5 == 0},
            deliverables=(Wanted("Photo", due_at=start + (number % 40) * HOUR),),
        )  # fmt: skip
        draft = lifecycle.create(contents, by=self.client, at=self.at)
        job = work.sent(draft, self.client, at=self.at)
        self.jobs.append(job.pk)
        work.assigned(job, self.client, self.workers[which % 2], at=self.at)

    def assign(self, which, number):
        job = self.job(which, "sent")
        work.assigned(job, self.client, self.workers[number % 2], at=self.at)

    def arrive(self, which, number):
        """Check in near the start, whatever the clock says."""
        job = self.job(which, "assigned")
        moment = max(self.at, job.starts_at + timedelta(minutes=number * 7 - 60))
        self.at = moment
        lifecycle.check_in(job, by=self.worker_on(job), at=moment)

    def correct(self, which, number):
        job = self.job(which)
        visit = job.visits.order_by("pk").first()
        if visit is None or visit.checked_out_at is None:
            raise DomainError("No visit.")
        visiting.correct_visit(
            visit, checked_in_at=visit.checked_in_at - number * timedelta(minutes=11),
            checked_out_at=visit.checked_out_at, reason="My watch", by=self.worker_on(job),
            at=self.at,
        )  # fmt: skip

    def hand_in(self, which, number):
        job = self.job(which, "assigned", "in_progress")
        wanted = job.deliverable_requests.get()
        lifecycle.hand_in(wanted, check_upload(work.photo()), by=self.worker_on(job), at=self.at)

    def refuse(self, which, number):
        job = self.job(which, "in_progress", "pending_approval")
        file = job.deliverables.filter(removed_at=None, verdict="").first()
        if file is None:
            raise DomainError("No file.")
        lifecycle.refuse_deliverable(file, reason="Dark", by=self.client, at=self.at)

    def hand_over(self, which, number):
        job = self.job(which, "assigned", "in_progress")
        worker = self.worker_on(job)
        if job.status == "assigned":
            lifecycle.check_in(job, by=worker, at=self.at)
        wanted = job.deliverable_requests.get()
        lifecycle.hand_in(wanted, check_upload(work.photo()), by=worker, at=self.at)
        self.at += HOUR
        with contextlib.suppress(DomainError), transaction.atomic():
            lifecycle.check_out(job, by=worker, at=self.at)
        lifecycle.submit(job, resolution="Done.", by=worker, at=self.at)

    def complete_for(self, which, number):
        lifecycle.complete_for(
            self.job(which, "assigned", "in_progress"), reason="They called",
            resolution="Done.", without_missing=True,
            visits=[(self.at - 2 * HOUR, self.at - HOUR)] if number % 2 else [],
            by=self.client, at=self.at,
        )  # fmt: skip

    def send_back(self, which, number):
        lifecycle.send_back(
            self.job(which, "pending_approval"), note="Blurred", by=self.client, at=self.at
        )

    def approve(self, which, number):
        lifecycle.approve(self.job(which, "pending_approval"), by=self.client, at=self.at)

    def pay(self, which, number):
        lifecycle.pay(self.job(which, "invoiced"), by=self.client, at=self.at)

    def cancel(self, which, number):
        lifecycle.cancel(
            self.job(which, "assigned", "in_progress"),
            reason=("other", "worker_asked")[number % 2], note="Closed",
            fee=Decimal(number % 3 * 20), by=self.client, at=self.at,
        )  # fmt: skip

    def close_unpaid(self, which, number):
        lifecycle.close_unpaid(
            self.job(which, "pending_approval", "invoiced"),
            note="Decided",
            by=self.desk,
            at=self.at,
        )

    def back_out(self, which, number):
        job = self.job(which, "assigned")
        why = list(Reason.objects.filter(act="back_out", is_active=True).order_by("pk"))
        lifecycle.back_out(
            job, reason=why[number % len(why)].code, note="Sorry", by=self.worker_on(job),
            at=self.at,
        )  # fmt: skip

    def unassign(self, which, number):
        why = list(Reason.objects.filter(act="unassign", is_active=True).order_by("pk"))
        lifecycle.unassign(
            self.job(which, "assigned", "in_progress"), reason=why[number % len(why)].code,
            note="Other", by=self.client, at=self.at,
        )  # fmt: skip

    def dispute(self, which, number):
        lifecycle.hold(
            self.job(which), kind=Hold.Kind.DISPUTE, reason="A case", by=self.desk, at=self.at
        )

    def settle(self, which, number):
        held = self.job(which).holds.filter(kind="dispute", released_at=None).first()
        if held:
            lifecycle.release(held, by=self.desk, at=self.at)

    def pause(self, which, number):
        lifecycle.put_on_hold(
            self.job(which, "assigned", "in_progress"), reason="Snow", by=self.client, at=self.at
        )

    def go_on(self, which, number):
        job = self.job(which, "assigned", "in_progress")
        start = self.at + (1 + number % 30) * HOUR
        lifecycle.take_off_hold(
            job, by=self.client, at=self.at, starts_at=start, ends_at=start + 4 * HOUR
        )

    def ask_later(self, which, number):
        job = self.job(which, "assigned", "in_progress")
        by = self.client if number % 2 else self.worker_on(job)
        start = max(job.starts_at, self.at) + (1 + number % 50) * HOUR
        lifecycle.reschedule(
            job, starts_at=start, ends_at=start + 4 * HOUR, reason="Traffic", by=by, at=self.at,
            key=f"later-{self.step}",
        )  # fmt: skip

    def answer(self, which, number):
        job = self.job(which)
        asked = ChangeRequest.objects.filter(assignment=job, status="open").first()
        if asked is None:
            raise DomainError("Nothing asked.")
        by = self.worker_on(job) if asked.side == "client" else self.client
        if number % 3:
            lifecycle.accept_change(asked, by=by, at=self.at)
        else:
            lifecycle.decline_change(asked, reason="No", by=by, at=self.at)

    def rate(self, which, number):
        """By one side, or by both at once, which shows both."""
        job = self.job(which, "invoiced", "paid", "cancelled")
        sides = [self.client, self.worker_on(job)]
        for by in sides if number % 3 else sides[number % 2 :][:1]:
            rating.rate(
                assignment=job, overall=("excellent", "satisfied", "unsatisfied")[number // 3 % 3],
                marks=[1 + number % 5, 1 + number % 4, 3], comment="", by=by, at=self.at,
            )  # fmt: skip

    def publish(self, which, number):
        rating.publish_due(at=self.at)

    def hide(self, which, number):
        shown = list(Rating.objects.published().order_by("pk"))
        if shown:
            rated = shown[number % len(shown)]
            act = moderating.hide if number % 2 else moderating.contest
            act(rated, reason="Abusive", by=self.desk, at=self.at)

    def show_again(self, which, number):
        for rated in Rating.objects.filter(hidden_at__isnull=False).order_by("pk")[:1]:
            moderating.settle(rated, removed=number % 2 == 0, by=self.desk, at=self.at)
            moderating.restore(rated, reason="It was fair", by=self.desk, at=self.at)

    def write(self, which, number):
        job = self.job(which)
        worker = self.worker_on(job)
        for turn, by in enumerate([worker, self.client][: 1 + number % 2]):
            self.at += turn * number * timedelta(minutes=7)
            posting.post(
                assignment=job, worker=worker.worker, body="Hello", by=by, at=self.at,
                key=f"said-{self.step}-{turn}",
            )  # fmt: skip


ACTS = sorted(
    name for name in vars(History)
    if not name.startswith("_") and name not in ("act", "job", "worker_on")
)  # fmt: skip
OFTEN = ["post", "post", "arrive", "hand_over", "approve", "rate", "rate", "settle", "unassign"]
"""Acts that others wait for: drawn more often, or most histories would be short."""
