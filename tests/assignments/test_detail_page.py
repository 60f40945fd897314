"""The page of an assignment: who sees what, what is due, and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.actors import SYSTEM
from assignments import amounts, due, lifecycle, progress
from assignments.queries.detail import attached_to, for_detail
from core.files import check_upload
from tests.factories import assignments as work


@pytest.fixture(autouse=True)
def _now(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def show(client_of):
    def showing(actor, assignment):
        return client_of(actor).get(f"/assignments/{assignment.reference}/")

    return showing


def stored(assignment, actor):
    return for_detail(assignment.reference, actor)


def primary(response):
    first = response.context["buttons"].get("first")
    return first["name"] if first else None


def test_the_due_act_of_each_side_follows_the_status(show, alice, wanda, at):
    expected = {
        "draft": ("send", None), "sent": (None, "apply"), "assigned": (None, None),
        "pending_approval": ("approve", None), "invoiced": ("pay", None),
        "paid": (None, None), "cancelled": (None, None), "voided": (None, None),
    }  # fmt: skip
    for stage, (clients, workers) in expected.items():
        assignment = work.in_stage(stage, alice, wanda, at=at)
        assert primary(show(alice, assignment)) == clients, stage
        seen = show(wanda, assignment)
        if stage in ("draft", "voided"):
            assert seen.status_code == 404
        else:
            assert primary(seen) == workers, stage


def test_on_the_day_the_worker_is_led_from_check_in_to_submission(show, assigned, wanda):
    with time_machine.travel(assigned.starts_at - timedelta(hours=1), tick=False):
        assert primary(show(wanda, assigned)) == "check_in"
    during = assigned.starts_at + timedelta(hours=1)
    with time_machine.travel(during, tick=False):
        lifecycle.check_in(assigned, by=wanda, at=assigned.starts_at)
        response = show(wanda, assigned)
        assert primary(response) == "hand_in"
        assert [b["name"] for b in response.context["buttons"]["also"]] == ["check_out"]
        request = assigned.deliverable_requests.get()
        lifecycle.hand_in(request, check_upload(work.photo()), by=wanda, at=during)
        assert primary(show(wanda, assigned)) == "check_out"
        lifecycle.check_out(assigned, by=wanda, at=during)
        assert primary(show(wanda, assigned)) == "submit"


def test_confirmation_comes_first_where_it_is_wanted(show, alice, wanda, at, funds):
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, wants_confirmation=True)
    assigned = work.assigned(work.sent(draft, alice, at=at), alice, wanda, at=at)
    assert primary(show(wanda, assigned)) == "confirm"
    lifecycle.confirm(assigned, by=wanda, at=at)
    assert primary(show(wanda, assigned)) is None


def test_first_to_accept_offers_accepting_not_applying(show, draft, alice, wanda, at, funds):
    funds(alice.company, 1000)
    sent = work.sent(draft, alice, at=at, first_to_accept=True)
    response = show(wanda, sent)
    assert primary(response) == "accept"
    assert "Accept for $250.00 flat" in response.content.decode()
    assert all(item["label"] != "Apply" for item in response.context["gear_items"])


def test_a_worker_who_looks_sees_the_public_half(show, sent, wanda):
    content = show(wanda, sent).content.decode()
    for secret in ("Priya", "12 High Street", "614 555 0114", "Service fee", "Ask for"):
        assert secret not in content
    for public in ("Columbus, OH", "$250.00", "Swap the 24-port switch", "Photo of the rack"):
        assert public in content


def test_the_assigned_worker_sees_address_contact_and_instructions(show, assigned, wanda):
    content = show(wanda, assigned).content.decode()
    for detail in ("12 High Street", "Priya Rao", "tel:6145550114", "Ask for Priya"):
        assert detail in content


def test_who_lost_or_is_a_stranger_gets_404(show, sent, alice, wanda, walt, charlie, client, at):
    lifecycle.apply(sent, by=walt, at=at)
    work.assigned(sent, alice, wanda, at=at)
    assert show(walt, sent).status_code == 404
    assert show(charlie, sent).status_code == 404
    assert client.get(f"/assignments/{sent.reference}/").status_code == 302
    assert client.get("/assignments/%00/").status_code == 404


def test_staff_look_without_acting(show, assigned, olga):
    response = show(olga, assigned)
    assert response.status_code == 200
    assert response.context["due"] is None and "first" not in response.context["buttons"]


def test_markdown_is_drawn_and_script_is_not(show, alice, at):
    draft = work.draft(alice, at=at, title="<script>x</script>",
                       description="**bold** <script>alert(1)</script>")  # fmt: skip
    content = show(alice, draft).content.decode()
    assert "<strong>bold</strong>" in content
    assert "<script>alert" not in content and "<script>x" not in content


def test_the_money_box_adds_up_for_the_client_and_shows_pay_to_the_worker(sent, alice, wanda):
    costs = amounts.of(sent, alice)
    assert [row["amount"] for row in costs.rows] == [Decimal("250.00"), Decimal("25.00")]
    assert "$275.00 is reserved" in costs.note
    earns = amounts.of(sent, wanda)
    assert [row["amount"] for row in earns.rows] == [Decimal("250.00")]
    assert earns.total_label == "You earn"


def test_the_money_box_says_where_the_money_is(alice, wanda, at):
    notes = {
        stage: amounts.of(stored(work.in_stage(stage, alice, wanda, at=at), alice), alice).note
        for stage in ("draft", "assigned", "invoiced", "paid", "cancelled", "voided")
    }
    assert "Sending reserves" in notes["draft"]
    assert "is reserved" in notes["assigned"]
    assert "due on" in notes["invoiced"]
    assert notes["paid"].startswith("Paid with invoice INV-")
    assert notes["cancelled"] == notes["voided"] == "Nothing is reserved any more."


def test_the_progress_line_stops_where_the_assignment_was_cancelled(alice, wanda, at):
    cancelled = work.in_stage("cancelled", alice, wanda, at=at)
    line = progress.steps(cancelled, alice)
    assert [step.label for step in line] == ["Draft", "Sent", "Assigned", "Cancelled"]
    assert line[-1].state == "stopped"
    paid = work.in_stage("paid", alice, wanda, at=at)
    assert {step.state for step in progress.steps(paid, wanda)} == {"done"}
    assert progress.steps(paid, wanda)[0].label == "Sent"


def test_attached_rows_are_what_the_orm_would_read(submitted, wanda):
    attached = attached_to(submitted, wanda)
    visit = submitted.visits.get()
    assert attached.visits == [visit]
    assert attached.visits[0].checked_out_at == visit.checked_out_at
    assert attached.hours == visit.hours
    (files,) = attached.handed_in.values()
    assert [f.name for f in files] == ["rack.txt"] and files[0].by == "Wanda Wells"
    assert attached.application.terms == submitted.terms
    assert not attached.has_applied and not attached.holds


def test_a_dispute_hold_takes_approval_away_and_says_why(show, submitted, alice, at):
    lifecycle.hold(submitted, kind="dispute", reason="A case is open.", by=SYSTEM, at=at)
    response = show(alice, submitted)
    assert primary(response) is None
    assert "A case is open." in response.content.decode()
    approve = next(i for i in response.context["gear_items"] if "Approve" in i["label"])
    assert not approve["enabled"] and "hold" in approve["reason"]


def test_a_viewer_of_the_company_is_offered_nothing(show, submitted, abel):
    response = show(abel, submitted)
    assert response.status_code == 200 and primary(response) is None


def test_more_files_and_visits_cost_no_more_queries(
    client_of, in_progress, wanda, django_assert_max_num_queries
):
    request = in_progress.deliverable_requests.get()
    url = f"/assignments/{in_progress.reference}/"
    client = client_of(wanda)
    client.get(url)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    for n in range(15):
        moment = in_progress.starts_at + timedelta(hours=n + 1)
        lifecycle.check_out(in_progress, by=wanda, at=moment)
        lifecycle.check_in(in_progress, by=wanda, at=moment)
        lifecycle.hand_in(request, check_upload(work.photo(f"{n}.txt")), by=wanda, at=moment)
    with django_assert_max_num_queries(12) as many:
        client.get(url)
    assert len(many) == len(few)


def test_every_stage_costs_at_most_twelve_queries(
    client_of, alice, wanda, at, django_assert_max_num_queries
):
    for stage in work.STAGES:
        assignment = work.in_stage(stage, alice, wanda, at=at)
        for actor in (alice, wanda):
            client = client_of(actor)
            client.get("/work/mine/" if actor is wanda else "/assignments/")
            with django_assert_max_num_queries(12):
                client.get(f"/assignments/{assignment.reference}/")


def test_every_status_has_its_words_for_client_and_worker():
    from assignments.states import BEFORE_WORKER, Status

    assert set(due.CLIENT) == set(Status)
    assert set(due.WORKER) == set(Status) - BEFORE_WORKER


def test_the_recipe_hides_what_an_actor_may_not_see(sent, charlie, wanda):
    assert for_detail(sent.reference, charlie) is None
    assert for_detail(sent.reference, wanda) == sent
