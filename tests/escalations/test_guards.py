"""Cases and the desk's calendar are attacked by SQL, as somebody at ``psql`` would."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from escalations import casework
from escalations.casework import watching
from escalations.models import (
    Absence,
    Agent,
    CaseLink,
    Decision,
    DecisionMark,
    Exhibit,
    Interest,
    Opinion,
    Proposal,
)
from messaging import posting
from tests.assignments.attacks import ONE_OF_A_KIND
from tests.escalations.attacks import CALENDAR, ENDED, SAID_AND_SHOWN
from tests.escalations.making import AFTER, opened
from tests.escalations.offices import office
from tests.factories import assignments as work
from tests.psql import stopped_all_the_same, successes

ALL = CALENDAR + SAID_AND_SHOWN + ENDED


@pytest.fixture
def world(alice, wanda, olga, lena, at) -> dict[str, object]:
    """A case with everything that can hang on it, one that ended and was taken back, and more."""
    calendar = office(holidays=[date(2026, 12, 25)])
    agent = Agent.objects.create(user=olga.user)
    submitted = work.in_stage("pending_approval", alice, wanda, at=at)
    said = posting.post(
        assignment=submitted, worker=wanda.worker, body="Done.", by=wanda,
        at=submitted.submitted_at, key="said",
    )  # fmt: skip
    case, ended = opened(submitted, wanda), opened(submitted, alice)
    when = case.opened_at + AFTER
    of_visit, of_deliverable, of_message = (
        Exhibit.objects.create(
            case=case, side="worker", added_by=wanda.user, added_at=when, **thing
        )
        for thing in (
            {"visit": submitted.visits.get()}, {"deliverable": submitted.deliverables.get()},
            {"message": said},
        )
    )  # fmt: skip
    watching.be_present(case, by=olga, at=when)
    given = {"effect": "as_it_is", "words": "So.", "by": olga}
    decision = casework.decide(ended, **given, at=when)
    reversal = casework.reverse(decision, words="Not so.", by=lena, at=when)
    undone = Decision.objects.create(
        case=ended, round=2, effect="as_it_is", words="x", decided_by=olga.user, decided_at=when
    )
    casework.propose(case, **given, at=when)
    connection.check_constraints()
    return {
        "office": calendar.pk,
        "day": calendar.days.get(weekday=0).pk,
        "holiday": calendar.holidays.get().pk,
        "absence": Absence.objects.create(
            agent=agent, first_on=at.date(), last_on=at.date() + timedelta(days=1)
        ).pk,
        "interest": Interest.objects.create(agent=agent, company=alice.company, words="x").pk,
        "case": case.pk,
        "ended": ended.pk,
        "entry": case.entries.earliest("pk").pk,
        "of_visit": of_visit.pk,
        "of_deliverable": of_deliverable.pk,
        "of_message": of_message.pk,
        "message": said.pk,
        "look": watching.look(case, "page", by=olga, at=when).pk,
        "presence": case.presences.get().pk,
        "link": CaseLink.objects.create(
            first=case, second=ended, made_by=olga.user, made_at=when
        ).pk,
        "opinion": Opinion.objects.create(
            case=ended, round=1, side="worker", mark="good", given_by=wanda.user, given_at=when
        ).pk,
        "proposal": Proposal.objects.get(case=case).pk,
        "decision": decision.pk,
        "undone": undone.pk,
        "mark": DecisionMark.objects.create(
            decision=decision, kind="label", target=7, sentence="A label was taken away."
        ).pk,
        "reversal": reversal.pk,
    }


def test_the_database_refuses_every_attack(world):
    assert successes(ALL, world, DatabaseError) == []


def test_without_its_guard_each_attack_succeeds(world):
    assert stopped_all_the_same(ALL, world) == []


def test_every_guard_of_a_case_is_attacked():
    """By its name in the models; some are attacked with the work they belong to."""
    guards = {one.guard for one in [*ALL, *ONE_OF_A_KIND]}
    triggers = {one.removeprefix("pgtrigger_").rpartition("_")[0] for one in guards}
    named = {
        guard.name
        for model in apps.get_app_config("escalations").get_models()
        for guard in [*model._meta.constraints, *getattr(model._meta, "triggers", [])]
    }
    assert len(named) > 20
    assert sorted(named - guards - triggers) == []
