"""Who is told what of each event, once, and never of what they did themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from activity.models import Event
from assignments import lifecycle
from assignments.history import SENTENCES
from assignments.pricing import Terms
from escalations import casework
from messaging import posting
from notifications import telling
from notifications.audience import TABLE
from notifications.models import Delivery, Notice
from tests.escalations.making import opened
from tests.factories import assignments as work
from tests.notifications.moments import HOUR, tell_everything, told

pytestmark = pytest.mark.django_db


def mailed(actor, kind: str) -> bool:
    return Delivery.objects.filter(notice__recipient=actor.user, notice__kind=kind).exists()


def test_a_counteroffer_is_told_as_one(alice, wanda, walt, at):
    assignment = work.in_stage("sent", alice, wanda, at=at)
    lifecycle.apply(assignment, terms=Terms("flat", flat_price=Decimal("300.00")), by=walt, at=at)
    tell_everything(at)
    assert told(alice, "application.made") == [
        "Walt Webb made a counteroffer for “Replace a network switch”"
    ]


def test_the_main_job_tells_each_side_what_the_other_did(alice, mona, cody, dirk, wanda, walt, at):
    assignment = work.in_stage("sent", alice, wanda, at=at)
    walts = work.application(assignment, walt, at=at)
    wandas = work.application(assignment, wanda, at=at)
    assert walts.pk != wandas.pk
    lifecycle.assign(wandas, by=alice, at=at)
    assignment.refresh_from_db()
    assignment = work.submitted(work.in_progress(assignment, wanda), wanda)
    work.approved(assignment, alice)
    tell_everything(at)

    assert told(alice, "application.made") == [
        "Walt Webb applied for “Replace a network switch”",
        "Wanda Wells applied for “Replace a network switch”",
    ]
    assert told(wanda, "assignment.assigned") == ["You are assigned to “Replace a network switch”"]
    assert told(walt) == ["Somebody else was chosen for “Replace a network switch”"]
    assert told(mona) == ["“Replace a network switch” is waiting for your approval"]
    assert told(cody) == told(mona)
    assert told(dirk) == []
    assert told(wanda)[-1] == "You were paid $250.00 for “Replace a network switch”"
    assert told(alice, "assignment.assigned") == []


def test_telling_an_event_twice_adds_nothing(submitted, at):
    event = Event.objects.get(kind="assignment.submitted")
    first, second = telling.tell(event), telling.tell(event)
    assert {notice.pk for notice in first} == {notice.pk for notice in second}
    assert Notice.objects.filter(kind="assignment.submitted").count() == len(first)
    assert Delivery.objects.count() == len(first)


def test_a_message_tells_the_other_side_and_a_note_nobody(assigned, alice, wanda):
    at = assigned.assigned_at + HOUR
    kwargs = {"assignment": assigned, "worker": wanda.worker, "at": at}
    posting.post(body="Which door?", by=wanda, key="1", **kwargs)
    posting.post(body="The left one. " * 60, by=alice, key="2", **kwargs)
    posting.post(body="Keep an eye on this.", by=alice, key="3", visibility="company", **kwargs)
    tell_everything(at)
    assert len(told(alice, "message.posted")) == len(told(wanda, "message.posted")) == 1
    notice = Notice.objects.get(recipient=wanda.user, kind="message.posted")
    assert notice.body.startswith("The left one.")
    assert notice.body.endswith(" …")
    assert len(notice.body) <= telling.EXCERPT + 2


def test_a_case_tells_the_other_side_the_opener_and_the_desk(
    submitted, alice, mona, wanda, olga, lena, charlie
):
    case = opened(submitted, wanda)
    tell_everything(case.opened_at)
    for actor in (alice, mona, olga, lena):
        assert len(told(actor, "case.opened")) == 1
        assert mailed(actor, "case.opened")
    assert told(wanda, "case.opened") == []
    assert told(charlie) == []
    assert Notice.objects.get(recipient=olga.user).url.startswith("/admin/")
    assert (
        Notice.objects.get(recipient=mona.user, kind="case.opened").url == f"/cases/{case.label}/"
    )


def test_a_reply_tells_only_those_who_may_read_it(submitted, alice, wanda, olga, lena):
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    casework.take(case, by=olga, at=at)
    casework.reply(case, body="For you only.", to="company", by=olga, at=at)
    casework.reply(case, body="Between us.", to="staff", by=wanda, at=at)
    casework.note(case, body="Secret.", by=olga, at=at)
    tell_everything(at)
    assert len(told(alice, "case.replied")) == 1
    assert told(wanda, "case.replied") == []
    assert len(told(olga, "case.replied")) == 1
    assert told(lena, "case.replied") == []
    assert not Notice.objects.filter(body__contains="Secret").exists()


def test_asking_mails_the_side_that_was_asked(submitted, alice, wanda, olga):
    case = opened(submitted, wanda)
    casework.ask_party(case, side="company", question="Why?", by=olga, at=case.opened_at)
    tell_everything(case.opened_at)
    assert mailed(alice, "case.asked")
    assert "needs your answer" in told(alice, "case.asked")[0]
    assert not mailed(wanda, "case.asked")
    assert "other side" in told(wanda, "case.asked")[0]


def test_a_decision_tells_both_sides_once_each(submitted, alice, wanda, olga):
    case = opened(submitted, wanda)
    at = case.opened_at + HOUR
    casework.decide(case, effect="pay_in_full", words="Pay.", by=olga, at=at)
    tell_everything(at)
    for actor in (alice, wanda):
        assert len(told(actor, "case.decided")) == 1
        assert mailed(actor, "case.decided")
    assert told(alice, "assignment.paid") == []


def test_an_event_about_a_row_that_is_gone_tells_nobody(draft, alice, at):
    lifecycle.delete(draft, by=alice, at=at)
    for event in Event.objects.all():
        assert telling.tell(event) == []


def test_every_word_a_template_names_is_known(submitted, wanda, alice, olga):
    """A misspelt name would leave a hole in the sentence."""
    import string

    known = {
        "title", "ref", "company", "worker", "amount", "note", "excerpt", "case", "about",
        "number", "reason", "due", "group", "part", "why", "marked",
        "name", "arrival", "file", "rows", "bad", "change", "payout", "bank", "invoice",
        "statement", "credit_note", "reference", "credential", "parts", "test", "percent",
        "until", "refund", "way",
        "lapsed", "subject", "said", "into", "answer_due", "story_due", "what",
        "assignment", "effect", "follows", "outcome", "party", "reasons",
        "reporter", "violation",
    }  # fmt: skip
    for kind, tellings in TABLE.items():
        for line in tellings:
            for text in (line.title, line.body):
                named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
                assert named <= known, kind


def test_the_table_names_only_kinds_that_verbs_record():
    prefixes = ("assignment.", "application.", "change.")
    ours = {kind for kind in TABLE if kind.startswith(prefixes)}
    assert ours <= set(SENTENCES)
