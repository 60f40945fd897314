"""Requirements call what they refer to by its present name."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import credentials as proofs
from tests.factories import tests as quizzes
from tests.vetting.pools import chosen
from vetting import composing, groups, requirement_sets
from vetting.models import RequirementSet
from vetting.queries import requirements as queries
from vetting.requirements import registry

pytestmark = pytest.mark.django_db


def sentence_of(found: RequirementSet) -> str:
    return queries.sentences_of(RequirementSet.objects.get(pk=found.pk))[0]


def remedy_of(found: RequirementSet) -> tuple[str, str]:
    row = found.requirements.get()
    return registry.kind(row.kind).remedy(row.values)


def test_a_group_and_a_test_are_called_by_their_new_names(alice, at):
    group = groups.create(name="Installers", kind="public", by=alice, at=at)
    test = quizzes.published(alice, at=at)
    of_group = chosen(alice, at, "group", group=group.reference)
    of_test = chosen(alice, at, "test", test=test.reference)
    groups.edit(group, {"name": "Fitters"}, by=alice, at=at)
    composing.edit(test, {"name": "Fiber"}, by=alice, at=at)
    assert sentence_of(of_group) == "Is a member of “Fitters”"
    assert sentence_of(of_test) == "Has passed “Fiber”"
    with pytest.raises(requirement_sets.AskedAlready):
        again = registry.kind("test").form({"test": test.reference}, company=alice.company)
        assert again.is_valid()
        requirement_sets.add(of_test, "test", again.values(), by=alice, at=at)


def test_a_group_made_private_is_not_named_to_workers_any_more(alice, at):
    group = groups.create(name="Installers", kind="public", by=alice, at=at)
    found = chosen(alice, at, "group", group=group.reference)
    assert remedy_of(found) == (group.get_absolute_url(), "See the group")
    groups.edit(group, {"kind": "private"}, by=alice, at=at)
    assert sentence_of(found) == "Is one of the workers the client has chosen"
    assert remedy_of(found) == ("", "")
    groups.edit(group, {"kind": "invitation"}, by=alice, at=at)
    assert sentence_of(found) == "Is a member of “Installers”"
    assert remedy_of(found) == ("", "")


def test_a_kind_of_credential_that_staff_rename_is_read_everywhere(alice, client_of, at, olga):
    kind = proofs.kind("forklift", name="Forklift licence", needs_amount=False)
    found = chosen(alice, at, "credential", kind="forklift")
    olga.user.is_superuser = True
    olga.user.save(update_fields=["is_superuser"])
    page = reverse("admin:vetting_credentialkind_change", args=[kind.pk])
    said = {
        "name": "Forklift license", "slug": "forklift", "family": "license", "help": "",
        "reviewed_by": "company", "position": 0, "archived_at_0": "", "archived_at_1": "",
    }  # fmt: skip
    assert client_of(olga).post(page, said).status_code == 302
    assert sentence_of(found) == "Forklift license"
    row = found.requirements.get()
    assert registry.kind("credential").is_per_company(row.values)


def test_the_names_of_other_things_are_left_alone(alice, charlie, at):
    mine = groups.create(name="Installers", kind="public", by=alice, at=at)
    theirs = groups.create(name="Strangers", kind="public", by=charlie, at=at)
    chosen(alice, at, "group", group=mine.reference)
    found = chosen(charlie, at, "group", group=theirs.reference)
    groups.edit(mine, {"name": "Fitters"}, by=alice, at=at)
    assert sentence_of(found) == "Is a member of “Strangers”"
