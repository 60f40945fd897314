"""What would open the most work: where each gap is closed, and what nobody can close."""

from __future__ import annotations

import pytest

from assignments.queries import unlocking
from tests.assignments.pages import words_of
from tests.factories import assignments as work
from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.pools import chosen
from vetting import groups, publishing, requirement_sets
from vetting.models import Group
from vetting.requirements import screening

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_each_gap_leads_to_where_it_is_got(alice, wanda, walt, at, funds, client_of):
    funds(alice.company, 5000)
    proofs.kind("forklift", name="Forklift license")
    group = groups.create(name="Installers", kind="public", by=alice, at=at)
    test = quizzes.published(alice, at=at)
    house = proofs.agreement(alice, at=at)
    sets = [
        chosen(alice, at, "group", group=group.reference),
        chosen(alice, at, "test", test=test.reference),
        chosen(alice, at, "agreement", agreement=house.reference),
        chosen(alice, at, "credential", kind="forklift"),
    ]
    for found in sets:
        work.sent(work.draft(alice, at=at, requirement_sets=[found.pk]), alice, at=at)
    phone = client_of(wanda)
    page = phone.get("/work/qualifications/")
    for label in ("See the group", "Take the test", "Read and sign it", "Add it"):
        assert label in words_of(page)
    for gap in unlocking.to_get_next(wanda.worker, at=at).gaps:
        assert phone.get(gap.remedy[0]).status_code == 200, gap.sentence


def test_what_nobody_can_meet_any_more_comes_last_and_says_so(
    alice, wanda, at, funds, client_of, django_assert_num_queries
):
    funds(alice.company, 5000)
    group = groups.create(name="Installers", kind="public", by=alice, at=at)
    test = quizzes.published(alice, at=at)
    of_group = chosen(alice, at, "group", group=group.reference)
    of_test = chosen(alice, at, "test", test=test.reference)
    for sets in ([of_group.pk], [of_group.pk], [of_test.pk]):
        work.sent(work.draft(alice, at=at, requirement_sets=sets), alice, at=at)
    groups.archive(Group.objects.get(), by=alice, at=at)
    gaps = unlocking.to_get_next(wanda.worker, at=at).gaps
    assert [(gap.sentence, gap.is_gone) for gap in gaps] == [
        ("Has passed “Cabling basics”", False),
        ("Is a member of “Installers”", True),
    ]
    assert gaps[1].remedy == ("", "")
    page = words_of(client_of(wanda).get("/work/qualifications/"))
    assert "nobody can meet it any more: the client has to change it" in page
    publishing.archive(test, by=alice, at=at)
    rows = [of_group.requirements.get(), of_test.requirements.get()]
    with django_assert_num_queries(1):
        assert screening.that_are_gone(rows) == set(rows)


def test_what_is_done_for_one_client_is_not_done_for_another(alice, charlie, wanda, at, funds):
    for by in (alice, charlie):
        funds(by.company, 1000)
        made = requirement_sets.create(name="Known to us", by=by, at=at)
        requirement_sets.add(made, "completed_with_us", {"count": 2}, by=by, at=at)
        work.sent(work.draft(by, at=at, requirement_sets=[made.pk]), by, at=at)
    gaps = unlocking.to_get_next(wanda.worker, at=at).gaps
    assert sorted(gap.client for gap in gaps) == ["Acme", "Globex"]
    assert [gap.unlocks for gap in gaps] == [1, 1]
