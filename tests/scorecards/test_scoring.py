"""Figures worked by hand, from rows that the verbs made."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Company
from activity import reactions
from assignments import lifecycle
from assignments.models import Hold, Reason
from payments import invoicing
from scorecards import cards, moderating, rating, scoring
from scorecards.models import CompanyScorecard, Window, WorkerScorecard
from tests.factories import assignments as work

DAY = timedelta(days=1)


@pytest.fixture
def figures(acme):
    """Acme's scorecard of a window, drawn anew at a moment."""

    def drawn(moment, window=Window.RECENT):
        scoring.refresh_company(acme, at=moment)
        return CompanyScorecard.objects.get(company=acme, window=window)

    return drawn


@pytest.fixture
def worker_figures(wanda):
    def drawn(moment, window=Window.RECENT):
        scoring.refresh_worker(wanda.worker, at=moment)
        return WorkerScorecard.objects.get(worker=wanda.worker, window=window)

    return drawn


@pytest.fixture
def submitted_at(alice, wanda, at):
    """Makes an assignment that is submitted at a moment."""

    def make(moment, **fields):
        start = moment - timedelta(hours=2)
        fields = {"starts_at": start, "ends_at": start + timedelta(hours=4), **fields}
        return work.in_stage("pending_approval", alice, wanda, at=start - 3 * DAY, **fields)

    return make


@pytest.fixture
def invoiced_at(submitted_at, alice):
    """Makes an assignment on terms of 7 days that is approved at a moment."""

    def make(moment):
        assignment = submitted_at(moment - timedelta(hours=1), terms_days=7)
        return lifecycle.approve(assignment, by=alice, at=moment)

    return make


def disputed(assignment, start, end=None):
    return Hold.objects.create(
        assignment=assignment, kind="dispute", reason="A case", placed_at=start, released_at=end
    )


def approve(assignment, alice, days):
    return lifecycle.approve(assignment, by=alice, at=assignment.submitted_at + days * DAY)


def pay(assignment, alice, moment):
    return lifecycle.pay(assignment, by=alice, at=moment)


def rate(assignment, by, overall, at, marks=(5, 4, 3)):
    return rating.rate(
        assignment=assignment, overall=overall, marks=marks, comment="", by=by, at=at
    )


# -- approval time


def test_approval_time_is_the_average_from_submission_to_approval(submitted_at, alice, at, figures):
    for days in (1, 2, 6):
        approve(submitted_at(at), alice, days)
    card = figures(at + 7 * DAY)
    assert card.approvals == 3
    assert card.approval_days == pytest.approx(3.0)


@pytest.mark.parametrize(
    "holds, counted",
    [
        ([(2, 5)], 7),
        ([(-3, 4)], 6),
        ([(8, 30)], 8),
        ([(-2, 30)], 0),
        ([(8, None)], 8),
        ([(-5, -1)], 10),
        ([(1, 4), (3, 6)], 5),
        ([(1, 9), (3, 4)], 2),
        ([(1, 2), (3, 4), (9, 12)], 7),
    ],
    ids=[
        "inside", "opened before submission", "closed after approval", "around everything",
        "still open", "over before submission", "overlapping", "one within the other", "several",
    ],
)  # fmt: skip
def test_time_under_a_dispute_is_not_the_clients(holds, counted, submitted_at, alice, at, figures):
    assignment = approve(submitted_at(at), alice, 10)
    for start, end in holds:
        Hold.objects.create(
            assignment=assignment, kind="dispute", reason="A case", placed_at=at + start * DAY,
            released_at=None if end is None else at + end * DAY,
        )  # fmt: skip
        if end is None:
            break
    assert figures(at + 40 * DAY).approval_days == pytest.approx(counted)


def test_a_schedule_hold_does_not_stop_the_approval_clock(submitted_at, alice, at, figures):
    assignment = approve(submitted_at(at), alice, 4)
    Hold.objects.create(
        assignment=assignment, kind="schedule", reason="Snow", placed_at=at,
        released_at=at + 2 * DAY,
    )  # fmt: skip
    assert figures(at + 5 * DAY).approval_days == pytest.approx(4)


