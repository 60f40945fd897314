"""A worker climbs the ladder to a suspension, appeals, and works again, in the browser."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from conduct import catalogue
from conduct.models import Measure
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories.payments import add_cash

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_world"),
]
FOLLOWS = ("Reminder", "Warning", "Restriction", "Suspension")


def test_the_ladder_to_a_suspension_and_back_by_an_appeal(signed_in, behind_the_pages):
    now = timezone.now()
    catalogue.establish()
    ruth = people.member(
        people.company("Bright Bakeries"), "Ruth Okafor", ["administrator"], at=now
    )
    sam = people.worker("Sam Ortiz", at=now)
    add_cash(ruth.company, Decimal(1000), at=now)
    sent = work.sent(
        work.draft(
            ruth, at=now, starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=6)
        ),
        ruth, at=now,
    )  # fmt: skip
    agent, lead = people.agent("Olga Olsen"), people.lead("Lena Lund")
    desk, head, worker = signed_in(agent), signed_in(lead), signed_in(sam, phone=True)

    for effect in FOLLOWS:
        desk.opens(f"/admin/conduct/violation/worker/{sam.worker.pk}/record/")
        desk.page.locator("main [name=kind]").select_option(label="Did not turn up")
        desk.writes(words="Nobody came and nobody answered.", case_label="C-1001")
        desk.presses("Record it and tell the party")
        desk.sees(re.compile(f"is recorded: {effect.lower()}"))
    behind_the_pages()

    worker.opens(f"{sent.get_absolute_url()}apply/")
    worker.presses(re.compile("^(Apply|Send)"))
    worker.sees(re.compile("You cannot take on new work until"))
    worker.opens("/")
    worker.follows("What happened, and how to appeal")
    worker.sees("No new work for 30 days.")
    worker.writes(words="The client had moved the date by a message. I was there that day.")
    worker.presses("Appeal", exact=True)
    worker.sees("Waiting for an answer")

    head.opens("/admin/conduct/concern/?queue=appeals")
    head.follows("Sam Ortiz")
    head.page.locator("[name=appeal-verdict][value=lifted]").check(force=True)
    head.writes(appeal__reasons="The message is there. You were right.")
    head.presses("Decide the appeal", exact=True)
    head.sees("The appeal is decided")
    behind_the_pages()

    worker.opens("/standing/")
    worker.sees(re.compile("3 violations of the last 12 months count"))
    worker.opens(f"{sent.get_absolute_url()}apply/")
    worker.presses(re.compile("^(Apply|Send)"))
    restriction = Measure.objects.get(effect="restriction")
    worker.sees(re.compile("No new work for 7 days"))
    head.opens(f"/admin/conduct/measure/{restriction.pk}/change/")
    head.page.locator("summary", has_text="Lift it now").click()
    head.writes(lift__words="Long enough.")
    head.presses("Lift it", exact=True)
    head.sees("Lifted. The party is told.")
    worker.opens(f"{sent.get_absolute_url()}apply/")
    worker.presses(re.compile("^(Apply|Send)"))
    worker.page.wait_for_load_state()
    assert sent.applications.filter(worker=sam.worker).exists()
