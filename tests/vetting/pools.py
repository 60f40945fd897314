"""What the tests of groups share: a group that asks something, and ways to meet it or not."""

from __future__ import annotations

from vetting import groups, requirement_sets
from vetting.models import Group, GroupMembership, RequirementSet
from vetting.requirements import registry

SPEAKS = {"language": "Spanish"}


def asking(by, *, at, kind: str = "public", **asked) -> Group:
    """A group whose members must speak Spanish, or meet ``asked`` (values by kind)."""
    wanted = requirement_sets.create(name="Must have", by=by, at=at)
    for slug, values in (asked or {"language": SPEAKS}).items():
        requirement_sets.add(wanted, slug, values, by=by, at=at)
    return groups.create(name="Installers", kind=kind, requirement_set=wanted, by=by, at=at)


def chosen(by, at, slug: str, /, **values) -> RequirementSet:
    """A set that asks one thing, as the form of its kind writes down what was chosen."""
    made = requirement_sets.create(name=f"Asks {slug}", by=by, at=at)
    form = registry.kind(slug).form(values, company=by.company)
    assert form.is_valid(), form.errors
    requirement_sets.add(made, slug, form.values(), by=by, at=at)
    return made


def speak(worker, *languages: str) -> None:
    """Behind the verbs' back: nobody is asked anew by it."""
    worker.worker.languages = list(languages)
    worker.worker.save(update_fields=["languages"])


def standing(group, worker) -> str | None:
    rows = GroupMembership.objects.filter(group=group, worker=worker.worker)
    return rows.values_list("status", flat=True).first()