def test_work_sent_back_counts_from_its_last_submission(submitted_at, alice, wanda, at, figures):
    assignment = submitted_at(at)
    lifecycle.send_back(assignment, note="One photo is blurred.", by=alice, at=at + 5 * DAY)
    again = lifecycle.submit(assignment, resolution="New photo.", by=wanda, at=at + 6 * DAY)
    approve(again, alice, 1)
    assert figures(at + 8 * DAY).approval_days == pytest.approx(1)


# -- pending


def test_the_share_pending_too_long_leaves_disputes_out(submitted_at, at, figures):
    submitted_at(at)
    submitted_at(at + 1.9 * DAY)
    disputed(submitted_at(at), at + DAY)
    released = submitted_at(at)
    disputed(released, at + DAY, at + 3 * DAY)
    assert figures(at + 3 * DAY).pending_too_long == 0
    assert figures(at + 4 * DAY).pending_too_long == pytest.approx(1 / 3)


def test_nothing_pending_is_nothing_to_measure(acme, at, figures):
    assert figures(at).pending_too_long is None


# -- payment


def test_payment_counts_from_the_end_of_the_due_date(invoiced_at, alice, funds, at, figures):
    funds(alice.company, 5000)
    morning = datetime(2026, 11, 10, 9, tzinfo=UTC)
    on_time = invoiced_at(morning)
    assert on_time.invoice.due_on.isoformat() == "2026-11-17"
    late = invoiced_at(morning)
    early = invoiced_at(morning)
    pay(early, alice, morning + DAY)
    pay(on_time, alice, datetime(2026, 11, 17, 23, 59, tzinfo=UTC))
    pay(late, alice, datetime(2026, 11, 20, 12, tzinfo=UTC))
    card = figures(datetime(2026, 11, 21, tzinfo=UTC))
    assert card.payments == 3
    assert card.days_past_due == pytest.approx(2.5 / 3)
    assert card.paid_on_time == pytest.approx(2 / 3)
    assert card.past_due is None


def test_an_unpaid_invoice_counts_once_it_is_past_due(invoiced_at, at, figures):
    morning = datetime(2026, 11, 10, 9, tzinfo=UTC)
    invoiced_at(morning)
    due = figures(datetime(2026, 11, 17, 23, tzinfo=UTC))
    assert (due.payments, due.days_past_due, due.past_due) == (0, None, 0)
    late = figures(datetime(2026, 11, 22, tzinfo=UTC))
    assert (late.payments, late.past_due, late.paid_on_time) == (1, 1, 0)
    assert late.days_past_due == pytest.approx(4)


def test_a_dispute_stops_the_payment_clock(invoiced_at, alice, funds, at, figures):
    funds(alice.company, 5000)
    morning = datetime(2026, 11, 10, 9, tzinfo=UTC)
    end_of_due_date = datetime(2026, 11, 18, tzinfo=UTC)
    assignment = invoiced_at(morning)
    disputed(assignment, morning + DAY, end_of_due_date + 3 * DAY)
    assert figures(end_of_due_date + 2 * DAY).days_past_due == 0
    pay(assignment, alice, end_of_due_date + 5 * DAY)
    card = figures(end_of_due_date + 6 * DAY)
    assert card.days_past_due == pytest.approx(2)
    assert card.paid_on_time == 0


def test_an_invoice_under_an_open_dispute_is_not_past_due(invoiced_at, at, figures):
    assignment = invoiced_at(datetime(2026, 11, 10, 9, tzinfo=UTC))
    disputed(assignment, datetime(2026, 11, 25, tzinfo=UTC))
    card = figures(datetime(2026, 12, 20, tzinfo=UTC))
    assert card.past_due is None
    assert card.days_past_due == pytest.approx(7)


def test_a_withdrawn_invoice_counts_nowhere(invoiced_at, olga, at, figures):
    assignment = invoiced_at(at)
    invoicing.withdraw(assignment.invoice, reason="Decided", by=olga, at=at + 20 * DAY)
    card = figures(at + 30 * DAY)
    assert (card.payments, card.days_past_due, card.past_due) == (0, None, None)


def test_immediate_terms_are_paid_on_time(submitted_at, alice, at, figures):
    approve(submitted_at(at), alice, 1)
    card = figures(at + 2 * DAY)
    assert (card.payments, card.days_past_due, card.paid_on_time) == (1, 0, 1)


# -- satisfaction


