"""The two sides' pages: escalate, list, case; access, bad input, double submits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assignments import gear
from escalations import casework
from escalations.models import Case, Evidence
from tests.assignments.pages import FORBIDDEN_FILES
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
GIVEN = {
    "kind": "payment_dispute",
    "what_happened": "The price was cut.",
    "outcome": "pay_amount",
    "outcome_amount": "$120.50",
    "outcome_words": "Pay most of it.",
    "disputed_amount": "120.50",
    "about": "price",
    "key": "0f6e4f2e-6f0a-4b2f-9c59-222222222222",
}


def page_of(assignment) -> str:
    return f"/assignments/{assignment.reference}/escalation/"


@pytest.fixture
def recent(alice, wanda):
    """Work submitted a while ago, by the real clock that views read."""
    return work.in_stage("pending_approval", alice, wanda, at=timezone.now() - timedelta(days=9))


@pytest.fixture
def case(recent, wanda):
    return opened(recent, wanda)


def test_escalating_opens_a_case_and_leads_to_it(recent, wanda, client_of):
    photo = SimpleUploadedFile("proof.txt", b"Port 1: till.", content_type="text/plain")
    response = client_of(wanda).post(page_of(recent), {**GIVEN, "files": [photo]})
    case = Case.objects.get()
    assert response.url == f"/cases/{case.label}/"
    assert str(case.outcome_amount) == "120.50"
    assert case.evidence.get().name == "proof.txt"


def test_a_double_submit_leads_to_the_first_case(recent, wanda, client_of):
    browser = client_of(wanda)
    first, second = (browser.post(page_of(recent), GIVEN) for _ in range(2))
    assert first.url == second.url
    assert "You have this case open already" in browser.get(second.url).text


def test_the_form_offers_the_kinds_of_the_side(recent, alice, wanda, client_of):
    theirs = client_of(alice).get(page_of(recent)).text
    hers = client_of(wanda).get(page_of(recent)).text
    assert "Abandoned site" in theirs
    assert "Abandoned site" not in hers
    assert "Approval late" in hers
    assert "Approval late" not in theirs


def test_the_form_asks_for_a_try_at_direct_contact_without_barring_anyone(recent, wanda, client_of):
    page = client_of(wanda).get(f"{page_of(recent)}?kind=payment_dispute").text
    assert "Have you talked to each other?" in page
    assert "Open the case</button>" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "required"),
        ({"kind": "abandoned_site"}, "Select a valid choice"),
        ({"what_happened": ""}, "required"),
        ({"what_happened": "x" * 5_001}, "5000 characters"),
        ({"what_happened": "a\x00b"}, "Null characters are not allowed"),
        ({"outcome": "revenge"}, "Select a valid choice"),
        ({"outcome_words": ""}, "required"),
        ({"outcome_amount": ""}, "Say which amount would settle it"),
        ({"outcome_amount": "-5"}, "cannot be negative"),
        ({"outcome_amount": "lots"}, "Enter an amount"),
        ({"outcome_amount": "1e400"}, "or less"),
        ({"outcome_amount": "NaN"}, "Enter an amount"),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(changed, said, recent, wanda, client_of):
    response = client_of(wanda).post(page_of(recent), {**GIVEN, **changed})
    assert response.status_code == 200
    assert said in response.text
    assert not Case.objects.exists()
    if "what_happened" not in changed:
        assert "The price was cut." in response.text


@pytest.mark.parametrize(("name", "content"), FORBIDDEN_FILES)
def test_a_forbidden_file_is_refused(name, content, recent, wanda, client_of):
    upload = SimpleUploadedFile(name, content)
    response = client_of(wanda).post(page_of(recent), {**GIVEN, "files": [upload]})
    assert response.status_code == 200
    assert not Case.objects.exists()
    assert "error" in response.text


def test_script_in_text_is_shown_as_text(recent, wanda, client_of):
    text = "<script>alert(1)</script> 你好 🙂"
    browser = client_of(wanda)
    page = browser.get(browser.post(page_of(recent), {**GIVEN, "what_happened": text}).url).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 你好 🙂" in page


def test_who_may_escalate(recent, alice, mona, cody, dirk, abel, charlie, wanda, walt, client_of):
    answers = {
        200: [alice, mona, wanda],
        403: [cody, dirk, abel],
        404: [charlie, walt],
    }
    for status, actors in answers.items():
        for actor in actors:
            assert client_of(actor).get(page_of(recent)).status_code == status, actor


def test_after_sixty_days_the_page_says_why_not(alice, wanda, client_of):
    old = work.in_stage("pending_approval", alice, wanda, at=timezone.now() - timedelta(days=70))
    browser = client_of(wanda)
    assert "can no longer be escalated" in browser.get(page_of(old)).text
    response = browser.post(page_of(old), GIVEN)
    assert response.status_code == 200
    assert "until 60 days after the day it occurred" in response.text


def test_the_gear_menu_offers_escalate_and_says_why_not(
    recent, alice, wanda, dirk, walt, olga, sent
):
    def entry(assignment, actor, at):
        return next((a for a in gear.menu(assignment, actor, at=at) if a.name == "escalate"), None)

    now = timezone.now()
    for actor in (alice, wanda):
        assert entry(recent, actor, now).enabled
        late = entry(recent, actor, now + timedelta(days=90))
        assert not late.enabled
        assert "60 days" in late.reason
    for actor in (dirk, walt, olga):
        assert entry(recent, actor, now) is None
    assert entry(sent, alice, now) is None


def test_a_case_is_seen_by_its_two_sides_only(case, alice, abel, charlie, wanda, walt, client_of):
    url = f"/cases/{case.label}/"
    for actor in (alice, abel, wanda):
        assert client_of(actor).get(url).status_code == 200
    for actor in (charlie, walt):
        browser = client_of(actor)
        assert browser.get(url).status_code == 404
        assert browser.get("/cases/").status_code == 200
        assert case.label not in browser.get("/cases/").text
        for act in ("messages", "evidence", "withdrawal", "proposal"):
            assert browser.post(f"{url}{act}/", {}).status_code == 404


def test_a_viewer_reads_but_does_not_write(case, abel, client_of):
    browser = client_of(abel)
    assert "Send message" not in browser.get(f"/cases/{case.label}/").text
    response = browser.post(f"/cases/{case.label}/messages/", {})
    assert response.status_code == 403


def test_only_the_opening_side_withdraws(case, alice, wanda, client_of):
    url = f"/cases/{case.label}/withdrawal/"
    assert client_of(alice).post(url, {}).status_code == 403
    assert client_of(wanda).post(url, {"withdraw-words": "Settled."}).status_code == 302
    case.refresh_from_db()
    assert case.status == "withdrawn"


def test_a_reply_sent_twice_is_written_once(case, alice, client_of):
    browser = client_of(alice)
    page = browser.get(f"/cases/{case.label}/")
    key = page.context["forms"]["reply"]["key"].value()
    data = {"reply-key": key, "reply-body": "Here is our side.", "reply-to": "parties"}
    for _ in range(2):
        assert browser.post(f"/cases/{case.label}/messages/", data).status_code == 302
    assert case.entries.filter(body="Here is our side.").count() == 1


def test_an_empty_reply_is_explained_on_the_page(case, alice, client_of):
    response = client_of(alice).post(f"/cases/{case.label}/messages/", {"reply-body": " "})
    assert response.status_code == 200
    assert "Fill this in" in response.text


def test_writing_to_an_ended_case_says_so_and_keeps_what_was_typed(case, alice, wanda, client_of):
    browser = client_of(alice)
    page = browser.get(f"/cases/{case.label}/")
    key = page.context["forms"]["reply"]["key"].value()
    casework.withdraw(case, by=wanda, at=timezone.now())
    data = {"reply-key": key, "reply-body": "Too late?", "reply-to": "parties"}
    response = browser.post(f"/cases/{case.label}/messages/", data)
    assert "This case is withdrawn" in response.text
    assert "Too late?" in response.text
    answer = {"proposal-answer": "object", "proposal-words": "Half of it was done."}
    late = browser.post(f"/cases/{case.label}/proposal/", answer)
    assert "no proposal to answer any more" in late.text
    assert "Half of it was done." in late.text


def test_evidence_is_served_inertly_to_those_who_see_the_case(
    case, alice, wanda, walt, charlie, olga, client_of
):
    photo = SimpleUploadedFile("proof.txt", b"Port 1: till.", content_type="text/plain")
    url = f"/cases/{case.label}/evidence/"
    key = "0f6e4f2e-6f0a-4b2f-9c59-111111111111"
    data = {"evidence-key": key, "evidence-files": [photo]}
    assert client_of(wanda).post(url, data).status_code == 302
    kept = Evidence.objects.get()
    for actor in (alice, wanda, olga):
        response = client_of(actor).get(f"{url}{kept.reference}/")
        assert response.status_code == 200
        assert "attachment" in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
    for actor in (walt, charlie):
        assert client_of(actor).get(f"{url}{kept.reference}/").status_code == 404


def test_a_party_accepts_a_proposal(case, wanda, olga, client_of):
    casework.propose(case, effect="no_money", words="Nothing.", by=olga, at=timezone.now())
    browser = client_of(wanda)
    assert "Proposed decision" in browser.get(f"/cases/{case.label}/").text
    url = f"/cases/{case.label}/proposal/"
    assert browser.post(url, {"proposal-answer": "accept"}).status_code == 302
    assert case.proposals.get().worker_answer == "accepted"
    assert browser.post(url, {"proposal-answer": "maybe"}).status_code == 200


def test_a_proposal_is_not_accepted_from_a_page_that_showed_another(case, wanda, olga, client_of):
    at = timezone.now()
    first = casework.propose(case, effect="pay_in_full", words="All of it.", by=olga, at=at)
    casework.ask_party(case, side="company", question="Was it?", by=olga, at=at)
    casework.propose(case, effect="no_money", words="Nothing was done.", by=olga, at=at)
    answer = {"proposal-answer": "accept", "proposal-seen": first.pk, "proposal-words": "Thanks."}
    refused = client_of(wanda).post(f"/cases/{case.label}/proposal/", answer).text
    assert "made another proposal since you opened the page" in refused
    assert "Nothing was done." in refused and "Thanks." in refused
    assert case.proposals.get(ended_at=None).worker_answer == ""


def test_a_party_never_reads_notes_or_names_of_the_team(case, wanda, olga, client_of):
    at = timezone.now()
    casework.note(case, body="Secret thought.", by=olga, at=at)
    casework.reply(case, body="Words for the client.", to="company", by=olga, at=at)
    casework.reply(case, body="Words for all.", by=olga, at=at)
    page = client_of(wanda).get(f"/cases/{case.label}/").text
    assert "Words for all." in page
    assert "Secret thought." not in page
    assert "Words for the client." not in page
    assert "Olga" not in page


def test_the_list_costs_the_same_for_one_case_and_for_thirty(
    wanda, alice, client_of, django_assert_max_num_queries
):
    at = timezone.now() - timedelta(days=9)
    browser = client_of(wanda)
    for number in range(3):
        opened(work.in_stage("assigned", alice, wanda, at=at, title=f"Job {number}"), wanda)
    browser.get("/cases/")
    with django_assert_max_num_queries(10):
        page = browser.get("/cases/")
    assert page.text.count("list-item-main") == 3


def test_a_case_costs_the_same_with_one_line_and_with_thirty(
    case, wanda, olga, client_of, django_assert_num_queries
):
    browser, page = client_of(wanda), case.get_absolute_url()
    browser.get(page)
    with django_assert_num_queries(9):
        browser.get(page)
    for number in range(30):
        casework.reply(case, body=f"Line {number}.", by=olga, at=timezone.now())
    browser.get(page)
    with django_assert_num_queries(9):
        assert "Line 29." in browser.get(page).text


def test_the_list_pages_by_key_and_survives_made_up_places(case, wanda, client_of):
    browser = client_of(wanda)
    for query in ("?show=open", "?show=nonsense", "?after=%00", "?after=zzzz", "?before=W10"):
        assert browser.get(f"/cases/{query}").status_code == 200


@pytest.mark.parametrize("path", ["/cases/", "/cases/C-1001/", "/assignments/A-1/escalation/"])
def test_visitors_are_asked_to_sign_in(path, client, db):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("label", ["C-0", "C-999999999", "C-1x", "1001", "C-9999999999999"])
def test_made_up_numbers_are_not_found(label, wanda, client_of):
    assert client_of(wanda).get(f"/cases/{label}/").status_code == 404
