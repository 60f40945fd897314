"""Canned answers: variables, where they are offered, and who keeps them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations import canned
from escalations.models import CannedAnswer
from tests.escalations.making import opened
from tests.factories import assignments as work

pytestmark = pytest.mark.django_db
DESK = "/admin/escalations/case/"
EDITOR = "/admin/escalations/cannedanswer/"


@pytest.fixture
def case(alice, wanda):
    now = timezone.now()
    assignment = work.in_stage("pending_approval", alice, wanda, at=now - timedelta(days=9))
    return opened(assignment, wanda, at=now - timedelta(hours=2))


def test_every_variable_is_filled_in(case, olga):
    body = " | ".join(f"{{{name}}}" for name in canned.VARIABLES)
    text = canned.fill(body, case, by=olga, at=case.opened_at)
    assert "{" not in text
    for said in (case.label, "payment dispute", "Acme", "Wanda Wells", case.assignment.title,
                 case.assignment.reference, "$250.00", "Olga Olsen"):  # fmt: skip
        assert said in text


def test_what_is_no_variable_stays_as_written(case, olga):
    text = "{worker}: { } {0} {unknown} {{"
    filled = canned.fill(text, case, by=olga, at=case.opened_at)
    assert filled == "Wanda Wells: { } {0} {unknown} {{"


def test_a_value_is_not_read_as_a_variable_again(case, olga):
    case.company.name = "{worker}"
    assert canned.fill("{client}", case, by=olga, at=case.opened_at) == "{worker}"


def test_answers_are_offered_by_kind(case, olga):
    for title, kind, is_offered in (
        ("All", "", True), ("Ours", "payment_dispute", True), ("Other", "rating", True),
        ("Old", "", False),
    ):  # fmt: skip
        CannedAnswer.objects.create(title=title, kind=kind, body="x", is_offered=is_offered)
    found = canned.offered(case, by=olga, at=case.opened_at)
    assert [one.title for one in found] == ["All", "Ours"]


@pytest.mark.parametrize(
    ("use", "name", "field"),
    [("reply", "reply", "body"), ("ask", "ask", "body"), ("words", "decide", "words")],
)
def test_an_answer_chosen_without_script_stands_in_its_form(
    use, name, field, case, olga, client_of
):
    answer = CannedAnswer.objects.create(title="Hello", use=use, body="Dear {worker}")
    shown = client_of(olga).get(f"{DESK}{case.pk}/change/", {"canned": answer.pk})
    assert shown.context["forms"][name][field].value() == "Dear Wanda Wells"
    assert 'data-canned="Dear Wanda Wells"' in shown.text


@pytest.mark.parametrize("key", ["x", "\x00", "999999", "1e3"])
def test_a_made_up_answer_is_survived(key, case, olga, client_of):
    shown = client_of(olga).get(f"{DESK}{case.pk}/change/", {"canned": key})
    assert shown.status_code == 200


def test_leads_keep_the_answers_and_agents_read_them(olga, lena, client_of):
    given = {"title": "Thanks", "use": "reply", "kind": "", "body": "Dear {wroker}",
             "is_offered": "on"}  # fmt: skip
    editor = client_of(lena)
    refused = editor.post(f"{EDITOR}add/", given)
    assert "There is no variable {wroker}" in refused.text
    assert editor.post(f"{EDITOR}add/", given | {"body": "Dear {worker}"}).status_code == 302
    answer = CannedAnswer.objects.get()
    assert (answer.changed_by, answer.body) == (lena.user, "Dear {worker}")
    agent = client_of(olga)
    assert agent.get(EDITOR).status_code == 200
    assert agent.get(f"{EDITOR}{answer.pk}/change/").status_code == 200
    assert agent.post(f"{EDITOR}{answer.pk}/change/", given).status_code == 403
    assert agent.get(f"{EDITOR}add/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "required"),
        ("title", "x" * 81, "at most 80"),
        ("body", "x" * 5001, "at most 5000"),
        ("body", "a\x00", "Null characters"),
        ("use", "x", "valid choice"),
        ("kind", "x", "valid choice"),
    ],
)
def test_a_canned_answer_is_checked(field, value, said, lena, client_of):
    given = {"title": "Thanks", "use": "reply", "kind": "", "body": "Dear"} | {field: value}
    answer = client_of(lena).post(f"{EDITOR}add/", given)
    assert answer.status_code == 200
    assert said in answer.text