def test_satisfaction_is_the_share_of_good_published_ratings(
    submitted_at, alice, wanda, at, figures
):
    for overall in ("excellent", "satisfied", "unsatisfied"):
        assignment = approve(submitted_at(at), alice, 1)
        rate(assignment, wanda, overall, at + 2 * DAY)
        rate(assignment, alice, "excellent", at + 2 * DAY)
    blind = approve(submitted_at(at), alice, 1)
    rate(blind, wanda, "unsatisfied", at + 2 * DAY)
    card = figures(at + 3 * DAY)
    assert card.ratings == 3
    assert card.satisfaction == pytest.approx(2 / 3)


def test_a_hidden_rating_counts_nowhere(submitted_at, alice, wanda, olga, at, figures):
    assignment = approve(submitted_at(at), alice, 1)
    mine = rate(assignment, wanda, "unsatisfied", at + 2 * DAY)
    rate(assignment, alice, "excellent", at + 2 * DAY)
    moderating.hide(mine, reason="Abusive", by=olga, at=at + 3 * DAY)
    card = figures(at + 4 * DAY)
    assert (card.ratings, card.satisfaction) == (0, None)


# -- answers


def test_response_time_is_the_median_wait_for_a_reply(alice, wanda, at, figures, settings):
    from activity.record import record

    assignment = work.in_stage("assigned", alice, wanda, at=at)
    for hours in (1, 2, 30):
        record(
            "message.posted", assignment, by=alice, at=at, company_key=alice.company.pk,
            side="company", waited=hours * 3600.0,
        )  # fmt: skip
    record(
        "message.posted", assignment, by=alice, at=at, company_key=alice.company.pk, side="company"
    )
    assert figures(at + DAY).answer_hours == pytest.approx(2)


# -- cancellations


def test_late_cancellations_and_those_paid_for(alice, wanda, olga, at, figures, worker_figures):
    for hours, fee, reason in (
        (30, 0, "other"), (20, 0, "other"), (1, 125, "other"), (-1, 0, "decision"),
        (2, 0, "worker_asked"),
    ):  # fmt: skip
        assignment = work.in_stage("assigned", alice, wanda, at=at)
        by = olga if reason == "decision" else alice
        lifecycle.cancel(
            assignment, reason=reason, note="Closed", fee=Decimal(fee), by=by,
            at=assignment.starts_at - timedelta(hours=hours),
        )  # fmt: skip
    card = figures(at + 5 * DAY)
    assert (card.late_cancellations, card.late_cancellations_paid) == (2, 1)
    mine = worker_figures(at + 5 * DAY)
    assert (mine.cancelled, mine.cancelled_late, mine.completed) == (0, 0, 0), "not the worker's"


SECOND = timedelta(seconds=1)
NOTICE = timedelta(hours=24)


@pytest.mark.parametrize(
    "reason, before, figures_left",
    [
        ("illness", NOTICE + SECOND, (1, 0, 0)),
        ("illness", NOTICE, (1, 0, 0)),
        ("illness", NOTICE - SECOND, (1, 1, 0)),
        ("illness", timedelta(hours=-1), (1, 1, 0)),
        ("not_as_described", timedelta(minutes=5), (1, 0, 0)),
        ("unsafe", timedelta(minutes=5), (0, 0, 0)),
        ("had_to_leave", SECOND, (1, 1, 0)),
        ("had_to_leave", timedelta(0), (0, 0, 1)),
        ("had_to_leave", 2 * NOTICE, (1, 0, 0)),
    ],
)
def test_backing_out_marks_the_worker_by_reason_and_time(
    alice, wanda, at, worker_figures, reason, before, figures_left
):
    assignment = work.in_stage("assigned", alice, wanda, at=at)
    lifecycle.back_out(
        assignment, reason=reason, note="Sorry", by=wanda, at=assignment.starts_at - before
    )
    mine = worker_figures(at + 5 * DAY)
    assert (mine.cancelled, mine.cancelled_late, mine.abandoned) == figures_left


def test_changing_the_effect_of_a_reason_leaves_the_past_alone(alice, wanda, at, worker_figures):
    for effect in ("late", "none"):
        Reason.objects.filter(code="illness").update(effect=effect)
        assignment = work.in_stage("assigned", alice, wanda, at=at)
        lifecycle.back_out(
            assignment, reason="illness", note="Ill", by=wanda, at=assignment.starts_at
        )
    assert worker_figures(at + 5 * DAY).cancelled_late == 1


