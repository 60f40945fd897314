"""The words by which a case is found: kept by the database, renamings included."""

from __future__ import annotations

import pytest
from django.contrib.postgres.search import SearchQuery

from accounts.models import Company, User
from assignments.models import Assignment
from escalations.models import Case
from tests.escalations.making import opened

pytestmark = pytest.mark.django_db


def found(words: str) -> bool:
    query = SearchQuery(words, config="simple", search_type="plain")
    return Case.objects.filter(search=query).exists()


@pytest.fixture
def case(submitted, wanda):
    return opened(submitted, wanda, what_happened="The scanners were never unpacked.")


@pytest.mark.parametrize("words", ["acme", "wanda wells", "switch", "{number}", "{reference}"])
def test_a_case_is_found_by_names_and_numbers(words, case):
    reference = case.assignment.reference.replace("-", " ")
    assert found(words.format(number=case.number, reference=reference))


def test_it_is_found_by_its_story_in_other_forms_of_the_words(case):
    query = SearchQuery("scanner", config="english", search_type="plain")
    assert Case.objects.filter(search=query).exists()


def test_renaming_is_followed_whoever_renames(case):
    Company.objects.filter(pk=case.company_id).update(name="Beacon Stores")
    User.objects.filter(pk=case.worker.user_id).update(full_name="Wanda Winters")
    Assignment.objects.filter(pk=case.assignment_id).update(title="Mount a camera")
    assert found("beacon") and found("winters") and found("camera")
    assert not (found("acme") or found("wells") or found("switch"))
