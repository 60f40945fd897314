"""Requirements of an assignment: who may take it, who is told what, and who passes anyway."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from activity.models import Event
from assignments import lifecycle, snapshots
from assignments import screening as asks
from assignments.models import Assignment, SendReportLine
from assignments.queries import matches, unlocking
from assignments.views import find_work
from tests.assignments.pages import errors_of, follow, said, typed, words_of
from tests.factories import accounts as people
from tests.factories import assignments as work
from tests.racing import race
from vetting import groups, requirement_sets
from vetting.models import RequirementOverride, RequirementSet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def asking(by, at, *, name: str = "Spanish", kind: str = "language", **values) -> RequirementSet:
    made = requirement_sets.create(name=name, by=by, at=at)
    requirement_sets.add(made, kind, values or {"language": "Spanish"}, by=by, at=at)
    return made


@pytest.fixture
def spanish(alice, at) -> RequirementSet:
    return asking(alice, at)


@pytest.fixture
def asked(spanish, alice, at, funds) -> Assignment:
    """A sent assignment for those who speak Spanish."""
    funds(alice.company, 1000)
    return work.sent(work.draft(alice, at=at, requirement_sets=[spanish.pk]), alice, at=at)


@pytest.fixture
def juan(published, at):
    return people.worker("Juan Ruiz", languages=["Spanish"], at=at)


def test_a_worker_who_lacks_something_cannot_apply_and_reads_what(asked, wanda, juan, at):
    with pytest.raises(asks.NotQualified, match="Speaks Spanish"):
        lifecycle.apply(asked, by=wanda, at=at)
    assert lifecycle.apply(asked, by=juan, at=at).worker == juan.worker


def test_nor_can_they_accept_an_invitation(spanish, alice, wanda, juan, at, funds):
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, requirement_sets=[spanish.pk])
    sent = work.sent(draft, alice, at=at, first_to_accept=True)
    with pytest.raises(asks.NotQualified):
        lifecycle.accept(sent, revision=sent.revision, by=wanda, at=at)
    assert lifecycle.accept(sent, revision=sent.revision, by=juan, at=at).worker == juan.worker


def test_what_is_asked_of_all_assignments_is_asked_at_once(sent, spanish, alice, wanda, at):
    requirement_sets.edit(spanish, name="Spanish", note="", on_all=True, by=alice, at=at)
    with pytest.raises(asks.NotQualified):
        lifecycle.apply(sent, by=wanda, at=at)
    requirement_sets.archive(spanish, by=alice, at=at)
    assert lifecycle.apply(sent, by=wanda, at=at)


def test_an_archived_set_that_was_chosen_is_still_asked(asked, spanish, alice, wanda, at):
    requirement_sets.archive(spanish, by=alice, at=at)
    with pytest.raises(asks.NotQualified):
        lifecycle.apply(asked, by=wanda, at=at)


def test_a_set_of_another_company_asks_nothing(sent, charlie, wanda, at):
    foreign = asking(charlie, at)
    Assignment.objects.filter(pk=sent.pk).update(requirement_sets=[foreign.pk])
    sent.refresh_from_db()
    assert asks.sets_of(sent) == [] and asks.lacking(wanda.worker, [sent], at) == {}
    assert lifecycle.apply(sent, by=wanda, at=at)


def test_an_applicant_who_lacks_it_since_is_assigned_only_with_a_note(
    sent, spanish, alice, wanda, at
):
    application = lifecycle.apply(sent, by=wanda, at=at)
    requirement_sets.edit(spanish, name="Spanish", note="", on_all=True, by=alice, at=at)
    with pytest.raises(asks.LacksRequirements, match="Wanda Wells does not meet"):
        lifecycle.assign(application, by=alice, at=at)
    assigned = lifecycle.assign(application, override_note="Knows the store", by=alice, at=at)
    assert assigned.worker == wanda.worker
    passing = RequirementOverride.objects.get()
    assert (passing.note, passing.assignment_key) == ("Knows the store", sent.pk)
    told = Event.objects.get(kind="assignment.let_pass")
    assert told.data["missing"] == "Speaks Spanish"


def test_the_note_is_not_for_the_worker(sent, spanish, alice, wanda, at, client_of):
    application = lifecycle.apply(sent, by=wanda, at=at)
    requirement_sets.edit(spanish, name="Spanish", note="", on_all=True, by=alice, at=at)
    lifecycle.assign(application, override_note="Knows the store", by=alice, at=at)
    page = f"/assignments/{sent.reference}/"
    assert "let the worker pass who lacks: Speaks Spanish" in words_of(client_of(alice).get(page))
    assert "Knows the store" not in words_of(client_of(wanda).get(page))


def test_the_report_says_who_could_not_and_why(spanish, alice, wanda, juan, walt, at, funds):
    funds(alice.company, 1000)
    group = groups.create(name="Short list", kind="private", by=alice, at=at)
    groups.invite(group, [walt.worker], by=alice, at=at)
    draft = work.draft(alice, at=at, requirement_sets=[spanish.pk])
    sent = lifecycle.send(
        draft, on_marketplace=False, workers=[wanda.worker, juan.worker], groups=[group],
        by=alice, at=at,
    )  # fmt: skip
    lines = {line.worker_id: line for line in SendReportLine.objects.all()}
    assert lines[juan.worker.pk].outcome == "got"
    for actor in (wanda, walt):
        line = lines[actor.worker.pk]
        assert (line.outcome, line.reasons) == ("unqualified", "Speaks Spanish")
    assert set(sent.invitations.values_list("worker", flat=True)) == {juan.worker.pk}


def test_matches_meet_the_requirements(asked, wanda, juan, at):
    found = [match.worker for match in matches.best(asked, miles=50, most=10, at=at)]
    assert found == [juan.worker]


def test_a_posting_is_written_with_its_sets_and_carries_them_on(alice, spanish, at, client_of):
    browser = client_of(alice)
    page = browser.get("/assignments/new/")
    assert "Spanish" in words_of(page)
    fields = {**typed(), "requirement_sets": [str(spanish.pk)], "starts_at": "2026-12-13T09:00",
              "ends_at": "2026-12-13T13:00"}  # fmt: skip
    fields["reference"] = page.context["sheet"].form["reference"].value()
    follow(browser, browser.post("/assignments/new/", {**fields, "save": "yes"}))
    made = Assignment.objects.get()
    assert made.requirement_sets == [spanish.pk]
    assert snapshots.contents_of(snapshots.of_assignment(made)).fields["requirement_sets"] == [
        spanish.pk
    ]
    copy = lifecycle.duplicate(made, by=alice, at=at)
    assert copy.requirement_sets == [spanish.pk]
    edit = browser.get(f"/assignments/{made.reference}/edit/")
    assert f'value="{spanish.pk}" id="id_requirement_sets_0" checked' in edit.content.decode()
    wrong = browser.post("/assignments/new/", {**fields, "requirement_sets": ["9" * 400]})
    assert "not there any more" in errors_of(wrong)


def test_the_page_says_what_is_missing_and_where_to_mend_it(asked, wanda, juan, client_of):
    phone = client_of(wanda)
    page = words_of(phone.get(f"/assignments/{asked.reference}/"))
    assert "Speaks Spanish" in page and "What you need, and where to add it" in page
    led = phone.get(f"/assignments/{asked.reference}/apply/")
    assert led.status_code == 302 and led.url.endswith("/requirements/")
    needs = phone.get(led.url)
    assert "You cannot take this assignment yet" in words_of(needs)
    assert "Your profile does not say that you speak Spanish." in words_of(needs)
    assert 'href="/settings/worker/"' in needs.content.decode()
    refused = phone.post(f"/assignments/{asked.reference}/apply/", {"revision": asked.revision})
    assert refused.status_code == 200 and "Speaks Spanish" in errors_of(refused)
    mine = client_of(juan).get(f"/assignments/{asked.reference}/requirements/")
    assert "You meet everything that is asked" in words_of(mine)


def test_a_set_without_an_answer_asks_nothing(sent, wanda, client_of):
    page = client_of(wanda).get(f"/assignments/{sent.reference}/requirements/")
    assert "Nothing is asked beyond the work itself" in words_of(page)


def test_the_first_act_of_who_lacks_something_is_to_see_what(asked, wanda, juan, at, client_of):
    phone, where = client_of(wanda), f"/assignments/{asked.reference}/requirements/"
    page = phone.get(f"/assignments/{asked.reference}/")
    assert page.context["buttons"]["first"]["url"] == where
    assert "See what is missing" in words_of(page)
    (apply,) = [one for one in page.context["gear_items"] if one["label"] == "Apply"]
    assert not apply["enabled"] and "1 of the requirements" in apply["reason"]
    fine = client_of(juan).get(f"/assignments/{asked.reference}/")
    assert fine.context["buttons"]["first"]["name"] == "apply"
    assert "See what is missing" not in words_of(fine)


def test_nor_is_accepting_offered_to_them_but_declining_is(
    spanish, alice, wanda, at, funds, client_of
):
    funds(alice.company, 1000)
    draft = work.draft(alice, at=at, requirement_sets=[spanish.pk])
    sent = work.sent(draft, alice, at=at, first_to_accept=True)
    lifecycle.invite(sent, workers=[wanda.worker], by=alice, at=at)
    page = client_of(wanda).get(f"/assignments/{sent.reference}/")
    assert page.context["buttons"]["first"]["name"] == "needs"
    assert [one["name"] for one in page.context["buttons"]["also"]] == ["decline"]
    assert "Accepting makes it yours" not in words_of(page)


def test_an_application_made_before_is_withdrawn_as_ever(
    sent, spanish, alice, wanda, at, client_of
):
    lifecycle.apply(sent, by=wanda, at=at)
    requirement_sets.edit(spanish, name="Spanish", note="", on_all=True, by=alice, at=at)
    page = client_of(wanda).get(f"/assignments/{sent.reference}/")
    assert "Waiting for the client to choose" in words_of(page)
    assert [one["name"] for one in page.context["buttons"]["also"]] == ["withdraw"]


def test_find_work_marks_what_one_qualifies_for_and_filters_by_it(
    asked, alice, wanda, at, client_of
):
    work.sent(work.draft(alice, at=at, title="Open to all"), alice, at=at)
    phone = client_of(wanda)
    every = words_of(phone.get("/work/"))
    assert "1 requirement missing" in every and "Open to all" in every
    mine = words_of(phone.get("/work/?qualified=on"))
    assert asked.title not in mine and "Open to all" in mine
    assert "1 assignment" in mine and "you meet all that the client asks" in mine
    assert "1 assignment" in words_of(phone.get("/work/map/?qualified=on"))


def test_pages_of_work_one_qualifies_for_are_full_and_counted(
    spanish, alice, wanda, at, funds, client_of, monkeypatch
):
    """Whatever is left out between, each page holds as many rows, and none twice."""
    monkeypatch.setattr(find_work, "PAGE", 3)
    funds(alice.company, 20_000)
    mine = []
    for number in range(15):
        asked = [spanish.pk] if number % 2 else []
        draft = work.draft(alice, at=at, title=f"Visit {number}", requirement_sets=asked)
        row = work.sent(draft, alice, at=at + timedelta(minutes=number))
        mine += [row.title] * (not asked)
    phone = client_of(wanda)
    page = phone.get("/work/?qualified=on")
    assert page.context["count"] == "8 assignments"
    pages = [page]
    while older := pages[-1].context["older"]:
        pages.append(phone.get(f"/work/{older}"))
    assert [len(page.context["rows"]) for page in pages] == [3, 3, 2]
    shown = [row["title"] for page in pages for row in page.context["rows"]]
    assert shown == mine[::-1]
    for sort in ("soonest", "nearest"):
        first = phone.get(f"/work/?qualified=on&sort={sort}&miles=50&zip=43215")
        second = phone.get(f"/work/{first.context['older']}")
        both = [row["title"] for page in (first, second) for row in page.context["rows"]]
        assert len(both) == 6 and set(both) <= set(mine)
    back = phone.get(f"/work/{pages[1].context['newer']}")
    assert [row["title"] for row in back.context["rows"]] == shown[:3]
    monkeypatch.setattr(find_work.queries, "COUNTED", 5)
    monkeypatch.setattr(find_work.queries.first_keys, "__defaults__", (5,))
    assert phone.get("/work/?qualified=on").context["count"] == "5+ assignments"


def test_who_may_pass_finds_the_work_too(asked, spanish, alice, wanda, at, client_of):
    phone = client_of(wanda)
    assert asked.title not in words_of(phone.get("/work/?qualified=on"))
    RequirementOverride.objects.create(
        requirement_set=spanish, worker=wanda.worker, assignment_key=asked.pk, note="x",
        made_by=alice.user, made_at=at,
    )  # fmt: skip
    page = words_of(phone.get("/work/?qualified=on"))
    assert asked.title in page and "You qualify" in page


def test_what_would_open_the_most_work_comes_first(alice, wanda, at, funds, client_of, spanish):
    funds(alice.company, 5000)
    near = asking(alice, at, name="Profile", kind="profile")
    for sets in ([spanish.pk], [spanish.pk], [near.pk], [near.pk, spanish.pk], []):
        work.sent(work.draft(alice, at=at, requirement_sets=sets), alice, at=at)
    found = unlocking.to_get_next(wanda.worker, at=at)
    assert (found.looked_at, found.open) == (5, 1)
    assert [(gap.sentence, gap.unlocks, gap.asked) for gap in found.gaps] == [
        ("Speaks Spanish", 2, 3),
        ("Has a complete profile", 1, 2),
    ]
    page = words_of(client_of(wanda).get("/work/qualifications/"))
    assert "It would open 2 assignments to you; 3 open assignments ask it" in page
    RequirementOverride.objects.create(
        requirement_set=spanish, worker=wanda.worker, note="x", made_by=alice.user, made_at=at
    )
    assert unlocking.to_get_next(wanda.worker, at=at).open == 3


def test_applicants_are_compared_by_what_they_lack(
    sent, spanish, alice, wanda, juan, at, client_of
):
    for actor in (wanda, juan):
        lifecycle.apply(sent, by=actor, at=at)
    requirement_sets.edit(spanish, name="Spanish", note="", on_all=True, by=alice, at=at)
    browser = client_of(alice)
    url = f"/assignments/{sent.reference}/applications/"
    page = words_of(browser.get(url))
    assert "Meets the requirement" in page and "Lacks 1 of 1: Speaks Spanish" in page
    hers = sent.applications.get(worker=wanda.worker)
    refused = browser.post(url, {"assign": "yes", "application": hers.pk})
    assert "Write why you assign them anyway" in errors_of(refused)
    answer = browser.post(
        url, {"assign": "yes", "application": hers.pk, "override_note": "Knows the store"}
    )
    assert "Wanda Wells is assigned" in said(follow(browser, answer))


@pytest.mark.parametrize("number", [1, 12])
def test_pages_cost_the_same_for_any_number_of_assignments(
    alice, wanda, at, funds, client_of, number, django_assert_max_num_queries
):
    funds(alice.company, 20_000)
    everywhere = asking(alice, at, name="All", kind="profile")
    requirement_sets.edit(everywhere, name="All", note="", on_all=True, by=alice, at=at)
    for n in range(number):
        one = asking(alice, at, name=f"Set {n}", kind="distance", miles=n + 1)
        other = requirement_sets.add(one, "language", {"language": "Spanish"}, by=alice, at=at)
        draft = work.draft(alice, at=at, requirement_sets=[other.requirement_set_id])
        work.sent(draft, alice, at=at)
    phone = client_of(wanda)
    phone.get("/work/")
    for url, most in (("/work/", 10), ("/work/?qualified=on", 10), ("/work/qualifications/", 8)):
        with django_assert_max_num_queries(most):
            assert phone.get(url).status_code == 200
    with django_assert_max_num_queries(12):
        assert phone.get(f"/assignments/{draft.reference}/").status_code == 200


def test_screening_many_assignments_agrees_with_screening_one(alice, wanda, juan, at, funds):
    funds(alice.company, 5000)
    sets = [
        asking(alice, at, name="Near", kind="distance", miles=20),
        asking(alice, at, name="Here", kind="region", where="site", country="US", states=[]),
        asking(alice, at),
    ]
    sites = [{}, {"on_site": False}, {"latitude": 41.88, "longitude": -87.63, "region": "IL"}]
    made = [
        work.draft(alice, at=at, requirement_sets=[one.pk], **site)
        for one in sets
        for site in sites
    ]
    requirement_sets.override(
        sets[0], wanda.worker, note="x", assignment_key=made[2].pk, by=alice, at=at
    )
    for actor in (wanda, juan):
        found = asks.lacking(actor.worker, made, at)
        fitting = Assignment.objects.filter(asks.qualifies(actor.worker, at))
        assert {row.pk for row in fitting} == {row.pk for row in made if not found[row.pk]}
        for assignment in made:
            one = asks.screened(assignment, actor.worker, at)
            many = [row.pk for row in found[assignment.pk]]
            assert many == [answer.requirement.pk for answer in one.missing]
            assert asks.lacking_of([actor.worker.pk], assignment, at)[1][actor.worker.pk] == [
                answer.sentence for answer in one.missing
            ]


@pytest.mark.django_db(transaction=True)
def test_a_requirement_changed_while_a_worker_applies_is_asked_or_not_never_half(
    alice, wanda, spanish, at, funds
):
    """Either the application came first and stands, or the change did and it is refused."""
    funds(alice.company, 1000)
    french = people.worker("Fay French", languages=["French"], at=at)
    row = spanish.requirements.get()
    requirement_sets.change(row, {"language": "French"}, by=alice, at=at)
    sent = work.sent(work.draft(alice, at=at, requirement_sets=[spanish.pk]), alice, at=at)
    outcomes = race(
        lambda: lifecycle.apply(Assignment.objects.get(pk=sent.pk), by=french, at=at),
        lambda: requirement_sets.change(row, {"language": "German"}, by=alice, at=at),
    )
    assert outcomes[1].won
    refused = [one.refusal for one in outcomes if not one.won]
    assert all(isinstance(one, asks.NotQualified) for one in refused)
    assert sent.applications.count() == 1 - len(refused)
    sent.applications.update(status="withdrawn")
    with pytest.raises(asks.NotQualified, match="Speaks German"), transaction.atomic():
        lifecycle.apply(sent, by=french, at=at + timedelta(minutes=1))
