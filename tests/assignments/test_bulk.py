"""One act on many assignments: looked at first, done one by one, and told line by line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from assignments import bulk, lifecycle
from assignments.models import Assignment
from payments.audit import findings
from tests.assignments.pages import HOSTILE, follow, said, words_of
from tests.factories import assignments as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = "/assignments/bulk/"


@pytest.fixture
def as_alice(alice, client_of):
    return client_of(alice)


def status_of(*rows):
    return [Assignment.objects.get(pk=row.pk).status for row in rows]


def look(client, act, *rows, **more):
    return client.post(URL, {"act": act, "a": [row.reference for row in rows], **more})


def confirm(client, page, **fields):
    """Press the button of the page that shows what will happen."""
    data = {
        "act": page.context["act"].name,
        "a": [one.assignment.reference for one in page.context["possible"]],
        "seen": page.context["stamps"],
        "confirmed": "yes",
        **fields,
    }
    return client.post(URL, data)


def test_many_are_approved_at_once_and_the_money_was_shown(as_alice, alice, wanda, walt, at):
    first = work.in_stage("pending_approval", alice, wanda, at=at)
    second = work.in_stage("pending_approval", alice, walt, at=at)
    draft = work.draft(alice, at=at)
    page = look(as_alice, "approve", first, second, draft)
    assert page.context["total"] == Decimal("550.00")
    assert [one.assignment for one in page.context["refused"]] == [draft]
    assert status_of(first, second) == ["pending_approval"] * 2
    report = follow(as_alice, confirm(as_alice, page))
    assert status_of(first, second, draft) == ["paid", "paid", "draft"]
    assert len(report.context["went"]) == 2 and not report.context["refused"]
    assert list(findings()) == []


def test_one_refusal_leaves_the_others_be(as_alice, alice, wanda, walt, at):
    first = work.in_stage("pending_approval", alice, wanda, at=at)
    second = work.in_stage("pending_approval", alice, walt, at=at)
    page = look(as_alice, "approve", first, second)
    lifecycle.send_back(second, note="One photo is missing.", by=alice, at=at + timedelta(days=4))
    report = follow(as_alice, confirm(as_alice, page))
    assert status_of(first, second) == ["paid", "in_progress"]
    assert "changed after you opened" in words_of(report)
    assert "1 of 2 could not be approved" in words_of(report)


def test_a_dispute_hold_and_a_limit_are_respected(client_of, alice, cody, wanda, olga, at):
    held = work.in_stage("pending_approval", alice, wanda, at=at)
    lifecycle.hold(held, kind="dispute", reason="A case", by=olga, at=at)
    above = work.in_stage("pending_approval", alice, wanda, at=at)
    as_cody = client_of(cody)
    page = look(as_cody, "approve", held, above)
    assert [one.assignment for one in page.context["refused"]] == [held]
    report = follow(as_cody, confirm(as_cody, page))
    assert "You may approve up to $100.00" in words_of(report)
    assert status_of(held, above) == ["pending_approval"] * 2


def test_many_are_cancelled_with_one_reason_and_the_share_of_late_notice(
    as_alice, alice, wanda, walt, at
):
    early = work.in_stage("assigned", alice, wanda, at=at)
    soon = at + timedelta(hours=20)
    late = work.in_stage(
        "assigned", alice, walt, at=at, starts_at=soon, ends_at=soon + timedelta(hours=2)
    )
    page = look(as_alice, "cancel", early, late)
    assert page.context["form"].fields["share"].initial == "half"
    assert page.context["total"] == Decimal("137.50")
    again = confirm(as_alice, page, reason="", note="", share="half")
    assert "Choose the reason" in again.content.decode()
    told = {"reason": "site_not_ready", "note": "Closed.", "share": "quarter"}
    follow(as_alice, confirm(as_alice, page, **told))
    fees = [Assignment.objects.get(pk=row.pk).cancellation.fee for row in (early, late)]
    assert status_of(early, late) == ["cancelled"] * 2
    assert fees == [Decimal("0.00"), Decimal("62.50")]
    assert list(findings()) == []


def test_sent_work_is_taken_back_and_drafts_are_deleted(as_alice, alice, at, funds):
    funds(alice.company, 1000)
    sent = work.sent(work.draft(alice, at=at), alice, at=at)
    draft = work.draft(alice, at=at)
    page = look(as_alice, "void", sent, draft)
    follow(as_alice, confirm(as_alice, page, note="Posted twice."))
    assert status_of(sent, draft) == ["voided", "draft"]
    report = follow(as_alice, confirm(as_alice, look(as_alice, "delete", sent, draft)))
    assert not Assignment.objects.filter(pk=draft.pk).exists()
    assert report.context["went"][0]["url"] == ""


def test_confirming_twice_does_it_once(as_alice, alice, wanda, at):
    row = work.in_stage("pending_approval", alice, wanda, at=at)
    page = look(as_alice, "approve", row)
    confirm(as_alice, page)
    report = follow(as_alice, confirm(as_alice, page))
    assert report.context["refused"] and status_of(row) == ["paid"]
    assert list(findings()) == []


def test_sending_and_exporting_go_to_their_own_pages(as_alice, draft):
    to_send = look(as_alice, "send", draft)
    assert urlsplit(to_send["Location"]).path == "/assignments/send/"
    sheet = as_alice.get(look(as_alice, "export", draft)["Location"])
    assert draft.reference in b"".join(sheet.streaming_content).decode()


def test_an_export_of_ticked_rows_holds_no_others(as_alice, alice, draft, at):
    other = work.draft(alice, at=at)
    sheet = as_alice.get(look(as_alice, "export", draft)["Location"])
    assert other.reference not in b"".join(sheet.streaming_content).decode()


def test_nothing_or_too_much_ticked_is_said(as_alice, draft):
    page = as_alice.post(URL, {"act": "approve"}, follow=True)
    assert "Tick the assignments first" in said(page)
    many = [f"A-{n:06}".replace("0", "A").replace("1", "B") for n in range(60)]
    page = as_alice.post(URL, {"act": "approve", "a": many}, follow=True)
    assert "at most" in said(page) or "Tick" in said(page)
    page = as_alice.post(URL, {"a": [draft.reference]}, follow=True)
    assert "Choose what to do" in said(page)


def test_what_belongs_to_others_is_not_touched(client_of, charlie, draft):
    page = look(client_of(charlie), "delete", draft)
    assert page.context["possible"] == [] and Assignment.objects.filter(pk=draft.pk).exists()


def test_a_role_that_may_not_is_told_so(client_of, abel, draft):
    assert bulk.ACTS.keys().isdisjoint(
        name for name, _ in client_of(abel).get("/assignments/").context["acts"]
    )
    page = look(client_of(abel), "delete", draft)
    assert "Your role does not allow this" in words_of(page)


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_value_crashes_it(as_alice, draft, poison):
    for data in (
        {"act": poison, "a": [draft.reference]},
        {"act": "delete", "a": [poison]},
        {"act": "cancel", "a": [draft.reference], "confirmed": poison, "note": poison,
         "reason": poison, "share": poison, "seen": poison},
    ):  # fmt: skip
        assert as_alice.post(URL, data).status_code in (200, 302)


def test_looking_costs_the_same_for_one_and_thirty(
    as_alice, alice, wanda, at, django_assert_max_num_queries
):
    rows = [work.in_stage("assigned", alice, wanda, at=at)]
    look(as_alice, "cancel", *rows)
    with django_assert_max_num_queries(12) as few:
        look(as_alice, "cancel", *rows)
    rows += [work.in_stage("assigned", alice, wanda, at=at) for _ in range(12)]
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(look(as_alice, "cancel", *rows).context["possible"]) == 13
