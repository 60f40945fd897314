"""From a test and a requirement set to a membership that lapses and comes back, in the browser.

One company, one worker, one member of staff: the client writes a test and an agreement, asks
them and a license in a set, and the set of a group and of an assignment. The worker follows
each cross to where it is mended, joins, applies. Then the license runs out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.actors import Actor
from assignments.models import Application
from notifications import reminders
from notifications.models import Notice
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.factories import credentials as proofs
from tests.factories.payments import add_cash
from tests.journeys.conftest import Person
from vetting import rechecking
from vetting.models import Credential, Group, GroupMembership, RequirementSet, Test

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CROSSES = "main .needs li.unmet"
PAPER = {"name": "card.pdf", "mimeType": "application/pdf", "buffer": proofs.PDF}
MUST_HAVE = "Dock work"
HANDS = "Dock hands"


@dataclass
class Cast:
    client: Person
    worker: Person
    desk: Person
    ruth: Actor
    sam: Actor


@pytest.fixture
def cast(signed_in, _world) -> Cast:
    now = timezone.now()
    company = people.company("Bright Bakeries")
    add_cash(company, Decimal(1000), at=now)
    ruth = people.member(company, "Ruth Okafor", ["administrator"], at=now)
    sam, rita = people.worker("Sam Ortiz", at=now), people.agent("Rita Reyes")
    rita.user.groups.add(proofs.reviewers())
    proofs.kind("forklift", name="Forklift license")

    return Cast(signed_in(ruth), signed_in(sam, phone=True), signed_in(rita), ruth, sam)


def test_a_worker_qualifies_lapses_and_is_back(cast, behind_the_pages):
    now = timezone.now()
    test, asked = build_the_test(cast.client), build_the_set(cast.client)
    group = open_the_group(cast.client, asked)
    posted = post_work_that_asks(cast, asked, at=now)

    worker = cast.worker
    worker.opens(f"/assignments/{posted.reference}/")
    worker.follows("See what is missing")
    assert worker.page.locator(CROSSES).count() == 3
    worker.opens(group.get_absolute_url())
    assert worker.page.locator(CROSSES).count() == 3
    pass_the_test(worker, group, test)
    sign_the_agreement(worker, group)
    ends = now.date() + timedelta(days=40)
    upload_the_license(worker, group, ends)
    worker.opens(group.get_absolute_url())
    worker.sees("waits for review")
    verify(cast.desk, Credential.objects.get())
    worker.opens(group.get_absolute_url())
    assert worker.page.locator(CROSSES).count() == 0

    be_admitted(cast, group)
    worker.opens(f"/assignments/{posted.reference}/requirements/")
    worker.sees("You meet everything that is asked")
    worker.follows("Apply")
    worker.presses("Apply", exact=True)
    worker.page.wait_for_url(f"**/assignments/{posted.reference}/")
    assert Application.objects.get().worker == cast.sam.worker

    behind_the_pages()
    let_it_run_out(cast, group, now, ends, behind_the_pages)
    bring_it_back(cast, group, now, ends, behind_the_pages)


def build_the_test(client: Person) -> Test:
    client.opens("/tests/")
    client.follows("New test")
    client.writes(name="Dock safety")
    client.presses("Go on to the questions")
    client.follows(re.compile("True or false"))
    client.writes(text="A dock plate is locked before a truck is entered.")
    client.chooses("truth", "true")
    client.presses("Add the question", exact=True)
    client.presses("Publish version 1")
    client.sees("Version 1 is published.")
    return Test.objects.get()


def build_the_set(client: Person) -> RequirementSet:
    client.opens("/agreements/new/")
    client.writes(title="House rules", text="Wear boots on the dock.")
    client.presses("Publish", exact=True)
    client.opens("/requirements/new/")
    client.writes(name=MUST_HAVE)
    client.presses("Make the set")
    asked = RequirementSet.objects.get()
    for kind, field, words in (
        ("Has passed a test", "test", "Dock safety"),
        ("Has signed an agreement", "agreement", "House rules"),
        ("Has a credential", "kind", "Forklift license"),
    ):
        client.opens(asked.get_absolute_url())
        client.follows(kind)
        client.page.locator(f"main select[name={field}]").select_option(label=words)
        client.presses("Add to the set")
        client.sees(re.compile("^Added: "))
    assert asked.requirements.count() == 3
    return asked


def open_the_group(client: Person, asked: RequirementSet) -> Group:
    client.opens("/groups/new/")
    client.writes(name=HANDS)
    client.chooses("kind", "public")
    client.chooses("requirement_set", asked.reference)
    client.presses("Make the group")
    client.sees("Invite workers")
    group = Group.objects.get()
    client.opens(group.get_absolute_url())
    client.sees(f"Members must meet {MUST_HAVE}")
    return group


def post_work_that_asks(cast: Cast, asked: RequirementSet, *, at: datetime):
    draft = work.draft(cast.ruth, at=at, title="Unload the flour truck")
    cast.client.opens(f"/assignments/{draft.reference}/edit/")
    cast.client.page.get_by_label(MUST_HAVE).check()
    cast.client.page.locator("main button[name=save]:visible").click()
    cast.client.page.wait_for_load_state()
    cast.client.opens(f"/assignments/{draft.reference}/routing/")
    cast.client.page.locator("main button[name=send]").click()
    cast.client.sees("Unload the flour truck")
    draft.refresh_from_db()
    assert (draft.status, draft.requirement_sets) == ("sent", [asked.pk])
    return draft


def crossed(worker: Person, group: Group, sentence: str, link: str) -> None:
    """On the page of the group: the cross beside this sentence, and its link."""
    worker.opens(group.get_absolute_url())
    worker.page.locator(CROSSES, has_text=sentence).get_by_role("link", name=link).click()
    worker.page.wait_for_load_state()


def pass_the_test(worker: Person, group: Group, test: Test) -> None:
    crossed(worker, group, "Has passed “Dock safety”", "Take the test")
    assert worker.page.url.endswith(test.get_absolute_url())
    worker.presses(re.compile("Start"))
    worker.page.get_by_label("True").check()
    worker.presses("Save and finish")
    worker.presses("Hand in")
    worker.sees("You passed")


def sign_the_agreement(worker: Person, group: Group) -> None:
    crossed(worker, group, "Has signed “House rules”", "Read and sign it")
    worker.page.locator("main [name=agree]").check()
    worker.writes(typed_name="Sam Ortiz")
    worker.presses("Sign version 1")
    worker.sees("You have signed this")


def upload_the_license(worker: Person, group: Group, ends) -> None:
    crossed(worker, group, "Forklift license", "Add it")
    hand_in(worker, ends)


def hand_in(worker: Person, ends) -> None:
    worker.writes(expires_on=f"{ends}")
    worker.page.locator("main [name=documents]").set_input_files(PAPER)
    worker.presses("Hand in for review")
    worker.sees("Waiting for review")


def verify(desk: Person, credential: Credential) -> None:
    desk.opens("/admin/vetting/credential/")
    desk.follows("Sam Ortiz")
    desk.presses("Verify", exact=True)
    desk.sees("Sam Ortiz is told")
    credential.refresh_from_db()
    assert credential.status == "verified"


def be_admitted(cast: Cast, group: Group) -> None:
    cast.worker.opens(group.get_absolute_url())
    cast.worker.presses("Apply to join")
    cast.client.opens(f"{group.get_absolute_url()}?view=applied")
    cast.client.page.get_by_label("Choose Sam Ortiz").check()
    cast.client.presses("Approve the ticked")
    cast.client.sees("Sam Ortiz is a member now")
    assert standing_in(group) == "member"


def standing_in(group: Group) -> str:
    return GroupMembership.objects.get(group=group).status


def nights(first: datetime, last: datetime, behind_the_pages: Callable[[], None]) -> None:
    """What runs by itself, day after day: the nightly check, the reminders, the reactions; at an
    hour at which the morning is over where the workers live."""
    day = first.replace(hour=18)
    while day <= last.replace(hour=18):
        with time_machine.travel(day):
            rechecking.sweep(at=timezone.now())
            reminders.sweep(at=timezone.now())
            behind_the_pages()
        day += timedelta(days=1)


def let_it_run_out(cast: Cast, group: Group, now: datetime, ends, run) -> None:
    nights(now + timedelta(days=1), now + timedelta(days=40), run)
    assert standing_in(group) == "member"
    ahead = Notice.objects.filter(kind="reminder.membership_lapsing", recipient=cast.sam.user)
    told = sorted((ends - notice.made_at.date()).days + 1 for notice in ahead)
    assert told == [1, 7, 30]
    nights(now + timedelta(days=41), now + timedelta(days=42), run)
    assert standing_in(group) == "lapsed"
    with time_machine.travel(now + timedelta(days=42)):
        cast.worker.opens("/notifications/")
        cast.worker.sees(re.compile(f"{HANDS}.*lapsed|lapsed.*{HANDS}"))
        cast.worker.opens(group.get_absolute_url())
        cast.worker.sees("Your membership has lapsed")


def bring_it_back(cast: Cast, group: Group, now: datetime, ends, run) -> None:
    with time_machine.travel(now + timedelta(days=43)):
        crossed(cast.worker, group, "Forklift license", "Renew it")
        hand_in(cast.worker, ends + timedelta(days=365))
        verify(cast.desk, Credential.objects.get(renews__isnull=False))
        run()
        assert standing_in(group) == "member"
        cast.worker.opens(group.get_absolute_url())
        cast.worker.sees("You are a member since")
        cast.client.opens(group.get_absolute_url())
        cast.client.sees("Sam Ortiz")