def test_the_rows_behind_name_the_reason_to_the_worker_who_left(client_of, alice, wanda, walt, at):
    assignment = work.in_stage("assigned", alice, wanda, at=at)
    lifecycle.unassign(assignment, reason="no_show", note="Nobody came", by=alice,
                       at=assignment.starts_at + DAY)  # fmt: skip
    again = work.assigned(assignment, alice, walt, at=assignment.starts_at + DAY)
    scoring.refresh_worker(wanda.worker, at=at + 5 * DAY)
    page = client_of(wanda).get("/scorecard/?figure=abandoned&window=all_time").content.decode()
    assert again.title in page and "The worker did not come" in page
    assert again.get_absolute_url() not in page, "it is not theirs to see any more"


# -- windows, new and red


def test_the_window_holds_ninety_days_to_the_moment(submitted_at, alice, at, figures):
    assignment = approve(submitted_at(at), alice, 1)
    last = assignment.approved_at + 90 * DAY
    assert figures(last).approvals == 1
    assert figures(last + timedelta(seconds=1)).approvals == 0
    assert figures(last + timedelta(seconds=1), Window.ALL_TIME).approvals == 1


def rated(submitted_at, alice, wanda, at, words):
    for overall in words:
        assignment = approve(submitted_at(at), alice, 0.1)
        rate(assignment, wanda, overall, at + DAY)
        rate(assignment, alice, "excellent", at + DAY)


def test_under_five_ratings_a_client_is_new_and_not_judged_by_them(
    submitted_at, alice, wanda, at, figures
):
    rated(submitted_at, alice, wanda, at, ["unsatisfied"] * 4)
    card = figures(at + 2 * DAY)
    assert (card.is_new, card.is_red) == (True, False)
    rated(submitted_at, alice, wanda, at, ["unsatisfied"])
    card = figures(at + 2 * DAY)
    assert (card.is_new, card.is_red) == (False, True)


@pytest.mark.parametrize("bad, red", [(1, False), (2, True)])
def test_satisfaction_turns_red_under_three_quarters(
    bad, red, submitted_at, alice, wanda, at, figures
):
    words = ["unsatisfied"] * bad + ["excellent"] * (5 - bad)
    rated(submitted_at, alice, wanda, at, words)
    assert figures(at + 2 * DAY).is_red is red


@pytest.mark.parametrize("days, red", [(2.99, False), (3, True)])
def test_approval_turns_red_at_three_days(days, red, submitted_at, alice, at, figures):
    approve(submitted_at(at), alice, days)
    assert figures(at + 5 * DAY).is_red is red


@pytest.mark.parametrize("hours, red", [(23.9, False), (24, True)])
def test_payment_turns_red_at_one_day_past_due(hours, red, invoiced_at, at, figures):
    morning = datetime(2026, 11, 10, 9, tzinfo=UTC)
    invoiced_at(morning)
    card = figures(datetime(2026, 11, 18, tzinfo=UTC) + timedelta(hours=hours))
    assert card.is_red is red


# -- workers


@pytest.mark.parametrize(
    "minutes, is_window, on_time",
    [(-30, False, 1), (15, False, 1), (16, False, 0), (16, True, 1), (241, True, 0)],
)
def test_on_time_is_the_first_check_in(
    minutes, is_window, on_time, alice, wanda, at, worker_figures
):
    assignment = work.in_stage("assigned", alice, wanda, at=at, is_window=is_window)
    arrived = assignment.starts_at + timedelta(minutes=minutes)
    lifecycle.check_in(assignment, by=wanda, at=arrived)
    lifecycle.check_out(assignment, by=wanda, at=arrived + timedelta(hours=1))
    lifecycle.check_in(assignment, by=wanda, at=arrived + timedelta(hours=30))
    assert worker_figures(at + 9 * DAY).on_time == on_time


def test_a_schedule_hold_excuses_a_late_arrival(alice, wanda, at, worker_figures):
    assignment = work.in_stage("assigned", alice, wanda, at=at)
    start = assignment.starts_at
    Hold.objects.create(
        assignment=assignment, kind="schedule", reason="Snow", placed_at=start - DAY,
        released_at=start + timedelta(hours=3),
    )  # fmt: skip
    lifecycle.check_in(assignment, by=wanda, at=start + timedelta(hours=3))
    assert worker_figures(at + 9 * DAY).on_time == 1


