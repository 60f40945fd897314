"""Cases in the browser: each kind opened, a proposal accepted, a decision after silence."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assignments.models import Assignment
from escalations import casework
from escalations.models import Case
from escalations.states import KINDS
from payments import audit
from scorecards import rating
from tests.escalations.making import opened
from tests.escalations.test_kinds import GIVEN
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.journeys.conftest import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_world"),
]
DESK = "/admin/escalations/case/"


def fill_in(somebody: Person, name: str, given: object) -> None:
    """One field of a kind's own parts, whichever way it is drawn; ``EACH`` ticks all there is."""
    field = somebody.page.locator(f"main [name='{name}']")
    if field.first.get_attribute("type") == "checkbox":
        for box in field.all():
            if given == "EACH" or box.get_attribute("value") in given:
                box.check()
    elif field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(str(given))
    else:
        field.fill(str(given))


def escalate(somebody: Person, assignment: Assignment, kind: str) -> Case:
    """Through the form of the kind, which the list of kinds leads to, to the page of the case."""
    page = f"/assignments/{assignment.reference}/escalation/"
    if kind in ("conduct", "other"):
        somebody.opens(page)
        somebody.page.get_by_role("link", name=KINDS[kind].label, exact=True).click()
    else:
        somebody.opens(f"{page}?kind={kind}")
    for name, given in GIVEN[kind][2].items():
        fill_in(somebody, name, given)
    somebody.writes(what_happened=f"About {kind}.", outcome_words="Say why.")
    somebody.chooses("outcome", "explanation")
    somebody.presses("Open the case")
    somebody.page.wait_for_url("**/cases/C-*/")
    return Case.objects.get(assignment=assignment, kind=kind)


def settles(agent: Person, case: Case, act: str, effect: str, words: str) -> None:
    """Choose at the desk, see what it would do, and confirm it."""
    agent.opens(f"{DESK}{case.pk}/change/")
    agent.page.keyboard.press({"propose": "p", "decide": "d"}[act])
    agent.page.locator(f"[name='{act}-effect'][value='{effect}']").check()
    agent.writes(**{f"{act}__words": words})
    agent.page.locator(f"form[action*='/{act}/'] button.btn-secondary").click()


def test_each_kind_is_opened_and_a_proposal_that_both_accept_is_carried_out(signed_in, sides):
    ruth, sam = sides
    browsers = {"company": signed_in(ruth), "worker": signed_in(sam, phone=True)}
    at = timezone.now() - timedelta(days=9)
    for kind in KINDS:
        stage, side, _, words = GIVEN[kind]
        assignment = work.in_stage(stage, ruth, sam, at=at)
        if kind == "rating":
            for by in sides:
                rating.rate(assignment=assignment, overall="unsatisfied", marks=(1, 1, 1),
                            comment="Bad.", by=by, at=assignment.paid_at)  # fmt: skip
        case = escalate(browsers[side], assignment, kind)
        browsers[side].sees(words[0])
        assert case.side == side

    case = Case.objects.get(kind="payment_dispute")
    agent = signed_in(people.agent("Olga Olsen"))
    settles(agent, case, "propose", "pay_in_full", "All of it was asked for.")
    agent.sees("Nothing moves yet")
    agent.presses("Propose to both sides")
    for browser in browsers.values():
        browser.opens(f"/cases/{case.label}/")
        browser.presses("Accept the proposal")
    browsers["worker"].sees("What it did")
    case.refresh_from_db()
    case.assignment.refresh_from_db()
    assert (case.status, case.assignment.status) == ("resolved", "paid")
    assert list(audit.findings()) == []


def test_after_the_silence_of_both_sides_the_team_decides(signed_in, sides):
    ruth, sam = sides
    now = timezone.now()
    done = work.in_stage("pending_approval", ruth, sam, at=now - timedelta(days=9))
    case = opened(done, sam, at=now - timedelta(hours=2))
    olga = people.agent("Olga Olsen")
    casework.propose(case, effect="no_money", words="Nothing was done.", by=olga, at=now)
    agent, worker = signed_in(olga), signed_in(sam, phone=True)

    settles(agent, case, "decide", "pay_in_full", "It was done after all.")
    agent.sees("Both sides have until")
    with time_machine.travel(now + timedelta(hours=48, minutes=1)):
        agent.page.locator("[name='decide-effect'][value='pay_in_full']").check()
        agent.page.locator("form[action*='/decide/'] button.btn-secondary").click()
        agent.sees("Both sides are told at once")
        agent.presses("Decide and carry out")
        agent.sees(f"{case.label} is decided")
        worker.opens(f"/cases/{case.label}/")
        worker.sees("It was done after all.")
        worker.page.get_by_label("Well handled").check()
        worker.presses("Send")
        worker.sees("You said")
    assert case.decisions.get().effect == "pay_in_full"
    assert case.opinions.get().mark == "good"
