"""Agreements: published in versions, signed once a version, kept as they were signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from activity.models import Event
from core.differences import difference
from notifications.models import Delivery
from tests.assignments.pages import HOSTILE, errors_of, follow, said, words_of
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.notifications.moments import tell_everything, told
from vetting import agreements, groups, marks
from vetting.models import AgreementSignature, AgreementVersion, Standing
from vetting.requirements import registry
from vetting.requirements.registry import On

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def agreement(alice, at):
    return proofs.agreement(alice, at=at, text="# Secrets\n\nSay **nothing** to anybody.")


def page(name: str, agreement) -> str:
    return reverse(f"vetting:{name}", args=[agreement.reference])


def sign(agreement, actor, *, at, number: int = 1):
    name = actor.user.full_name
    return agreements.sign(
        agreement, number=number, typed_name=name, by=actor, at=at, ip_address="203.0.113.9"
    )


def test_a_worker_reads_signs_and_takes_a_copy(agreement, alice, wanda, client_of, at):
    phone = client_of(wanda)
    shown = phone.get(agreement.get_absolute_url())
    assert "Say nothing to anybody." in words_of(shown)
    wrong = phone.post(page("sign_agreement", agreement), {
        "number": 1, "agree": "on", "typed_name": "Wally Wells",
    })  # fmt: skip
    assert wrong.status_code == 422 and "Type your name as it stands" in errors_of(wrong)
    assert 'value="Wally Wells"' in wrong.content.decode()
    done = follow(phone, phone.post(page("sign_agreement", agreement), {
        "number": 1, "agree": "on", "typed_name": " wanda  WELLS ",
    }))  # fmt: skip
    assert "Signed. Acme sees it at once." in said(done)
    signature = AgreementSignature.objects.get()
    assert signature.typed_name == "wanda WELLS" and signature.ip_address == "127.0.0.1"
    copy = reverse("vetting:signature_copy", args=[signature.reference])
    for browser in (phone, client_of(alice)):
        paper = browser.get(copy)
        assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF-")
    assert "version 1" in words_of(phone.get("/agreements/"))
    profile = words_of(client_of(alice).get(wanda.worker.get_absolute_url()))
    assert "Signed for you" in profile and "Confidentiality" in profile


def test_a_new_version_is_signed_again_and_the_old_signature_stays(
    agreement, alice, wanda, walt, client_of, at
):
    old = sign(agreement, wanda, at=at)
    agreements.publish(agreement, text="Say something.", based_on=1, note="Milder", by=alice,
                       at=at + HOUR)  # fmt: skip
    tell_everything(at + HOUR)
    assert told(wanda) == ["Acme has a new version of “Confidentiality”"]
    assert told(walt) == []
    kind, on = registry.kind("agreement"), On.today(alice.company, at)
    values = {"agreement": agreement.reference, "title": "Confidentiality"}
    agreement.refresh_from_db()
    finding = kind.check(wanda.worker, values, on)
    assert not finding.met and "new version" in finding.reason
    phone = client_of(wanda)
    shown = words_of(phone.get(agreement.get_absolute_url()))
    assert "There is a new version since you signed" in shown and "Milder" in shown
    assert "Sign again" in words_of(phone.get("/agreements/"))
    sign(agreement, wanda, at=at + 2 * HOUR, number=2)
    assert kind.check(wanda.worker, values, on).met
    old.refresh_from_db()
    assert (old.version.number, old.version.text) == (1, "# Secrets\n\nSay **nothing** to anybody.")
    older = client_of(alice).get(agreement.get_absolute_url() + "?which=older")
    assert "No signature fits this" in words_of(older)


def test_signing_a_version_that_was_just_replaced_shows_the_new_one(
    agreement, alice, wanda, client_of, at
):
    agreements.publish(agreement, text="Say something.", based_on=1, by=alice, at=at)
    facts = {"number": 1, "agree": "on", "typed_name": "Wanda Wells"}
    late = client_of(wanda).post(page("sign_agreement", agreement), facts)
    assert late.status_code == 422
    assert "Version 2 was published while you read" in errors_of(late)
    body = late.content.decode()
    assert "Say something." in body and 'name="number" value="2"' in body
    assert 'value="Wanda Wells"' in body and not AgreementSignature.objects.exists()


def test_two_who_publish_at_once_lose_no_words(agreement, alice, mona, client_of, at):
    browser = client_of(mona)
    agreements.publish(agreement, text="Alice’s words.", based_on=1, by=alice, at=at)
    facts = {"text": "Mona’s words.", "based_on": 1, "note": ""}
    late = browser.post(page("publish_agreement", agreement), facts)
    assert "Alice Adams published version 2 while you wrote" in errors_of(late)
    body = late.content.decode()
    assert "Mona’s words." in body and 'name="based_on" value="2"' in body
    done = browser.post(page("publish_agreement", agreement), {**facts, "based_on": 2})
    assert done.status_code == 302
    same = browser.post(page("publish_agreement", agreement), {**facts, "based_on": 3})
    assert "The text is the one in force" in errors_of(same)


def test_the_database_keeps_texts_and_signatures_as_they_were(agreement, wanda, at):
    sign(agreement, wanda, at=at)
    for rows in (AgreementVersion.objects, AgreementSignature.objects):
        for act in (lambda r=rows: r.update(id=0), lambda r=rows: r.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def test_signing_twice_gives_the_first_signature(agreement, wanda, at):
    assert sign(agreement, wanda, at=at) == sign(agreement, wanda, at=at + HOUR)
    assert Event.objects.filter(kind="agreement.signed").count() == 1


def test_who_wrote_it_hears_of_each_signature_without_a_mail(agreement, alice, mona, wanda, at):
    sign(agreement, wanda, at=at)
    tell_everything(at)
    assert told(alice, "agreement.signed") == ["Wanda Wells signed “Confidentiality”"]
    assert told(mona, "agreement.signed") == [] == told(wanda, "agreement.signed")
    assert not Delivery.objects.filter(notice__kind="agreement.signed").exists()


def test_an_archived_agreement_is_signed_by_nobody(agreement, alice, wanda, walt, client_of, at):
    sign(agreement, wanda, at=at)
    agreements.archive(agreement, by=alice, at=at)
    with pytest.raises(agreements.NotOpenToYou):
        sign(agreement, walt, at=at)
    assert client_of(walt).get(agreement.get_absolute_url()).status_code == 404
    assert "No longer used" in words_of(client_of(wanda).get("/agreements/"))
    kind, values = registry.kind("agreement"), {"agreement": agreement.reference, "title": "C"}
    on = On.today(alice.company, at)
    assert not kind.check(wanda.worker, values, on).met and kind.gone(values, alice.company)


def test_whom_the_company_has_blocked_neither_reads_nor_signs(
    agreement, alice, wanda, client_of, at
):
    marks.mark_worker(wanda.worker, Standing.BLOCKED, by=alice, at=at)
    assert client_of(wanda).get(agreement.get_absolute_url()).status_code == 404
    with pytest.raises(agreements.NotOpenToYou):
        sign(agreement, wanda, at=at)


def test_a_title_twice_is_refused_beside_the_field(agreement, alice, client_of):
    again = client_of(alice).post("/agreements/new/", {"title": "confidentiality", "text": "T"})
    assert "You have an agreement of this title already" in errors_of(again)


def test_members_of_a_group_find_what_there_is_to_sign(agreement, alice, wanda, client_of, at):
    assert "Confidentiality" not in words_of(client_of(wanda).get("/agreements/"))
    group = groups.create(name="Crew", kind="invitation", by=alice, at=at)
    groups.invite(group, [wanda.worker], by=alice, at=at)
    assert "To sign" in words_of(client_of(wanda).get("/agreements/"))


def test_the_signatures_as_a_spreadsheet_run_nothing(agreement, alice, wanda, client_of, at):
    wanda.user.full_name = "=cmd|' /C calc'!A0"
    wanda.user.save()
    sign(agreement, wanda, at=at)
    answer = client_of(alice).get(page("signatures_csv", agreement))
    text = b"".join(answer).decode()
    assert "'=cmd|" in text and "203.0.113.9" in text and "2026-11-10 15:00:00" in text


def test_the_difference_names_what_was_put_in_and_taken_out(agreement, alice, client_of, at):
    agreements.publish(agreement, text="# Secrets\n\nSay **little** to anybody.\n\n<b>New</b>",
                       based_on=1, by=alice, at=at)  # fmt: skip
    shown = client_of(alice).get(page("agreement_difference", agreement))
    body = shown.content.decode()
    assert "<del>**nothing**</del><ins>**little**</ins>" in body.replace("\n", "")
    assert "&lt;b&gt;New&lt;/b&gt;" in body


@pytest.mark.parametrize(
    "before,after", [("", "a b"), ("a b c", "a c"), ("x\n\ny", "y\n\nx"), ("s", "s")]
)
def test_a_difference_holds_both_texts_whole(before, after):
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if not p.is_new) == before
    assert "".join(p.text for p in pieces if not p.is_gone) == after


def test_a_long_text_in_markdown_prints(alice, wanda, at):
    text = "# Head\n\n- one\n- two **bold**\n\n1. first\n2. second\n\n> quoted\n\n---\n\n" + (
        "Ünïcode & <tags> *soft* `code` [link](https://example.com).\n\n" * 120
    )
    signed = sign(proofs.agreement(alice, "Long", at=at, text=text), wanda, at=at)
    from vetting.agreement_paper import signature_pdf

    assert len(signature_pdf(signed)) > 10_000


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(agreement, alice, wanda, client_of, poison):
    browser, phone = client_of(alice), client_of(wanda)
    for field in ("title", "text"):
        facts = {"title": "T", "text": "Words", field: poison}
        assert browser.post("/agreements/new/", facts).status_code in (302, 422)
    for field in ("text", "note", "based_on"):
        facts = {"text": "Words", "note": "", "based_on": 1, field: poison}
        assert browser.post(page("publish_agreement", agreement), facts).status_code in (302, 422)
    for field in ("number", "agree", "typed_name"):
        facts = {"number": 1, "agree": "on", "typed_name": "W", field: poison}
        assert phone.post(page("sign_agreement", agreement), facts).status_code in (302, 422)
    for field in ("version", "q", "which", "after", "before"):
        query = {field: poison}
        assert browser.get(agreement.get_absolute_url(), query).status_code in (200, 404)
        assert browser.get(page("signatures_csv", agreement), query).status_code == 200
        assert browser.get(page("agreement_difference", agreement), query).status_code in (200, 404)
        assert phone.get(agreement.get_absolute_url(), query).status_code in (200, 404)


def test_lists_cost_the_same_for_one_row_and_for_thirty(
    agreement, alice, wanda, client_of, at, django_assert_max_num_queries
):
    sign(agreement, wanda, at=at)
    pages = [
        (client_of(alice), "/agreements/"),
        (client_of(alice), agreement.get_absolute_url()),
        (client_of(wanda), "/agreements/"),
    ]
    few = []
    for browser, address in pages:
        browser.get(address)
        with django_assert_max_num_queries(12) as counted:
            browser.get(address)
        few.append(len(counted.captured_queries))
    for number in range(29):
        sign(agreement, people.worker(f"Worker {number}"), at=at)
        sign(proofs.agreement(alice, f"Agreement {number}", at=at), wanda, at=at)
    for (browser, address), count in zip(pages, few, strict=True):
        with django_assert_max_num_queries(count):
            browser.get(address)
