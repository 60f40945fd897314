"""What a client may know: of checks “clear” where the worker shows it, and nothing else ever."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import Event
from notifications.models import Notice
from tests.assignments.pages import words_of
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.notifications.moments import tell_everything, told
from vetting import credentials, requirement_sets
from vetting.models import CredentialDocument
from vetting.requirements import registry
from vetting.requirements.registry import On

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = "A conviction in 2024."


def standings(worker, olga, *, at):
    """A failed check, an expired one, one that waits, one that is hidden, and none at all."""
    check = proofs.background()
    return {
        "none": lambda: None,
        "waiting": lambda: proofs.pending(worker, check, at=at),
        "failed": lambda: proofs.refused(worker, check, reviewer=olga, at=at, reason=WHY),
        "over": lambda: proofs.verified(
            worker, check, reviewer=olga, at=at - 90 * DAY, expires_on=(at - 30 * DAY).date()
        ),
        "hidden": lambda: proofs.verified(worker, check, reviewer=olga, at=at, is_shown=False),
        "withdrawn": lambda: credentials.withdraw(
            proofs.verified(worker, check, reviewer=olga, at=at), by=worker, at=at
        ),
    }


@pytest.fixture
def now():
    return timezone.now()


STANDINGS = ("none", "waiting", "failed", "over", "hidden", "withdrawn")


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_profile_reads_the_same_whatever_a_check_lacks(
    standing, alice, wanda, olga, client_of, now
):
    browser = client_of(alice)
    address = wanda.worker.get_absolute_url()
    before = words_of(browser.get(address))
    standings(wanda, olga, at=now)[standing]()
    assert words_of(browser.get(address)) == before


def test_a_clear_check_that_is_shown_says_clear_and_no_date(alice, wanda, olga, client_of, now):
    made = proofs.verified(wanda, proofs.background(), reviewer=olga, at=now, issuer="CheckCo")
    page = client_of(alice).get(wanda.worker.get_absolute_url())
    said = words_of(page)
    assert "Background check Clear" in said
    assert "CheckCo" not in said and "license.pdf" not in said
    assert f"{made.expires_on:%Y}" not in said.split("Background check")[1][:40]
    credentials.show(made, False, by=wanda, at=now)
    assert "Background check" not in words_of(client_of(alice).get(wanda.worker.get_absolute_url()))


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_requirement_gives_the_client_one_answer_for_every_lack(
    standing, alice, wanda, olga, now
):
    standings(wanda, olga, at=now)[standing]()
    kind = registry.kind("credential")
    values = {"kind": proofs.background().slug, "name": "Background check", "amount": "",
              "region": ""}  # fmt: skip
    found = kind.check(wanda.worker, values, On.today(alice.company, now))
    assert (found.met, found.for_client) == (False, "Not confirmed")
    assert found.reason and found.fix_url


@pytest.mark.parametrize("family", ["background", "drug_test", "identity"])
def test_no_client_opens_a_document_of_a_confidential_one(
    family, alice, wanda, olga, client_of, now
):
    kind = proofs.kind(f"some-{family}", family=family)
    made = proofs.verified(wanda, kind, reviewer=olga, at=now)
    address = reverse("vetting:credential_document", args=[made.documents.get().reference])
    assert client_of(alice).get(address).status_code == 404
    assert client_of(wanda).get(address).status_code == 200
    assert client_of(alice).get(made.get_absolute_url()).status_code == 404


def test_a_document_opens_for_clients_while_it_is_valid_and_shown(
    alice, wanda, walt, olga, client_of, now
):
    made = proofs.pending(wanda, at=now)
    address = reverse("vetting:credential_document", args=[made.documents.get().reference])
    browser = client_of(alice)
    assert browser.get(address).status_code == 404
    proofs.reviewing.verify(made, revision=1, by=olga, at=now)
    answer = browser.get(address)
    assert answer.status_code == 200 and answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    assert client_of(walt).get(address).status_code == 404
    credentials.show(made, False, by=wanda, at=now)
    assert browser.get(address).status_code == 404
    credentials.show(made, True, by=wanda, at=now)
    on = made.expires_on + DAY
    assert not CredentialDocument.objects.visible_to(alice, on=on).exists()


def test_staff_without_the_permission_open_no_document(wanda, olga, client_of, now):
    made = proofs.pending(wanda, proofs.background(), at=now)
    address = reverse("vetting:credential_document", args=[made.documents.get().reference])
    assert client_of(olga).get(address).status_code == 403
    reviewer = people.agent("Rita Reyes")
    reviewer.user.groups.add(proofs.reviewers())
    assert client_of(reviewer).get(address).status_code == 200


def test_a_failure_is_told_to_the_worker_alone(alice, wanda, olga, now):
    proofs.refused(wanda, proofs.background(), reviewer=olga, at=now, reason=WHY)
    tell_everything(now)
    assert told(wanda) == ["Your “Background check” was not accepted"]
    others = Notice.objects.exclude(recipient=wanda.user)
    assert not others.filter(kind__startswith="credential.").exists()
    told_of = Event.objects.filter(kind__startswith="credential.")
    assert set(told_of.values_list("company_key", flat=True)) == {None}


def test_no_page_or_export_of_a_client_carries_a_failure(
    alice, wanda, olga, client_of, assigned, now
):
    proofs.refused(
        wanda, proofs.background(), reviewer=olga, at=now, reason=WHY, number="SECRET-77"
    )
    agreement = proofs.agreement(alice, at=now)
    proofs.agreements.sign(agreement, number=1, typed_name="Wanda Wells", by=wanda, at=now)
    found = requirement_sets.create(name="Safe", by=alice, at=now)
    browser = client_of(alice)
    csv = reverse("vetting:signatures_csv", args=[agreement.reference])
    addresses = [
        "/credentials/", wanda.worker.get_absolute_url(), "/workers/",
        assigned.get_absolute_url(), found.get_absolute_url(), agreement.get_absolute_url(), csv,
        reverse("assignments:export"),
    ]  # fmt: skip
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200
        body = b"".join(answer) if answer.streaming else answer.content
        for secret in (WHY, "SECRET-77"):
            assert secret not in body.decode(), address


def test_a_company_reads_only_what_was_handed_in_to_it(alice, charlie, wanda, client_of, now):
    own = proofs.kind("orientation", reviewed_by="company")
    made = proofs.pending(wanda, own, company=alice.company, at=now)
    address = reverse("vetting:credential_document", args=[made.documents.get().reference])
    assert client_of(alice).get(address).status_code == 200
    assert client_of(charlie).get(address).status_code == 404
    assert client_of(charlie).get(made.get_absolute_url()).status_code == 404
    assert json.dumps(words_of(client_of(charlie).get("/credentials/"))).count("Wanda") == 0