@pytest.mark.parametrize("hours, on_time", [(-1, 1), (1, 0)])
def test_deliverables_are_due_at_their_time(hours, on_time, alice, wanda, at, worker_figures):
    from assignments.contents import Contents, Wanted
    from core.files import check_upload

    due = at + 4 * DAY
    draft = lifecycle.create(
        Contents(
            {**work.FACTS, "industry": work.industry(), "starts_at": at + 3 * DAY,
             "ends_at": at + 3 * DAY + timedelta(hours=4)},
            deliverables=(Wanted("Photo", due_at=due), Wanted("Receipt")),
        ), by=alice, at=at,
    )  # fmt: skip
    work.add_cash(alice.company, Decimal(1000), at=at)
    assignment = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    work.in_progress(assignment, wanda)
    assert worker_figures(due - timedelta(hours=2)).deliverables_on_time is None
    wanted = assignment.deliverable_requests.get(title="Photo")
    lifecycle.hand_in(wanted, check_upload(work.photo()), by=wanda, at=due + timedelta(hours=hours))
    assert worker_figures(due + DAY).deliverables_on_time == on_time


def test_marks_are_averages_and_completed_counts_approvals(
    submitted_at, alice, wanda, at, worker_figures
):
    for mark in (3, 4):
        assignment = approve(submitted_at(at), alice, 1)
        rate(assignment, alice, "satisfied", at + 2 * DAY, marks=(mark, 5, 1))
        rate(assignment, wanda, "satisfied", at + 2 * DAY)
    card = worker_figures(at + 3 * DAY)
    assert (card.quality, card.professionalism, card.communication) == (3.5, 5, 1)
    assert (card.completed, card.satisfaction, card.ratings) == (2, 1, 2)


# -- trend


def test_the_trend_follows_calendar_months(submitted_at, alice, figures):
    for month, days in ((8, 1), (9, 2), (9, 4), (11, 5)):
        approve(submitted_at(datetime(2026, month, 3, tzinfo=UTC)), alice, days)
    card = figures(datetime(2026, 11, 20, tzinfo=UTC))
    assert card.trend["approval_days"] == {"2026-08": 1, "2026-09": 3, "2026-11": 5}
    for year, month, shown in ((2026, 11, [1, 3, 5]), (2027, 2, [3, 5]), (2027, 5, [])):
        company = Company.objects.get(pk=card.company_id)
        drawn = cards.company_card(company, at=datetime(year, month, 1, tzinfo=UTC))
        assert drawn.figures[1].trend == shown, "months turn without being drawn anew"


# -- events


def test_events_refresh_the_figures_they_change(submitted_at, alice, wanda, acme, at):
    assignment = submitted_at(at)
    reactions.dispatch(at=at)
    assert CompanyScorecard.objects.get(company=acme, window="recent").pending_too_long == 0
    approve(assignment, alice, 1)
    rate(assignment, wanda, "excellent", at + 2 * DAY)
    rate(assignment, alice, "excellent", at + 2 * DAY)
    reactions.dispatch(at=at + 2 * DAY)
    card = CompanyScorecard.objects.get(company=acme, window="recent")
    assert card.approval_days == pytest.approx(1)
    assert (card.pending_too_long, card.payments, card.satisfaction) == (None, 1, 1)
    mine = WorkerScorecard.objects.get(worker=wanda.worker, window="recent")
    assert (mine.completed, mine.on_time, mine.satisfaction) == (1, 1, 1)


@pytest.mark.parametrize("owners", [1, 4])
def test_refreshing_many_costs_as_many_statements_as_refreshing_one(
    owners, at, published, django_assert_num_queries
):
    from tests.factories import accounts as people

    keys = [people.company(f"Company {number}").pk for number in range(owners)]
    scoring.refresh_companies(keys, at=at)
    with django_assert_num_queries(4):  # a savepoint and its release among them
        scoring.refresh_companies(keys, at=at)
    with django_assert_num_queries(4):
        scoring.refresh_companies(keys, at=at, sources=["answers"])
