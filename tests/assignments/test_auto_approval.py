"""Approval by itself."""

from datetime import timedelta

import pytest

from accounts.actors import SYSTEM
from activity.models import Event
from assignments import auto_approval, deliverables, lifecycle
from assignments.states import Status
from tests.factories import assignments as work


@pytest.fixture
def after_two_days(submitted):
    submitted.company.auto_approve_after_days = 2
    submitted.company.save()
    return submitted.submitted_at + timedelta(days=2)


def test_it_is_off_unless_a_company_switches_it_on(submitted):
    assert auto_approval.sweep(at=submitted.submitted_at + timedelta(days=99)) == 0


def test_submitted_work_is_approved_when_its_days_are_over(submitted, after_two_days):
    assert auto_approval.sweep(at=after_two_days - timedelta(seconds=1)) == 0
    assert auto_approval.sweep(at=after_two_days) == 1
    assert auto_approval.sweep(at=after_two_days) == 0
    submitted.refresh_from_db()
    assert (submitted.status, submitted.approved_by) == (Status.PAID, None)
    event = Event.objects.about(submitted).get(kind="assignment.approved")
    assert (event.acting_as, event.user) == ("system", None)


def test_never_under_a_dispute_hold(submitted, after_two_days):
    lifecycle.hold(submitted, kind="dispute", reason="A case", by=SYSTEM, at=after_two_days)
    assert auto_approval.sweep(at=after_two_days + timedelta(days=9)) == 0
    submitted.refresh_from_db()
    assert submitted.status == Status.PENDING_APPROVAL


def test_work_sent_back_counts_from_its_new_submission(submitted, after_two_days, alice, wanda):
    back = submitted.submitted_at + timedelta(days=1)
    lifecycle.send_back(submitted, note="One photo is missing.", by=alice, at=back)
    assert auto_approval.sweep(at=after_two_days) == 0


def test_work_with_a_refused_file_waits_and_holds_nothing_back(
    submitted, after_two_days, alice, wanda, at, monkeypatch
):
    monkeypatch.setattr(auto_approval, "MOST_AT_ONCE", 1)
    file = submitted.deliverables.get()
    deliverables.refuse(file, reason="It is blurred.", by=alice, at=submitted.submitted_at)
    later = work.in_stage("pending_approval", alice, wanda, at=at + timedelta(days=1))
    assert later.submitted_at > submitted.submitted_at
    assert auto_approval.sweep(at=after_two_days + timedelta(days=9)) == 1
    assert auto_approval.sweep(at=after_two_days + timedelta(days=9)) == 0
    submitted.refresh_from_db()
    later.refresh_from_db()
    assert (submitted.status, later.status) == (Status.PENDING_APPROVAL, Status.PAID)
