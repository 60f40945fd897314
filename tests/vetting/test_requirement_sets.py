"""Requirement sets: what each verb does, whom a set lets through, and who may pass anyway."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import WorkerProfile
from activity.models import Event
from core.errors import DomainError
from tests.factories import accounts as people
from vetting import requirement_sets as verbs
from vetting.models import Requirement, RequirementSet
from vetting.queries import requirements as queries
from vetting.requirements import registry, screening
from vetting.requirements.registry import On

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(alice, at) -> RequirementSet:
    """Within 50 miles, and speaks Spanish."""
    made = verbs.create(name="Near", by=alice, at=at)
    verbs.add(made, "distance", {"miles": 50}, by=alice, at=at)
    verbs.add(made, "language", {"language": "Spanish"}, by=alice, at=at)
    return made


@pytest.fixture
def columbus(acme, at) -> On:
    return On(acme, at, at.date(), 39.967, -83.004, region="OH", assignment=7)


def asked(found: RequirementSet) -> list[str]:
    return queries.sentences_of(RequirementSet.objects.get(pk=found.pk))


def test_requirements_are_added_changed_moved_and_removed(near, alice, at):
    first, second = near.requirements.all()
    verbs.change(first, {"miles": 1}, by=alice, at=at)
    verbs.move(second, up=True, by=alice, at=at)
    assert asked(near) == ["Speaks Spanish", "Lives within 1 mile of the site"]
    verbs.move(second, up=True, by=alice, at=at)
    assert asked(near)[0] == "Speaks Spanish"
    verbs.remove(second, by=alice, at=at)
    assert asked(near) == ["Lives within 1 mile of the site"]
    near.refresh_from_db()
    assert near.revision == 5
    told = Event.objects.filter(kind="requirements.changed").order_by("pk").last()
    assert told.data["removed"] == "Speaks Spanish" and told.company_key == near.company_id


def test_what_is_asked_already_is_refused(near, alice, at):
    with pytest.raises(verbs.AskedAlready):
        verbs.add(near, "distance", {"miles": 50}, by=alice, at=at)
    verbs.add(near, "distance", {"miles": 5}, by=alice, at=at)
    with pytest.raises(verbs.AskedAlready):
        verbs.change(near.requirements.last(), {"miles": 50}, by=alice, at=at)


def test_a_set_holds_only_so_many_requirements(near, alice, at):
    for miles in range(1, 19):
        verbs.add(near, "distance", {"miles": miles}, by=alice, at=at)
    with pytest.raises(verbs.TooMany, match="at most 20"):
        verbs.add(near, "distance", {"miles": 99}, by=alice, at=at)


def test_a_name_is_used_once_among_the_sets_in_use(near, alice, charlie, at):
    with pytest.raises(verbs.NameTaken):
        verbs.create(name="NEAR", by=alice, at=at)
    verbs.create(name="Near", by=charlie, at=at)
    verbs.archive(near, by=alice, at=at)
    verbs.create(name="near", by=alice, at=at)
    with pytest.raises(verbs.NameTaken):
        verbs.restore(near, by=alice, at=at)


def test_a_copy_has_the_same_requirements_and_a_name_of_its_own(near, alice, at):
    verbs.edit(near, name="Near", note="x", on_all=True, by=alice, at=at)
    copy, second = (verbs.duplicate(near, by=alice, at=at) for _ in range(2))
    assert (copy.name, second.name) == ("Near (copy)", "Near (copy 2)")
    assert asked(copy) == asked(near)
    assert not copy.on_all and copy.note == "x"


def test_an_archived_set_asks_nothing_new_and_cannot_be_changed(near, alice, at):
    verbs.edit(near, name="Near", note="", on_all=True, by=alice, at=at)
    archived = verbs.archive(near, by=alice, at=at)
    assert not archived.on_all and verbs.archive(near, by=alice, at=at).archived_at == at
    for act in (
        lambda: verbs.add(near, "profile", {}, by=alice, at=at),
        lambda: verbs.remove(near.requirements.first(), by=alice, at=at),
        lambda: verbs.edit(near, name="Far", note="", on_all=False, by=alice, at=at),
    ):
        with pytest.raises(verbs.Archived, match="Bring it back"):
            act()


def test_one_worker_reads_what_is_missing_and_where_to_mend_it(near, columbus, at):
    far = people.worker("Far Away", latitude=41.88, longitude=-87.63, languages=["Spanish"], at=at)
    found = screening.screen(far.worker, [near], columbus)
    assert not found.met
    (missing,) = found.missing
    assert missing.sentence == "Lives within 50 miles of the site"
    assert missing.finding.reason == "You live 276 miles away."
    assert missing.finding.fix_url == "/settings/worker/"


def test_those_who_qualify_are_found_with_those_who_may_pass(near, columbus, alice, at):
    fits = people.worker("Fits", languages=["Spanish"], at=at)
    lacks = people.worker("Lacks", at=at)
    passes = people.worker("Passes", latitude=None, longitude=None, at=at)
    verbs.override(near, passes.worker, note="Knows the site", by=alice, at=at)
    found = screening.qualified(WorkerProfile.objects.all(), [near], columbus)
    assert {row.pk for row in found} == {fits.worker.pk, passes.worker.pk}
    for actor in (fits, lacks, passes):
        met = screening.screen(actor.worker, [near], columbus).met
        assert met == (actor is not lacks)


def test_an_override_for_one_assignment_counts_there_alone(near, columbus, alice, acme, at):
    away = people.worker("Away", latitude=None, longitude=None, at=at)
    verbs.override(near, away.worker, note="Once", assignment_key=7, by=alice, at=at)
    assert screening.screen(away.worker, [near], columbus).met
    elsewhere = On(acme, at, at.date(), 39.967, -83.004, assignment=8)
    assert not screening.screen(away.worker, [near], elsewhere).met
    assert not screening.qualified(WorkerProfile.objects.all(), [near], elsewhere).exists()


def test_an_override_is_made_once_and_ends_once(near, columbus, alice, wanda, at):
    first = verbs.override(near, wanda.worker, note="Knows", by=alice, at=at)
    assert verbs.override(near, wanda.worker, note="Again", by=alice, at=at) == first
    verbs.end_override(first, by=alice, at=at)
    ended = verbs.end_override(first, by=alice, at=at + timedelta(days=1))
    assert ended.ended_at == at
    assert not screening.screen(wanda.worker, [near], columbus).met
    assert Event.objects.filter(kind="requirements.overridden").count() == 1
    assert Event.objects.filter(kind="requirements.override_ended").count() == 1


def test_an_empty_set_lets_everybody_through(alice, wanda, acme, at):
    made = verbs.create(name="Empty", by=alice, at=at)
    on = On.today(acme, at)
    assert screening.screen(wanda.worker, [made], on).met
    assert screening.qualified(WorkerProfile.objects.all(), [made], on).exists()


def test_a_kind_that_is_gone_lets_nobody_through_and_says_so(near, columbus, wanda, at):
    Requirement.objects.create(requirement_set=near, kind="moon_walk", position=9)
    found = screening.screen(wanda.worker, [near], columbus)
    assert "cannot be checked" in found.missing[-1].finding.reason
    assert not screening.qualified(WorkerProfile.objects.all(), [near], columbus).exists()
    assert "not available any more" in queries.lines_of(near)[-1].gone


def test_many_requirements_of_one_worker_are_one_statement(
    near, columbus, acme, wanda, at, django_assert_num_queries
):
    row, other = near.requirements.all()
    elsewhere = On(acme, at, at.date(), 20.0, 20.0)
    with django_assert_num_queries(1):
        found = screening.met_by(
            wanda.worker, [(row, columbus), (row, elsewhere), (other, columbus), (row, columbus)]
        )
    assert found == [True, False, False, True]
    assert screening.met_by(wanda.worker, []) == []


def test_who_qualifies_takes_the_same_few_statements_for_any_number(
    near, columbus, alice, at, django_assert_max_num_queries
):
    verbs.override(near, people.worker("One", at=at).worker, note="x", by=alice, at=at)
    for kind in registry.kinds():
        if not kind.form.base_fields:
            verbs.add(near, kind.slug, {}, by=alice, at=at)
    fresh = RequirementSet.objects.get(pk=near.pk)
    with django_assert_max_num_queries(4):
        found = screening.qualified(WorkerProfile.objects.order_by("pk"), [fresh], columbus)
        assert found.count() == len(found[:25])


def test_the_effect_counts_whom_the_company_can_invite(near, columbus, alice, acme, at):
    people.worker("Here", languages=["Spanish"], at=at)
    people.worker("There", latitude=41.88, longitude=-87.63, languages=["Spanish"], at=at)
    people.worker("Away", languages=["Spanish"], available=False, at=at)
    found = queries.effect([near], On.today(acme, at))
    assert (found.all, found.qualify, found.words) == (2, 2, "2 workers qualify")
    place = queries.Place("43215", "Columbus", "OH", 39.967, -83.004, "America/New_York")
    there = queries.effect([near], columbus, place=place)
    assert there.words == "1 worker qualifies, 1 within 50 miles of Columbus, OH"
    row = near.requirements.first()
    loose = queries.effect(
        [near], columbus, draft=[(registry.kind("distance"), {"miles": 500})], instead_of=row.pk
    )
    assert loose.qualify == 2


def test_what_somebody_else_removed_is_named(near, alice, at):
    row = near.requirements.first()
    stale = Requirement.objects.select_related("requirement_set").get(pk=row.pk)
    verbs.remove(row, by=alice, at=at)
    with pytest.raises(DomainError, match="no longer in the set"):
        verbs.change(stale, {"miles": 3}, by=alice, at=at)
