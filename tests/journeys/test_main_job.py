"""The main job, end to end, by people who signed up minutes ago."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Company, Industry
from assignments.models import Assignment
from escalations.models import Case
from payments.models import LedgerAccount
from scorecards.models import CompanyScorecard, Rating
from tests.factories import accounts as people
from tests.journeys.conftest import PASSWORD, Person, code_mailed_to, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def join_as_client(client: Person) -> None:
    client.opens("/join/client/")
    client.writes(
        full_name="Ruth Okafor", email="ruth@example.com", password1=PASSWORD,
        company_name="Bright Bakeries", postal_code="43215",
    )  # fmt: skip
    client.chooses("industry", str(Industry.objects.order_by("name")[0].pk))
    client.presses("Create my account")
    confirm(client, "ruth@example.com")


def join_as_worker(worker: Person) -> None:
    worker.opens("/join/worker/")
    worker.writes(
        full_name="Sam Ortiz", email="sam@example.com", password1=PASSWORD,
        postal_code="43215", skills="cabling, switches",
    )  # fmt: skip
    worker.presses("Create my account")
    confirm(worker, "sam@example.com")


def confirm(somebody: Person, email: str) -> None:
    somebody.writes(code=code_mailed_to(email))
    somebody.page.locator("main button[type=submit]").first.click()
    somebody.page.wait_for_load_state()


def test_from_posting_to_the_decision_of_a_case(person, behind_the_pages, tmp_path):
    client, worker = person(), person(phone=True)
    join_as_client(client)
    reference = post_and_send(client)
    join_as_worker(worker)
    apply(worker, reference)
    behind_the_pages()

    client.opens(f"/assignments/{reference}/applications/")
    client.sees("Sam Ortiz")
    client.presses(re.compile("^Assign for"))
    behind_the_pages()

    message_each_other(client, worker, reference)
    do_the_work(worker, reference, tmp_path)
    behind_the_pages()

    client.opens(f"/assignments/{reference}/approval/")
    client.sees("Both tills print.")
    client.presses(re.compile("Approve and pay"))
    behind_the_pages()
    assert Assignment.objects.get(reference=reference).status == "paid"
    worker.opens("/earnings/")
    worker.sees("$180.00")

    rate_each_other(client, worker, reference)
    behind_the_pages()
    card = CompanyScorecard.objects.get(company__name="Bright Bakeries", window="recent")
    assert (card.ratings, card.satisfaction, card.approvals) == (1, 1.0, 1)
    worker.opens(f"/companies/{Company.objects.get().slug}/")
    worker.sees(re.compile("Satisfaction"))

    label = escalate(worker, reference)
    behind_the_pages()
    decide_at_the_desk(person(), label)
    worker.opens(f"/cases/{label}/")
    worker.sees("The printer stays with the client.")
    assert Case.objects.get().status == "resolved"


def post_and_send(client: Person) -> str:
    client.opens("/assignments/new/")
    if "/policies/accept/" in client.page.url:
        client.accepts_the_guidelines()
    starts = timezone.now() + timedelta(days=1)
    client.writes(
        title="Install two receipt printers",
        description="Unbox, mount and connect both printers. Print the test page on each.",
        street="12 Spring Street", postal_code="43215",
        starts_at=starts.strftime("%Y-%m-%dT09:00"), ends_at=starts.strftime("%Y-%m-%dT12:00"),
        flat_price="180",
    )  # fmt: skip
    client.chooses("industry", str(Industry.objects.order_by("name")[0].pk))
    client.page.locator("main [name$='-0-title']").fill("Test pages")
    client.presses("Save and preview")
    client.sees("This is what a worker sees")
    reference = re.search(r"/assignments/(A-\w+)/", client.page.url)[1]

    client.follows("Choose who gets it")
    client.follows(re.compile("Add funds|Add \\$"))
    client.writes(amount="198.00")
    client.presses("Add funds")
    assert LedgerAccount.objects.get(kind="company_cash").balance == 198
    client.opens(f"/assignments/{reference}/routing/")
    client.presses(re.compile("Send and set aside"))
    assert Assignment.objects.get(reference=reference).status == "sent"
    assert LedgerAccount.objects.get(kind="company_cash").balance == 0
    return reference


def apply(worker: Person, reference: str) -> None:
    worker.opens("/work/")
    worker.follows(re.compile("Install two receipt printers"))
    worker.opens(f"/assignments/{reference}/apply/")
    if "/policies/accept/" in worker.page.url:
        worker.accepts_the_guidelines()
    worker.writes(note="I did three of these last month.")
    worker.presses("Apply", exact=True)
    worker.sees(re.compile("applied", re.IGNORECASE))


def message_each_other(client: Person, worker: Person, reference: str) -> None:
    worker.opens(f"/assignments/{reference}/")
    worker.writes(body="Is there parking for a van?")
    worker.presses("Send message")
    worker.sees("Is there parking for a van?")
    client.opens("/inbox/")
    client.sees(re.compile("Install two receipt printers"))
    client.opens(f"/assignments/{reference}/")
    client.sees("Is there parking for a van?")
    client.writes(body="Yes, behind the shop.")
    client.presses("Send message")
    client.sees("Yes, behind the shop.")


def do_the_work(worker: Person, reference: str, tmp_path: Path) -> None:
    at = f"/assignments/{reference}"
    worker.opens(f"{at}/visits/")
    worker.presses("Check in")
    pages = tmp_path / "test-pages.txt"
    pages.write_text("Till 1: fine. Till 2: fine.")
    worker.opens(f"{at}/deliverables/")
    worker.page.locator("main input[type=file]").first.set_input_files(pages)
    worker.presses("Hand in")
    worker.sees("test-pages.txt")
    worker.opens(f"{at}/visits/")
    worker.presses("Check out")
    worker.opens(f"{at}/submission/")
    worker.writes(resolution="Both tills print.")
    worker.presses("Submit for approval")
    assert Assignment.objects.get(reference=reference).status == "pending_approval"


def rate_each_other(client: Person, worker: Person, reference: str) -> None:
    for somebody in (client, worker):
        somebody.opens(f"/assignments/{reference}/rating/")
        somebody.chooses("overall", "excellent")
        for mark in ("mark_1", "mark_2", "mark_3"):
            somebody.chooses(mark, "5")
        somebody.writes(comment="All as agreed.")
        somebody.page.locator("main form button[type=submit]").last.click()
        somebody.page.wait_for_load_state()
    assert Rating.objects.published().count() == 2


def escalate(worker: Person, reference: str) -> str:
    worker.opens(f"/assignments/{reference}/")
    worker.page.locator("summary[aria-label], .gear summary, details.gear > summary").first.click()
    worker.page.get_by_role("link", name=re.compile("^Escalate")).first.click()
    worker.page.wait_for_load_state()
    worker.page.get_by_role("link", name="Something else").click()
    worker.page.wait_for_load_state()
    worker.writes(
        subject="A printer left behind",
        what_happened="The old printer was left with me.",
        outcome_words="Tell me where to send it.",
    )
    worker.chooses("outcome", "explanation")
    worker.presses("Open the case")
    return re.search(r"/cases/(C-\d+)/", worker.page.url)[1]


def decide_at_the_desk(agent: Person, label: str) -> None:
    olga = people.agent("Olga Olsen").user
    olga.set_password(PASSWORD)
    olga.save()
    EmailAddress.objects.create(user=olga, email=olga.email, verified=True, primary=True)
    sign_in(agent, olga)
    case = Case.objects.get(number=label.removeprefix("C-"))
    agent.opens("/admin/escalations/case/")
    agent.follows(re.compile(label))
    agent.presses("Take this case")
    agent.opens(f"/admin/escalations/case/{case.pk}/change/")
    deciding = agent.page.locator("details.act", has=agent.page.locator("[name=decide-effect]"))
    deciding.locator("summary").first.click()
    agent.chooses("decide-effect", "as_it_is")
    deciding.locator("textarea").fill("The printer stays with the client.")
    deciding.get_by_role("button", name="Show what it does").click()
    agent.page.wait_for_load_state()
    agent.presses("Decide and carry out")
