"""The pages of credentials from all three sides, with bad files, bad input and many rows."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.assignments.pages import HOSTILE, errors_of, follow, hidden, said, words_of
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.notifications.moments import tell_everything, told
from vetting import credentials
from vetting.models import Credential, CredentialDocument

pytestmark = pytest.mark.django_db
NEW = "/credentials/new/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def rita(published):
    """On the staff, with the permission to review."""
    actor = people.agent("Rita Reyes")
    actor.user.groups.add(proofs.reviewers())
    return actor


def pdf(pages: int = 1, name: str = "license.pdf") -> SimpleUploadedFile:
    page = b"1 0 obj\n<< /Type /Page >>\nendobj\n"
    return SimpleUploadedFile(name, b"%PDF-1.4\n" + page * pages + b"%%EOF\n", "application/pdf")


def asked(client, kind, **changes: Any) -> dict[str, Any]:
    ends = timezone.now().date() + timedelta(days=300)
    fields = {"key": hidden(client, f"{NEW}?kind={kind.slug}", "key"), "expires_on": f"{ends}",
              "issued_on": "", "is_shown": "on", "documents": [pdf()], **changes}  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def bomb() -> SimpleUploadedFile:
    """A picture of 100 megapixels in a few kilobytes."""
    out = BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG", optimize=True)
    return SimpleUploadedFile("scan.png", out.getvalue(), "image/png")


def test_a_worker_hands_in_staff_verify_and_clients_see_it(wanda, rita, alice, client_of, now):
    phone, desk = client_of(wanda), client_of(rita)
    kind = proofs.kind("low_voltage", needs_issuer=True, needs_number=True, needs_state=True)
    assert "Low voltage" in words_of(phone.get(NEW))
    facts = asked(phone, kind, issuer="State of Ohio", number="LV-1", region="OH")
    done = follow(phone, phone.post(f"{NEW}?kind={kind.slug}", facts))
    assert "Waiting for review" in words_of(done) and "Handed in for review" in said(done)
    queue = reverse("admin:vetting_credential_changelist")
    assert "Wanda Wells" in words_of(desk.get(queue))
    made = Credential.objects.get()
    address = reverse("admin:vetting_credential_change", args=[made.pk])
    page = desk.get(address)
    assert "State of Ohio" in words_of(page) and "license.pdf" in words_of(page)
    decision = {"act": "verify", "revision": made.revision, "expires_on": f"{made.expires_on}"}
    decided = follow(desk, desk.post(address, decision))
    assert "Verified. Wanda Wells is told." in said(decided)
    tell_everything(now)
    assert told(wanda) == ["Your “Low voltage” is verified"]
    profile = words_of(client_of(alice).get(wanda.worker.get_absolute_url()))
    assert "Low voltage" in profile and "State of Ohio, OH, No. LV-1" in profile


def test_what_is_given_back_is_changed_and_handed_in_again(wanda, rita, client_of, now):
    made = proofs.pending(wanda, at=now)
    desk, phone = client_of(rita), client_of(wanda)
    address = reverse("admin:vetting_credential_change", args=[made.pk])
    silent = desk.post(address, {"act": "ask_again", "revision": 1})
    assert silent.status_code == 422 and "Say in a sentence" in errors_of(silent)
    desk.post(address, {"act": "ask_again", "revision": 1, "reason": "The back is missing"})
    shown = phone.get(made.get_absolute_url())
    assert "The back is missing" in words_of(shown)
    change = reverse("vetting:change_credential", args=[made.reference])
    old = made.documents.get()
    facts = asked(phone, made.kind, removed=[old.reference], documents=[pdf(name="back.pdf")])
    again = follow(phone, phone.post(change, facts))
    assert "Waiting for review" in words_of(again)
    assert [row.name for row in made.documents.filter(removed_at=None)] == ["back.pdf"]
    late = desk.post(address, {"act": "verify", "revision": 1, "expires_on": facts["expires_on"]})
    assert late.status_code == 422 and "has changed this since" in errors_of(late)


def test_the_second_of_two_reviewers_reads_what_the_first_did(wanda, rita, olga, client_of, now):
    made = proofs.verified(wanda, reviewer=olga, at=now)
    address = reverse("admin:vetting_credential_change", args=[made.pk])
    decision = {"act": "verify", "revision": 1, "expires_on": f"{made.expires_on}"}
    late = client_of(rita).post(address, decision)
    assert late.status_code == 422
    assert "Olga Olsen verified it already" in errors_of(late)


@pytest.mark.parametrize(
    "upload,sentence",
    [
        (SimpleUploadedFile("scan.pdf", b"MZ\x90\x00" + b"\0" * 99), "is not what its name says"),
        (SimpleUploadedFile("setup.exe", b"MZ"), "is not a kind of file we take"),
        (SimpleUploadedFile("scan.jpg", b"MZ\x90\x00"), "is not what its name says"),
        (bomb(), "has too many pixels"),
        (SimpleUploadedFile("empty.pdf", b""), "empty"),
    ],
)
def test_a_bad_file_is_named_and_the_good_ones_are_kept(wanda, client_of, upload, sentence):
    phone, kind = client_of(wanda), proofs.kind("license", needs_issuer=True)
    facts = asked(phone, kind, issuer="Ohio", documents=[upload, pdf(name="good.pdf")])
    page = phone.post(f"{NEW}?kind=license", facts)
    assert page.status_code == 422 and sentence in errors_of(page)
    body = page.content.decode()
    assert 'value="Ohio"' in body and "Kept from before" in body and "good.pdf" in body
    kept = re.findall(r'name="kept" value="([^"]*)"', body)
    again = phone.post(f"{NEW}?kind=license", {**facts, "documents": [], "kept": kept})
    assert again.status_code == 302
    assert [row.name for row in Credential.objects.get().documents.all()] == ["good.pdf"]


def test_an_expired_one_is_refused_beside_the_day_and_its_file_is_kept(wanda, client_of):
    phone, kind = client_of(wanda), proofs.kind()
    page = phone.post(f"{NEW}?kind=license", asked(phone, kind, expires_on="2020-01-01"))
    assert page.status_code == 422 and "This has expired already" in errors_of(page)
    assert 'value="2020-01-01"' in page.content.decode()
    assert CredentialDocument.objects.get().credential is None


def test_fifty_pages_are_taken_and_no_document_is_asked_for_beside_the_field(wanda, client_of):
    phone, kind = client_of(wanda), proofs.kind()
    none = phone.post(f"{NEW}?kind=license", asked(phone, kind, documents=None))
    assert "Add the document" in errors_of(none)
    many = phone.post(f"{NEW}?kind=license", asked(phone, kind, documents=[pdf(50)]))
    assert many.status_code == 302


def test_a_picture_keeps_neither_place_nor_payload(wanda, client_of):
    phone, kind, out = client_of(wanda), proofs.kind(), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (20, 20)).save(out, "JPEG", exif=exif)
    photo = SimpleUploadedFile("photo.jpg", out.getvalue() + b"<?php", "image/jpeg")
    phone.post(f"{NEW}?kind=license", asked(phone, kind, documents=[photo]))
    stored = CredentialDocument.objects.get().file.read()
    assert b"secret place" not in stored and b"<?php" not in stored


def test_a_company_reviews_what_is_handed_in_to_it(wanda, alice, abel, client_of, now):
    own = proofs.kind("orientation", reviewed_by="company")
    phone, browser = client_of(wanda), client_of(alice)
    facts = asked(phone, own, company="acme")
    refused = phone.post(f"{NEW}?kind=orientation", facts)
    assert "Choose a client from the list" in errors_of(refused)
    done = phone.post(f"{NEW}?kind=orientation&for=acme", {**facts, "documents": [pdf()]})
    assert done.status_code == 302
    made = Credential.objects.get()
    tell_everything(now)
    assert told(alice) == ["Wanda Wells handed in “Orientation”"]
    assert "Wanda Wells" in words_of(browser.get("/credentials/"))
    assert "Decide" in words_of(browser.get(made.get_absolute_url()))
    assert "Decide" not in words_of(client_of(abel).get(made.get_absolute_url()))
    decide = reverse("vetting:decide_credential", args=[made.reference])
    decision = {"act": "verify", "revision": 1, "expires_on": f"{made.expires_on}"}
    assert client_of(abel).post(decide, decision).status_code == 403
    assert "Verified" in said(follow(browser, browser.post(decide, decision)))
    assert "Verified for you" in words_of(browser.get(wanda.worker.get_absolute_url()))


def test_a_worker_hides_renews_and_withdraws(wanda, olga, client_of, now):
    made = proofs.verified(wanda, reviewer=olga, at=now, expires_on=now.date() + timedelta(10))
    phone = client_of(wanda)
    assert "Expires soon" in words_of(phone.get("/credentials/"))
    hide = phone.post(reverse("vetting:show_credential", args=[made.reference]))
    assert "hidden from clients" in said(follow(phone, hide))
    renew = reverse("vetting:renew_credential", args=[made.reference])
    facts = asked(phone, made.kind)
    facts["key"] = hidden(phone, renew, "key")
    new = follow(phone, phone.post(renew, facts))
    assert "Waiting for review" in words_of(new)
    assert "There is nothing to renew" in said(follow(phone, phone.get(renew)))
    gone = phone.post(reverse("vetting:withdraw_credential", args=[made.reference]))
    assert "is withdrawn" in said(follow(phone, gone))


def test_staff_edit_the_kinds_but_not_who_reviews_one_in_use(client_of, wanda, rita, now):
    kind = proofs.kind("forklift")
    desk = client_of(rita)
    address = reverse("admin:vetting_credentialkind_change", args=[kind.pk])
    facts = {"name": "Forklift card", "slug": "forklift", "family": "drug_test",
             "reviewed_by": "company", "position": "0", "needs_document": "on"}  # fmt: skip
    refused = desk.post(address, facts)
    assert "reviewed by our staff only" in words_of(refused)
    desk.post(address, {**facts, "family": "license", "reviewed_by": "staff"})
    kind.refresh_from_db()
    assert (kind.name, kind.has_expiry) == ("Forklift card", False)
    proofs.pending(wanda, kind, at=now)
    desk.post(address, {**facts, "family": "license", "reviewed_by": "company"})
    kind.refresh_from_db()
    assert kind.reviewed_by == "staff"


def test_staff_who_review_see_how_many_wait(wanda, alice, rita, olga, client_of, now):
    proofs.pending(wanda, at=now)
    proofs.pending(wanda, proofs.kind("own", reviewed_by="company"), at=now, company=alice.company)
    desk, home = client_of(rita), words_of(client_of(rita).get("/"))
    assert "1 credential waits for a decision" in words_of(desk.get(reverse("admin:index")))
    assert "Credentials to review" in home and "Review credentials" in home
    proofs.pending(wanda, proofs.kind("forklift"), at=now)
    assert "2 credentials wait for a decision" in words_of(desk.get(reverse("admin:index")))
    for page in ("/", reverse("admin:index")):
        other = words_of(client_of(olga).get(page))
        assert "for a decision" not in other and "Review credentials" not in other


def test_agents_of_the_escalation_desk_do_not_review(olga, wanda, client_of, now):
    made = proofs.pending(wanda, at=now)
    desk = client_of(olga)
    for name, args in (("changelist", []), ("change", [made.pk])):
        address = reverse(f"admin:vetting_credential_{name}", args=args)
        assert desk.get(address).status_code == 403
    assert not Credential.objects.exclude(status="pending").exists()


@pytest.mark.parametrize("poison", HOSTILE)
def test_no_field_answers_hostile_input_with_a_crash(wanda, alice, rita, client_of, poison, now):
    phone, browser, desk = client_of(wanda), client_of(alice), client_of(rita)
    kind = proofs.kind(
        "all", needs_issuer=True, needs_number=True, needs_state=True, needs_amount=True,
        family="insurance",
    )  # fmt: skip
    own = proofs.pending(
        wanda, proofs.kind("own", reviewed_by="company"), company=alice.company, at=now
    )
    facts = asked(phone, kind, issuer="I", number="1", region="OH", amount="5")
    for field in (*facts, "kept", "removed"):
        posted = {**facts, "documents": [], field: poison}
        assert phone.post(f"{NEW}?kind=all", posted).status_code in (302, 422), field
    for field in ("kind", "for"):
        assert phone.get(NEW, {field: poison}).status_code == 200
    decide = reverse("vetting:decide_credential", args=[own.reference])
    staff = reverse("admin:vetting_credential_change", args=[proofs.pending(wanda, at=now).pk])
    for field in ("act", "revision", "expires_on", "reason"):
        decision = {"act": "verify", "revision": "1", "expires_on": "2030-01-01", field: poison}
        assert browser.post(decide, decision).status_code in (302, 422)
        assert desk.post(staff, decision).status_code in (302, 422)
    for field in ("status", "q", "after", "before", "queue", "family"):
        assert browser.get("/credentials/", {field: poison}).status_code == 200
        queue = reverse("admin:vetting_credential_changelist")
        assert desk.get(queue, {field: poison}).status_code == 200


def test_lists_cost_the_same_for_one_row_and_for_thirty(
    wanda, alice, rita, olga, client_of, now, django_assert_max_num_queries
):
    own = proofs.kind("orientation", reviewed_by="company")

    def add(number: int) -> None:
        worker = wanda if number == 0 else people.worker(f"Worker {number}")
        proofs.pending(worker, own, company=alice.company, at=now)
        proofs.pending(worker, at=now)
        proofs.verified(wanda, proofs.kind(f"kind{number}"), reviewer=olga, at=now)

    add(0)
    pages = [
        (client_of(wanda), "/credentials/"),
        (client_of(alice), "/credentials/"),
        (client_of(alice), wanda.worker.get_absolute_url()),
        (client_of(rita), reverse("admin:vetting_credential_changelist")),
    ]
    few = []
    for browser, address in pages:
        browser.get(address)
        with django_assert_max_num_queries(16) as counted:
            browser.get(address)
        few.append(len(counted.captured_queries))
    for number in range(1, 30):
        add(number)
    for (browser, address), count in zip(pages, few, strict=True):
        with django_assert_max_num_queries(count):
            browser.get(address)


def test_a_worker_sees_nobody_elses(wanda, walt, client_of, now):
    made = proofs.pending(wanda, at=now)
    phone = client_of(walt)
    for name in ("credential", "change_credential", "renew_credential"):
        address = reverse(f"vetting:{name}", args=[made.reference])
        assert phone.get(address).status_code == 404
    assert (
        phone.post(reverse("vetting:withdraw_credential", args=[made.reference])).status_code == 404
    )
    credentials.withdraw(made, by=wanda, at=now)
