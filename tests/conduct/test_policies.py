"""Publication of the texts."""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from conduct import policies
from conduct.queries import in_force

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_publishing_twice_publishes_once():
    assert len(policies.publish(at=AT)) == len(list(policies.TEXTS.glob("*.md")))
    assert policies.publish(at=AT) == []
    assert in_force(at=AT).count() == 4


@pytest.mark.django_db
def test_a_published_wording_cannot_change(tmp_path, monkeypatch):
    policies.publish(at=AT)
    for path in policies.TEXTS.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "terms-of-service.1.md").write_text("Other words")
    monkeypatch.setattr(policies, "TEXTS", tmp_path)
    with pytest.raises(policies.PublishedTextChanged, match=r"terms-of-service\.1\.md"):
        policies.publish(at=AT)
    with pytest.raises(CommandError):
        call_command("publish_policies")


@pytest.mark.django_db
def test_a_new_file_becomes_a_new_version(tmp_path, monkeypatch):
    policies.publish(at=AT)
    for path in policies.TEXTS.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "terms-of-service.2.md").write_text("Second wording")
    monkeypatch.setattr(policies, "TEXTS", tmp_path)
    later = AT.replace(month=4)
    assert [str(v) for v in policies.publish(at=later)] == ["Terms of service, version 2"]
    assert in_force(at=AT).get(policy__slug="terms-of-service").number == 1
    assert in_force(at=later).get(policy__slug="terms-of-service").number == 2


@pytest.mark.parametrize("entry", policies.CATALOG, ids=lambda entry: entry.slug)
def test_every_policy_has_a_whole_text(entry):
    (number, text), *_ = policies.texts_of(entry.slug)
    assert number == 1
    assert 400 <= len(re.findall(r"\w+", text)) <= 1000
    assert len(text) < 10_000  # what the page shows of a text
