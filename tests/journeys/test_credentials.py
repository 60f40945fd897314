"""A license is handed in, verified, seen by clients, expires, and is renewed, in the browser."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from notifications import reminders
from notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import credentials as proofs
from tests.journeys.conftest import Person
from vetting.models import Credential
from vetting.requirements import registry
from vetting.requirements.registry import On

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_world"),
]

VALUES = {"kind": "forklift", "name": "Forklift license", "amount": "", "region": ""}


def hand_in(worker: Person, ends) -> None:
    worker.writes(expires_on=f"{ends}")
    paper = {"name": "card.pdf", "mimeType": "application/pdf", "buffer": proofs.PDF}
    worker.page.locator("main [name=documents]").set_input_files(paper)
    worker.presses("Hand in for review")
    worker.sees("Waiting for review")


def verify(desk: Person, credential: Credential) -> None:
    desk.opens("/admin/vetting/credential/")
    desk.follows("Sam Ortiz")
    desk.sees("card.pdf")
    desk.presses("Verify", exact=True)
    desk.sees("Sam Ortiz is told")
    credential.refresh_from_db()
    assert credential.status == "verified"


def test_a_license_from_handing_in_to_renewal(signed_in):
    now = timezone.now()
    company = people.company("Bright Bakeries")
    ruth = people.member(company, "Ruth Okafor", ["administrator"], at=now)
    sam = people.worker("Sam Ortiz", at=now)
    rita = people.agent("Rita Reyes")
    rita.user.groups.add(proofs.reviewers())
    proofs.kind("forklift", name="Forklift license")
    kind, ends = registry.kind("credential"), now.date() + timedelta(days=40)

    def meets() -> bool:
        return kind.check(sam.worker, VALUES, On.today(company, timezone.now())).met

    worker, desk, client = signed_in(sam, phone=True), signed_in(rita), signed_in(ruth)
    worker.opens("/credentials/new/")
    worker.follows("Forklift license")
    hand_in(worker, ends)
    client.opens(sam.worker.get_absolute_url())
    client.sees("None shown.")
    assert not meets()
    first = Credential.objects.get()
    verify(desk, first)
    client.opens(sam.worker.get_absolute_url())
    client.sees("Forklift license")
    assert meets()

    nine = datetime.combine(ends - timedelta(days=30), time(9), ZoneInfo(sam.user.time_zone))
    with time_machine.travel(nine):
        reminders.sweep(at=nine)
        notice = Notice.objects.get(kind="reminder.credential_expiring")
        assert notice.recipient == sam.user
    with time_machine.travel(now + timedelta(days=42)):
        client.opens(sam.worker.get_absolute_url())
        client.sees("None shown.")
        assert not meets()
        worker.opens("/credentials/")
        worker.sees("Expired")
        worker.follows("Forklift license")
        worker.follows("Renew")
        hand_in(worker, ends + timedelta(days=365))
        verify(desk, Credential.objects.get(renews=first))
        client.opens(sam.worker.get_absolute_url())
        client.sees("Forklift license")
        assert meets()
