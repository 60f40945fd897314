"""Who may open and do what at the desk: every address of it × agent, lead, auditor and others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.actors import Actor
from core.files import CleanUpload
from escalations.models import Agent, CannedAnswer, Interest
from tests.escalations.making import opened
from tests.escalations.offices import office
from tests.factories import accounts as people
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db

PERSONAS = ("visi", "alic", "wand", "walt", "perc", "inte", "olga", "lena", "audr")
"""Nobody; the client's administrator; the worker; a stranger; staff of no group; an agent with an
interest in the case; an agent; a lead; an auditor."""

TABLE = """
# address                     of        visi alic wand walt perc inte olga lena audr
case_changelist               -          302  302  302  302  403  200  200  200  200
case_report                   -          302  302  302  302  403  200  200  200  200
case_report_csv               -          302  302  302  302  403  200  200  200  200
case_change                   case       302  302  302  302  403  403  200  200  200
case_reverse                  case       302  302  302  302  403  403  403  404  403
case_evidence                 evidence   302  302  302  302  403  403  200  200  200
case_handed_in                handed_in  302  302  302  302  403  403  200  200  200
agent_changelist              -          302  302  302  302  403  200  200  200  200
agent_add                     -          302  302  302  302  403  403  403  200  403
agent_change                  agent      302  302  302  302  403  200  200  200  200
agent_delete                  agent      302  302  302  302  403  403  403  200  403
agent_history                 agent      302  302  302  302  403  200  200  200  200
cannedanswer_changelist       -          302  302  302  302  403  200  200  200  200
cannedanswer_add              -          302  302  302  302  403  403  403  200  403
cannedanswer_change           canned     302  302  302  302  403  200  200  200  200
cannedanswer_delete           canned     302  302  302  302  403  403  403  200  403
cannedanswer_history          canned     302  302  302  302  403  200  200  200  200
office_changelist             -          302  302  302  302  403  200  200  200  200
office_add                    -          302  302  302  302  403  403  403  403  403
office_change                 office     302  302  302  302  403  200  200  200  200
office_delete                 office     302  302  302  302  403  403  403  403  403
office_history                office     302  302  302  302  403  200  200  200  200
caselook_changelist           -          302  302  302  302  403  403  403  200  200
caselook_add                  -          302  302  302  302  403  403  403  403  403
caselook_change               look       302  302  302  302  403  403  403  200  200
caselook_delete               look       302  302  302  302  403  403  403  403  403
caselook_history              look       302  302  302  302  403  403  403  200  200
# what changes something; an empty form is shown again (200) to whoever may send it
post:case_presence            case       302  302  302  302  403  403  200  200  200
post:case_assign_many         -          302  302  302  302  403  403  403  302  403
post:agent_change             agent      302  302  302  302  403  403  403  200  403
post:cannedanswer_change      canned     302  302  302  302  403  403  403  200  403
post:case_reply               case       302  302  302  302  403  403  200  200  403
post:case_ask                 case       302  302  302  302  403  403  200  200  403
post:case_note                case       302  302  302  302  403  403  200  200  403
post:case_propose             case       302  302  302  302  403  403  200  200  403
post:case_decide              case       302  302  302  302  403  403  200  200  403
post:case_assign              case       302  302  302  302  403  403  403  200  403
post:case_hand_over           case       302  302  302  302  403  403  200  200  403
post:case_refile              case       302  302  302  302  403  403  200  200  403
post:case_let_talk            case       302  302  302  302  403  403  200  200  403
post:case_hold                case       302  302  302  302  403  403  200  200  403
post:case_lift_hold           case       302  302  302  302  403  403  200  200  403
post:case_link                case       302  302  302  302  403  403  200  200  403
post:case_unlink              case       302  302  302  302  403  403  200  200  403
post:case_merge               case       302  302  302  302  403  403  200  200  403
post:case_withdraw_for        case       302  302  302  302  403  403  200  200  403
post:case_rating              case       302  302  302  302  403  403  200  200  403
post:case_reopen              case       302  302  302  302  403  403  200  200  403
post:case_remind              case       302  302  302  302  403  403  200  200  403
post:case_take                case       302  302  302  302  403  403  302  200  403
"""
STOCK = {"case_add", "case_delete", "case_history"}
"""Addresses of the admin that a case does not have."""


@pytest.fixture
def world(alice, wanda, walt, olga, lena, acme, client_of):
    now = timezone.now()
    work_done = work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    note = CleanUpload(b"Evidence", "evidence.txt", "text/plain", 8)
    case = opened(work_done, wanda, at=now - timedelta(hours=2), files=[note])
    percy = Actor.as_staff(people.user("Percy Plain", is_staff=True))
    inga, audrey = people.agent("Inga Interested"), people.auditor("Audrey Audit")
    agent = Agent.objects.create(user=inga.user, takes_new=False)
    Interest.objects.create(agent=agent, company=acme, words="Her sister works there")
    canned = CannedAnswer.objects.create(title="Thanks", body="Dear {worker}")
    auditor = client_of(audrey)
    auditor.get(reverse("admin:escalations_case_change", args=[case.pk]))
    kwargs = {
        "-": {}, "case": {"pk": case.pk},
        "evidence": {"pk": case.pk, "reference": case.evidence.get().reference},
        "handed_in": {"pk": case.pk, "number": work_done.deliverables.get().pk},
        "agent": {"object_id": agent.pk}, "canned": {"object_id": canned.pk},
        "office": {"object_id": office().pk},
        "look": {"object_id": case.looks.get().pk},
    }  # fmt: skip
    clients = {
        "visi": Client(), "alic": client_of(alice), "wand": client_of(wanda),
        "walt": client_of(walt), "perc": client_of(percy), "inte": client_of(inga),
        "olga": client_of(olga), "lena": client_of(lena), "audr": auditor,
    }  # fmt: skip
    return case, kwargs, clients


def rows():
    for line in TABLE.strip().splitlines():
        if not line.startswith("#"):
            name, of, *answers = line.split()
            method = "post" if name.startswith("post:") else "get"
            yield method, name.removeprefix("post:"), of, [int(answer) for answer in answers]


def test_every_address_of_the_desk_answers_everybody_as_the_table_says(world):
    _, kwargs, clients = world
    wrong = []
    for method, name, of, answers in rows():
        path = reverse(f"admin:escalations_{name}", kwargs=kwargs[of])
        for persona, expected in zip(PERSONAS, answers, strict=True):
            answer = getattr(clients[persona], method)(path)
            if answer.status_code != expected:
                wrong.append(f"{persona} at {method} {name}: {answer.status_code}, not {expected}")
    assert wrong == []


def test_no_address_of_the_desk_is_missing_from_the_table():
    admin = next(r for r in get_resolver().url_patterns if getattr(r, "namespace", "") == "admin")
    named = {key for key in admin.reverse_dict if isinstance(key, str)}
    own = {name.removeprefix("escalations_") for name in named if name.startswith("escalations_")}
    assert own - {name for _, name, *_ in rows()} - STOCK == set()


def test_what_an_auditor_reads_offers_nothing_to_change(world):
    case, _, clients = world
    page = clients["audr"].get(reverse("admin:escalations_case_change", args=[case.pk]))
    assert page.text.count('method="post"') == clients["audr"].get("/policies/").text.count(
        'method="post"'
    )
    queue = clients["audr"].get(reverse("admin:escalations_case_changelist")).text
    assert "Give the chosen cases to" not in queue


def test_a_violation_is_recorded_from_the_case_by_who_may(world):
    case, _, clients = world
    url = reverse("admin:escalations_case_change", args=[case.pk])
    page = clients["olga"].get(url).text
    for side, party in (("company", case.company), ("worker", case.worker)):
        form = reverse("admin:conduct_record", args=[side, party.pk])
        link = f"{form}?case={case.label}&amp;assignment={case.assignment.reference}"
        assert link in page
        shown = clients["olga"].get(link.replace("&amp;", "&")).context["form"]
        assert shown["case_label"].value() == case.label
        assert shown["assignment_reference"].value() == case.assignment.reference
    assert "record a violation" not in clients["audr"].get(url).text


def test_an_auditor_changed_nothing_by_trying(world):
    case, kwargs, clients = world
    before = (case.entries.count(), case.status)
    for method, name, of, _ in rows():
        if method == "post" and name.startswith("case_"):
            clients["audr"].post(reverse(f"admin:escalations_{name}", kwargs=kwargs[of]))
    case.refresh_from_db()
    assert (case.entries.count(), case.status, case.assignee) == (*before, None)


def test_whoever_has_an_interest_reads_why(world):
    case, _, clients = world
    page = clients["inte"].get(reverse("admin:escalations_case_change", args=[case.pk]))
    assert "You have an interest in" in page.text
